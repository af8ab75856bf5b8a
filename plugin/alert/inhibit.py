"""A silent source keeps the rules that it feeds from judging: what it does not tell must look neither bad nor well again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from plugin.alert.rule import Watch
from plugin.alert.store import all_rules, key_of, lock
from plugin.alert.tables import Closed, Incident
from plugin.kpi.metric import Measurement
from plugin.report.subject import OWN

#: what a source fed in the week before it fell silent, it feeds
_LOOKED_BACK = timedelta(days=7)
#: how long at most a window that reaches into the silence is not judged after it
AFTERMATH = timedelta(hours=1)
_KEY = f"{OWN}silent_source"

#: (KPI, restriction, start, end) --> the value
Measure = Callable[[str, dict[str, str], datetime, datetime], Measurement | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """A silence that was told, or is about to be: from the last delivery to the end, if there is one yet."""

    source: str
    since: datetime
    until: datetime | None = None


def quiet_sources(session: Session, now: datetime) -> Sequence[Quiet]:
    lately = (col(Incident.closed) == Closed.RECOVERED) & (col(Incident.recovered_at) > now - AFTERMATH)
    query = select(Incident).where(col(Incident.kpi) == _KEY, col(Incident.closed).is_(None) | lately)
    return [
        Quiet(source=each.scope.partition("=")[2], since=each.opened_at, until=each.recovered_at)
        for each in session.exec(query.order_by(col(Incident.id))).all()
    ]


def feeds(quiet: Quiet, watch: Watch, measure: Measure) -> bool:
    """Whether the rule's value, over this source alone, rested on anything in the week before: so its facts were supplied by it."""
    found = measure(watch.kpi, {**watch.only, "source": quiet.source}, quiet.since - _LOOKED_BACK, quiet.since)
    return found is not None and found.n > 0


def muted(watches: Sequence[Watch], quiet: Sequence[Quiet], measure: Measure, now: datetime) -> Mapping[str, str]:
    """Name of a rule --> the source for which it does not judge; after the silence as long as its window reaches into it."""
    return {
        watch.name: each.source
        for watch in watches
        for each in reversed(quiet)
        if (each.until is None or now - each.until < min(watch.window, AFTERMATH)) and feeds(each, watch, measure)
    }


def mute(session: Session, watches: Sequence[Watch], by: Mapping[str, str]) -> None:
    """Keeps with every rule what it waits for."""
    rows = {key_of(row): row.muted_by for row in all_rules(session)}
    changed = [watch for watch in watches if rows.get(watch.key) != by.get(watch.name)]
    for row in lock(session, changed).values() if changed else ():
        row.muted_by = by.get(row.rule)
        session.add(row)
