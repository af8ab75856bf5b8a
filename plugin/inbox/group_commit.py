"""Rows of concurrent requests into shared transactions: `commit` returns only once its row is durable."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

log = logging.getLogger(__name__)

RowT = TypeVar("RowT")


class Overloaded(Exception):
    """The row was not stored: the database is slower than the requests, or not there. The sender shall try again."""


class _Batch(Generic[RowT]):
    """Rows that are committed together; `errors` is None until it is known what became of each row."""

    def __init__(self) -> None:
        self.rows: list[RowT] = []
        self.began = time.monotonic()
        self.errors: list[SQLAlchemyError | None] | None = None
        # A lock for each row, which its thread waits for: an Event would make all of them queue for its one lock again.
        self._locks: list[threading.Lock] = []

    def add(self, row: RowT) -> int:
        lock = threading.Lock()
        lock.acquire()
        self.rows.append(row)
        self._locks.append(lock)
        return len(self.rows) - 1

    def wait(self, index: int, timeout_s: float) -> None:
        self._locks[index].acquire(timeout=timeout_s)

    def finish(self) -> None:
        for lock in self._locks:
            lock.release()


class GroupCommit(Generic[RowT]):
    """Threads that commit what other threads hand in.

    `write` stores rows in one transaction, all or none. While every flusher is busy committing, the rows of further requests
    gather in one batch. One flusher suits SQLite, which has one writer; with PostgreSQL several overlap, because the server
    groups commits itself. `now_and_then` runs in a flusher, at most once a second, after something was committed or noticed.
    """

    def __init__(
        self,
        write: Callable[[Sequence[RowT]], None],
        *,
        flushers: int = 1,
        most_waiting: int = 1000,
        most_at_once: int = 250,
        patience_s: float = 5.0,
        gather_s: float = 0.004,
        now_and_then: Callable[[], None] = lambda: None,
    ) -> None:
        self._write = write
        self._most_waiting = most_waiting
        self._most_at_once = most_at_once
        self._patience_s = patience_s
        self._gather_s = gather_s
        #: rows of the last batch: how many requests come side by side
        self._expected = 1
        self._took_at = 0.0
        self._now_and_then = now_and_then
        self._changed = threading.Condition()
        self._waiting: list[_Batch[RowT]] = []
        self._flushers = flushers
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._noticed = False
        self._errand_at = 0.0

    def commit(self, row: RowT) -> None:
        """Blocks until the row is durable; raises `Overloaded`, or the database's error when this row cannot be stored."""
        batch, index = self._hand_in(row)
        batch.wait(index, 2 * self._patience_s)
        if batch.errors is None:
            raise Overloaded("The database has not answered in time.")
        error = batch.errors[index]
        if error is not None and _is_outage(error):
            raise Overloaded("The database does not take deliveries at the moment.") from error
        if error is not None:
            raise error

    def notice(self) -> None:
        """Asks for `now_and_then` although nothing was handed in."""
        with self._changed:
            if not self._noticed and not self._stopping:
                self._noticed = True
                self._start()
                self._changed.notify()

    def stop(self) -> None:
        """Commits what was handed in, refuses what comes after, and ends the threads."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in list(self._threads):
            thread.join()
        self._run_errand()

    def _hand_in(self, row: RowT) -> tuple[_Batch[RowT], int]:
        with self._changed:
            if self._stopping:
                raise Overloaded("The server is stopping.")
            if self._is_full():
                raise Overloaded("Too many deliveries are waiting for the database.")
            self._start()
            if not self._waiting or len(self._waiting[-1].rows) >= self._most_at_once:
                self._waiting.append(_Batch())
            batch = self._waiting[-1]
            index = batch.add(row)
            if len(batch.rows) == 1 or len(batch.rows) >= self._expected:
                self._changed.notify()
            return batch, index

    def _is_full(self) -> bool:
        if not self._waiting:
            return False
        waited_s = time.monotonic() - self._waiting[0].began
        return sum(len(batch.rows) for batch in self._waiting) >= self._most_waiting or waited_s > self._patience_s

    def _start(self) -> None:
        # Not in the constructor: a server may fork between making the application and serving it.
        while len(self._threads) < self._flushers:
            name = f"group-commit-{len(self._threads) + 1}"
            self._threads.append(threading.Thread(target=self._run, name=name, daemon=True))
            self._threads[-1].start()

    def _run(self) -> None:
        try:
            while self._step():
                pass
        finally:
            self._leave()

    def _leave(self) -> None:
        """A flusher that died of an error in the program is replaced, so that the requests behind it do not hang."""
        with self._changed:
            self._threads.remove(threading.current_thread())
            if not self._stopping:
                self._start()

    def _step(self) -> bool:
        """One batch or one errand; False when there is nothing left to do before stopping."""
        with self._changed:
            # Not `wait_for`: an errand that is noticed while waiting has a time of its own.
            while not self._has_work():
                self._changed.wait(self._until_errand_s())
            batch = self._take_batch()
            errand = self._takes_errand()
        if batch is not None:
            self._flush(batch)
        if errand:
            self._run_errand()
        return batch is not None or not self._stopping

    def _take_batch(self) -> _Batch[RowT] | None:
        """The oldest batch. While requests come side by side, commits keep a distance: one costs far more than a row in it, and
        the first row to come would else be committed alone, again and again."""
        if self._waiting and self._expected > 1:
            self._changed.wait_for(self._is_gathered, timeout=self._gather_s - (time.monotonic() - self._took_at))
        if not self._waiting:
            return None
        batch = self._waiting.pop(0)
        self._expected = len(batch.rows)
        self._took_at = time.monotonic()
        return batch

    def _is_gathered(self) -> bool:
        return self._stopping or len(self._waiting) != 1 or len(self._waiting[0].rows) >= self._expected

    def _has_work(self) -> bool:
        return bool(self._waiting) or self._stopping or (self._noticed and self._until_errand_s() == 0)

    def _until_errand_s(self) -> float | None:
        return max(0.0, self._errand_at - time.monotonic()) if self._noticed else None

    def _takes_errand(self) -> bool:
        if not self._noticed or self._until_errand_s() != 0:
            return False
        self._noticed = False
        self._errand_at = time.monotonic() + 1
        return True

    def _run_errand(self) -> None:
        try:
            self._now_and_then()
        except SQLAlchemyError as error:
            log.warning("Counters of the sources were not written: %s", type(error).__name__)

    def _flush(self, batch: _Batch[RowT]) -> None:
        try:
            batch.errors = self._store(batch.rows)
        finally:
            self._noticed = True
            batch.finish()

    def _store(self, rows: list[RowT]) -> list[SQLAlchemyError | None]:
        """The error of each row; one bad row does not fail the others, unless the database itself is away."""
        error = self._try(rows)
        if error is None or len(rows) == 1 or _is_outage(error):
            return [error] * len(rows)
        return [self._try([row]) for row in rows]

    def _try(self, rows: list[RowT]) -> SQLAlchemyError | None:
        try:
            self._write(rows)
        except SQLAlchemyError as error:
            log.warning("%d deliveries were not committed: %s", len(rows), type(error).__name__)
            return error
        return None


def _is_outage(error: SQLAlchemyError) -> bool:
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, (OperationalError, InterfaceError, PoolTimeout))
