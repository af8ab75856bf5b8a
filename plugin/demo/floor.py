"""One queue of one day: customers arrive, wait for whoever is free, give up or talk; contacts and shifts come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from plugin.demo.arrivals import Arrival
from plugin.demo.chance import about, draws, token
from plugin.demo.staff import SALES_LEAD, Desk, Planned
from plugin.demo.world import Contact, Pause, Ring, Shift, moment

MISSED_RING_S = 15
MISSED_SHARE = 0.03
#: customers who hang up as soon as they hear the queue
AT_ONCE_SHARE = 0.012
RING_S = (3, 9)
LEAST_TALK_S = 20
NEVER = 10**9
#: where a handed-on caller goes: to a colleague of the same system, or to an extension that is in no queue
HANDED_TO = {"Sales": SALES_LEAD, "Billing": "801"}


@dataclass(kw_only=True, slots=True)
class _Agent:
    """`free_s`: until then he is busy. `busy` are the stretches in which he was."""

    planned: Planned
    free_s: int = 0
    busy: list[tuple[int, int]] = field(default_factory=list)

    def next_s(self, at_s: int) -> int:
        """When he could take a contact that waits since `at_s`; NEVER when not any more today."""
        at_s = max(at_s, self.free_s, self.planned.start_s)
        for start_s, end_s, _ in self.planned.pauses:
            if start_s <= at_s < end_s:
                at_s = end_s
        return at_s if at_s < self.planned.end_s else NEVER


@dataclass(frozen=True, kw_only=True, slots=True)
class _Customer:
    desk: Desk
    day: date
    id: str
    number: str
    arrived_s: int
    patience_s: int
    chance: Random

    def at(self, seconds: int) -> datetime:
        return moment(self.day, seconds)


def run(
    desk: Desk, day: date, rota: Sequence[Planned], arrivals: Sequence[Arrival]
) -> tuple[list[Contact], list[Shift]]:
    """`arrivals` are sorted. First come, first served, by the agent who was idle longest."""
    agents = [_Agent(planned=planned) for planned in rota]
    contacts = [_serve(agents, _customer(desk, day, place, arrival)) for place, arrival in enumerate(arrivals)]
    return contacts, [_shift(desk, day, agent) for agent in agents]


def _customer(desk: Desk, day: date, place: int, arrival: Arrival) -> _Customer:
    chance = draws(desk.queue, day, place)
    arrived_s, settled_s = arrival
    at_once = chance.random() < AT_ONCE_SHARE
    patience_s = chance.randint(2, 5) if at_once else 20 + round(chance.expovariate(1 / desk.patience_s))
    return _Customer(
        desk=desk,
        day=day,
        id=token(desk.queue, day, place),
        number=f"+371555{chance.randint(0, 99_999):05d}",
        arrived_s=arrived_s,
        patience_s=patience_s if settled_s is None else settled_s,
        chance=chance,
    )


def _serve(agents: Sequence[_Agent], who: _Customer) -> Contact:
    agent = min(agents, key=lambda one: (one.next_s(who.arrived_s), one.free_s), default=None)
    start_s = NEVER if agent is None else agent.next_s(who.arrived_s)
    rung_s = start_s + (MISSED_RING_S if who.chance.random() < MISSED_SHARE else 0)
    answered_s = rung_s + who.chance.randint(*RING_S)
    if agent is None or answered_s - who.arrived_s > who.patience_s:
        return _left(who)
    return _talk(who, agent, (start_s, rung_s, answered_s))


def _left(who: _Customer) -> Contact:
    return Contact(
        id=who.id,
        queue=who.desk.queue,
        customer=who.number,
        outcome="abandoned",
        entered_at=who.at(who.arrived_s),
        ended_at=who.at(who.arrived_s + who.patience_s),
    )


def _talk(who: _Customer, agent: _Agent, times_s: tuple[int, int, int]) -> Contact:
    desk, chance = who.desk, who.chance
    start_s, _, answered_s = times_s
    own_end_s = answered_s + LEAST_TALK_S + about(chance, desk.talk_s - LEAST_TALK_S)
    handed = chance.random() < desk.handed_on
    end_s = own_end_s + (about(chance, 150) if handed and desk.queue == "Sales" else 0)
    wrapped_s = own_end_s + chance.randint(*desk.wrap_s)
    agent.busy.append((start_s, wrapped_s))
    agent.free_s = wrapped_s
    name = agent.planned.agent
    return Contact(
        id=who.id,
        queue=desk.queue,
        customer=who.number,
        outcome="answered",
        entered_at=who.at(who.arrived_s),
        ended_at=who.at(end_s),
        rings=_rings(who, name, times_s),
        agent=name,
        answered_at=who.at(answered_s),
        wrapped_at=who.at(wrapped_s),
        holds=_holds(who, answered_s, own_end_s),
        handed_at=who.at(own_end_s) if handed else None,
        handed_to=HANDED_TO[desk.queue] if handed else "",
    )


def _rings(who: _Customer, agent: str, times_s: tuple[int, int, int]) -> tuple[Ring, ...]:
    start_s, rung_s, answered_s = (who.at(seconds) for seconds in times_s)
    last = Ring(agent=agent, started_at=rung_s, ended_at=answered_s, answered=True)
    missed = Ring(agent=agent, started_at=start_s, ended_at=rung_s, answered=False)
    return (missed, last) if rung_s > start_s else (last,)


def _holds(who: _Customer, answered_s: int, end_s: int) -> tuple[tuple[datetime, datetime], ...]:
    if who.chance.random() >= who.desk.held or end_s - answered_s < 120:
        return ()
    start_s = answered_s + who.chance.randint(20, 60)
    return ((who.at(start_s), who.at(min(start_s + who.chance.randint(15, 90), end_s - 10))),)


def _shift(desk: Desk, day: date, agent: _Agent) -> Shift:
    """As it was worked: who still talks when his pause or his evening begins finishes first."""
    planned = agent.planned
    pauses = []
    for start_s, end_s, reason in planned.pauses:
        begins_s = _done_s(agent, start_s)
        if begins_s < end_s:
            pauses.append(Pause(reason=reason, started_at=moment(day, begins_s), ended_at=moment(day, end_s)))
    return Shift(
        queue=desk.queue,
        agent=planned.agent,
        started_at=moment(day, planned.start_s),
        ended_at=moment(day, _done_s(agent, planned.end_s)),
        pauses=tuple(pauses),
    )


def _done_s(agent: _Agent, at_s: int) -> int:
    return max([at_s, *(end for start, end in agent.busy if start < at_s)])
