"""What a worker does over and over: drains the inbox and recomputes the cells that this made dirty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from plugin.drain import BATCH, Reader, drain, refold_stale
from plugin.facts.timers import settle_overdue
from plugin.installation import Installation, now
from plugin.kpi.cells import refresh_cells

Progress = Callable[[int, int], None]


def settle_inbox(opened: Installation, progress: Progress = lambda done, total: None, *, cells: bool = True) -> int:
    """Drains until nothing waits, then recomputes cells unless told to leave them; returns the number of deliveries."""
    readers = opened.readers

    def reader(source: str) -> Reader | None:
        return readers.get(source)

    done = 0
    keep = bool(opened.document.surveys)
    while settled := drain(opened.engine, reader, opened.customer_secret, BATCH, opened.reckoning, keep_addresses=keep):
        done += settled
        progress(done, done)
    settle_facts(opened, now())
    if cells:
        settle_cells(opened)
    return done


def settle_facts(opened: Installation, at: datetime) -> None:
    """Brings the facts in line with the policy and the time."""
    while refold_stale(opened.engine, opened.knows, opened.reckoning):
        pass
    settle_overdue(opened.engine, at)


def settle_cells(opened: Installation) -> None:
    while refresh_cells(opened.engine, opened.terms):
        pass
