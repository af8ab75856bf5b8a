"""The jobs of the scheduler: each may run at any time and any number of times, and does its work once per period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from plugin.alert.evaluate import MeasureWindow, evaluate_rules
from plugin.database import reading, session_scope, writing
from plugin.inbox.heard import prune_heard
from plugin.inbox.silence import silent_since
from plugin.inbox.store import prune, waiting
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer, facts_by_source, value
from plugin.kpi.cells import stale_quarters
from plugin.kpi.cost_entries import with_entered_costs
from plugin.kpi.endless import endless_by_source
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Period
from plugin.normalise.reach import KEPT, prune_reach
from plugin.notify.deliver import deliver_due
from plugin.notify.follow_up.due import Planner, plan_surveys
from plugin.notify.follow_up.mail import KIND as SURVEY_KIND
from plugin.notify.follow_up.mail import SurveyNotifier
from plugin.notify.mail import MailNotifier
from plugin.notify.notifier import Notifiers
from plugin.notify.outcome import GIVE_UP_AFTER, retry_broken
from plugin.notify.tables import ChannelState
from plugin.policy.document import Document
from plugin.policy.revisions import latest
from plugin.report.audit.seen import Usage
from plugin.report.compose import Composer
from plugin.report.due import catch_up, is_wanted, last_due, periods_for
from plugin.report.send import is_sent, send_digest
from plugin.schedule.lease import beat
from plugin.schedule.usage import usage
from plugin.schedule.watching import EVALUATION, look

RAW_BODIES_KEPT = timedelta(days=30)
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """`every` names the beat; the manifest lists the jobs from this table."""

    id: str
    title: str
    every: str


JOBS = (
    Job(id="drain", title="Turn deliveries into events and facts, and recompute cells", every="as they arrive"),
    Job(id="deliver", title="Send what waits in the outbox", every="2 seconds, and after rules were evaluated"),
    Job(id="retry", title="Try again what waits for a channel that did not work", every="hour"),
    Job(id="watch", title="Look at sources, channels, digests and itself", every="minute"),
    Job(id="evaluate", title="Evaluate alert rules", every="minute, and when numbers changed"),
    Job(id="digests", title="Send the digests that are due", every="the reader's wall clock"),
    Job(id="surveys", title="Find the customers who are due to be asked", every="minute"),
    Job(
        id="follow",
        title="Read what is new or was lost through the vendors' APIs",
        every="minute, each source as often as it needs",
    ),
    Job(id="prune", title="Drop raw bodies and unused addresses that are older than 30 days", every="day"),
)


def asker(opened: Installation, at: datetime) -> Callable[[Ask], Report]:
    def ask(question: Ask) -> Report:
        with reading(opened.engine) as connection:
            return answer(connection, opened.document, question, at, opened.knows)

    return ask


def composer(opened: Installation, at: datetime, unread: int = 0) -> Composer:
    with reading(opened.engine) as connection, Session(connection) as session:
        revision = latest(session)
        endless = endless_by_source(connection, at)
        silent = silent_since(connection, opened.document, opened.sources, at)
    return Composer(
        document=opened.document,
        ask=asker(opened, at),
        now=at,
        policy_revision=(revision.id or 0) if revision is not None else 0,
        base_url=opened.config.base_url,
        secret=opened.customer_secret,
        endless=endless,
        silent=silent,
        usage=lambda period: _usage(opened, period),
        with_costs=lambda document, period: _with_costs(opened, document, period),
        unread=unread,
    )


def _with_costs(opened: Installation, document: Document, period: Period) -> Document:
    with reading(opened.engine) as connection:
        return with_entered_costs(connection, document, period.start, period.end)


def _usage(opened: Installation, period: Period) -> Usage:
    with reading(opened.engine) as connection:
        return usage(connection, opened.document, period, opened.knows)


def send_due_digests(opened: Installation, at: datetime, names: Sequence[str] | None = None) -> int:
    """Sends every digest whose time has come and that did not go out yet; how many messages were put into the outbox."""
    wanted = names if names is not None else list(opened.document.digests)
    return sum(_send_if_due(opened, name, at) for name in wanted if name in opened.document.digests)


def _send_if_due(opened: Installation, name: str, at: datetime) -> int:
    document, digest = opened.document, opened.document.digests[name]
    due_at = last_due(digest, document, at)
    if not due_at <= at <= due_at + catch_up(digest):
        return 0
    sent = 0
    for number, period in enumerate(periods_for(digest, document, due_at)):
        # What is enqueued later is sent later.
        sent += _send_period(opened, name, period, due_at, at + number * _TICK)
    return sent


def _send_period(opened: Installation, name: str, period: Period, due_at: datetime, at: datetime) -> int:
    """Held, but not for longer than its `wait`, while what had come by its time is not in the numbers yet."""
    document, digest = opened.document, opened.document.digests[name]
    if not is_wanted(digest, document, period):
        return 0
    with reading(opened.engine) as connection, Session(connection) as session:
        if is_sent(session, document, name, period):
            return 0
        unread, stale = waiting(connection, due_at), stale_quarters(connection, period)
    if (unread or stale) and at - due_at < timedelta(seconds=digest.wait_s):
        return 0
    return send_digest(opened.engine, composer(opened, at, unread), name, period)


def evaluate(opened: Installation, at: datetime) -> int:
    """One step of every rule, all measured in one state of the database; how many changed between quiet and alert."""
    with _measuring(opened, at) as measure:
        changed = evaluate_rules(opened.engine, opened.document, measure, at, base_url=opened.config.base_url)
    beat(opened.engine, EVALUATION, at)
    return changed


def watch_itself(opened: Installation, at: datetime) -> int:
    """One step of every check of Deskgauge itself; how many troubles began or ended."""
    with _measuring(opened, at) as measure:
        return look(opened, measure, at)


@contextmanager
def _measuring(opened: Installation, at: datetime) -> Iterator[MeasureWindow]:
    """One state of the database, however many windows are measured; what rules for several queues have in common is read once."""
    with reading(opened.engine, remember=True) as connection:
        facts = facts_by_source(connection, opened.knows)

        def measure_window(kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement | None:
            ask = Ask(kpis=(kpi,), start=start, end=end, only=only)
            return value(connection, opened.document, ask, at, facts)

        yield measure_window


def deliver(opened: Installation, notifiers: Notifiers, at: datetime) -> int:
    return deliver_due(opened.engine, {**notifiers, **_survey_notifier(opened, notifiers)}, at)


def _survey_notifier(opened: Installation, notifiers: Notifiers) -> Notifiers:
    """Surveys go out as mails do, where those can."""
    mail = notifiers.get("email")
    if not isinstance(mail, MailNotifier):
        return {}
    secret, base_url = opened.customer_secret, opened.config.base_url
    return {SURVEY_KIND: SurveyNotifier(engine=opened.engine, mail=mail, base_url=base_url, secret=secret)}


def send_surveys(opened: Installation, at: datetime) -> int:
    """Decides about every contact and ticket that is due; how many mails were put into the outbox."""
    if not opened.document.surveys:
        return 0
    return plan_surveys(opened.engine, Planner(document=opened.document, secret=opened.customer_secret, now=at))


def retry_broken_channels(opened: Installation, at: datetime) -> int:
    """A channel that somebody repaired gets what it missed in the last day; one that is still broken says so again."""
    with session_scope(opened.engine) as session:
        broken = [(row.kind, row.target) for row in session.exec(select(ChannelState)).all()]
        return sum(retry_broken(session, kind, target, at, at - GIVE_UP_AFTER) for kind, target in broken)


def prune_bodies(opened: Installation, at: datetime) -> int:
    with writing(opened.engine) as connection:
        prune_reach(connection, at - KEPT)
        prune_heard(connection, at)
    return prune(opened.engine, at - RAW_BODIES_KEPT)
