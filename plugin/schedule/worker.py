"""A worker: drains without pause and watches what this changes; while it holds the lease it also runs the scheduler."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from plugin.backfill.following import follow
from plugin.drain import BATCH, Reader, drain, refold_stale
from plugin.facts.timers import settle_overdue
from plugin.installation import Installation, now
from plugin.kpi.cells import reach_back, refresh_sums, refresh_timelines
from plugin.notify.notifier import Notifiers
from plugin.policy.localtime import Grain
from plugin.schedule import jobs
from plugin.schedule.bell import Bell
from plugin.schedule.lease import TERM, beat, hold, release
from plugin.web.slack.socket import SocketListener

LEASE = "scheduler"
#: how long a worker with nothing to do waits before it looks again
IDLE_S = 0.25
#: rules are evaluated upon arrival no sooner than this after the last time
EVALUATE_PAUSE_S = 0.5
BEAT_EVERY = timedelta(seconds=5)
_MISFIRE_GRACE_S = 3600
_log = logging.getLogger(__name__)


def holder_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(kw_only=True)
class Worker:
    """One worker process. `opened` belongs to the drain's thread; every job opens the policy anew."""

    opened: Installation
    notifiers: Notifiers
    #: what hears Slack where Slack cannot call
    listener: SocketListener | None = None
    clock: Callable[[], datetime] = now
    holder: str = field(default_factory=holder_name)
    _scheduler: BackgroundScheduler | None = None
    _next_beat: datetime | None = None
    #: ends what reads a vendor's history
    _leaving: threading.Event = field(default_factory=threading.Event)
    #: numbers changed since the rules were last rung for
    _changed: bool = False

    def __post_init__(self) -> None:
        self._evaluation = Bell(self._job(self._evaluate), EVALUATE_PAUSE_S)
        self._delivery = Bell(self._job(self._deliver))

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; what was begun is finished."""
        try:
            with self._delivery, self._evaluation:
                self._turn_until(stop)
        finally:
            self._step_down()
            release(self.opened.engine, LEASE, self.holder)

    def _turn_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                worked = self.turn()
            except Exception:
                _log.exception("a turn of the worker failed; it goes on")
                worked = False
            if not worked:
                stop.wait(IDLE_S)

    def turn(self) -> bool:
        """One batch and its cells; True while there may be more."""
        self._attend()
        readers = self.opened.readers

        def reader(source: str) -> Reader | None:
            return readers.get(source)

        keep = bool(self.opened.document.surveys)
        engine, reckoning = self.opened.engine, self.opened.reckoning
        settled = drain(engine, reader, self.opened.customer_secret, BATCH, reckoning, keep_addresses=keep)
        folded = refold_stale(engine, self.opened.knows, reckoning)
        broken = settle_overdue(engine, self.clock())
        timelines = refresh_timelines(engine)
        changed = bool(settled or folded or broken or timelines)
        # Rules about the last hours are measured from facts, so they need not wait for cells.
        self._ring(changed, settled == BATCH)
        computed = refresh_sums(engine, self.opened.terms)
        self._ring(reach_back(computed, self.clock(), self.opened.terms), settled == BATCH)
        return changed or bool(computed)

    def _ring(self, changed: bool, full: bool) -> None:
        """After a full batch the next one changes the numbers again at once."""
        self._changed |= changed
        if self._changed and not full:
            self._changed = False
            self._evaluation.ring()

    def _attend(self) -> None:
        """Every few seconds: says that it lives, renews or takes the lease, and reads the policy anew."""
        at = self.clock()
        if self._next_beat is not None and at < self._next_beat:
            return
        self._next_beat = at + BEAT_EVERY
        self.opened.reload()
        beat(self.opened.engine, "worker", at, self.holder)
        if hold(self.opened.engine, LEASE, self.holder, at, TERM):
            beat(self.opened.engine, "scheduler", at, self.holder)
            self._lead()
        else:
            self._step_down()

    def _lead(self) -> None:
        if self._scheduler is None:
            self._leaving.clear()
            self._scheduler = BackgroundScheduler(
                timezone="UTC",
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _MISFIRE_GRACE_S},
            )
            self._add_jobs(self._scheduler)
            self._scheduler.start()
        self._plan_digests(self._scheduler)
        if self.listener is not None:
            self.listener.start()

    def _step_down(self) -> None:
        if self.listener is not None:
            self.listener.stop()
        if self._scheduler is not None:
            self._leaving.set()
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def _add_jobs(self, scheduler: BackgroundScheduler) -> None:
        scheduler.add_job(self._job(self._deliver), IntervalTrigger(seconds=2), id="deliver")
        scheduler.add_job(self._job(jobs.watch_itself), CronTrigger(second=0), id="watch")
        scheduler.add_job(self._job(self._evaluate), CronTrigger(second=1), id="evaluate")
        scheduler.add_job(self._job(jobs.send_surveys), CronTrigger(second=31), id="surveys")
        scheduler.add_job(self._job(self._follow), CronTrigger(second=46), id="follow")
        scheduler.add_job(self._job(jobs.prune_bodies), CronTrigger(hour=3, minute=17), id="prune")
        scheduler.add_job(self._job(jobs.retry_broken_channels), IntervalTrigger(hours=1), id="retry")
        # What was held or missed while no scheduler ran goes out late, and says so.
        scheduler.add_job(
            self._job(jobs.send_due_digests), IntervalTrigger(minutes=1), id="digests", next_run_time=self.clock()
        )

    def _plan_digests(self, scheduler: BackgroundScheduler) -> None:
        """One wall-clock trigger for each digest, in its reader's zone; a digest that is gone loses its own."""
        document = self.opened.document
        wanted = {}
        for name, digest in document.digests.items():
            zone = digest.timezone or document.timezone
            hour, minute = digest.at.split(":")
            at = "*" if digest.grain is Grain.HOUR else str(int(hour))
            wanted[f"digest:{name}"] = (name, at, "0" if digest.grain is Grain.HOUR else str(int(minute)), zone)
        planned = {job.id: job.name for job in scheduler.get_jobs() if job.id.startswith("digest:")}
        for gone in planned.keys() - wanted.keys():
            scheduler.remove_job(gone)
        for key, (name, at, minute, zone) in wanted.items():
            if planned.get(key) == f"{at}:{minute}:{zone}":
                continue
            trigger = CronTrigger(hour=at, minute=minute, second=5, timezone=zone)
            job = self._job(partial(jobs.send_due_digests, names=[name]))
            scheduler.add_job(job, trigger, id=key, name=f"{at}:{minute}:{zone}", replace_existing=True)

    def _evaluate(self, opened: Installation, at: datetime) -> int:
        """Any worker may: a rule's row is locked for its step, and what is said is in the outbox once."""
        changed = jobs.evaluate(opened, at)
        self._delivery.ring()
        return changed

    def _deliver(self, opened: Installation, at: datetime) -> int:
        return jobs.deliver(opened, self.notifiers, at)

    def _follow(self, opened: Installation, at: datetime) -> int:
        return follow(opened, at, self._leaving)

    def _job(self, work: Callable[[Installation, datetime], int]) -> Callable[[], None]:
        def run() -> None:
            try:
                work(Installation(config=self.opened.config, engine=self.opened.engine), self.clock())
            except Exception:
                _log.exception("a job failed; it runs again at its next time")

        return run
