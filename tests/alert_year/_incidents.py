"""What goes wrong in the made-up year, when, and what it does to load, staff and the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

HOUR, DAY = 60, 1440
#: before anything is planted or counted: what is usual needs weeks to be known
LEAD_DAYS = 56


class Kind(StrEnum):
    STAFF_SHORTAGE = "staff shortage"
    PHONE_OUTAGE = "phone outage"
    SPIKE = "spike after mailing"
    DRIFT = "slow drift"
    SILENT_SOURCE = "silent source"
    BOT_RELEASE = "bad bot release"


@dataclass(frozen=True, kw_only=True)
class Incident:
    """In minutes; `strength` is a factor: of staff, of load, of containment, or of the handle time at the end of a drift."""

    kind: Kind
    queues: tuple[str, ...]
    start: int
    end: int
    strength: float

    def part(self, minute: int) -> float:
        return (minute - self.start) / (self.end - self.start)

    def load(self, part: float) -> float:
        return {Kind.PHONE_OUTAGE: 0.0, Kind.SPIKE: self.strength}.get(self.kind, 1.0)

    def staff(self, part: float) -> float:
        return self.strength if self.kind is Kind.STAFF_SHORTAGE else 1.0

    def handling(self, part: float) -> float:
        return 1 + (self.strength - 1) * part if self.kind is Kind.DRIFT else 1.0

    def containment(self, part: float) -> float:
        return self.strength if self.kind is Kind.BOT_RELEASE else 1.0


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """How many in a year, each where it can happen, for how many minutes, how strong."""

    kind: Kind
    a_year: int
    where: tuple[tuple[str, ...], ...]
    lasts: tuple[int, int]
    strength: tuple[float, float]


_PHONES = ("Support", "Sales", "Billing", "Emergency")
_PLANS = (
    _Plan(
        kind=Kind.STAFF_SHORTAGE,
        a_year=14,
        where=(("Support",), ("Sales",), ("Billing",)),
        lasts=(120, 240),
        strength=(0.45, 0.6),
    ),
    _Plan(kind=Kind.PHONE_OUTAGE, a_year=4, where=(_PHONES,), lasts=(60, 180), strength=(0, 0)),
    _Plan(kind=Kind.SPIKE, a_year=10, where=(("Support",), ("Sales",)), lasts=(60, 180), strength=(2.2, 3.5)),
    _Plan(kind=Kind.DRIFT, a_year=2, where=(("Support",), ("Sales",)), lasts=(14 * DAY, 21 * DAY), strength=(1.5, 1.7)),
    _Plan(kind=Kind.SILENT_SOURCE, a_year=6, where=(_PHONES, ("Bot",)), lasts=(60, 240), strength=(0, 0)),
    _Plan(kind=Kind.BOT_RELEASE, a_year=4, where=(("Bot",),), lasts=(240, 1440), strength=(0.35, 0.55)),
)


def planted(chance: Random, weeks: int, open_hours: Mapping[str, Sequence[bool]]) -> tuple[Incident, ...]:
    """In hours in which all their queues are open and busy, and no two of them at the same queue within a day."""
    found: list[Incident] = []
    for plan in _PLANS:
        for _ in range(max(1, round(plan.a_year * weeks / 52))):
            found.append(_one(chance, plan, weeks, open_hours, found))
    return tuple(sorted(found, key=lambda incident: incident.start))


def _one(
    chance: Random, plan: _Plan, weeks: int, open_hours: Mapping[str, Sequence[bool]], others: Sequence[Incident]
) -> Incident:
    while True:
        queues = chance.choice(plan.where)
        day = LEAD_DAYS + chance.randrange(7 * weeks - 1)
        start = day * DAY + chance.randint(9 * HOUR, 15 * HOUR)
        found = Incident(
            kind=plan.kind,
            queues=queues,
            start=start,
            end=min(start + chance.randint(*plan.lasts), (LEAD_DAYS + 7 * weeks) * DAY - 1),
            strength=chance.uniform(*plan.strength),
        )
        hours = (start // HOUR, start // HOUR + 1)
        busy = all(open_hours[queue][hour] for queue in ("Sales", *queues) for hour in hours)
        if busy and not any(_near(found, other) for other in others):
            return found


def _near(one: Incident, other: Incident) -> bool:
    together = set(one.queues) & set(other.queues)
    return bool(together) and one.start - DAY < other.end and other.start < one.end + DAY
