"""Refusals of pydantic go in; what comes out names each key as the user wrote it and says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TEXTS = {
    "missing": "is missing; add it",
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number without quotes",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number without quotes",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "decimal_parsing": 'must be a number like 1250 or "1250.50"',
    "decimal_type": 'must be a number like 1250 or "1250.50"',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "list_type": "must be a list in [ ]",
    "tuple_type": "must be a list in [ ]",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "union_tag_invalid": "its kind must be one of {expected_tags}",
    "union_tag_not_found": 'its kind is missing; add kind = "slack" or kind = "email"',
    "model_attributes_type": "must be a table",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """`path` is the key as written in TOML; empty for the text as a whole."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class PolicyError(ValueError):
    """The document was refused and nothing of it was applied; `problems` holds all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def key_path(*parts: str | int) -> str:
    """`rules."night shift".targets[0]`; entries are counted from 0."""
    keys = [f"[{part}]" if isinstance(part, int) else "." + _key(part) for part in parts]
    return "".join(keys).removeprefix(".")


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    for each in error.errors(include_url=False, include_input=False):
        path, keys = _locate(each["loc"], model)
        yield Problem(path=path, text=_text(each, keys))


def _key(part: str) -> str:
    return part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)


def _text(error: ErrorDetails, keys: Sequence[str]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), keys)
    if kind.startswith("date"):
        return "must be a date like 2026-12-24"
    return _TEXTS[kind].format(**context) if kind in _TEXTS else error["msg"].replace("Input should", "must")


def _unknown(key: str, keys: Sequence[str]) -> str:
    close = get_close_matches(key, keys, n=1)
    return (
        f"unknown key; did you mean {close[0]}?"
        if close
        else f"unknown key; write one of {', '.join(keys)}, or remove it"
    )


def _locate(location: Sequence[str | int], model: type[BaseModel]) -> tuple[str, list[str]]:
    """The path without the names that pydantic puts in for its own unions, and the keys that the last table may have."""
    types: list[Any] = [model]
    parts: list[str | int] = []
    for place, part in enumerate(location):
        if part == "[key]":
            continue
        inner = [each for outer in types for each in _inside(outer, part)]
        last = place == len(location) - 1
        if inner or last:
            parts.append(part)
        if not last:
            types = inner or [each for each in types if _is_tagged(each, part)] or types
    return key_path(*parts), [key for each in types for key in _keys(each)]


def _inside(outer: Any, part: str | int) -> list[Any]:
    origin, arguments = get_origin(outer), get_args(outer)
    if isinstance(part, int):
        return _plain(arguments[0]) if origin in (list, tuple) else []
    if origin is dict:
        return _plain(arguments[1])
    if not _is_model(outer):
        return []
    fields = outer.model_fields.items()
    return [each for name, field in fields if (field.alias or name) == part for each in _plain(field.annotation)]


def _plain(annotation: Any) -> list[Any]:
    """The types of a union, without their annotations."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (None, dict, list, tuple):
        return [annotation]
    return [each for argument in get_args(annotation) for each in _plain(argument)]


def _keys(outer: Any) -> list[str]:
    return [field.alias or name for name, field in outer.model_fields.items()] if _is_model(outer) else []


def _is_tagged(outer: Any, tag: str | int) -> bool:
    return _is_model(outer) and "kind" in outer.model_fields and tag in get_args(outer.model_fields["kind"].annotation)


def _is_model(outer: Any) -> bool:
    return isinstance(outer, type) and issubclass(outer, BaseModel)
