"""Safe access to untrusted JSON: every reader names the path of what is missing or of the wrong type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

from plugin.contract.event import Json


class BadPayload(ValueError):
    """A verified delivery that cannot be read; it is kept in the inbox as dead, with the path of the field."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def parse_json(body: bytes) -> Payload:
    """The body as a `Payload`; raises `BadPayload` at `$` when it is not JSON (NaN, lone surrogates included)."""
    try:
        return Payload(json.loads(body, parse_constant=_refuse_constant), "$")
    except (ValueError, RecursionError) as error:
        raise BadPayload("$", f"not JSON: {type(error).__name__}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def instant_from_epoch(seconds: float, path: str = "$") -> datetime:
    """Aware UTC from epoch seconds; raises `BadPayload` outside 1970 to 9999."""
    try:
        if seconds < 0:
            raise ValueError
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadPayload(path, "not a time after 1970") from None


class Payload:
    """One JSON value and its path. `payload["a"]["b"].text()`; a missing key reads as a value that is absent."""

    __slots__ = ("_value", "path")

    def __init__(self, value: object, path: str = "$") -> None:
        self._value = value
        self.path = path

    def __getitem__(self, key: str) -> Payload:
        value = self._value.get(key) if isinstance(self._value, dict) else None
        return Payload(value, f"{self.path}.{key}")

    def __contains__(self, key: str) -> bool:
        return isinstance(self._value, dict) and key in self._value

    def __bool__(self) -> bool:
        raise TypeError("ask .is_absent or read the value with .text(), .number(), ...")

    def __eq__(self, other: object) -> bool:
        raise TypeError("read the value with .text(), .number(), ... before comparing")

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_absent(self) -> bool:
        """True for a missing key, null and the empty string (also one of NUL characters, which no database takes)."""
        return self._value is None or (isinstance(self._value, str) and not self._value.strip("\x00"))

    @property
    def raw(self) -> Json:
        return cast(Json, self._value)

    def _bad(self, wanted: str) -> BadPayload:
        got = "missing" if self._value is None else f"a {type(self._value).__name__}"
        return BadPayload(self.path, f"{wanted} expected, but it is {got}")

    def items(self) -> Iterator[Payload]:
        """The elements of a list; an absent value has none."""
        if self._value is None:
            return
        if not isinstance(self._value, list):
            raise self._bad("a list")
        for index, value in enumerate(self._value):
            yield Payload(value, f"{self.path}[{index}]")

    def object(self) -> Payload:
        """Itself, when it is an object."""
        if not isinstance(self._value, dict):
            raise self._bad("an object")
        return self

    def text(self) -> str:
        """A non-empty string; whole numbers are accepted, since vendors send ids both ways."""
        if isinstance(self._value, str) and (text := self._value.replace("\x00", "")):
            try:
                text.encode()
            except UnicodeEncodeError:
                raise BadPayload(self.path, "not valid Unicode") from None
            return text
        if isinstance(self._value, int) and not isinstance(self._value, bool):
            return str(self._value)
        raise self._bad("text")

    def text_or(self, default: str | None = None) -> str | None:
        return default if self.is_absent else self.text()

    def number(self) -> float:
        """A finite number; numeric strings are accepted."""
        value = self._value
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            try:
                number = float(value)
            except (ValueError, OverflowError):
                raise self._bad("a number") from None
            if abs(number) < 1e15:
                return number
        raise self._bad("a number")

    def number_or(self, default: float | None = None) -> float | None:
        return default if self.is_absent else self.number()

    def flag(self) -> bool:
        if isinstance(self._value, bool):
            return self._value
        if isinstance(self._value, str) and self._value.lower() in ("true", "false"):
            return self._value.lower() == "true"
        raise self._bad("true or false")

    def flag_or(self, default: bool = False) -> bool:
        return default if self.is_absent else self.flag()

    def epoch_s(self) -> datetime:
        return instant_from_epoch(self.number(), self.path)

    def epoch_ms(self) -> datetime:
        return instant_from_epoch(self.number() / 1000, self.path)

    def iso(self) -> datetime:
        """ISO 8601 with an offset or Z, seconds optional; raises `BadPayload` when the offset is missing."""
        text = self.text()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise BadPayload(self.path, "an ISO 8601 time expected") from None
        return self._aware(moment)

    def rfc2822(self) -> datetime:
        text = self.text()
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            raise BadPayload(self.path, "an RFC 2822 date expected") from None
        return self._aware(moment)

    def _aware(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise BadPayload(self.path, "a time with an offset expected")
        try:
            return instant_from_epoch(moment.timestamp(), self.path)
        except (OverflowError, ValueError):
            raise BadPayload(self.path, "not a time after 1970") from None
