"""Events of one contact, told in seconds after nine o'clock, and their facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.contract.event import Event, Kind
from plugin.facts.fold import ContactFacts, fold_contact, in_order

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(kind: Kind, second: float, queue: str | None = None, agent: str | None = None, **data: Any) -> Event:
    key = f"{kind}:{second}:{queue}:{agent}:{sorted(data.items())}"
    return Event(kind=kind, at=moment(second), subject="c1", dedupe_key=key, queue=queue, agent=agent, data=data)


def moment(second: float) -> datetime:
    return NINE + timedelta(seconds=second)


def fold(*events: Event, restarts: tuple[float, ...] = (), knows: tuple[str, ...] = ()) -> ContactFacts:
    return fold_contact(in_order(events), [moment(second) for second in restarts], knows)
