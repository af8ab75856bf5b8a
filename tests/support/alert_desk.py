"""A policy with one rule, the tables of alerts, and a measurement that a test may set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from plugin.alert import tables
from plugin.alert.evaluate import evaluate_rules
from plugin.kpi.metric import Measurement
from plugin.notify.message import Message, from_json
from plugin.notify.tables import OutboxMessage
from plugin.policy.document import Document

START = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def create_tables(engine: Engine) -> None:
    models = (tables.RuleState, tables.Incident, tables.IncidentGroup)
    wanted = [model.__table__ for model in models]  # type: ignore[attr-defined]
    SQLModel.metadata.create_all(engine, tables=wanted, checkfirst=True)


def policy(**rule: object) -> Document:
    """Support's abandonment above 15 %, told on Slack and by mail."""
    return Document.model_validate(
        {
            "timezone": "Europe/Riga",
            "channels": {
                "floor": {"kind": "slack", "channel": "C0FLOOR"},
                "leads": {"kind": "email", "to": ["lead@example.com"]},
            },
            "calendars": {"desk": {day: ["09:00-18:00"] for day in ("monday", "tuesday", "wednesday")}},
            "rules": {
                "support-abandonment": {
                    "kpi": "abandonment_rate",
                    "title": "Support abandonment",
                    "scope": {"queue": "Support", "channel": "voice"},
                    "window": "15m",
                    "fire_above": 0.15,
                    "clear_at": 0.1,
                    "cooldown": 0,
                    "targets": ["floor", "leads"],
                    **rule,
                }
            },
        }
    )


def policy_of(queues: Mapping[str, Mapping[str, object]], **more: object) -> Document:
    """A rule like that of `policy` for each queue, with what is changed in it, and more of the document."""
    written = policy().model_dump(mode="json", by_alias=True, exclude_unset=True)
    plain = written.pop("rules")["support-abandonment"]
    rules = {
        queue: {**plain, "title": f"{queue} abandonment", "scope": {"queue": queue}, **changed}
        for queue, changed in queues.items()
    }
    return Document.model_validate({**written, "rules": rules, **more})


class Desk:
    """Evaluates at the moments that a test names, and remembers nothing itself."""

    def __init__(self, engine: Engine, document: Document) -> None:
        create_tables(engine)
        self.engine = engine
        self.document = document
        self.asked: list[tuple[str, dict[str, str], datetime, datetime]] = []

    def minute(self, number: int, reading: Measurement | None) -> int:
        return self.at(START + number * MINUTE, reading)

    def at(self, now: datetime, reading: Measurement | None) -> int:
        return self.queues(now, {}, reading)

    def queues(
        self, now: datetime, readings: Mapping[str, Measurement | None], otherwise: Measurement | None = None
    ) -> int:
        """Each rule gets the reading of its queue."""

        def measure(kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement | None:
            self.asked.append((kpi, only, start, end))
            return readings.get(only.get("queue", ""), otherwise)

        return evaluate_rules(self.engine, self.document, measure, now, base_url="https://gauge.example.com")

    def outbox(self) -> list[OutboxMessage]:
        with Session(self.engine) as session:
            query = select(OutboxMessage).order_by(col(OutboxMessage.created_at), col(OutboxMessage.what))
            return list(session.exec(query))

    def said(self) -> list[tuple[str, str]]:
        """(what without the incident's number, kind)."""
        return [(said(row), row.kind) for row in self.outbox()]

    def told(self, target: str) -> list[tuple[str, Message]]:
        """What one channel was told, in order: (what, message)."""
        return [(said(row), message(row)) for row in self.outbox() if row.target == target]

    def incidents(self) -> list[tables.Incident]:
        with Session(self.engine) as session:
            return list(session.exec(select(tables.Incident).order_by(col(tables.Incident.id))))


def said(row: OutboxMessage) -> str:
    """`fired`, `recovered`, …; the number of a change is left out."""
    return row.what.rpartition(":")[2].partition(".")[0]


def message(row: OutboxMessage) -> Message:
    return from_json(json.loads(row.payload))
