"""Digests: measured, written, put into the outbox once per period, and remembered as they were said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from plugin.database import reading, session_scope
from plugin.installation import Installation
from plugin.kpi.answer import STANDARD_KPIS
from plugin.kpi.attainment import target_for
from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Better
from plugin.kpi.period import Period, label, period_of, previous, same_period_last_year, same_weekday_before
from plugin.notify.message import Link, Message
from plugin.notify.outbox import enqueue
from plugin.policy.localtime import Grain, instant_of, zone
from plugin.policy.revisions import latest
from plugin.policy.sending import Digest, EmailTarget, SlackTarget
from plugin.report.digest import build_digest
from plugin.report.goal import Goal, goal_of
from plugin.report.material import Material, Split
from plugin.report.published import Revision, last_said, published, remember, revisions
from plugin.schedule.asking import ask_period, scope_of
from plugin.schedule.lease import first_run, has_run

#: the steps of a digest's chart
STEPS = {
    Grain.HOUR: Grain.HOUR,
    Grain.DAY: Grain.HOUR,
    Grain.WEEK: Grain.DAY,
    Grain.MONTH: Grain.DAY,
    Grain.QUARTER: Grain.WEEK,
    Grain.YEAR: Grain.MONTH,
}
EARLIER = {"previous": previous, "weekday": same_weekday_before, "year": same_period_last_year}
#: a digest that goes out later than this after its time says so
LATE_AFTER = timedelta(minutes=30)


def build(opened: Installation, name: str, period: Period, at: datetime, due_at: datetime | None = None) -> Message:
    """The message of a digest about a period; sends and stores nothing."""
    return build_digest(material_of(opened, name, period, at, due_at))


def material_of(
    opened: Installation, name: str, period: Period, at: datetime, due_at: datetime | None = None
) -> Material:
    digest = opened.document.digests[name]
    kpis = digest.kpis or STANDARD_KPIS
    only = scope_of(digest.scope)
    earlier = EARLIER[digest.compare](period)
    now = ask_period(opened, kpis, period, at, only=only)
    split = Split(
        dimension="queue",
        now=ask_period(opened, kpis, period, at, by=("queue",), only=only),
        before=ask_period(opened, kpis, earlier, at, by=("queue",), only=only),
    )
    late = due_at is not None and at - due_at > LATE_AFTER
    return Material(
        title=digest.title or name,
        kpis=tuple(kpis),
        period=period,
        now_at=at,
        now=now,
        previous=earlier,
        before=ask_period(opened, kpis, earlier, at, only=only),
        split=split,
        series=ask_period(opened, kpis, period, at, grain=STEPS[period.grain], only=only),
        goals=goals_of(opened, kpis, period, only),
        revisions=_revisions(opened, name, digest, period, at),
        links=(Link(label="Open in Deskgauge", url=page_url(opened, period)),),
        due_at=due_at if late else None,
        language=digest.language or opened.document.language,
    )


def page_url(opened: Installation, period: Period) -> str:
    query = urlencode({"grain": period.grain.value, "period": label(period)})
    return f"{opened.config.base_url}/?{query}"


def goals_of(opened: Installation, kpis: tuple[str, ...], period: Period, only: Mapping[str, str]) -> dict[str, Goal]:
    goals = {}
    for kpi in kpis:
        target = target_for(opened.document, kpi, period, only)
        if target is None:
            continue
        if target.value is None or target.direction == "band":
            goals[kpi] = Goal(at_least=target.low, at_most=target.high)
        else:
            known = METRICS[kpi].better if kpi in METRICS else Better.HIGHER
            goals[kpi] = goal_of(target.value, Better(target.direction) if target.direction else known)
    return goals


def _revisions(opened: Installation, name: str, digest: Digest, period: Period, at: datetime) -> tuple[Revision, ...]:
    """What earlier digests of this name said and what is true of their periods now."""
    with session_scope(opened.engine) as session:
        said = last_said(session, name, period.start)
    found: list[Revision] = []
    for earlier in dict.fromkeys(one.period for one in said):
        then = [one for one in said if one.period == earlier]
        now = ask_period(opened, [one.kpi for one in then], earlier, at, only=scope_of(digest.scope))
        found += revisions(then, published(now, _policy_revision(opened)))
    return tuple(found)


def _policy_revision(opened: Installation) -> int:
    with session_scope(opened.engine) as session:
        revision = latest(session)
        return revision.id or 0 if revision is not None else 0


def send(opened: Installation, name: str, period: Period, at: datetime, due_at: datetime | None = None) -> str:
    """Puts the digest of a period into the outbox, once for ever; says what happened."""
    digest = opened.document.digests[name]
    material = material_of(opened, name, period, at, due_at)
    message = build_digest(material)
    revision = _policy_revision(opened)
    with session_scope(opened.engine) as session:
        if not first_run(session.connection(), f"digest:{name}", label(period), at, late=material.due_at is not None):
            return f"The digest {name} of {label(period)} was sent before."
        for channel in digest.channels:
            for kind, target in addresses(opened, channel):
                enqueue(
                    session,
                    message,
                    what=f"digest:{name}",
                    period_key=f"{period.grain.value}:{label(period)}",
                    target=target,
                    kind=kind,
                    now=at,
                )
        remember(session, name, published(material.now, revision), at)
    return f"The digest {name} of {label(period)} is on its way to {', '.join(digest.channels) or 'nobody'}."


def addresses(opened: Installation, channel: str) -> list[tuple[str, str]]:
    """(kind of notifier, target) for a channel of the policy."""
    found = opened.document.channels[channel]
    if isinstance(found, SlackTarget):
        return [("slack", found.channel)]
    assert isinstance(found, EmailTarget)
    return [("email", ", ".join(found.to))]


def due(opened: Installation, name: str, at: datetime) -> tuple[Period, datetime] | None:
    """The newest complete period whose digest should be out by now, and when it was due."""
    digest = opened.document.digests[name]
    timezone = digest.timezone or opened.document.timezone
    local = at.astimezone(zone(timezone))
    hour, minute = (int(part) for part in digest.at.split(":"))
    for days_back in range(8):
        day = (local - timedelta(days=days_back)).date()
        if day.strftime("%A").lower() not in {weekday.value for weekday in digest.weekdays}:
            continue
        due_at = instant_of(
            datetime.combine(day, datetime.min.time()).replace(hour=hour, minute=minute), zone(timezone)
        )
        if due_at > at:
            continue
        current = period_of(digest.grain, due_at, timezone, opened.terms.week_start)
        return previous(current), due_at
    return None


def send_due(opened: Installation, at: datetime) -> int:
    """Sends every digest whose time has come and that did not go out yet; how many."""
    sent = 0
    for name in opened.document.digests:
        found = due(opened, name, at)
        if found is None:
            continue
        period, due_at = found
        with reading(opened.engine) as connection:
            if has_run(connection, f"digest:{name}", label(period)):
                continue
        send(opened, name, period, at, due_at)
        sent += 1
    return sent
