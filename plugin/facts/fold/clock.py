"""How long something lasted, by the wall or in opening time of the calendars that were responsible, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from plugin.policy.calendar import Calendar, after_open_ms, open_ms

#: a part of a duration; None: it still lasts
Part = tuple[datetime, datetime | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """`pieces` say which calendar counts from which instant on; the first also counts before, None is always open."""

    pieces: tuple[tuple[datetime, Calendar | None], ...]

    def ms(self, start: datetime, end: datetime) -> int:
        """Negative when the end is first."""
        if end < start:
            return -self.ms(end, start)
        return sum(open_ms(calendar, begin, stop or end) for begin, stop, calendar in self._parts(start, end))

    def after(self, start: datetime, wanted_ms: int) -> datetime | None:
        """The first instant at which so much has passed since the start; None when that is never."""
        left = wanted_ms
        for begin, stop, calendar in self._parts(start, None):
            due = after_open_ms(calendar, begin, left)
            if stop is None or (due is not None and due <= stop):
                return due
            left -= open_ms(calendar, begin, stop)
        return None

    def _parts(
        self, start: datetime, end: datetime | None
    ) -> Iterator[tuple[datetime, datetime | None, Calendar | None]]:
        for number, (since, calendar) in enumerate(self.pieces):
            last = number == len(self.pieces) - 1
            begin = start if number == 0 else max(start, since)
            stop = end if last else self.pieces[number + 1][0] if end is None else min(end, self.pieces[number + 1][0])
            if stop is None or begin < stop or (last and begin == stop):
                yield begin, stop, calendar
