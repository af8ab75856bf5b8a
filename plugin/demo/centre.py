"""The last day and a size go in, what happened in the centre until its end comes out; no clock is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from plugin.demo.arrivals import TROUBLE_QUEUE, arrivals, trouble, troubled
from plugin.demo.chance import count, draws, token
from plugin.demo.floor import run
from plugin.demo.staff import DESKS, WEEK, Desk, opening, rota
from plugin.demo.tickets import tickets_of
from plugin.demo.world import HOUR_S, Centre, Contact, Day, Shift, moment

DAYS = 14
#: the last day is a weekday whatever its date: a digest of a Sunday would have little to say
LAST_WEEKDAY = 2


def simulate(end_date: date, *, days: int = DAYS, scale: float = 1.0) -> Centre:
    """`days` days up to and with `end_date`. `scale` multiplies the contacts, and from 1.5 on the people as well."""
    first = end_date - timedelta(days=days - 1)
    dates = [first + timedelta(days=number) for number in range(days)]
    return Centre(
        days=tuple(_day(day, scale, last=day == end_date) for day in dates),
        until=moment(end_date + timedelta(days=1), 0),
    )


def _day(day: date, scale: float, *, last: bool) -> Day:
    weekday = LAST_WEEKDAY if last else day.weekday()
    contacts: list[Contact] = []
    shifts: list[Shift] = []
    for desk in DESKS.values():
        served, worked = _queue(desk, day, weekday, scale, last=last)
        contacts += [*served, *_outside_the_queue(desk, day, weekday, scale, worked)]
        shifts += worked
    contacts.sort(key=lambda contact: contact.entered_at)
    return Day(
        date=day,
        contacts=tuple(contacts),
        shifts=tuple(shifts),
        tickets=tuple(tickets_of(day, weekday, contacts, scale)),
    )


def _queue(desk: Desk, day: date, weekday: int, scale: float, *, last: bool) -> tuple[list[Contact], list[Shift]]:
    plan = rota(desk, day, weekday, max(1, round(scale)))
    coming = arrivals(desk, day, weekday, scale)
    if last and desk.queue == TROUBLE_QUEUE:
        plan = troubled(plan)
        coming = sorted([*coming, *trouble(day, scale)], key=lambda arrival: arrival[0])
    return run(desk, day, plan, coming)


def _outside_the_queue(desk: Desk, day: date, weekday: int, scale: float, shifts: Sequence[Shift]) -> list[Contact]:
    """Calls that agents make, and calls while the line is closed."""
    if not shifts:
        return []
    chance = draws("outside", desk.queue, day)
    found = []
    for place in range(count(chance, desk.outbound * scale * WEEK[weekday])):
        shift = chance.choice(shifts)
        begun_s = chance.randrange(round((shift.ended_at - shift.started_at).total_seconds()))
        begun_at = shift.started_at + timedelta(seconds=begun_s)
        answered_at = begun_at + timedelta(seconds=chance.randint(6, 25))
        reached = chance.random() < 0.7
        found.append(
            Contact(
                id=token("outbound", desk.queue, day, place),
                queue=desk.queue,
                customer=f"+371555{chance.randint(0, 99_999):05d}",
                outcome="outbound",
                entered_at=begun_at,
                agent=shift.agent,
                answered_at=answered_at if reached else None,
                ended_at=answered_at + timedelta(seconds=chance.randint(40, 400) if reached else 0),
            )
        )
    for place in range(count(chance, desk.after_hours * scale)):
        rung_at = moment(day, opening(weekday)[1] + chance.randrange(3 * HOUR_S))
        found.append(
            Contact(
                id=token("after hours", desk.queue, day, place),
                queue=desk.queue,
                customer=f"+371555{chance.randint(0, 99_999):05d}",
                outcome="closed",
                entered_at=rung_at,
                ended_at=rung_at + timedelta(seconds=chance.randint(8, 20)),
            )
        )
    return found
