"""Every kind of message that leaves the house, in one language: what is checked against mail programs and Slack, and looked at."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alert_desk import MINUTE, START, Desk, policy, policy_of, said
from sample_report import BEFORE, GOALS, KPIS, TODAY, ZONE, by_queue, report, values, whole
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.selfwatch import watch_over
from plugin.alert.trouble import Trouble
from plugin.database import migrate, open_engine, session_scope
from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between, previous
from plugin.notify.follow_up.mail import question_of
from plugin.notify.follow_up.words import CHOICES, choice
from plugin.notify.message import Action, Link, Message, from_json
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document
from plugin.policy.follow_up import FollowUp
from plugin.policy.plan import Target
from plugin.report.addressees import Addressee
from plugin.report.audit.message import audit_message
from plugin.report.audit.seen import RuleUse, Seen, Usage
from plugin.report.digest import build_digest
from plugin.report.digest_chart import STEPS
from plugin.report.material import Material, Split
from plugin.report.proposals import Proposal

LANGUAGES = ("en", "lv", "ru", "zh")
GRAINS = (Grain.HOUR, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
_BAD, _WORSE, _GOOD = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (21, 51), (4, 50)))
_BOSS = {
    "channels": {
        "floor": {"kind": "slack", "channel": "C0FLOOR"},
        "boss": {"kind": "email", "to": ["boss@example.com"]},
    }
}
_PROPOSAL = Proposal(
    target=Target(kpi="abandonment_rate", value=0.04), old=0.05, new=0.04, reached=0.036, days=62, was_met=True
)
_PAGE = "https://gauge.example.com/?period=2026-11-23"


def every_message(language: str) -> dict[str, Message]:
    """Name --> message, as it would wait in the outbox."""
    digests = {f"digest {grain}": digest(grain, language) for grain in GRAINS}
    surveys = {f"survey {kind}": survey(kind, language) for kind in CHOICES}
    return {
        **digests,
        "digest without targets": digest(Grain.DAY, language, goals={}),
        "digest that is late": digest(Grain.DAY, language, due_at=datetime(2026, 11, 24, 6, tzinfo=UTC)),
        "digest with proposals": digest(Grain.MONTH, language, proposals=(_PROPOSAL,)),
        "digest of an empty day": build_digest(_empty(language)),
        "audit": audit_message(_weak_points(language)),
        **surveys,
        **dict(_alerts(language)),
    }


def digest(grain: Grain, language: str, **changes: Any) -> Message:
    return build_digest(replace(_material(grain, language), **changes))


def largest(language: str) -> Message:
    """Every KPI of the catalogue with numbers, in both periods, under long names of queues."""
    numbers = {key: Measurement(numerator=1234567, denominator=2345678) for key in METRICS}
    groups = {f"Second-line support for enterprise customers, shift {place}": numbers for place in range(12)}
    month = _material(Grain.MONTH, language)
    assert month.previous is not None
    return digest(
        Grain.MONTH,
        language,
        kpis=tuple(METRICS),
        now=whole(month.period, groups),
        before=whole(month.previous, groups),
        split=Split(dimension="queue", now=by_queue(month.period, groups), before=by_queue(month.previous, groups)),
        goals={key: next(iter(GOALS.values())) for key in METRICS},
    )


def survey(kind: str, language: str) -> Message:
    """As it is while it is sent, with its links."""
    actions = tuple(
        Action(
            action_id=f"survey.{score}",
            label=choice(score, language),
            url=f"https://gauge.example.com/s/{'0' * 70}{score}",
        )
        for score in CHOICES[kind]
    )
    return replace(question_of(FollowUp(type=kind), language), actions=actions)  # type: ignore[arg-type]


def _weak_points(language: str) -> Seen:
    month = _material(Grain.MONTH, language)
    past = {"abandonment_rate": tuple(Measurement(numerator=part, denominator=1000) for part in (60, 70, 80))}
    usage = Usage(events={"zendesk": 0}, messages={"floor": 0}, rules={"queue": RuleUse(alerts=0, share=0.0)})
    return Seen(
        title="Audit",
        period=month.period,
        now_at=month.now_at,
        past=past,
        goals=GOALS,
        usage=usage,
        excluded={"internal": 12},
        currency="EUR",
        language=language,
    )


def _material(grain: Grain, language: str) -> Material:
    period = previous(period_of(grain, datetime(2026, 11, 24, 9, tzinfo=UTC), ZONE))
    before = previous(period)
    return Material(
        title="Support",
        kpis=(*KPIS, "occupancy"),
        period=period,
        now_at=period.end + timedelta(hours=8),
        now=whole(
            period,
            TODAY,
            unavailable={"occupancy": "missing fact: agent_state, login"},
            excluded={"internal": 12, "open": 3, "quarantined": 2},
        ),
        previous=before,
        before=whole(before, BEFORE),
        split=Split(dimension="queue", now=by_queue(period, TODAY), before=by_queue(before, BEFORE)),
        series=_series(period),
        goals=GOALS,
        links=(Link(label="Deskgauge", url=_PAGE),),
        language=language,
    )


def _series(period: Period) -> Report | None:
    """A course that rises and falls, bad in its middle."""
    grain = STEPS.get(period.grain)
    if grain is None:
        return None
    steps = list(periods_between(grain, period.start, period.end, ZONE))
    middle = len(steps) // 2
    rows = []
    for place, step in enumerate(steps):
        calls, bad = 200 - 120 * abs(place - middle) // (middle or 1), 0.2 if abs(place - middle) < 2 else 0.04
        rows.append(
            Row(period=step, group={}, values=values(calls, round(calls * bad), round(calls * (0.9 - 3 * bad))))
        )
    return report(rows)


def _empty(language: str) -> Material:
    material = _material(Grain.DAY, language)
    nothing = Report(timezone=ZONE, definitions={}, rows=())
    return replace(material, now=nothing, split=None, series=None)


def _alerts(language: str) -> Iterator[tuple[str, Message]]:
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
        trouble = Trouble(
            check="broken_channel",
            scope={"channel": "floor"},
            lasts=6 * MINUTE,
            limit=timedelta(0),
            since=START,
            reason="The channel is archived: choose another one, or unarchive it. (is_archived)",
            about=Addressee(kind="slack", target="C0FLOOR"),
            waiting=("Support: Monday 23 November 2026",),
        )
        own = _desk(language, Path(folder) / "own.db")
        watch_over(own.engine, own.document, [trouble], START + 6 * MINUTE, base_url="https://gauge.example.com")
        over = replace(trouble, lasts=timedelta(0), waiting=())
        watch_over(own.engine, own.document, [over], START + 30 * MINUTE, base_url="https://gauge.example.com")
        yield from ((f"own {name}", each) for name, each in _waiting(own.engine))
        own.engine.dispose()
        for desk in (day, night):
            yield from _waiting(desk.engine)
            desk.engine.dispose()
        yield from _of_a_group(language, Path(folder) / "group.db")


def _of_a_group(language: str, database: Path) -> Iterator[tuple[str, Message]]:
    """Three queues fail together; nobody answers, one snoozes it, it comes back, and ends one by one."""
    engine = open_engine(f"sqlite:///{database}")
    migrate(engine)
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


def _desk(language: str, database: Path) -> Desk:
    engine = open_engine(f"sqlite:///{database}")
    migrate(engine)
    written = policy(calendar="desk").model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Desk(engine, Document.model_validate({**written, "language": language}))


def _waiting(engine: Engine) -> Iterator[tuple[str, Message]]:
    with Session(engine) as session:
        for row in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.created_at))).all():
            yield f"alert {said(row)}", from_json(json.loads(row.payload))
