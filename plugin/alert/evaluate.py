"""Every rule, each minute and when numbers changed: its window is measured, one step taken, the outbox filled with it at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from plugin.alert.drop import drop_others
from plugin.alert.minute import limits_at, minute_of
from plugin.alert.remind import remind
from plugin.alert.rule import Key, watch
from plugin.alert.state import Notice, NoticeKind, dated, step
from plugin.alert.store import (
    Kept,
    all_rules,
    close,
    load,
    note_peak,
    open_incident,
    others,
    save,
    state_of,
    usual_since,
)
from plugin.alert.tables import Closed, Incident, RuleState
from plugin.alert.tell import Desk, hand_over, note_latest, tell_end, tell_held
from plugin.alert.thread import Enqueue
from plugin.alert.usual import Usual
from plugin.database import from_ms, reading, session_scope, to_ms
from plugin.kpi.metric import Measurement
from plugin.notify import outbox
from plugin.policy.document import Document
from plugin.report.addressees import addressees

#: (kpi, restriction, start, end) -> the value of [start, end); None when nothing can be measured
MeasureWindow = Callable[[str, dict[str, str], datetime, datetime], Measurement | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A rule as it is judged at one moment, and what was measured; None: nothing could be."""

    desk: Desk
    reading: Measurement | None


def evaluate_rules(
    engine: Engine,
    document: Document,
    measure_window: MeasureWindow,
    now: datetime,
    enqueue: Enqueue = outbox.enqueue,
    base_url: str = "",
) -> int:
    """How many rules changed between quiet and alert. The same moment again, here or in another worker, changes nothing.

    A step at an earlier moment than the last is left out: the last one was measured after it, so nothing is overlooked.
    """
    # As exact as it is stored: of two workers in one second the later one may have seen more.
    moment = from_ms(to_ms(now))
    desks = [_desk(document, name, enqueue, base_url) for name in document.rules]
    watches = [desk.watch for desk in desks]
    kept = _kept(engine)
    if others(kept, watches):
        with session_scope(engine) as session:
            drop_others(session, document, watches, moment, enqueue)
    known = usual_since(kept, minute_of(moment))
    return advance(engine, [_heard(desk, measure_window, moment, known) for desk in desks], moment)


def _kept(engine: Engine) -> Sequence[RuleState]:
    with reading(engine) as connection, Session(connection) as session:
        return all_rules(session)


def _heard(desk: Desk, measure_window: MeasureWindow, moment: datetime, known: Mapping[Key, Usual]) -> Heard:
    watched = desk.watch
    measure_span = partial(measure_window, watched.kpi, watched.only)
    reading = measure_span(moment - watched.window, moment)
    limits = limits_at(watched, reading, measure_span, moment, known.get(watched.key))
    return Heard(desk=replace(desk, watch=replace(watched, limits=limits)), reading=reading)


def _desk(document: Document, name: str, enqueue: Enqueue, base_url: str) -> Desk:
    rule = document.rules[name]
    return Desk(
        watch=watch(name, rule, document),
        to=addressees(document, rule.targets),
        hours=document.calendar(rule.calendar) if rule.calendar else None,
        enqueue=enqueue,
        base_url=base_url,
        group=json.dumps([rule.group or "", *rule.targets], ensure_ascii=False),
        window=timedelta(seconds=document.alerting.group_window_s),
        has_opening=document.calendar(rule.calendar) is not None,
        repeat=_or_never(rule.repeat_s),
        repeat_most=rule.repeat_most,
        escalate_after=_or_never(rule.escalate_after_s),
        escalate_to=addressees(document, rule.escalate_to),
        escalate_names=", ".join(rule.escalate_to),
    )


def _or_never(seconds: int) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None


def advance(engine: Engine, heard: Sequence[Heard], now: datetime) -> int:
    """One step of each, stored and told; how many changed between quiet and alert.

    All in one transaction. Where one of them fails, each has its own, so that it silences no other, and its error is raised.
    """
    try:
        return _advance_together(engine, heard, now)
    except SQLAlchemyError:
        raise
    except Exception:
        if len(heard) <= 1:
            raise
    return _advance_apart(engine, heard, now)


def _advance_together(engine: Engine, heard: Sequence[Heard], now: datetime) -> int:
    with session_scope(engine) as session:
        kept = load(session, [one.desk.watch for one in heard])
        changed = sum(_advance(session, one.desk, kept[one.desk.watch.key], one.reading, now) for one in heard)
        hand_over(session, [one.desk for one in heard if _hands_over(one.desk, kept[one.desk.watch.key], now)], now)
    return changed


def _hands_over(desk: Desk, kept: Kept, now: datetime) -> bool:
    """Something waits and may be told, and the rule took its step at this moment."""
    row = kept.row
    return kept.held and row.read_at == now and not desk.closed(now) and not _snoozed(row, now)


def _advance_apart(engine: Engine, heard: Sequence[Heard], now: datetime) -> int:
    changed, failed = 0, []
    for one in heard:
        try:
            changed += _advance_together(engine, [one], now)
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return changed


def _advance(session: Session, desk: Desk, kept: Kept, reading: Measurement | None, now: datetime) -> bool:
    row, incident, trouble = kept.row, kept.incident, desk.watch.trouble
    before = state_of(row)
    # What a silent source feeds says less than happened.
    stepped = step(before, None if row.muted_by else reading, desk.watch.limits, now)
    after, notice = dated(before, stepped, trouble.since) if trouble is not None else stepped
    if after is before:
        return False
    save(session, row, after)
    fired = notice is not None and notice.kind == NoticeKind.FIRED
    if notice is None and incident is not None:
        note_peak(session, incident, after)
        note_latest(session, desk, after, incident)
    elif notice is not None and fired:
        row.incident = open_incident(session, desk.watch, notice).id
    elif notice is not None and incident is not None:
        _end(session, desk, notice, incident, row, now)
    if (kept.held or notice is not None) and not desk.closed(now) and not _snoozed(row, now):
        tell_held(session, desk, after, now)
    if not desk.closed(now):
        remind(session, desk, row, after, incident if row.incident is not None else None, now)
    return notice is not None


def _end(session: Session, desk: Desk, notice: Notice, incident: Incident, row: RuleState, now: datetime) -> None:
    close(session, incident, Closed.RECOVERED, now)
    row.incident = None
    if incident.told_at is not None:
        tell_end(session, desk, notice, incident, now)
    elif _snoozed(row, now):
        # It came and went while the rule was snoozed: that is what snoozing is for.
        incident.told_at = now


def _snoozed(row: RuleState, now: datetime) -> bool:
    return row.snoozed_until is not None and now < row.snoozed_until
