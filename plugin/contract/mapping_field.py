"""Turns one entry of a mapping (`agent = "{server}"`) into a function from a record to the value of an event's field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf, isfinite
from typing import Any

from plugin.contract.event import Channel, Direction, Json, Kind
from plugin.contract.payload import BadPayload
from plugin.contract.time_format import Reader, time_reader

#: a record is what the language reads: a row of a file, a decoded JSON body
Read = Callable[[Any], Json]
ReadText = Callable[[Any], str | None]

#: words that need no quotes in any language, because the field admits no other
CLOSED_WORDS: Mapping[str, frozenset[str]] = {
    "kind": frozenset(Kind),
    "channel": frozenset(Channel),
    "direction": frozenset(Direction),
}
#: names of `data` under which `docs/events.md` wants something else than a text; `…_s` are seconds, `score` is a number or a word
NUMBER_KEYS = frozenset(
    {
        *("position", "points", "possible", "order", "amount", "value"),
        *("at_start", "at_end", "new", "lost", "headcount", "leavers"),
    }
)
FLAG_KEYS = frozenset(
    {
        "ivr",
        "contained",
        "resolved",
        "resolvable_at_level_1",
        "talk_includes_hold",
        "is_state",
        "timed_out",
        "productive",
        "paid",
    }
)
TIME_KEYS = frozenset({"created_at", "until"})
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
CLOCK = re.compile(r"(-?)(\d+):([0-5]?\d):([0-5]?\d)", re.ASCII)
SPEC_KEYS = frozenset({"from", "constant", "values", "otherwise", "format", "timezone"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """How a mapping writes an expression; both functions raise ValueError with words for the administrator."""

    value: Callable[[str], Read]
    condition: Callable[[str], Callable[[Any], bool]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the top of a mapping says for all its entries."""

    language: Language
    time_format: str = "iso"
    timezone: str | None = None
    tables: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Constant:
    """A read that gives the same for every record, so that the mapping can settle it once."""

    value: Json

    def __call__(self, record: Any) -> Json:
        return self.value


def text_field(spec: object, name: str, path: str, around: Surroundings) -> ReadText:
    """Reads text, None for what is empty."""
    closed = CLOSED_WORDS.get(name)
    convert = as_text if closed is None or name == "kind" else _one_of(closed)
    return _reading(_source(spec, name, path, around), convert, path)


def _one_of(words: frozenset[str]) -> Callable[[Json], str | None]:
    def word(value: Json) -> str | None:
        text = as_text(value)
        if text is not None and text not in words:
            raise ValueError(f"none of {', '.join(sorted(words))}; translate it under `values`")
        return text

    return word


def data_field(spec: object, name: str, path: str, around: Surroundings) -> Read:
    """Reads what `docs/events.md` wants under this name: seconds, a number, a flag, a time or a text."""
    if name in TIME_KEYS:
        moment = time_field(spec, name, path, around)
        return lambda record: found.isoformat() if (found := moment(record)) else None
    return _reading(_source(spec, name, path, around), conversion(name), path)


def time_field(spec: object, name: str, path: str, around: Surroundings) -> Callable[[Any], datetime | None]:
    """Reads an instant, None for what is empty."""
    to_moment = _reader_of_times(spec, path, around)
    return _reading(
        _source(spec, name, path, around),
        lambda value: None if value is None or value == "" else to_moment(value),
        path,
    )


def _reading(read: Read, convert: Callable[[Json], Any], path: str) -> Callable[[Any], Any]:
    """Both steps; a failure names the key of the mapping."""

    def reading(record: Any) -> Any:
        try:
            return convert(read(record))
        except BadPayload:
            raise
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadPayload(path, str(error)) from None

    return Constant(reading(None)) if isinstance(read, Constant) else reading


def _reader_of_times(spec: object, path: str, around: Surroundings) -> Reader:
    own = spec if isinstance(spec, dict) else {}
    pattern, timezone = own.get("format", around.time_format), own.get("timezone", around.timezone)
    if not isinstance(pattern, str) or not isinstance(timezone, str | None):
        raise BadPayload(path, "`format` and `timezone` are texts")
    try:
        return time_reader(pattern, timezone)
    except ValueError as error:
        raise BadPayload(path, str(error)) from None


