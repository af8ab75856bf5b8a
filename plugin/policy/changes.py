"""Two documents as data go in, one line per change comes out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from plugin.policy.problems import key_path


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Lines `- path = old` and `+ path = new` between two results of `to_data`, in the order of the new document.

    An entry of an array of tables is taken whole and without its number, so that one more target in front is one line.
    """
    before, after = _leaves(old), _leaves(new)
    lines: list[str] = []
    for path in after | before:
        one, two = before.get(path, Counter()), after.get(path, Counter())
        lines += [f"- {path} = {value}" for value in (one - two).elements()]
        lines += [f"+ {path} = {value}" for value in (two - one).elements()]
    return lines


def _leaves(data: Mapping[str, Any]) -> dict[str, Counter[str]]:
    leaves: dict[str, Counter[str]] = {}
    for path, value in _walk(data, ()):
        leaves.setdefault(path, Counter())[json.dumps(value, ensure_ascii=False)] += 1
    return leaves


def _walk(value: Any, parts: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and (value or not parts):
        for key, inner in value.items():
            yield from _walk(inner, (*parts, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from ((key_path(*parts), entry) for entry in value)
    else:
        yield key_path(*parts), value
