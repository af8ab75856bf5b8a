"""A seed goes in, a made-up centre comes out: its queues, their hours, what a planner expects, and what was planted.

Four queues of different size and a bot, growing by 8 % a year, with seasons, weekdays, two peaks a day and holidays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from plugin.policy.calendar import Calendar, Interval, is_open, parse_interval
from tests.alert_year._incidents import DAY, HOUR, LEAD_DAYS, Incident, planted

START = datetime(2025, 9, 1, tzinfo=UTC)
#: days of the year that are closed
HOLIDAYS = ((11, 18), (12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (4, 3), (4, 6), (5, 1), (5, 4), (6, 23), (6, 24))
_MONTHS = (1.08, 1.02, 1.0, 0.98, 0.95, 0.9, 0.82, 0.86, 1.0, 1.05, 1.12, 1.2)
_WEEKDAYS = (1.2, 1.05, 1.0, 0.97, 0.93, 0.5, 0.35)
_HOURS = (*[0.05] * 7, 0.35, 0.75, 1.15, 1.3, 1.2, 0.95, 0.95, 1.1, 1.1, 1.0, 0.85, 0.6, 0.4, 0.25, *[0.12] * 3)
_GROWTH = 0.08


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


def _calendar(queue: Queue) -> Calendar:
    week = tuple((parse_interval(day),) if day else () for day in queue.week)
    days = [(START + timedelta(days=number)).date() for number in range(500)] if queue.week[6] == "" else []
    closed: dict[date, tuple[Interval, ...]] = {day: () for day in days if (day.month, day.day) in HOLIDAYS}
    return Calendar(timezone="UTC", week=week, exceptions=closed)


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def planned_rate(queue: Queue, minute: int, *, is_open_hour: bool) -> float:
    """What a planner expects, in contacts a minute."""
    at = moment(minute)
    growth = 1 + _GROWTH * minute / (365 * DAY)
    shape = _HOURS[at.hour] * (_WEEKDAYS[at.weekday()] if queue.week[6] == "" else 0.8)
    # Who calls a closed queue hears so, and few try.
    return queue.an_hour / 60 * growth * _MONTHS[at.month - 1] * shape * (1 if is_open_hour else 0.1)


def planned_agents(queue: Queue, rate: float) -> int:
    """By the rule of the square root."""
    load = rate * queue.handle_min
    return max(2, math.ceil(load + queue.spare * math.sqrt(load)))
