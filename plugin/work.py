"""What a worker does over and over: drains the inbox and recomputes the cells that this made dirty."""

from __future__ import annotations

from collections.abc import Callable

from plugin.drain import BATCH, Reader, drain
from plugin.installation import Installation
from plugin.kpi.cells import refresh_cells

Progress = Callable[[int, int], None]


def settle_inbox(opened: Installation, progress: Progress = lambda done, total: None, *, cells: bool = True) -> int:
    """Drains until nothing waits, then recomputes cells unless told to leave them; returns the number of deliveries."""
    readers = opened.readers

    def reader(source: str) -> Reader | None:
        return readers.get(source)

    done = 0
    while settled := drain(
        opened.engine, reader, opened.customer_secret, BATCH, keep_addresses=bool(opened.document.surveys)
    ):
        done += settled
        progress(done, done)
    if cells:
        settle_cells(opened)
    return done


def settle_cells(opened: Installation) -> None:
    while refresh_cells(opened.engine, opened.terms):
        pass
