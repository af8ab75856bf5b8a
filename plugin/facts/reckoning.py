"""The policy in, what folding needs of it out: calendars of queues, promises, tiers; and names for all that facts depend on."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from plugin.facts.fold.clock import Clock
from plugin.facts.names import OWN, Names, names_by_source
from plugin.policy.basis import HASHED, basis_text
from plugin.policy.calendar import Calendar
from plugin.policy.document import Document
from plugin.policy.holidays import edition
from plugin.policy.localtime import midnight, zone
from plugin.policy.tickets import ANY_PRIORITY, Sla

#: rises when the same policy makes other facts
_VERSION = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """Targets in milliseconds by priority in small letters, in force from an instant on; None: from ever."""

    valid_from: datetime | None = None
    business: bool = True
    first_response: Mapping[str, int] = field(default_factory=dict)
    resolution: Mapping[str, int] = field(default_factory=dict)

    def target_ms(self, kind: str, priority: str | None) -> int | None:
        targets = self.first_response if kind == "first_response" else self.resolution
        return targets.get((priority or "").casefold(), targets.get(ANY_PRIORITY))


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """`calendars` are those of queues that have another than the centre's `calendar`. `bases`: see `reckoning_of`."""

    calendar: Calendar | None = None
    calendars: Mapping[str, Calendar | None] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    tiers: Mapping[str, int] = field(default_factory=dict)
    ignores_thanks: bool = False
    #: the sources whose contacts count when they ended
    by_end: frozenset[str] = frozenset()
    #: the sources that call agents or queues otherwise than the centre
    names: Mapping[str, Names] = field(default_factory=dict)
    #: contact, ticket, survey, roster, agent --> what its facts depend on; when it changes, they are folded anew
    bases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def top_tier(self) -> int:
        return max(self.tiers.values(), default=0)

    def clock(self, stays: Iterable[tuple[datetime, str]], since: datetime) -> Clock:
        """The business clock of what stayed in these queues, each from an instant on; without one, the centre's."""
        pieces = [(at, self.calendars.get(queue, self.calendar)) for at, queue in stays]
        return Clock(pieces=tuple(pieces) or ((since, self.calendar),))

    def names_of(self, source: str) -> Names:
        return self.names.get(source, OWN)

    def counted_at(self, source: str, entry_at: datetime, over_at: datetime | None) -> datetime:
        """When what belongs to a contact counts; `over_at`: when the contact ended. While that is unknown, its entry counts."""
        return over_at if over_at is not None and source in self.by_end else entry_at

    def promise_at(self, moment: datetime) -> Promise | None:
        """The one in force."""
        begun = [one for one in self.promises if one.valid_from is None or one.valid_from <= moment]
        return begun[-1] if begun else None


#: always open, nothing promised
PLAIN = Reckoning()


def reckoning_of(document: Document) -> Reckoning:
    queues = {*document.queues, *(queue for team in document.teams.values() for queue in team.queues)}
    named = {queue: document.calendar_of_queue(queue) for queue in sorted(queues)}
    others = {queue: name for queue, name in named.items() if name is not None and name != document.business_calendar}
    calendars = {name: calendar for name in document.calendars if (calendar := document.calendar(name)) is not None}
    tiers = {queue: terms.tier for queue, terms in document.queues.items() if terms.tier is not None}
    by_end = frozenset(name for name, source in document.sources.items() if source.attribution == "end")
    clocks = _digest(
        document.timezone, document.business_calendar, others, document.calendars, _editions(calendars.values())
    )
    names = {"aliases": _digest(document.aliases)}
    return Reckoning(
        calendar=document.calendar(),
        calendars={queue: calendars[name] for queue, name in others.items()},
        promises=tuple(_promise(sla, document.timezone) for sla in document.sla),
        tiers=tiers,
        ignores_thanks=document.tickets.ignore_thanks,
        by_end=by_end,
        names=names_by_source(document.aliases),
        bases={
            "contact": basis_text(
                {
                    "calendars": clocks,
                    "attribution": _digest(sorted(by_end)),
                    "tiers": _digest(sorted(tiers.items())),
                    **names,
                }
            ),
            "ticket": basis_text(
                {
                    "calendars": clocks,
                    "sla": _digest(document.sla),
                    "tickets": _digest(tiers, document.tickets),
                    **names,
                }
            ),
            **dict.fromkeys(("survey", "roster", "agent"), basis_text(names)),
        },
    )


def _editions(calendars: Iterable[Calendar]) -> list[str]:
    return sorted({edition(calendar.holidays) for calendar in calendars if calendar.holidays is not None})


def _digest(*parts: object) -> str:
    return f"{HASHED}{_VERSION}:{zlib.crc32(repr(parts).encode()):08x}"


def _promise(sla: Sla, timezone: str) -> Promise:
    return Promise(
        valid_from=None if sla.valid_from is None else midnight(sla.valid_from, zone(timezone)),
        business=sla.clock == "business",
        first_response={priority.casefold(): seconds * 1000 for priority, seconds in sla.first_response.items()},
        resolution={priority.casefold(): seconds * 1000 for priority, seconds in sla.resolution.items()},
    )
