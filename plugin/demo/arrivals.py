"""When customers come: the daily shape of a queue, the surge of the afternoon that goes wrong, and three calls at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

from plugin.demo.chance import count, draws
from plugin.demo.staff import HOURLY, WEEK, Desk, Planned, is_open, opening
from plugin.demo.world import HOUR_S, clock

#: On the last day a partner's payments fail: customers call, most of Support is in a meeting about it, and then they call again.
TROUBLE_QUEUE = "Support"
TROUBLE_S = (clock("14:00"), clock("15:10"))
TROUBLE_CALLS = 42
AGAIN_S = (clock("15:10"), clock("16:20"))
AGAIN_CALLS = 24
TROUBLE_REASON = "Meeting"
#: Three calls in the night before, as (arrival, patience); the agent on duty answers the last one.
NIGHT = ((clock("01:12"), 65), (clock("01:14") + 20, 48), (clock("01:19") + 5, 600))
NIGHT_SHIFT_S = (clock("01:16"), clock("02:00"))

#: seconds after midnight, and how long he would wait where that is settled
Arrival = tuple[int, int | None]


def arrivals(desk: Desk, day: date, weekday: int, scale: float) -> list[Arrival]:
    """Sorted; none where the queue is closed."""
    if not is_open(desk, weekday):
        return []
    chance = draws("arrivals", desk.queue, day)
    first_hour, last_hour = (edge // HOUR_S for edge in opening(weekday))
    found: list[Arrival] = []
    for hour in range(first_hour, last_hour):
        mean = desk.load * scale * WEEK[weekday] * HOURLY[hour - 8] / sum(HOURLY)
        found += _spread(chance, hour * HOUR_S, count(chance, mean))
    return sorted(found, key=lambda arrival: arrival[0])


def trouble(day: date, scale: float) -> list[Arrival]:
    """What the last day has on top of an ordinary one."""
    chance, size = draws("trouble", day), max(scale, 1)
    surge = _within(chance, TROUBLE_S, round(TROUBLE_CALLS * size))
    return [*NIGHT, *surge, *_within(chance, AGAIN_S, round(AGAIN_CALLS * size))]


def _spread(chance: Random, start_s: int, number: int) -> list[Arrival]:
    """One in each equal part of the hour, so that ordinary days have no crowds that only chance makes."""
    return [(start_s + int((place + chance.random()) * HOUR_S / number), None) for place in range(number)]


def _within(chance: Random, between_s: tuple[int, int], number: int) -> list[Arrival]:
    return [(chance.randrange(*between_s), None) for _ in range(number)]


def troubled(rota: Sequence[Planned]) -> list[Planned]:
    """The rota of the last day: of those who are there in the trouble one goes on working; and one is on duty in the night."""
    start_s, end_s = TROUBLE_S
    there = [planned for planned in rota if planned.start_s < end_s and planned.end_s > start_s]
    night = Planned(agent=rota[0].agent, start_s=NIGHT_SHIFT_S[0], end_s=NIGHT_SHIFT_S[1], pauses=())
    return [night, *(_in_trouble(planned, stays=planned is there[0]) for planned in rota)]


def _in_trouble(planned: Planned, *, stays: bool) -> Planned:
    start_s, end_s = TROUBLE_S
    if planned.end_s <= end_s or planned.start_s >= start_s:
        return planned
    pauses = [pause for pause in planned.pauses if pause[1] <= start_s or pause[0] >= end_s]
    meeting = [] if stays else [(start_s, end_s, TROUBLE_REASON)]
    return replace(planned, pauses=tuple(sorted([*pauses, *meeting])))
