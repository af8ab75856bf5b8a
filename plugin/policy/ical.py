"""An iCalendar file in, dated exceptions of a calendar out (RFC 5545; what it cannot read it refuses by the number of the line).

A whole day is a day on which it is closed; an event with times is what a day is open instead of its usual hours. Rules of
repetition are refused: hours come from the week, and a feed of holidays writes out every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from plugin.policy.calendar import Interval
from plugin.policy.localtime import zone

_DAY = timedelta(days=1)
_LINE = re.compile(r"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:]*))*):(?P<value>.*)")
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^\";:]*)")
_DATE, _TIME = re.compile(r"\d{8}"), re.compile(r"\d{8}T\d{6}Z?")
_REPEATED = ("RRULE", "RDATE", "EXRULE")


class IcalError(ValueError):
    """The file cannot be read; the text names the line and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    number: int
    name: str
    parameters: Mapping[str, str]
    value: str

    def refuse(self, text: str) -> IcalError:
        return IcalError(f"line {self.number}: {self.name} {text}")


@dataclass(kw_only=True, slots=True)
class _Event:
    number: int
    lines: dict[str, _Line] = field(default_factory=dict)

    @property
    def is_cancelled(self) -> bool:
        return "STATUS" in self.lines and self.lines["STATUS"].value == "CANCELLED"


def exceptions_of(text: str, timezone: str) -> dict[date, tuple[Interval, ...]]:
    """The days of the events in the calendar's zone, in order; an empty tuple is a closed day. Raises `IcalError`."""
    found: dict[date, list[Interval]] = {}
    for event in _events(text):
        if not event.is_cancelled:
            for day, hours in _days(event, timezone):
                found.setdefault(day, []).extend(hours)
    return {day: tuple(sorted(set(hours))) for day, hours in sorted(found.items())}


def _events(text: str) -> Iterator[_Event]:
    lines = list(_lines(text))
    if not lines or (lines[0].name, lines[0].value) != ("BEGIN", "VCALENDAR"):
        raise IcalError("line 1: is not BEGIN:VCALENDAR; export the calendar as iCalendar (.ics)")
    inside: list[str] = []
    event: _Event | None = None
    for line in lines:
        if line.name == "BEGIN":
            inside.append(line.value)
            event = _Event(number=line.number) if inside[1:] == ["VEVENT"] else event
        elif line.name == "END":
            if not inside or inside.pop() != line.value:
                raise line.refuse(f"{line.value} closes what is not open; export the file again")
            if event is not None and line.value == "VEVENT":
                yield event
                event = None
        elif event is not None and inside[-1] == "VEVENT":
            event.lines[line.name] = line
    if inside:
        raise IcalError(f"{inside[-1]} does not end: the file was cut; export it again")


def _lines(text: str) -> Iterator[_Line]:
    """Lines that begin with a space or a tab go on the one before."""
    for number, line in _unfolded(text.splitlines()):
        match = _LINE.fullmatch(line)
        if match is None:
            raise IcalError(f"line {number}: is not NAME:value; export the file again")
        parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(match["parameters"])}
        yield _Line(number=number, name=match["name"].upper(), parameters=parameters, value=match["value"])


def _unfolded(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    pending: tuple[int, str] | None = None
    for number, line in enumerate(lines, start=1):
        if line[:1] in (" ", "\t") and pending is not None:
            pending = (pending[0], pending[1] + line[1:])
            continue
        if pending is not None:
            yield pending
        pending = (number, line) if line.strip() else None
    if pending is not None:
        yield pending


def _days(event: _Event, timezone: str) -> Iterator[tuple[date, tuple[Interval, ...]]]:
    for name in _REPEATED:
        if name in event.lines:
            raise event.lines[name].refuse("repeats an event; export every date on its own, or change the week's hours")
    start = event.lines.get("DTSTART")
    if start is None:
        raise IcalError(f"line {event.number}: an event has no DTSTART; add it, or remove the event")
    if "DURATION" in event.lines:
        raise event.lines["DURATION"].refuse("is not read; write DTEND instead")
    end = event.lines.get("DTEND")
    if _DATE.fullmatch(start.value):
        yield from ((day, ()) for day in _whole_days(start, end))
    else:
        yield _opening(start, end, timezone)


def _whole_days(start: _Line, end: _Line | None) -> Iterator[date]:
    first = _date(start)
    after = first + _DAY if end is None else _date(end)
    if after <= first:
        raise (end or start).refuse("is not after DTSTART; it is the day after the last one")
    yield from (first + number * _DAY for number in range((after - first).days))


def _opening(start: _Line, end: _Line | None, timezone: str) -> tuple[date, tuple[Interval, ...]]:
    if end is None:
        raise start.refuse("has a time, so that the event needs a DTEND")
    opens, closes = _wall_clock(start, timezone), _wall_clock(end, timezone)
    if not timedelta() < closes - opens <= _DAY:
        raise end.refuse("must be after DTSTART and at most a day later; write an event for each day")
    minutes = closes.hour * 60 + closes.minute
    whole = minutes == 0 and closes.date() > opens.date()
    return opens.date(), (Interval(opens.hour * 60 + opens.minute, 24 * 60 if whole else minutes),)


def _date(line: _Line) -> date:
    try:
        return datetime.strptime(line.value, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise line.refuse("is not a date like 20261224") from None


def _wall_clock(line: _Line, timezone: str) -> datetime:
    """Without its zone, in that of the calendar."""
    if not _TIME.fullmatch(line.value):
        raise line.refuse("is neither a date like 20261224 nor a time like 20261224T090000")
    try:
        local = datetime.strptime(line.value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone is another field
    except ValueError:
        raise line.refuse("is not a time like 20261224T090000") from None
    if local.second:
        raise line.refuse("must be a whole minute")
    named = "UTC" if line.value.endswith("Z") else line.parameters.get("TZID", timezone)
    try:
        return local.replace(tzinfo=zone(named)).astimezone(zone(timezone)).replace(tzinfo=None)
    except ValueError as error:
        raise line.refuse(f"has TZID {named}, which {error}") from None
