"""Has a source fallen silent? When it sent something goes in, and how long it has been silent against its own rhythm comes out.

Only time counts in which the centre is open, in which we could receive, and in which this source usually sends: the hours of the
week in which it did so in most of its last four weeks. What was usual is read from the weeks before its last delivery; a long
silence does not become usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.inbox.heard import Slot, Span, last_heard, outages, slots_of
from plugin.policy.calendar import Calendar, open_ms, open_spans
from plugin.policy.document import Document
from plugin.policy.localtime import zone

_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
LOOKED_BACK = 4 * _WEEK
#: no source is called silent earlier
SHORTEST = timedelta(minutes=30)
#: silent for so many times its longest usual silence
_FACTOR = 2
#: a shorter pause can never matter
_PAUSE = SHORTEST / _FACTOR
#: an hour of the week is usual when in so much of its weeks, and of so many at least, something came
_USUAL, _WEEKS = 0.75, 2
_MILLISECOND = timedelta(milliseconds=1)

LocalHour = tuple[date, int]
#: elapsed milliseconds, between two moments, of the time that counts
Counted = Callable[[datetime, datetime], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """How long a source has been silent, in time that counts, and how long it may be."""

    last_at: datetime
    lasts_ms: int
    limit_ms: int

    @property
    def is_unusual(self) -> bool:
        return self.lasts_ms > self.limit_ms


def silences(
    connection: Connection, document: Document, sources: Collection[str], now: datetime
) -> Mapping[str, Silence | None]:
    """Of each of the sources that ever sent something by itself; None: nothing can be said of it."""
    calendar, found = document.calendar(), dict[str, Silence | None]()
    for source, last_at in sorted(last_heard(connection).items()):
        if source not in sources:
            continue
        own = document.sources.get(source)
        silent_after = own.silent_after_s if own is not None else None
        if silent_after is not None:
            found[source] = _by_rule(last_at, calendar, silent_after, outages(connection, last_at, now), now)
        elif open_ms(calendar, last_at, now) * _MILLISECOND <= SHORTEST:
            found[source] = Silence(last_at=last_at, lasts_ms=0, limit_ms=SHORTEST // _MILLISECOND)
        else:
            since = last_at - LOOKED_BACK
            slots, down = slots_of(connection, source, since), outages(connection, since, now)
            found[source] = silence_of(slots, calendar, zone(document.timezone), now, down)
    return found


def silent_since(
    connection: Connection, document: Document, sources: Collection[str], now: datetime
) -> Mapping[str, datetime]:
    """Source --> its last delivery, of those that are silent now."""
    judged = silences(connection, document, sources, now)
    return {source: one.last_at for source, one in judged.items() if one is not None and one.is_unusual}


def _by_rule(
    last_at: datetime, calendar: Calendar | None, silent_after_s: int, down: Sequence[Span], now: datetime
) -> Silence | None:
    """0 says that the source may be silent for ever."""
    if not silent_after_s:
        return None

    def counted(start: datetime, end: datetime) -> int:
        return max(0, open_ms(calendar, start, end))

    lasts_ms = _without(down, counted)(last_at, now)
    return Silence(last_at=last_at, lasts_ms=lasts_ms, limit_ms=silent_after_s * 1000)


def _without(down: Sequence[Span], counted: Counted) -> Counted:
    """While we could not receive, no source is silent."""

    def less(start: datetime, end: datetime) -> int:
        lost = [(max(start, began), min(end, ended)) for began, ended in down]
        return counted(start, end) - sum(counted(*span) for span in lost if span[0] < span[1])

    return less


def silence_of(
    slots: Sequence[Slot], calendar: Calendar | None, tz: ZoneInfo, now: datetime, down: Sequence[Span] = ()
) -> Silence | None:
    """`slots` and `down`, when we could not receive, in order. None while too little was seen to know a rhythm, or without one."""
    if not slots:
        return None
    last_at = slots[-1].last_at
    hours = _usual_hours(slots, calendar, tz)
    if not hours:
        return None

    def usual(start: datetime, end: datetime) -> int:
        return _counted_ms(hours, calendar, tz, start, end)

    counted = _without(down, usual)
    limit_ms = max(SHORTEST // _MILLISECOND, _FACTOR * _longest_ms(slots, counted))
    return Silence(last_at=last_at, lasts_ms=counted(last_at, now), limit_ms=limit_ms)


def _usual_hours(slots: Sequence[Slot], calendar: Calendar | None, tz: ZoneInfo) -> Collection[tuple[int, int]]:
    """(weekday, local hour) in which something usually comes; weeks in which the centre was closed then do not count."""
    since = max(slots[0].first_at, slots[-1].last_at - LOOKED_BACK)
    came = {_local_hour(moment, tz) for slot in slots for moment in (slot.first_at, slot.last_at)}
    was_open = {hour for hour, _, _ in _pieces(calendar, tz, since, slots[-1].last_at)} | came
    weeks = Counter((day.weekday(), hour) for day, hour in was_open)
    busy = Counter((day.weekday(), hour) for day, hour in came)
    return {cell for cell, number in weeks.items() if number >= _WEEKS and busy[cell] >= _USUAL * number}


def _longest_ms(slots: Sequence[Slot], counted: Counted) -> int:
    """The longest pause of each week, without the largest of three or more: one outage must not make the next one usual."""
    end, longest = slots[-1].last_at, Counter[int]()
    for before, after in pairwise(slots):
        if after.first_at - before.last_at > _PAUSE:
            week = (end - after.first_at) // _WEEK
            longest[week] = max(longest[week], counted(before.last_at, after.first_at))
    seen = (end - slots[0].first_at) // _WEEK + 1
    inorder = sorted((longest[week] for week in range(seen)), reverse=True)
    return inorder[1] if len(inorder) > _WEEKS else inorder[0]


def _counted_ms(
    hours: Collection[tuple[int, int]], calendar: Calendar | None, tz: ZoneInfo, start: datetime, end: datetime
) -> int:
    pieces = _pieces(calendar, tz, start, end)
    return sum((b - a) // _MILLISECOND for (day, hour), a, b in pieces if (day.weekday(), hour) in hours)


def _pieces(
    calendar: Calendar | None, tz: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[LocalHour, datetime, datetime]]:
    """The opening time within [start, end), cut at the full hours of the local clock."""
    for opens, closes in [(start, end)] if calendar is None else open_spans(calendar, start, end):
        at = opens.astimezone(UTC)
        while at < closes:
            local = at.astimezone(tz)
            past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            until = min(at + _HOUR - past, closes)
            yield (local.date(), local.hour), at, until
            at = until


def _local_hour(moment: datetime, tz: ZoneInfo) -> LocalHour:
    local = moment.astimezone(tz)
    return local.date(), local.hour
