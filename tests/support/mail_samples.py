"""Every kind of mail that the product sends, in four languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alert_desk import START, Desk, policy
from sample_report import GOALS, TODAY, ZONE, by_hour, by_queue, material, values, whole
from sqlalchemy import Engine

from plugin.database import migrate, open_engine
from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between, previous
from plugin.notify.follow_up.mail import question_of
from plugin.notify.follow_up.words import CHOICES, choice
from plugin.notify.mail_format import Sender, compose, draw, html
from plugin.notify.message import Action, Link, Message, Section, from_json
from plugin.notify.notifier import Envelope
from plugin.notify.tables import OutboxMessage
from plugin.notify.text import plain_text
from plugin.policy.document import Document
from plugin.policy.follow_up import FollowUp
from plugin.report.digest import build_digest
from plugin.report.material import Material, Split

LANGUAGES = ("en", "lv", "ru", "zh")
GRAINS = (Grain.HOUR, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
SENDER = Sender(address="Deskgauge <digest@desk.example.org>", unsubscribe_url="https://desk.example.org/unsubscribe/1")
LINKS = (Link(label="desk.example.org", url="https://desk.example.org/?grain=day&from=2026-11-23&to=2026-11-24"),)
_STEPS = {Grain.DAY: Grain.HOUR, Grain.WEEK: Grain.DAY, Grain.MONTH: Grain.DAY}
_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
_GOOD, _BAD = Measurement(numerator=4, denominator=50), Measurement(numerator=17, denominator=50)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    name: str
    message: Message

    def html(self, picture: str = "cid:chart@deskgauge") -> str:
        return html(self.message, SENDER, picture if self.message.chart else "")

    def plain(self) -> str:
        return plain_text(self.message)

    def mail(self) -> bytes:
        envelope = Envelope(id="a" * 32, target="lead@example.org", created_at=_AT)
        return compose(self.message, envelope, SENDER, draw(self.message)).as_bytes()


def samples(folder: Path) -> list[Sample]:
    """`folder` takes the database in which the alerts come about."""
    found = [
        Sample(name=f"digest-{grain}-{lang}", message=digest(grain, lang)) for grain in GRAINS for lang in LANGUAGES
    ]
    found += [Sample(name=f"largest-{lang}", message=largest(lang)) for lang in LANGUAGES]
    for language in LANGUAGES:
        found += [Sample(name=f"{name}-{language}", message=each) for name, each in alerts(folder, language).items()]
        found += [Sample(name=f"survey-{kind}-{language}", message=survey(kind, language)) for kind in CHOICES]
    return [*found, Sample(name="notice-en", message=_notice())]


def digest(grain: Grain, language: str, **changes: object) -> Message:
    return build_digest(_material(grain, language, **changes))


def _material(grain: Grain, language: str, **changes: object) -> Material:
    period = period_of(grain, _AT, ZONE)
    before = previous(period)
    parts: dict[str, object] = {
        "language": language,
        "links": LINKS,
        "period": period,
        "now_at": period.end + timedelta(hours=8),
        "now": whole(
            period, TODAY, unavailable={"occupancy": "missing fact: agent_state, login"}, excluded={"internal": 12}
        ),
        "previous": before,
        "split": Split(dimension="queue", now=by_queue(period, TODAY), before=by_queue(before, TODAY)),
        "series": _series(grain, period),
    }
    return material(**{**parts, **changes})


def _series(grain: Grain, period: Period) -> Report | None:
    if grain is Grain.HOUR:
        return None
    if grain is Grain.DAY:
        return by_hour(period)
    steps = periods_between(_STEPS.get(grain, Grain.MONTH), period.start, period.end, ZONE)
    rows = [Row(period=step, group={}, values=values(90 + 7 * place, 9, 70)) for place, step in enumerate(steps)]
    return replace(by_hour(period_of(Grain.DAY, _AT, ZONE)), rows=tuple(rows))


def largest(language: str) -> Message:
    """Every KPI of the catalogue with numbers, in both periods, under long names of queues."""
    period = period_of(Grain.MONTH, _AT, ZONE)
    numbers = {key: Measurement(numerator=1234567, denominator=2345678) for key in METRICS}
    groups = {f"Second-line support for enterprise customers, shift {place}": numbers for place in range(12)}
    return digest(
        Grain.MONTH,
        language,
        kpis=tuple(METRICS),
        now=whole(period, groups),
        before=whole(previous(period), groups),
        split=Split(dimension="queue", now=by_queue(period, groups), before=by_queue(previous(period), groups)),
        goals={key: next(iter(GOALS.values())) for key in METRICS},
    )


def alerts(folder: Path, language: str) -> Mapping[str, Message]:
    """What a breach, its end and a closed night put into the outbox for a mail address; the kind of notice --> its mail."""
    engine = open_engine(f"sqlite:///{folder / f'alerts-{language}.db'}")
    migrate(engine)
    try:
        _breach(engine, language)
        return {row.what.rpartition(":")[2]: from_json(json.loads(row.payload)) for row in _mails(engine, language)}
    finally:
        engine.dispose()


def _breach(engine: Engine, language: str) -> None:
    desk = Desk(engine, _policy(language))
    for number, reading in enumerate([_GOOD, _BAD, _BAD, _GOOD, _GOOD]):
        desk.minute(number, reading)
    night = START.replace(hour=20)
    for number, reading in enumerate([_GOOD, _BAD, _BAD, _GOOD, _GOOD]):
        desk.at(night + timedelta(minutes=number), reading)
    desk.at(START + timedelta(days=1), _GOOD)


def _mails(engine: Engine, language: str) -> Iterator[OutboxMessage]:
    yield from (row for row in Desk(engine, _policy(language)).outbox() if row.kind == "email")


def _policy(language: str) -> Document:
    return policy(calendar="desk").model_copy(update={"language": language})


def survey(kind: str, language: str) -> Message:
    question = question_of(FollowUp(type=kind), language)  # type: ignore[arg-type]
    actions = tuple(
        Action(
            action_id=f"survey.{score}",
            label=choice(score, language),
            url=f"https://desk.example.org/s/{'0' * 70}{score}",
        )
        for score in CHOICES[kind]
    )
    return replace(question, actions=actions)


def _notice() -> Message:
    return Message(
        title="A message to C0FLOOR (slack) did not arrive",
        summary="The channel is archived: choose another one, or unarchive it. (is_archived)",
        sections=(
            Section(title="Not delivered", text="Support daily: Monday 23 November 2026\n2 of 3 targets were missed."),
        ),
    )
