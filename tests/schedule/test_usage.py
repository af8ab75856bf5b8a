"""What of the policy was used in a period, from what really happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from installed import installed
from sqlalchemy import Engine, text
from sqlmodel import Session

from plugin.alert.tables import Incident
from plugin.contract.request import WebhookRequest
from plugin.database import reading, session_scope
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.kpi.period import Grain, period_of
from plugin.notify.tables import OutboxMessage, State
from plugin.report.audit.seen import RuleUse
from plugin.schedule import jobs
from plugin.schedule.usage import usage
from plugin.work import settle_inbox

POLICY = """
timezone = "Europe/Riga"
[sources.pbx]
adapter = "asterisk"
[sources.spare]
adapter = "asterisk"
[channels.team]
kind = "slack"
channel = "C0SUPPORT"
[channels.boss]
kind = "email"
to = ["boss@example.com"]
[digests.audit]
kind = "audit"
grain = "month"
channels = ["team", "boss"]
[rules.abandoning]
kpi = "abandonment_rate"
fire_above = 0.3
[rules.waiting]
kpi = "asa"
fire_above = 60.0
"""
START = datetime(2026, 10, 10, 9, tzinfo=UTC)
OCTOBER = period_of(Grain.MONTH, START, "Europe/Riga")


def incident(session: Session, fired_at: datetime, hours: float | None) -> None:
    recovered_at = fired_at + timedelta(hours=hours) if hours is not None else None
    session.add(
        Incident(
            rule="abandoning",
            kpi="abandonment_rate",
            opened_at=fired_at,
            fired_at=fired_at,
            recovered_at=recovered_at,
            peak=0.5,
            n=20,
            threshold=0.3,
        )
    )


def test_events_messages_and_alerts_are_those_of_the_period(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    second = int(START.timestamp())
    lines = f'"{second}|{second}.1|support|NONE|ENTERQUEUE||+49305550001|1"'
    body = f'{{"host": "pbx", "lines": [{lines}]}}'.encode()
    request = WebhookRequest(method="POST", url="/hooks/pbx", headers={}, body=body, received_at=START)
    insert_deliveries(engine, [delivery_row("pbx", request, None)])
    settle_inbox(opened)
    with session_scope(engine) as session:
        incident(session, OCTOBER.start - timedelta(hours=1), 1)
        incident(session, START, 3)
        incident(session, OCTOBER.end - timedelta(hours=2), None)
        for state, target, at in ((State.SENT, "C0SUPPORT", START), (State.FAILED, "boss@example.com", START)):
            session.add(
                OutboxMessage(
                    id=target,
                    what="digest:x",
                    period_key="day:2026-10-09",
                    target=target,
                    kind="slack",
                    payload="{}",
                    state=state,
                    next_attempt_at=at,
                    created_at=at,
                )
            )
    with reading(engine) as connection:
        found = usage(connection, opened.document, OCTOBER)
    assert found.events["pbx"] >= 1
    assert found.events["spare"] == 0
    assert found.messages == {"team": 1, "boss": 0}
    assert found.unavailable["csat"] == "missing fact: survey:csat"
    assert "offered" not in found.unavailable
    hours = (OCTOBER.end - OCTOBER.start).total_seconds() / 3600
    assert found.rules == {"abandoning": RuleUse(alerts=2, share=5 / hours), "waiting": RuleUse(alerts=0, share=0)}


def test_an_audit_is_sent_once_and_publishes_no_number(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    at = datetime(2026, 11, 1, 6, 0, 5, tzinfo=UTC)
    assert [jobs.send_due_digests(opened, at), jobs.send_due_digests(opened, at + timedelta(minutes=1))] == [2, 0]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM published_value")).scalar() == 0
        payload = connection.execute(text("SELECT payload FROM message LIMIT 1")).scalar_one()
    assert "Source spare: not one event in October 2026" in payload
