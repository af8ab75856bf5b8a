"""Every kind of alert and trouble, as the real evaluation puts it into the outbox, in one language."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import migrated_sqlite
from alert_desk import MINUTE, START, Desk, policy, policy_of, said
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.evaluate import evaluate_rules
from plugin.alert.selfwatch import watch_over
from plugin.alert.trouble import Trouble
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.message import Message, from_json
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document
from plugin.report.addressees import Addressee

_BASE = "https://gauge.example.com"
_BAD, _WORSE, _GOOD = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (21, 51), (4, 50)))
_BOSS = {
    "channels": {
        "floor": {"kind": "slack", "channel": "C0FLOOR"},
        "boss": {"kind": "email", "to": ["boss@example.com"]},
    }
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limit:
    rule: Mapping[str, object]
    good: Measurement
    bad: Measurement


_LIMITS = {
    "deviation": _Limit(rule={"deviation": 3, "clear_deviation": 2, "clear_for": "1m"}, good=_GOOD, bad=_WORSE),
    "band": _Limit(
        rule={"kpi": "occupancy", "fire_above": 0.85, "fire_below": 0.75, "clear_by": 0.01, "min_sample": 0},
        good=Measurement(numerator=28_800_000, denominator=36_000_000),
        bad=Measurement(numerator=32_400_000, denominator=36_000_000),
    ),
    "count": _Limit(
        rule={"kpi": "offered", "fire_above": 200, "clear_at": 180, "clear_for": "5m"},
        good=Measurement(numerator=120),
        bad=Measurement(numerator=1240),
    ),
    "mean": _Limit(
        rule={"kpi": "asa", "fire_above": 60, "clear_at": 40},
        good=Measurement(numerator=50 * 18, denominator=50),
        bad=Measurement(numerator=50 * 95, denominator=50),
    ),
    "absence": _Limit(
        rule={"kpi": "offered", "absent": True, "window": "1h"},
        good=Measurement(numerator=12),
        bad=Measurement(numerator=0),
    ),
}
_TROUBLES = (
    Trouble(
        check="broken_channel",
        scope={"channel": "floor"},
        lasts=6 * MINUTE,
        limit=timedelta(0),
        since=START,
        reason="The channel is archived: choose another one, or unarchive it. (is_archived)",
        about=Addressee(kind="slack", target="C0FLOOR"),
        waiting=("Support: Monday 23 November 2026",),
    ),
    Trouble(
        check="silent_source",
        scope={"source": "zendesk"},
        lasts=95 * MINUTE,
        limit=45 * MINUTE,
        since=START - 89 * MINUTE,
        mutes=("Support abandonment", "Sales abandonment"),
    ),
    Trouble(
        check="missing_digest",
        scope={"digest": "daily"},
        lasts=40 * MINUTE,
        limit=30 * MINUTE,
        since=START - 34 * MINUTE,
    ),
    Trouble(check="not_receiving", scope={}, lasts=40 * MINUTE, limit=5 * MINUTE, since=START - 34 * MINUTE),
    Trouble(check="stopped", scope={}, lasts=40 * MINUTE, limit=5 * MINUTE, since=START - 34 * MINUTE, ended=True),
)


def alerts(language: str) -> Iterator[tuple[str, Message]]:
    """What the real evaluation puts into the outbox over an incident, acknowledged on the way, and over a night."""
    with tempfile.TemporaryDirectory() as folder:
        day, night = (_desk(language, Path(folder) / name) for name in ("day.db", "night.db"))
        for number, reading in enumerate((_GOOD, _BAD, _WORSE)):
            day.minute(number, reading)
        with session_scope(day.engine) as session:
            answer(session, day.document, Press(button=ACKNOWLEDGE, incident=1, who="ann"), START + 3 * MINUTE)
        day.minute(4, _GOOD)
        for hour, reading in enumerate((_BAD, _GOOD, _BAD, _GOOD)):
            night.at(datetime(2026, 11, 23, 18 + hour, tzinfo=UTC), reading)
        night.at(datetime(2026, 11, 24, 7, tzinfo=UTC), _GOOD)
        for desk in (day, night):
            yield from _waiting(desk.engine)
            desk.engine.dispose()
        yield from _of_a_group(language, Path(folder) / "group.db")
        yield from _over_a_night(language, Path(folder) / "several.db")
        for name in _LIMITS:
            yield from _of_a_limit(name, language, Path(folder) / f"{name}.db")
        for trouble in _TROUBLES:
            yield from _of_itself(trouble, language, Path(folder) / f"{trouble.check}.db")


def _of_a_group(language: str, database: Path) -> Iterator[tuple[str, Message]]:
    """Three queues fail together; nobody answers, one snoozes it, it comes back, and ends one by one."""
    engine = migrated_sqlite.opened(database)
    rule = {"repeat": "10m", "escalate_after": "15m", "escalate_to": ["boss"], "targets": ["floor"]}
    document = policy_of(dict.fromkeys(("Support", "Sales", "Billing"), rule), language=language, **_BOSS)
    desk = Desk(engine, document)
    for minute in (0, 10, 16):
        desk.queues(START + minute * MINUTE, {}, _BAD)
    for button, minute in (("alert.snooze.30m", 17), (ACKNOWLEDGE, 18)):
        with session_scope(engine) as session:
            answer(session, document, Press(button=button, incident=1, who="ann"), START + minute * MINUTE)
    desk.queues(START + 47 * MINUTE, {}, _WORSE)
    for minute, bad in ((48, {"Sales": _WORSE}), (49, {})):
        desk.queues(START + minute * MINUTE, bad, _GOOD)
    for name, message in _waiting(engine):
        yield f"group {name}", message
    engine.dispose()


def _over_a_night(language: str, database: Path) -> Iterator[tuple[str, Message]]:
    """What two queues hand over together at the opening, and an alert of one that is then taken out of the policy."""
    queues = {queue: {"calendar": "desk"} for queue in ("Support", "Sales")}
    desk = Desk(migrated_sqlite.opened(database), policy_of(queues, language=language))
    for hour, reading in enumerate((_BAD, _GOOD)):
        desk.at(datetime(2026, 11, 23, 18 + hour, tzinfo=UTC), reading)
    morning = datetime(2026, 11, 24, 7, tzinfo=UTC)
    desk.at(morning, _GOOD)
    desk.queues(morning + MINUTE, {"Sales": _BAD}, _GOOD)
    desk.document = policy_of({"Support": queues["Support"]}, language=language)
    desk.at(morning + 2 * MINUTE, _GOOD)
    yield from ((f"night {said}", each) for said, each in _waiting(desk.engine))
    desk.engine.dispose()


def _of_a_limit(name: str, language: str, database: Path) -> Iterator[tuple[str, Message]]:
    """Good for weeks, bad for two minutes, good again."""
    limit = _LIMITS[name]
    rule = {"fire_above": None, "clear_at": None, **limit.rule}
    desk = Desk(migrated_sqlite.opened(database), policy_of({"Support": rule}, language=language))
    for minute, reading in ((0, limit.good), (1, limit.bad), (2, limit.bad), (3, limit.good), (9, limit.good)):
        now = START + minute * MINUTE

        def measure(kpi: str, only: object, start: datetime, end: datetime) -> Measurement:
            return reading if end == now else limit.good  # noqa: B023 - called within the turn

        evaluate_rules(desk.engine, desk.document, measure, now, base_url=_BASE)
    yield from ((f"{name} {said}", each) for said, each in _waiting(desk.engine))
    desk.engine.dispose()


def _of_itself(trouble: Trouble, language: str, database: Path) -> Iterator[tuple[str, Message]]:
    desk = _desk(language, database)
    over = replace(trouble, lasts=timedelta(0), waiting=(), mutes=())
    for minute, found in ((6, trouble), (30, over)):
        watch_over(desk.engine, desk.document, [found], START + minute * MINUTE, base_url=_BASE)
    yield from ((f"own {trouble.check} {said}", each) for said, each in _waiting(desk.engine))
    desk.engine.dispose()


def _desk(language: str, database: Path) -> Desk:
    written = policy(calendar="desk").model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Desk(migrated_sqlite.opened(database), Document.model_validate({**written, "language": language}))


def _waiting(engine: Engine) -> Iterator[tuple[str, Message]]:
    with Session(engine) as session:
        for row in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.created_at))).all():
            yield f"alert {said(row)}", from_json(json.loads(row.payload))
