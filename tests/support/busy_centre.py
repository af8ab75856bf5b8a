"""Three weeks of a made-up centre, as facts and cells, always the same: for the pages and the API."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Table, insert

from plugin.alert.tables import Incident
from plugin.database import writing
from plugin.facts import tables
from plugin.facts.sketch import bin_of
from plugin.inbox.tables import Delivery, Refusal, Source
from plugin.kpi.cells import rebuild_cells
from plugin.kpi.terms import terms_of
from plugin.policy.document import Document

ZONE = "Europe/Riga"
#: a Tuesday, a little after ten
NOW = datetime(2026, 11, 24, 8, 17, 30, tzinfo=UTC)
DOCUMENT = Document.model_validate(
    {
        "timezone": ZONE,
        "teams": {"First line": {"queues": ["Support", "Billing"]}, "Shop": {"queues": ["Sales"]}},
        "targets": [
            {"kpi": "service_level", "value": 0.8},
            {"kpi": "abandonment_rate", "value": 0.05},
            {"kpi": "asa", "value": 30.0},
            {"kpi": "csat", "value": 0.9},
        ],
    }
)
_QUEUES = {"Support": 11.0, "Billing": 6.0, "Sales": 4.0}
_SHAPE = {8: 0.7, 9: 1.3, 10: 1.5, 11: 1.2, 12: 0.8, 13: 0.9, 14: 1.1, 15: 1.0, 16: 0.9, 17: 0.5}
_AGENTS = ("Anna", "Boris", "Chen", "Dace", "Elina")
Rows = dict[type, list[dict[str, Any]]]


def fill(engine: Engine, document: Document = DOCUMENT, now: datetime = NOW, days: int = 22) -> None:
    rows: Rows = defaultdict(list)
    chance = random.Random(7)
    zone = ZoneInfo(ZONE)
    for back in range(days, -1, -1):
        day = (now.astimezone(zone) - timedelta(days=back)).date()
        weight = 0.25 if day.weekday() > 4 else 1.0
        for hour, share in _SHAPE.items():
            for queue, number in _QUEUES.items():
                slow = 2.2 if queue == "Billing" and back == 1 and hour in (10, 11) else 1.0
                for _ in range(round(number * share * weight * chance.uniform(0.8, 1.2))):
                    at = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
                    at += timedelta(seconds=chance.randrange(3600))
                    if at < now:
                        _call(rows, chance, at, queue, slow)
                        _ticket(rows, chance, at, queue, now)
    with writing(engine) as connection:
        for model, found in rows.items():
            connection.execute(insert(_table(model)), found)
        _sources(connection, now)
    rebuild_cells(engine, terms_of(document))


def _table(model: type) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


def _identity(rows: Rows, about: type, at: datetime, queue: str, source: str) -> dict[str, Any]:
    number = sum(len(found) for found in rows.values()) + 1
    return {"subject_key": number, "source": source, "subject": f"s{number}", "channel": "voice", "queue": queue}


def _call(rows: Rows, chance: random.Random, at: datetime, queue: str, slow: float) -> None:
    shared = _identity(rows, tables.Contact, at, queue, "asterisk")
    shared["direction"] = "inbound"
    wait_ms = int(chance.expovariate(1 / (14_000 * slow)))
    lost = chance.random() < 0.035 * slow
    agent = "" if lost else chance.choice(_AGENTS)
    talk_ms = int(chance.gammavariate(2.2, 95_000))
    left_at = at + timedelta(milliseconds=wait_ms)
    over_at = left_at + timedelta(milliseconds=0 if lost else talk_ms)
    rows[tables.Contact].append(
        {
            **shared,
            "agent": agent,
            "started_at": at,
            "entry_at": at,
            "counted_at": at,
            "ended_at": over_at,
            "outcome": "abandoned" if lost else "answered",
            "handled": int(not lost),
            "transferred": int(not lost and chance.random() < 0.06),
            "held": 0,
            "offered": 1,
            "handle_ms": None if lost else talk_ms,
            "hold_abandoned": 0,
            "converted": 0,
        }
    )
    rows[tables.QueueVisit].append(
        {
            **shared,
            "ordinal": 0,
            "agent": agent,
            "entered_at": at,
            "over_at": over_at,
            "counted_at": at,
            "left_at": left_at,
            "outcome": "abandoned" if lost else "answered",
            "wait_ms": wait_ms,
            "wait_bin": bin_of(wait_ms),
        }
    )
    if not lost:
        rows[tables.AgentLeg].append(
            {
                **shared,
                "ordinal": 0,
                "visit": 0,
                "agent": agent,
                "entry_at": at,
                "over_at": over_at,
                "counted_at": at,
                "answered_at": left_at,
                "ended_at": over_at,
                "talk_ms": talk_ms,
                "talk_bin": bin_of(talk_ms),
                "transferred": 0,
            }
        )


def _ticket(rows: Rows, chance: random.Random, at: datetime, queue: str, now: datetime) -> None:
    if chance.random() > 0.45:
        return
    shared = {**_identity(rows, tables.Ticket, at, queue, "zendesk"), "channel": "email"}
    agent = chance.choice(_AGENTS)
    response_ms, resolution_ms = int(chance.expovariate(1 / 4_000_000)), int(chance.expovariate(1 / 30_000_000))
    replied_at, solved_at = at + timedelta(milliseconds=response_ms), at + timedelta(milliseconds=resolution_ms)
    replied, solved = replied_at < now, solved_at < now
    rows[tables.Ticket].append(
        {
            **shared,
            "agent": agent,
            "status": "solved" if solved else "open",
            "created_at": at,
            "first_response_at": replied_at if replied else None,
            "first_response_ms": response_ms if replied else None,
            "first_response_bin": bin_of(response_ms) if replied else None,
            "solved_at": solved_at if solved else None,
            "resolution_ms": resolution_ms if solved else None,
            "resolution_bin": bin_of(resolution_ms) if solved else None,
            "agent_replies": 1,
            "customer_replies": 0,
            "reopens": 0,
            "regroups": 0,
            "escalations": 0,
            "at_first_contact": int(chance.random() < 0.7),
            "excluded": "spam" if chance.random() < 0.01 else None,
        }
    )
    rows[tables.TicketSpan].append(
        {
            **shared,
            "ordinal": 0,
            "agent": agent,
            "opened_at": at,
            "solved_at": solved_at if solved else None,
            "reopened": 0,
        }
    )
    if solved and chance.random() < 0.2:
        good = int(chance.random() < 0.88)
        survey = {**shared, "subject_key": shared["subject_key"] + 10_000_000, "agent": agent}
        scored = {"type": "csat", "scale": "good_bad", "positive": good, "negative": 1 - good}
        rows[tables.Survey].append({**survey, **scored, "answered_at": solved_at})


def _sources(connection: Any, now: datetime) -> None:
    facts = {
        "asterisk": "contact queue agent wait talk transfer ring",
        "zendesk": "ticket ticket_reply survey:csat",
        "aircall": "",
    }
    for name, supplied in facts.items():
        values = {"name": name, "adapter": name, "created_at": now - timedelta(days=30), "supplied": supplied}
        age = {"asterisk": timedelta(seconds=42), "zendesk": timedelta(minutes=6)}.get(name)
        connection.execute(
            insert(_table(Source)),
            {
                **values,
                "last_received_at": now - age if age else None,
                "received": 18_204 if age else 0,
                "duplicates": 31 if age else 0,
                "refused": 0 if age else 2,
            },
        )
    reason = "The signature does not match. Copy the webhook's token from Aircall's dashboard again."
    url = "https://kpi.example.com/hooks/aircall"
    refusal = {"source": "aircall", "at": now - timedelta(minutes=3), "status": 401, "reason": reason, "url": url}
    connection.execute(insert(_table(Refusal)), refusal)
    dead = {"source": "zendesk", "method": "POST", "url": "/hooks/zendesk", "headers": "{}", "body": b"", "attempts": 1}
    unread = {"key": b"1", "received_at": now - timedelta(hours=2), "state": "dead", "error": "detail.id: is missing"}
    connection.execute(insert(_table(Delivery)), {**dead, **unread})
    connection.execute(
        insert(_table(Incident)),
        {
            "rule": "Billing waits",
            "kpi": "service_level",
            "scope": "queue=Billing",
            "opened_at": now - timedelta(minutes=18),
            "fired_at": now - timedelta(minutes=13),
            "told_at": now - timedelta(minutes=13),
            "peak": 0.41,
            "n": 34,
            "threshold": 0.7,
            "words": "{}",
        },
    )
