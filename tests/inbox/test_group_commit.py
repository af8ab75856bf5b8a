from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError

from plugin.inbox.group_commit import GroupCommit, Overloaded

WAIT_S = 20


class Table:
    """Keeps batches, and can be told to wait before it commits, or to fail."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Semaphore(0)
        self.error: Callable[[Sequence[str]], Exception | None] = lambda rows: None

    def write(self, rows: Sequence[str]) -> None:
        self.entered.release()
        assert self.open.wait(WAIT_S)
        error = self.error(rows)
        if error is not None:
            raise error
        self.batches.append(list(rows))

    @contextmanager
    def closed(self) -> Iterator[None]:
        self.open.clear()
        yield
        self.open.set()


def outage() -> OperationalError:
    return OperationalError("INSERT", {}, Exception("database is locked"))


def bad_row() -> DataError:
    return DataError("INSERT", {}, Exception("value too long"))


def in_threads(commits: GroupCommit[str], rows: Sequence[str]) -> list[Future[None]]:
    pool = ThreadPoolExecutor(len(rows))
    futures = [pool.submit(commits.commit, row) for row in rows]
    pool.shutdown(wait=False)
    return futures


def until(condition: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(WAIT_S * 200):
        if condition():
            return
        tick.wait(0.005)
    raise AssertionError("waited in vain")


def waiting_rows(commits: GroupCommit[str]) -> int:
    return sum(len(batch.rows) for batch in commits._waiting)


@pytest.fixture
def table() -> Table:
    return Table()


def test_requests_that_come_during_a_commit_share_the_next_one(table: Table) -> None:
    commits = GroupCommit[str](table.write)
    with table.closed():
        first = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        others = in_threads(commits, ["b", "c", "d"])
        until(lambda: waiting_rows(commits) == 3)
        assert not any(future.done() for future in [*first, *others])
    for future in [*first, *others]:
        future.result(WAIT_S)
    assert [sorted(batch) for batch in table.batches] == [["a"], ["b", "c", "d"]]
    commits.stop()


def test_two_flushers_commit_side_by_side(table: Table) -> None:
    commits = GroupCommit[str](table.write, flushers=2)
    with table.closed():
        futures = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        futures += in_threads(commits, ["b"])
        assert table.entered.acquire(timeout=WAIT_S)
    for future in futures:
        future.result(WAIT_S)
    commits.stop()


def test_a_batch_has_a_limit(table: Table) -> None:
    commits = GroupCommit[str](table.write, most_at_once=2)
    with table.closed():
        futures = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        futures += in_threads(commits, list("bcdef"))
        until(lambda: waiting_rows(commits) == 5)
    for future in futures:
        future.result(WAIT_S)
    assert [len(batch) for batch in table.batches] == [1, 2, 2, 1]
    commits.stop()


def test_a_bad_row_fails_alone(table: Table) -> None:
    table.error = lambda rows: bad_row() if "bad" in rows else None
    commits = GroupCommit[str](table.write)
    with table.closed():
        first = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        good, bad, fine = in_threads(commits, ["b", "bad", "c"])
        until(lambda: waiting_rows(commits) == 3)
    for future in [*first, good, fine]:
        future.result(WAIT_S)
    with pytest.raises(DataError):
        bad.result(WAIT_S)
    assert sorted(row for batch in table.batches for row in batch) == ["a", "b", "c"]
    commits.stop()


def test_an_outage_fails_its_batch_and_nothing_else(table: Table) -> None:
    table.error = lambda rows: outage() if "during" in rows else None
    commits = GroupCommit[str](table.write)
    commits.commit("before")
    with pytest.raises(Overloaded):
        commits.commit("during")
    commits.commit("after")
    assert table.batches == [["before"], ["after"]]
    commits.stop()


def test_an_outage_is_not_tried_row_by_row(table: Table) -> None:
    table.error = lambda rows: outage()
    commits = GroupCommit[str](table.write)
    with table.closed():
        futures = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        futures += in_threads(commits, ["b", "c", "d"])
        until(lambda: waiting_rows(commits) == 3)
    for future in futures:
        with pytest.raises(Overloaded):
            future.result(WAIT_S)
    commits.stop()
    assert table.entered.acquire(blocking=False)
    assert not table.entered.acquire(blocking=False)


def test_more_than_the_limit_is_refused_at_once(table: Table) -> None:
    commits = GroupCommit[str](table.write, most_waiting=2)
    with table.closed():
        futures = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        futures += in_threads(commits, ["b", "c"])
        until(lambda: waiting_rows(commits) == 2)
        with pytest.raises(Overloaded):
            commits.commit("d")
    for future in futures:
        future.result(WAIT_S)
    assert "d" not in [row for batch in table.batches for row in batch]
    commits.stop()


def test_a_database_that_hangs_is_not_waited_for_for_ever(table: Table) -> None:
    commits = GroupCommit[str](table.write, patience_s=0.02)
    with table.closed():
        [first] = in_threads(commits, ["a"])
        with pytest.raises(Overloaded):
            first.result(WAIT_S)
        [second] = in_threads(commits, ["b"])
        with pytest.raises(Overloaded):
            second.result(WAIT_S)
        with pytest.raises(Overloaded):
            commits.commit("refused without waiting, because b still waits")
        assert waiting_rows(commits) == 1
    commits.stop()


def test_an_error_in_the_program_fails_the_request_and_the_next_one_is_served(table: Table) -> None:
    table.error = lambda rows: ZeroDivisionError() if "odd" in rows else None
    commits = GroupCommit[str](table.write)
    seen: list[object] = []
    hook, threading.excepthook = threading.excepthook, lambda args: seen.append(args.exc_type)
    try:
        with pytest.raises(Overloaded):
            commits.commit("odd")
        commits.commit("even")
    finally:
        threading.excepthook = hook
    assert (table.batches, seen) == ([["even"]], [ZeroDivisionError])
    commits.stop()


def test_stopping_commits_what_waits_and_refuses_what_comes(table: Table) -> None:
    commits = GroupCommit[str](table.write)
    with table.closed():
        futures = in_threads(commits, ["a"])
        assert table.entered.acquire(timeout=WAIT_S)
        futures += in_threads(commits, ["b", "c"])
        until(lambda: waiting_rows(commits) == 2)
        stopper = ThreadPoolExecutor(1).submit(commits.stop)
        until(lambda: commits._stopping)
        with pytest.raises(Overloaded):
            commits.commit("late")
    stopper.result(WAIT_S)
    for future in futures:
        future.result(WAIT_S)
    assert sorted(row for batch in table.batches for row in batch) == ["a", "b", "c"]


def test_the_errand_runs_after_commits_after_a_notice_and_at_the_end(table: Table) -> None:
    runs: list[int] = []
    ran = threading.Semaphore(0)

    def errand() -> None:
        runs.append(len(table.batches))
        ran.release()

    commits = GroupCommit[str](table.write, now_and_then=errand)
    commits.notice()
    assert ran.acquire(timeout=WAIT_S)
    for number in range(50):
        commits.commit(str(number))
    commits.stop()
    assert runs[0] == 0
    assert runs[-1] == 50
    assert len(runs) <= 4


def test_what_is_noticed_right_after_an_errand_is_done_at_the_next_one(table: Table) -> None:
    ran = threading.Semaphore(0)
    commits = GroupCommit[str](table.write, now_and_then=ran.release)
    try:
        commits.notice()
        assert ran.acquire(timeout=10)
        # Within the second in which no further errand runs, and with nothing else to wake the flusher.
        time.sleep(0.05)
        commits.notice()
        assert ran.acquire(timeout=10)
    finally:
        commits.stop()


def test_a_failing_errand_does_not_stop_the_commits(table: Table) -> None:
    def errand() -> None:
        raise SQLAlchemyError

    commits = GroupCommit[str](table.write, now_and_then=errand)
    commits.notice()
    commits.commit("a")
    commits.stop()
    assert table.batches == [["a"]]
