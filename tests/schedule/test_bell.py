"""A bell: its work sees what was done before the last ring, and is not done once for each of many rings."""

from __future__ import annotations

import threading

from plugin.schedule.bell import Bell

WAIT_S = 30


class Work:
    """Stops in the middle of each run until it may go on."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Semaphore(0), threading.Semaphore(0)
        self.runs = 0

    def __call__(self) -> None:
        self.begun.release()
        assert self.may_end.acquire(timeout=WAIT_S)
        self.runs += 1


def test_many_rings_while_it_works_are_one_more_run() -> None:
    work = Work()
    with Bell(work) as bell:
        bell.ring()
        assert work.begun.acquire(timeout=WAIT_S)
        for _ in range(5):
            bell.ring()
        work.may_end.release()
        assert work.begun.acquire(timeout=WAIT_S)
        work.may_end.release()
    assert work.runs == 2


def test_leaving_waits_for_what_was_begun_and_begins_nothing_more() -> None:
    work = Work()
    with Bell(work, pause_s=WAIT_S) as bell:
        bell.ring()
        assert work.begun.acquire(timeout=WAIT_S)
        bell.ring()
        work.may_end.release()
    assert work.runs == 1


def test_a_bell_that_nobody_rang_does_nothing() -> None:
    work = Work()
    with Bell(work):
        pass
    assert work.runs == 0
