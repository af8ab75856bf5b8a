"""An iCalendar file in, dated exceptions of a calendar out; by the libraries of the extra `calendars`.

A whole day is a day on which it is closed; an event with times is what a day is open instead of its usual hours. What repeats
is written out up to a date.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from plugin.policy.calendar import Interval
from plugin.policy.localtime import zone

_DAY = timedelta(days=1)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class IcalError(ValueError):
    """The file cannot be read; the text says why and what to do."""


def exceptions_of(text: str, timezone: str, until: date) -> dict[date, tuple[Interval, ...]]:
    """The days of the events before `until` in the calendar's zone, in order; an empty tuple is a closed day.

    Raises `IcalError`.
    """
    found: dict[date, list[Interval]] = {}
    for event in _events(text, until):
        for day, hours in _days(event, timezone):
            found.setdefault(day, []).extend(hours)
    return {day: tuple(sorted(set(hours))) for day, hours in sorted(found.items())}


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise IcalError(
            f"needs the library `{name}`: install deskgauge[calendars], or write the days under `exceptions`"
        ) from None


def _events(text: str, until: date) -> list[Any]:
    icalendar, recurring = _library("icalendar"), _library("recurring_ical_events")
    last = datetime(until.year, until.month, until.day, tzinfo=UTC)
    try:
        calendar = icalendar.Calendar.from_ical(text)
        for event in calendar.walk("VEVENT"):
            _check(event)
        found = recurring.of(calendar).between(_FIRST, last)
    except IcalError:
        raise
    except (ValueError, KeyError) as error:
        raise IcalError(f"is not a readable iCalendar file ({error}); export it again") from None
    return [event for event in found if event.get("STATUS") != "CANCELLED"]


def _check(event: Any) -> None:
    """What the libraries would pass over in silence."""
    if "DTSTART" not in event:
        raise IcalError(f"{_named(event)} has no DTSTART; add it, or remove the event")
    for value in (event["DTSTART"], event.get("DTEND")):
        named = None if value is None else value.params.get("TZID")
        if named and value.dt.tzinfo is None:
            raise IcalError(f"{_named(event)} is in the zone {named}, which is not known; write an IANA zone")


def _days(event: Any, timezone: str) -> Iterator[tuple[date, tuple[Interval, ...]]]:
    start, end = event.start, event.end
    if not isinstance(start, datetime):
        yield from ((start + number * _DAY, ()) for number in range(max((end - start).days, 1)))
        return
    opens, closes = _wall_clock(start, timezone), _wall_clock(end, timezone)
    if not timedelta() < closes - opens <= _DAY:
        raise IcalError(f"{_named(event)} must end after its start and within a day; write an event for each day")
    if opens.second or closes.second:
        raise IcalError(f"{_named(event)} must begin and end at a whole minute")
    minutes = closes.hour * 60 + closes.minute
    whole = minutes == 0 and closes.date() > opens.date()
    yield opens.date(), (Interval(opens.hour * 60 + opens.minute, 24 * 60 if whole else minutes),)


def _wall_clock(moment: datetime, timezone: str) -> datetime:
    """Without its zone, in that of the calendar; a time without a zone is in that of the calendar already."""
    return moment if moment.tzinfo is None else moment.astimezone(zone(timezone)).replace(tzinfo=None)


def _named(event: Any) -> str:
    start = event.get("DTSTART")
    return f'the event "{event.get("SUMMARY", "")}"' + (f" of {start.dt:%Y-%m-%d}" if start is not None else "")