def _source(spec: object, name: str, path: str, around: Surroundings) -> Read:
    if isinstance(spec, dict):
        return _table_source(spec, name, path, around)
    if isinstance(spec, str) and spec not in CLOSED_WORDS.get(name, ()):
        return _expression(spec, path, around)
    if isinstance(spec, (str, int, float)):
        return Constant(spec)
    raise BadPayload(path, "an expression, a constant or a table with `from` expected")


def _table_source(spec: Mapping[str, Any], name: str, path: str, around: Surroundings) -> Read:
    for key in spec:
        if key not in SPEC_KEYS:
            raise BadPayload(f"{path}.{key}", f"unknown key; known are {', '.join(sorted(SPEC_KEYS))}")
    if ("from" in spec) == ("constant" in spec):
        raise BadPayload(path, "needs either `from` or `constant`")
    if "constant" in spec:
        return Constant(spec["constant"])
    if not isinstance(spec["from"], str):
        raise BadPayload(f"{path}.from", "an expression expected")
    read = _source(spec["from"], name, f"{path}.from", around)
    if "values" not in spec:
        return read
    return _translated(read, _values(spec["values"], f"{path}.values", around), spec.get("otherwise"))


def _values(given: object, path: str, around: Surroundings) -> Mapping[str, Json]:
    """The table itself, or the one of `[tables]` that the text names."""
    if isinstance(given, str):
        if given not in around.tables:
            raise BadPayload(path, f"there is no [tables.{given}]")
        return around.tables[given]
    if not isinstance(given, dict):
        raise BadPayload(path, "a table of values, or the name of one in [tables], expected")
    return given


def _translated(read: Read, values: Mapping[str, Json], otherwise: Json) -> Read:
    """What the table does not list passes as it is, unless `otherwise` says what it becomes."""

    def value(record: Any) -> Json:
        raw = read(record)
        word = (raw if isinstance(raw, str) else as_text(raw)) or ""
        if word in values:
            return values[word]
        return raw if otherwise is None else otherwise

    return value


def _expression(text: str, path: str, around: Surroundings) -> Read:
    try:
        return around.language.value(text)
    except ValueError as error:
        raise BadPayload(path, str(error)) from None


def as_text(value: Json) -> str | None:
    if type(value) is str:
        if value.isascii() and "\x00" not in value:
            return value or None
        value.encode()  # a lone surrogate, which no database stores, is a ValueError
        return value.replace("\x00", "") or None
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    raise ValueError("one value expected, but the expression gives a list or an object")


def as_number(value: Json) -> int | float | None:
    """Also a clock like 0:02:46, as seconds."""
    if value is None or value == "":
        return None
    if type(value) is str and value.isdecimal() and len(value) < 15:
        return int(value)
    if isinstance(value, str) and (clock := CLOCK.fullmatch(value)):
        sign, hours, minutes, seconds = clock.groups()
        return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * (-1 if sign else 1)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError("a number expected")
    return _finite(value)


def _finite(value: str | float) -> int | float:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = inf
    if not isfinite(number) or abs(number) >= 1e15:
        raise ValueError("a number expected")
    return int(number) if number.is_integer() else number


def as_flag(value: Json) -> bool | None:
    word = as_text(value)
    if word is None:
        return None
    if word.lower() not in FLAGS:
        raise ValueError("true or false expected")
    return FLAGS[word.lower()]


def as_score(value: Json) -> Json:
    """A number where it reads as one, else the word of a word scale."""
    try:
        return as_number(value)
    except ValueError:
        return as_text(value)


def conversion(name: str) -> Callable[[Json], Json]:
    """How a value of `data` of this name is read; it raises ValueError or TypeError. An id that comes as a number is a text."""
    if name.endswith("_s") or name in NUMBER_KEYS:
        return as_number
    if name in FLAG_KEYS:
        return as_flag
    return as_score if name == "score" else as_text
