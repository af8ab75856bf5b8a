"""Values of input rows as people and spreadsheets write them; each failure says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plugin.contract.event import Channel, Json
from plugin.policy.localtime import instant_of
from plugin.policy.plan import Category

_NUMBER = re.compile(r"-?\d+([.,]\d+)?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}([.,]\d{3})+[.,]\d+|-?\d{1,3}[.,]\d{3}([.,]\d{3})*", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_DATES = ("%Y-%m-%d", "%d.%m.%Y")
_CLOCKS = ("%H:%M", "%H:%M:%S")
ACTIVITIES = ("work", "break", "meeting", "training", "leave", "sickness", "other")

#: a value that is there, and the zone of times without an offset
Reader = Callable[[str, ZoneInfo], Json]


def as_text(value: str, zone: ZoneInfo) -> Json:
    return value


def as_number(value: str, zone: ZoneInfo) -> Json:
    """A decimal point or comma; a separator of thousands is refused, because nobody could tell which it is."""
    plain = value.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if _GROUPED.fullmatch(plain):
        raise ValueError(
            f"{value!r} may have a separator of thousands; write it without one, with two decimals: 1234.50"
        )
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{value!r} is not a number; write it like 1234.50 or 1234,50")
    number = float(plain.replace(",", "."))
    if abs(number) >= 1e15:
        raise ValueError(f"{value!r} is too large")
    return int(number) if number.is_integer() else number


def between(low: float, high: float) -> Reader:
    def read(value: str, zone: ZoneInfo) -> Json:
        number = as_number(value, zone)
        if not isinstance(number, (int, float)) or not low <= number <= high:
            raise ValueError(f"{value!r} must be from {low:g} to {high:g}")
        return number

    return read


def whole(value: str, zone: ZoneInfo) -> Json:
    number = between(0, 1e12)(value, zone)
    if not isinstance(number, int):
        raise ValueError(f"{value!r} must be a whole number")  # noqa: TRY004 (callers collect ValueError)
    return number


def as_flag(value: str, zone: ZoneInfo) -> Json:
    if value.lower() not in _FLAGS:
        raise ValueError(f"{value!r} must be yes or no")
    return _FLAGS[value.lower()]


def one_of(words: tuple[str, ...]) -> Reader:
    def read(value: str, zone: ZoneInfo) -> Json:
        if value.lower() not in words:
            raise ValueError(f"{value!r} must be one of {', '.join(words)}")
        return value.lower()

    return read


activity = one_of(ACTIVITIES)
category = one_of(tuple(each.value for each in Category))
channel = one_of(tuple(each.value for each in Channel))


def as_month(value: str, zone: ZoneInfo) -> Json:
    if not _MONTH.fullmatch(value):
        raise ValueError(f"{value!r} must be a month like 2026-11")
    return value


def as_currency(value: str, zone: ZoneInfo) -> Json:
    if not _CURRENCY.fullmatch(value):
        raise ValueError(f"{value!r} must be three capital letters like EUR")
    return value


def as_date(value: str, zone: ZoneInfo) -> Json:
    return _date(value).isoformat()


def _date(value: str) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007 (a date has no zone)
        except ValueError:
            continue
    raise ValueError(f"{value!r} is not a date; write it like 2026-11-02")


def as_moment(value: str, zone: ZoneInfo) -> Json:
    return moment(value, zone).isoformat()


def moment(value: str, zone: ZoneInfo) -> datetime:
    """With its own offset, else of the zone's clock."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = _day_first(value)
    if found.tzinfo is None:
        found = instant_of(found, zone)
    if not 1970 <= found.year <= 2999:
        raise ValueError(f"{value!r} is not a time from 1970 on")
    return found


def _day_first(value: str) -> datetime:
    day, _, clock = value.partition(" ")
    try:
        return datetime.combine(_date(day), _clock(clock))
    except ValueError:
        raise ValueError(f"{value!r} is not a time; write it like 2026-11-02 22:00") from None


def _clock(value: str) -> time:
    if not _CLOCK.fullmatch(value):
        raise ValueError
    return datetime.strptime(value, _CLOCKS[value.count(":") - 1]).time()  # noqa: DTZ007 (a time of day)


def end_of(value: str, start: datetime, zone: ZoneInfo) -> datetime:
    """A moment, or a time of day: the first after the start, so that a shift may end on the next day."""
    if not _CLOCK.fullmatch(value):
        return moment(value, zone)
    wall = start.astimezone(zone).replace(tzinfo=None)
    day = wall.date() if _clock(value) > wall.time() else wall.date() + timedelta(days=1)
    return instant_of(datetime.combine(day, _clock(value)), zone)
