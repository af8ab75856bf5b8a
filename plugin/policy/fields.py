"""The values that a person writes in the document: durations, numbers, names, zones; each with its own refusal."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from plugin.contract.event import Channel
from plugin.policy.calendar import Interval, parse_interval
from plugin.policy.localtime import Grain, zone

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SLACK = re.compile(r"[CDG][A-Z0-9]+")
_SLACK_PERSON = re.compile(r"[UW][A-Z0-9]+")


class Part(BaseModel):
    """A table of the document: an unknown key is an error, and no error repeats what was written."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, serialize_by_alias=True)


class Scope(Part):
    """What a target, a rule or a digest is about; empty is the whole centre."""

    queue: str | None = None
    team: str | None = None
    channel: Channel | None = None


class CampaignScope(Scope):
    """A scope that may be a campaign, too."""

    campaign: str | None = None


def parse_duration(value: object) -> object:
    """`90s`, `15m`, `1h30m`, `2d`, or whole seconds; seconds come out."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError('must be a duration like "30s", "15m" or "1h30m"')
    return sum(int(amount or 0) * size for amount, size in zip(match.groups(), _UNITS.values(), strict=True))


def render_duration(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS.items() if seconds % size == 0 or unit == "s")
    return f"{seconds // size}{unit}" if seconds else "0s"


def _zone(value: str) -> str:
    return zone(value).key


def _matching(pattern: re.Pattern[str], remedy: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(remedy)
        return value

    return AfterValidator(check)


def _amount(value: object) -> object:
    """A float is taken at its shortest decimal form, so 12.1 is 12.1."""
    if isinstance(value, bool):
        raise ValueError('must be a number like 1250 or "1250.50"')  # noqa: TRY004 - pydantic collects ValueError only
    return str(value) if isinstance(value, float) else value


def _clock(value: object) -> object:
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _month(value: object) -> object:
    return f"{value:%Y-%m}" if isinstance(value, date) else value


def _interval(value: object) -> object:
    if isinstance(value, Interval):
        return value
    return parse_interval(value if isinstance(value, str) else "")


def _reported(value: Grain) -> Grain:
    if value is Grain.QUARTER_HOUR:
        raise ValueError("must be hour, day, week, month, quarter or year")
    return value


def _closed_as_empty(value: Any) -> Any:
    """An exception of a calendar: `"closed"` is a day without hours."""
    if value == "closed":
        return ()
    if isinstance(value, str):
        raise ValueError('must be "closed" or a list like ["09:00-13:00"]')  # noqa: TRY004 - pydantic collects ValueError only
    return value


def _empty_as_closed(intervals: tuple[Interval, ...]) -> str | list[str]:
    return [str(each) for each in intervals] or "closed"


def _window(value: int) -> int:
    if not 1 <= value <= 31 * _UNITS["d"]:
        raise ValueError('must be from "1s" to "31d"')
    return value


def _confidence(value: float) -> float:
    if value and not 0.5 <= value <= 0.999:
        raise ValueError("must be from 0.5 to 0.999, such as 0.95; 0 switches it off")
    return value


def _setting(value: object) -> object:
    texts = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    if not texts and not isinstance(value, str | int | float):
        raise ValueError("must be a text, a number, true, false or a list of texts")
    return tuple(value) if isinstance(value, list) else value


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Seconds = Annotated[int, BeforeValidator(parse_duration), PlainSerializer(render_duration, return_type=str)]
Window = Annotated[Seconds, AfterValidator(_window)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Confidence = Annotated[Number, AfterValidator(_confidence)]
Count = Annotated[int, Field(strict=True, ge=0)]
Weeks = Annotated[int, Field(strict=True, ge=1, le=52)]
Amount = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, allow_inf_nan=False)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, _matching(_CURRENCY, 'must be three capital letters like "EUR"')]
Country = Annotated[str, _matching(_COUNTRY, 'must be two capital letters like "LV" (ISO 3166)')]
Month = Annotated[str, BeforeValidator(_month), _matching(_MONTH, 'must be a month like "2026-10"')]
ClockTime = Annotated[str, BeforeValidator(_clock), _matching(_CLOCK, 'must be a time of day like "08:00"')]
Address = Annotated[str, _matching(_ADDRESS, "must be one e-mail address")]
OutsideName = Annotated[
    str, _matching(_SOURCE, "must be small letters, digits, - and _, because it is part of a variable's name")
]
SourceName = Annotated[
    str, _matching(_SOURCE, "must be small letters, digits, - and _, because it is part of an address")
]
SlackChannel = Annotated[
    str,
    _matching(_SLACK, "must be the channel's ID like C0123ABCD; Slack shows it at the end of the channel's details"),
]
SlackPerson = Annotated[
    str,
    _matching(_SLACK_PERSON, "must be the member's ID like U0123ABCD; Slack shows it under ⋮ in the person's profile"),
]
ReportGrain = Annotated[Grain, AfterValidator(_reported)]
Hours = Annotated[Interval, BeforeValidator(_interval), PlainSerializer(str, return_type=str)]
Language = Literal["en", "lv", "ru", "zh"]
SettingValue = Annotated[str | int | float | bool | tuple[str, ...], BeforeValidator(_setting)]
DayHours = Annotated[
    tuple[Hours, ...], BeforeValidator(_closed_as_empty), PlainSerializer(_empty_as_closed, return_type=str | list[str])
]
