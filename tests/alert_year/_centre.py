"""A seed goes in, a year of a made-up centre comes out: minute by minute what its sources told, and what was planted.

Four queues of different size and a bot, growing by 8 % a year, with seasons, weekdays, two peaks a day and holidays.
Ordinary noise: loads that vary by day and hour, rushes of ten minutes, an agent who is ill, callers at night, gaps in deliveries.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from plugin.policy.calendar import Calendar, Interval, is_open, parse_interval
from tests.alert_year._incidents import LEAD_DAYS, Incident, Kind, planted

START = datetime(2025, 9, 1, tzinfo=UTC)
DAY, HOUR = 1440, 60
#: days of the year that are closed
HOLIDAYS = ((11, 18), (12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (4, 3), (4, 6), (5, 1), (5, 4), (6, 23), (6, 24))
_MONTHS = (1.08, 1.02, 1.0, 0.98, 0.95, 0.9, 0.82, 0.86, 1.0, 1.05, 1.12, 1.2)
_WEEKDAYS = (1.2, 1.05, 1.0, 0.97, 0.93, 0.5, 0.35)
_HOURS = (*[0.05] * 7, 0.35, 0.75, 1.15, 1.3, 1.2, 0.95, 0.95, 1.1, 1.1, 1.0, 0.85, 0.6, 0.4, 0.25, *[0.12] * 3)
_GROWTH = 0.08
PATIENCE_MIN, AT_ONCE = 3.0, 0.02


@dataclass(frozen=True, kw_only=True)
class Queue:
    """`an_hour` contacts on an average working hour, each handled for `handle_min`; `spare` is how well it is staffed."""

    name: str
    an_hour: float
    handle_min: float
    week: tuple[str, ...]
    source: str = "phone"
    spare: float = 1.3
    is_bot: bool = False


_OFFICE = (*["08:00-18:00"] * 5, "", "")
QUEUES = (
    Queue(name="Support", an_hour=70, handle_min=5.0, week=("08:00-20:00",) * 5 + ("09:00-15:00", "")),
    Queue(name="Sales", an_hour=24, handle_min=6.0, week=_OFFICE),
    Queue(name="Billing", an_hour=11, handle_min=5.5, week=_OFFICE),
    Queue(name="Emergency", an_hour=5, handle_min=4.0, week=("00:00-24:00",) * 7, spare=2.0),
    Queue(name="Bot", an_hour=36, handle_min=4.0, week=("00:00-24:00",) * 7, source="chat", is_bot=True),
)

#: (minute of entry, whether it went well: answered or contained, whether within the threshold)
Told = tuple[int, bool, bool]


@dataclass(frozen=True, kw_only=True)
class Centre:
    """`open_hours` by queue and hour since `START`."""

    seed: int
    minutes: int
    calendars: dict[str, Calendar]
    open_hours: dict[str, list[bool]]
    incidents: tuple[Incident, ...]


def centre(seed: int, weeks: int) -> Centre:
    """So many weeks after the lead, in which nothing is planted and nobody watches."""
    minutes = (LEAD_DAYS + 7 * weeks) * DAY
    calendars = {queue.name: _calendar(queue) for queue in QUEUES}
    open_hours = {
        name: [is_open(calendar, moment(hour * HOUR)) for hour in range(minutes // HOUR)]
        for name, calendar in calendars.items()
    }
    incidents = planted(Random(seed), weeks, open_hours)
    return Centre(seed=seed, minutes=minutes, calendars=calendars, open_hours=open_hours, incidents=incidents)


def told(centre: Centre, queue: Queue) -> list[list[Told] | None]:
    """What became known of the queue in each minute."""
    own = [incident for incident in centre.incidents if queue.name in incident.queues]
    # One source is silent for all its queues.
    gaps = [*_gaps(Random(f"{centre.seed} {queue.source}"), centre.minutes), *_silences(own)]
    chance = Random(f"{centre.seed} {queue.name}")
    line = _Line(queue, chance, centre.open_hours[queue.name], own, centre.minutes)
    return _late(line.run(), gaps)


def _calendar(queue: Queue) -> Calendar:
    week = tuple((parse_interval(day),) if day else () for day in queue.week)
    days = [(START + timedelta(days=number)).date() for number in range(500)] if queue.week[6] == "" else []
    closed: dict[date, tuple[Interval, ...]] = {day: () for day in days if (day.month, day.day) in HOLIDAYS}
    return Calendar(timezone="UTC", week=week, exceptions=closed)


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _gaps(chance: Random, minutes: int) -> Iterator[tuple[int, int]]:
    """A vendor who sends nothing for a few minutes, twice a month; it all comes afterwards."""
    at = 0
    while (at := at + int(chance.expovariate(1 / (15 * DAY)))) < minutes:
        yield at, at + chance.randint(4, 12)


def _silences(incidents: list[Incident]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in incidents if each.kind is Kind.SILENT_SOURCE]


def _late(told: list[list[Told] | None], gaps: list[tuple[int, int]]) -> list[list[Told] | None]:
    for start, end in gaps:
        held = [one for minute in range(start, min(end, len(told))) for one in told[minute] or ()]
        told[start:end] = [None] * len(told[start:end])
        if held and end < len(told):
            told[end] = held + (told[end] or [])
    return told


def _rate(queue: Queue, minute: int, *, is_open_hour: bool) -> float:
    """What a planner expects, in contacts a minute."""
    at = moment(minute)
    growth = 1 + _GROWTH * minute / (365 * DAY)
    shape = _HOURS[at.hour] * (_WEEKDAYS[at.weekday()] if queue.week[6] == "" else 0.8)
    # Who calls a closed queue hears so, and few try.
    return queue.an_hour / 60 * growth * _MONTHS[at.month - 1] * shape * (1 if is_open_hour else 0.1)


@dataclass
class _Line:
    """One queue, first come, first served."""

    queue: Queue
    chance: Random
    open_hours: list[bool]
    incidents: list[Incident]
    minutes: int
    busy: int = 0
    waiting: deque[tuple[int, float]] = field(default_factory=deque)
    found: list[list[Told] | None] = field(default_factory=list)

    def run(self) -> list[list[Told] | None]:
        self.found = [None] * self.minutes
        rushes = self._rushes()
        level = 0.0
        for hour in range(self.minutes // HOUR):
            first = hour * HOUR
            if hour % 24 == 0:
                day = math.exp(self.chance.gauss(0, 0.08))
                ill = int(self.chance.random() < 0.1)
            level = 0.7 * level + self.chance.gauss(0, 0.06)
            planned = _rate(self.queue, first, is_open_hour=self.open_hours[hour])
            agents = self._agents(planned, hour, ill)
            real = planned * day * math.exp(level)
            for minute in range(first, first + HOUR):
                acting = [each for each in self.incidents if each.start <= minute < each.end]
                self._minute(minute, real * rushes.get(minute, 1.0), agents, acting)
        return self.found

    def _rushes(self) -> dict[int, float]:
        """Once a week or so twice as many for ten minutes."""
        found, at = {}, 0
        while (at := at + int(self.chance.expovariate(1 / (7 * DAY)))) < self.minutes:
            found.update(dict.fromkeys(range(at, at + 10), 2.0))
        return found

    def _agents(self, planned: float, hour: int, ill: int) -> int:
        if not self.open_hours[hour]:
            return 0
        load = planned * self.queue.handle_min
        agents = max(2, math.ceil(load + self.queue.spare * math.sqrt(load)))
        # Of a small team somebody stands in.
        return agents - ill if agents > 5 else agents

    def _minute(self, minute: int, rate: float, agents: int, acting: list[Incident]) -> None:
        handle, contained = self.queue.handle_min, 0.62
        for incident in acting:
            part = incident.part(minute)
            rate *= incident.load(part)
            agents = round(agents * incident.staff(part))
            handle *= incident.handling(part)
            contained *= incident.containment(part)
        arrivals = self._poisson(rate)
        if self.queue.is_bot:
            for _ in range(arrivals):
                self._tell(minute + self.chance.randint(1, 6), minute, self.chance.random() < contained, within=True)
            return
        self._serve(minute, arrivals, agents, handle)

    def _serve(self, minute: int, arrivals: int, agents: int, handle: float) -> None:
        random = self.chance.random
        over = 1 - math.exp(-1 / handle)
        self.busy -= sum(random() < over for _ in range(self.busy))
        free = agents - self.busy
        gone = [entry for entry, until in self.waiting if until <= minute]
        for entry in gone:
            self._tell(minute, entry, False, within=False)
        if gone:
            self.waiting = deque(one for one in self.waiting if one[1] > minute)
        while self.waiting and free > 0:
            self._tell(minute, self.waiting.popleft()[0], True, within=False)
            free -= 1
            self.busy += 1
        for _ in range(arrivals):
            if random() < AT_ONCE:
                self._tell(minute, minute, False, within=False)
            elif free > 0:
                self._tell(minute, minute, True, within=True)
                free -= 1
                self.busy += 1
            else:
                self.waiting.append((minute, minute + self.chance.expovariate(1 / PATIENCE_MIN)))

    def _tell(self, minute: int, entry: int, good: bool, *, within: bool) -> None:
        if minute < self.minutes:
            known = self.found[minute]
            if known is None:
                known = self.found[minute] = []
            known.append((entry, good, within))

    def _poisson(self, rate: float) -> int:
        """By multiplication (Knuth), quick for the few of a minute."""
        limit, number, product = math.exp(-rate), 0, self.chance.random()
        while product > limit:
            number += 1
            product *= self.chance.random()
        return number
