"""Deskgauge looks at itself once a minute, before the rules are evaluated; and from a process that evaluates none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from plugin.alert.checks import Inspected, stopped, troubles
from plugin.alert.inhibit import Measure, Quiet, feeds, mute, muted, quiet_sources
from plugin.alert.rule import watch
from plugin.alert.selfwatch import watch_over
from plugin.database import reading, session_scope
from plugin.installation import Installation
from plugin.policy.revisions import latest
from plugin.schedule.lease import heartbeats

#: the name under which it is kept when rules were evaluated last
EVALUATION = "evaluation"


def look(opened: Installation, measure: Measure, at: datetime) -> int:
    """How many troubles began or ended. Afterwards every rule that a silent source feeds is muted."""
    document = opened.document
    watches = [watch(name, rule, document) for name, rule in document.rules.items()]

    def mutes(source: str, since: datetime) -> tuple[str, ...]:
        quiet = Quiet(source=source, since=since)
        return tuple(each.title for each in watches if feeds(quiet, each, measure))

    with reading(opened.engine) as connection:
        found = troubles(_inspected(opened, connection, at, mutes=mutes))
    changed = watch_over(opened.engine, document, found, at, base_url=opened.config.base_url)
    with session_scope(opened.engine) as session:
        quiet = quiet_sources(session, at)
    by = muted(watches, quiet, measure, at)
    with session_scope(opened.engine) as session:
        mute(session, watches, by)
    return changed


def look_from_outside(opened: Installation, at: datetime) -> bool:
    """Whether rules go unevaluated; if so, that is put into the outbox, by a process that does not evaluate itself."""
    if "stopped" in opened.document.watch.off:
        return False
    with reading(opened.engine) as connection:
        seen = _inspected(opened, connection, at, evaluates=False)
        late = [each for each in stopped(seen) if each.lasts is not None and each.lasts > each.limit]
    if late:
        watch_over(opened.engine, opened.document, late, at, base_url=opened.config.base_url, complete=False)
    return bool(late)


def _inspected(opened: Installation, connection: Connection, at: datetime, **more: Any) -> Inspected:
    with Session(connection) as session:
        revision = latest(session)
    return Inspected(
        connection=connection,
        document=opened.document,
        now=at,
        sources=opened.sources,
        changed_at=revision.at if revision is not None else None,
        evaluated_at=heartbeats(connection).get(EVALUATION),
        **more,
    )
