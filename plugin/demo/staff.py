"""Who works where and when: the desks of the centre, their opening, their load, and the rota of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plugin.demo.world import HOUR_S, clock

#: share of a weekday's load that falls into each hour of opening, from 08 to 20 o'clock
HOURLY = (0.6, 1.0, 1.25, 1.2, 0.95, 0.95, 1.1, 1.05, 0.95, 0.75, 0.5, 0.35)
#: load of Monday to Sunday against an ordinary weekday
WEEK = (1.15, 1.05, 1.0, 1.0, 0.92, 0.36, 0.24)
SATURDAY, SUNDAY = 5, 6
QUIET_FROM = SATURDAY
#: pauses of a shift: hours after its start, minutes, and what the agent calls it
PAUSES = ((2.0, 15, "Break"), (4.0, 40, "Lunch"), (6.25, 15, "Break"))
STAGGER_S = 20 * 60
SALES_LEAD = "Inese Vanaga"


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One queue and the people behind it. Medians in seconds; `weekday` and `weekend` are the shifts of one day on the phone."""

    queue: str
    agents: Sequence[str]
    #: contacts of an ordinary weekday
    load: float
    talk_s: int
    wrap_s: tuple[int, int]
    weekday: Sequence[str]
    weekend: Sequence[str]
    last_weekday: int = SUNDAY
    held: float = 0.0
    handed_on: float = 0.0
    #: customers who give up wait this long on average
    patience_s: int = 220
    outbound: int = 0
    after_hours: int = 0


DESKS: Mapping[str, Desk] = {
    desk.queue: desk
    for desk in (
        Desk(
            queue="Support",
            agents=(
                "Anna Kalniņa",
                "Jānis Bērziņš",
                "Ilze Ozoliņa",
                "Mārtiņš Krūmiņš",
                "Olga Petrova",
                "Edgars Liepiņš",
                "Kristīne Vītola",
                "Sergejs Ivanovs",
                "Laura Zariņa",
                "Raivis Eglītis",
                "Zane Balode",
            ),
            load=152,
            talk_s=235,
            wrap_s=(15, 60),
            weekday=(
                "08:00-16:30",
                "08:00-16:30",
                "08:30-17:00",
                "09:30-18:00",
                "10:30-19:00",
                "11:30-20:00",
                "11:30-20:00",
            ),
            weekend=("09:00-17:00", "09:00-17:00", "09:00-17:00"),
        ),
        Desk(
            queue="Sales",
            agents=("Dace Lapiņa", "Andris Kļaviņš", "Marina Sokolova", "Toms Rozītis", "Elīna Priede"),
            load=66,
            talk_s=230,
            wrap_s=(10, 45),
            weekday=("08:00-16:30", "09:00-17:30", "10:00-18:30", "11:30-20:00"),
            weekend=("09:00-17:00", "10:00-17:00"),
            last_weekday=SATURDAY,
            held=0.15,
            handed_on=0.05,
            outbound=12,
            after_hours=3,
        ),
        Desk(
            queue="Billing",
            agents=("Gatis Apsītis", "Santa Lāce", "Viktors Orlovs", "Baiba Krastiņa", "Ivo Celms"),
            load=70,
            talk_s=215,
            wrap_s=(8, 20),
            weekday=("08:00-16:30", "09:00-17:30", "10:00-18:30", "11:30-20:00"),
            weekend=(),
            last_weekday=4,
            handed_on=0.06,
        ),
        Desk(
            queue="Chat",
            agents=("Una Strazdiņa", "Artūrs Vilks", "Jeļena Volkova", "Nils Dzenis"),
            load=38,
            talk_s=420,
            wrap_s=(5, 20),
            weekday=("08:00-16:30", "10:00-18:30", "11:30-20:00"),
            weekend=("09:00-17:00", "09:00-17:00"),
            patience_s=400,
        ),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A shift as the rota has it; seconds after midnight."""

    agent: str
    start_s: int
    end_s: int
    pauses: tuple[tuple[int, int, str], ...]


def opening(weekday: int) -> tuple[int, int]:
    """Seconds after midnight."""
    return (clock("09:00"), clock("17:00")) if weekday >= QUIET_FROM else (clock("08:00"), clock("20:00"))


def is_open(desk: Desk, weekday: int) -> bool:
    return weekday <= desk.last_weekday


def rota(desk: Desk, day: date, weekday: int, size: int = 1) -> list[Planned]:
    """The shifts of a day: everybody has his turn. With `size` the whole desk is there that many times."""
    if not is_open(desk, weekday):
        return []
    shifts = list(desk.weekend if weekday >= QUIET_FROM else desk.weekday) * size
    agents = [name if copy == 0 else f"{name} {copy + 1}" for copy in range(size) for name in desk.agents]
    turn = day.toordinal() * len(shifts)
    return [_planned(agents[(turn + place) % len(agents)], text, place) for place, text in enumerate(shifts)]


def _planned(agent: str, text: str, place: int) -> Planned:
    start, _, end = text.partition("-")
    start_s, end_s = clock(start), clock(end)
    pauses = []
    for hours, minutes, reason in PAUSES:
        begins = start_s + round(hours * HOUR_S) + place % 3 * STAGGER_S
        if begins + minutes * 60 + HOUR_S / 2 < end_s:
            pauses.append((begins, begins + minutes * 60, reason))
    return Planned(agent=agent, start_s=start_s, end_s=end_s, pauses=tuple(pauses))
