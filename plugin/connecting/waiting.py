"""Waits for the first thing that a vendor sends after it was connected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from plugin.backfill.following import OURS
from plugin.database import reading
from plugin.inbox.store import DELIVERY
from plugin.inbox.tally import REFUSAL
from plugin.installation import Installation

LOOK_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """`refused` says why it was not accepted; None when it was."""

    at: datetime
    refused: str | None = None


def look(opened: Installation, source: str, since: datetime) -> Seen | None:
    """The first accepted delivery since then, else the last refusal."""
    accepted = select(DELIVERY.c.received_at).where(
        DELIVERY.c.source == source, DELIVERY.c.received_at >= since, DELIVERY.c.method.not_in(OURS)
    )
    refused = select(REFUSAL.c.at, REFUSAL.c.reason).where(REFUSAL.c.source == source, REFUSAL.c.at >= since)
    with reading(opened.engine) as connection:
        first = connection.scalar(accepted.order_by(DELIVERY.c.id).limit(1))
        last = connection.execute(refused.order_by(REFUSAL.c.at.desc()).limit(1)).first()
    if first is not None:
        return Seen(at=first)
    return None if last is None else Seen(at=last.at, refused=last.reason)


def wait(look_again: Callable[[], Seen | None], seconds: float, sleep: Callable[[float], object]) -> Iterator[float]:
    """Looks every second until something was accepted; yields how long it has waited. A refusal goes on: another may be right."""
    waited = 0.0
    while waited < seconds:
        seen = look_again()
        if seen is not None and seen.refused is None:
            return
        yield waited
        sleep(LOOK_S)
        waited += LOOK_S
