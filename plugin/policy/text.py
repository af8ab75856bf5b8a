"""TOML or JSON-like data goes in, a checked document comes out; and back."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from typing import Any

import tomli_w
from pydantic import ValidationError

from plugin.policy.document import Document
from plugin.policy.problems import PolicyError, Problem, explain
from plugin.policy.references import Known, check


def parse(text: str, *, known_kpis: Collection[str] | None = None, known: Known | None = None) -> Document:
    """Reads TOML. `known_kpis` is short for `known=Known(kpis=…)`. Raises `PolicyError`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([Problem(path="", text=f"this is not TOML: {error}")]) from None
    return from_data(data, known=known or Known(kpis=known_kpis))


def from_data(data: Mapping[str, Any], *, known: Known | None = None) -> Document:
    """Reads what `to_data` returns. Raises `PolicyError` with all problems of form, else with all broken references."""
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise PolicyError(explain(error, Document)) from None
    check(document, known)
    return document


def render(document: Document) -> str:
    """TOML of what was decided; what was left to the defaults stays out."""
    data = to_data(document)
    lists = {key: data.pop(key) for key, value in list(data.items()) if _is_of_tables(value)}
    entries = [table_entry(key, entry) for key, value in lists.items() for entry in value]
    return "\n".join(part for part in (tomli_w.dumps(data), *entries) if part)


def table_entry(name: str, entry: Mapping[str, Any]) -> str:
    """One `[[name]]`. Written inline, as `tomli_w` does with short ones, the list would take no further entry at its end."""
    plain = {key: value for key, value in entry.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in entry.items() if isinstance(value, Mapping)}
    parts = [f"[[{name}]]\n{tomli_w.dumps(plain)}"]
    parts += [f"[{name}.{key}]\n{tomli_w.dumps(value)}" for key, value in inner.items()]
    return "\n".join(parts)


def _is_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def to_data(document: Document) -> dict[str, Any]:
    """What was decided, as JSON values: durations as "15m", dates and amounts as texts."""
    return document.model_dump(mode="json", exclude_unset=True, exclude_none=True)
