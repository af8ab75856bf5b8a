"""How the sources do: what arrived last, what waits, what could not be read or was refused, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from plugin.database import reading
from plugin.inbox.silence import silent_since
from plugin.inbox.sources import known_sources
from plugin.inbox.store import Counts, counts, dead_deliveries
from plugin.inbox.tally import NO_SOURCE, refusals
from plugin.web.site import Site

#: a delivery that waits longer than this shows that no worker runs, or that it cannot keep up
LATE = timedelta(minutes=2)
#: a process that has not said that it is alive for this long is taken for dead
SILENT = timedelta(seconds=60)
_RECENT = timedelta(days=1)
DEAD_SHOWN = 50


class Condition(StrEnum):
    """In the order in which they matter."""

    BROKEN = "broken"
    REFUSING = "refusing"
    UNREAD = "unread"
    SILENT = "silent"
    WAITING = "waiting"
    NEW = "new"
    FINE = "fine"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceHealth:
    name: str
    adapter: str
    condition: Condition
    last_received_at: datetime | None = None
    #: since when it sends nothing though it usually does, as the alert about it tells
    silent_since: datetime | None = None
    received: int = 0
    duplicates: int = 0
    refused: int = 0
    pending: int = 0
    dead: int = 0
    facts: tuple[str, ...] = ()
    problem: str = ""
    refusals: tuple[Row[Any], ...] = ()

    @property
    def needs_attention(self) -> bool:
        return self.condition not in (Condition.FINE, Condition.NEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """`strays` were sent to a name that no source has."""

    sources: tuple[SourceHealth, ...]
    strays: tuple[Row[Any], ...]
    pending: int
    dead: int
    oldest_pending_at: datetime | None
    last_received_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.oldest_pending_at is not None and now - self.oldest_pending_at > LATE


def health(site: Site, now: datetime) -> Health:
    waiting = counts(site.engine)
    with reading(site.engine) as connection:
        seen = known_sources(connection)
        silent = silent_since(connection, site.document(), site.sources(), now)
    by_source: dict[str, list[Row[Any]]] = defaultdict(list)
    for refusal in refusals(site.engine):
        by_source[refusal.source].append(refusal)
    configured = site.sources()
    problems = {name: source.problem or "" for name, source in configured.items()}
    adapters = {name: source.adapter.key for name, source in configured.items()}
    sources = [
        _source(
            name,
            seen.get(name),
            adapters.get(name, ""),
            problems.get(name, ""),
            by_source[name],
            waiting,
            now,
            silent.get(name),
        )
        for name in sorted({*seen, *configured})
    ]
    order = list(Condition)
    return Health(
        sources=tuple(sorted(sources, key=lambda each: (order.index(each.condition), each.name))),
        strays=tuple(by_source[NO_SOURCE]),
        pending=waiting.pending,
        dead=waiting.dead,
        oldest_pending_at=waiting.oldest_pending_at,
        last_received_at=max((each.last_received_at for each in sources if each.last_received_at), default=None),
    )


def unread(site: Site) -> list[Row[Any]]:
    """The newest deliveries that no adapter could read."""
    return dead_deliveries(site.engine, DEAD_SHOWN)


def _source(
    name: str,
    row: Row[Any] | None,
    adapter: str,
    problem: str,
    refused: list[Row[Any]],
    waiting: Counts,
    now: datetime,
    silent: datetime | None,
) -> SourceHealth:
    last = row.last_received_at if row else None
    pending, dead = waiting.pending_by_source.get(name, 0), waiting.dead_by_source.get(name, 0)
    fresh = [each for each in refused if now - each.at < _RECENT and (last is None or each.at > last)]
    late = waiting.oldest_pending_at is not None and now - waiting.oldest_pending_at > LATE
    judged = (
        (bool(problem), Condition.BROKEN),
        (bool(fresh), Condition.REFUSING),
        (dead > 0, Condition.UNREAD),
        (silent is not None, Condition.SILENT),
        (pending > 0 and late, Condition.WAITING),
        (last is None, Condition.NEW),
    )
    return SourceHealth(
        name=name,
        adapter=row.adapter if row else adapter,
        condition=next((condition for holds, condition in judged if holds), Condition.FINE),
        last_received_at=last,
        silent_since=silent,
        received=row.received if row else 0,
        duplicates=row.duplicates if row else 0,
        refused=row.refused if row else 0,
        pending=pending,
        dead=dead,
        facts=tuple(row.supplied.split()) if row else (),
        problem=problem,
        refusals=tuple(refused),
    )
