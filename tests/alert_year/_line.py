"""One queue of the made-up centre goes in, what its source told minute by minute and how its callers were truly served come out.

First come, first served, by clock times within the minute. Ordinary noise: loads that vary by day and hour, rushes of ten minutes,
an agent who is ill, callers at night, gaps in deliveries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush, heapreplace
from itertools import chain
from random import Random

from tests.alert_year._centre import Centre, Queue, planned_agents, planned_rate
from tests.alert_year._incidents import DAY, HOUR, Incident, Kind
from tests.alert_year._served import PATIENCE_MIN, Served

#: who hangs up at once; what is answered within the threshold of the service level
_AT_ONCE, _THRESHOLD_MIN = 0.02, 20 / 60
_CONTAINED = 0.62

#: (minute of entry, whether it went well: answered or contained, whether within the threshold)
Told = tuple[int, bool, bool]
#: of each minute what became known in it; None: nothing was sent, empty: nothing that counts as offered
Known = list[list[Told] | None]


@dataclass(frozen=True, kw_only=True)
class Day:
    """How one day differs from the plan: a factor of the load, and how many agents are ill."""

    load: float
    ill: int


@dataclass(frozen=True, kw_only=True)
class _Minute:
    """Contacts a minute, who takes them and for how long; of a bot the share that it keeps."""

    rate: float
    agents: int
    handle_min: float
    contained: float = _CONTAINED

    def hit(self, incident: Incident, minute: int) -> _Minute:
        part = incident.part(minute)
        return _Minute(
            rate=self.rate * incident.load(part),
            agents=round(self.agents * incident.staff(part)),
            handle_min=self.handle_min * incident.handling(part),
            contained=self.contained * incident.containment(part),
        )


@dataclass(frozen=True, kw_only=True)
class Year:
    told: Known
    served: Served


def year(centre: Centre, queue: Queue) -> Year:
    own = [incident for incident in centre.incidents if queue.name in incident.queues]
    line = _Line(queue, Random(f"{centre.seed} {queue.name}"), centre.open_hours[queue.name], own, centre.minutes)
    line.run()
    # One source is silent for all its queues.
    gaps = [*_gaps(Random(f"{centre.seed} {queue.source}"), centre.minutes), *_silences(own)]
    return Year(told=_late(line.told, gaps), served=line.served)


def _gaps(chance: Random, minutes: int) -> Iterator[tuple[int, int]]:
    """A vendor who sends nothing for a few minutes, twice a month; it all comes afterwards."""
    at = 0
    while (at := at + int(chance.expovariate(1 / (15 * DAY)))) < minutes:
        yield at, at + chance.randint(4, 12)


def _silences(incidents: Sequence[Incident]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in incidents if each.kind is Kind.SILENT_SOURCE]


def _late(told: Known, gaps: Sequence[tuple[int, int]]) -> Known:
    for start, end in gaps:
        held = [known for known in told[start : end + 1] if known is not None]
        told[start:end] = [None] * len(told[start:end])
        if held and end < len(told):
            told[end] = list(chain.from_iterable(held))
    return told


@dataclass
class _Line:
    """`free_at`: for each agent the moment, in minutes, from which on nobody was promised to a caller."""

    queue: Queue
    chance: Random
    open_hours: Sequence[bool]
    incidents: Sequence[Incident]
    minutes: int
    free_at: list[float] = field(default_factory=list)
    told: Known = field(default_factory=list)
    served: Served = field(default_factory=Served)

    def run(self) -> None:
        self.told = [None] * self.minutes
        rushes, level, day = self._rushes(), 0.0, Day(load=1.0, ill=0)
        for hour in range(self.minutes // HOUR):
            if hour % 24 == 0:
                day = Day(load=math.exp(self.chance.gauss(0, 0.08)), ill=int(self.chance.random() < 0.1))
            level = 0.7 * level + self.chance.gauss(0, 0.06)
            self._hour(hour, day, math.exp(level), rushes)

    def _rushes(self) -> Mapping[int, float]:
        """Once a week or so twice as many for ten minutes."""
        found, at = {}, 0
        while (at := at + int(self.chance.expovariate(1 / (7 * DAY)))) < self.minutes:
            found.update(dict.fromkeys(range(at, at + 10), 2.0))
        return found

    def _hour(self, hour: int, day: Day, level: float, rushes: Mapping[int, float]) -> None:
        first, is_open = hour * HOUR, self.open_hours[hour]
        planned = planned_rate(self.queue, first, is_open_hour=is_open)
        agents = planned_agents(self.queue, planned) if is_open else 0
        # Of a small team somebody stands in.
        agents -= day.ill if agents > 5 else 0
        usual = _Minute(rate=planned * day.load * level, agents=agents, handle_min=self.queue.handle_min)
        acting = [each for each in self.incidents if each.start < first + HOUR and first < each.end]
        for minute in range(first, first + HOUR):
            now = usual if minute not in rushes else replace(usual, rate=usual.rate * rushes[minute])
            for incident in acting:
                if incident.start <= minute < incident.end:
                    now = now.hit(incident, minute)
            self._minute(minute, now)

    def _minute(self, minute: int, now: _Minute) -> None:
        arrivals = self._poisson(now.rate)
        if self.queue.is_bot:
            for _ in range(arrivals):
                contained = self.chance.random() < now.contained
                self._tell(minute + self.chance.randint(1, 6), minute, contained, within=True)
            return
        self.served.add(now.rate, now.agents, now.handle_min)
        if len(self.free_at) != now.agents:
            self._staff(minute, now.agents)
        if arrivals and not now.agents:
            # Who hears that the queue is closed was not offered.
            self.told[minute] = self.told[minute] or []
        elif arrivals:
            for at in sorted([minute + self.chance.random() for _ in range(arrivals)]):
                self._call(at, now.handle_min)

    def _staff(self, minute: int, agents: int) -> None:
        """Who goes is free first; who comes is free at once."""
        while len(self.free_at) > agents:
            heappop(self.free_at)
        while len(self.free_at) < agents:
            heappush(self.free_at, float(minute))

    def _call(self, at: float, handle: float) -> None:
        """First come, first served: whom the next free agent would take after his patience has gone without delaying anybody."""
        begins = max(at, self.free_at[0])
        patience = 0.0 if self.chance.random() < _AT_ONCE else self.chance.expovariate(1 / PATIENCE_MIN)
        if patience == 0 or begins - at > patience:
            self._tell(int(at + patience), int(at), False, within=False)
            return
        heapreplace(self.free_at, begins + self.chance.expovariate(1 / handle))
        self._tell(int(begins), int(at), True, within=begins - at <= _THRESHOLD_MIN)

    def _tell(self, minute: int, entry: int, good: bool, *, within: bool) -> None:
        if minute < self.minutes:
            known = self.told[minute]
            if known is None:
                known = self.told[minute] = []
            known.append((entry, good, within))

    def _poisson(self, rate: float) -> int:
        """By multiplication (Knuth), quick for the few of a minute."""
        limit, number, product = math.exp(-rate), 0, self.chance.random()
        while product > limit:
            number += 1
            product *= self.chance.random()
        return number
