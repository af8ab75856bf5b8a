"""Waiting for the customer and for others, from signed webhooks of Zendesk in both modes to numbers on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapter_fixtures import load_fixtures
from flask.testing import FlaskClient
from hooks_app import app_for
from sqlalchemy import Engine

from adapters.zendesk import ADAPTER, signature
from plugin.database import reading
from plugin.drain import Reader, drain
from plugin.facts.reckoning import reckoning_of
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import refresh_cells
from plugin.kpi.metric import Measurement
from plugin.kpi.terms import terms_of
from plugin.normalise.sources import SourceConfig
from plugin.policy.text import parse

SECRET = "test-secret"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SLA = parse('[[sla]]\nclock = "wall"\nfirst_response = {any = "2h"}\nresolution = {any = "4h"}\n')
CUSTOMER, AGENT = "5550001", "7001"
WAIT = "resolution_time.requester_wait"
RESOLVED = "sla_compliance.resolution"
Body = dict[str, Any]


def hour(hours: float) -> str:
    return f"{MONDAY + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def template(name: str) -> Body:
    [fixture] = [fixture for fixture in load_fixtures("zendesk") if fixture.name == name]
    body: Body = json.loads(fixture.request.body)
    return body


def event(ticket: str, at: float, name: str, told: Body | None = None, **detail: str | None) -> Body:
    """An event webhook of a ticket that was created at 0:00."""
    body = template("event_created")
    about = {
        "id": ticket,
        "created_at": hour(0),
        "updated_at": hour(at),
        "status": "OPEN",
        "external_id": None,
        **detail,
    }
    return body | {
        "id": f"{ticket}:{at}:{name}",
        "time": hour(at),
        "type": f"zen:event-type:ticket.{name}",
        "detail": body["detail"] | about,
        "event": told or {},
    }


def moved(ticket: str, at: float, previous: str, current: str) -> Body:
    return event(ticket, at, "status_changed", {"previous": previous, "current": current}, status=current)


def commented(ticket: str, at: float, author: str, **detail: str) -> Body:
    comment = {"id": f"{at}", "is_public": True, "author": {"id": author, "is_staff": author == AGENT}}
    return event(ticket, at, "comment_added", {"comment": comment}, **detail)


def trigger(ticket: str, at: float, name: str, actor: str = AGENT, **fields: str) -> Body:
    times = {"created_at": hour(0)[:16] + "Z", "updated_at": hour(at)[:16] + "Z"}
    about = {"ticket_id": ticket, "event": name, "actor_id": actor, "requester_id": CUSTOMER, "status": "übersetzt"}
    return template("trigger_created") | times | about | {"comment_id": f"{at}"} | fields


#: open 0 to 1, pending 1 to 4, open 4 to 5, on hold 5 to 9, open 9 to 10: six hours without pending, two without any pause
EVENTS = [
    event("1", 0, "created", status="NEW"),
    commented("1", 1, AGENT),
    moved("1", 1, "OPEN", "PENDING"),
    moved("1", 4, "PENDING", "OPEN"),
    moved("1", 5, "OPEN", "HOLD"),
    moved("1", 9, "HOLD", "OPEN"),
    moved("1", 10, "OPEN", "SOLVED"),
]
TRIGGERS = [
    trigger("1", 0, "created", CUSTOMER),
    trigger("1", 1, "comment", comment_author_id=AGENT),
    trigger("1", 1, "pending"),
    trigger("1", 4, "resumed", CUSTOMER),
    trigger("1", 5, "on_hold"),
    trigger("1", 9, "resumed"),
    trigger("1", 10, "solved"),
]
#: with the labels of an English account in place of a trigger for each
LABELS = [
    *TRIGGERS[:2],
    *(
        trigger("1", at, "status_changed", status=label)
        for at, label in ((1, "Pending"), (4, "Open"), (5, "On-hold"), (9, "Open"), (10, "Solved"))
    ),
]


@pytest.fixture
def client(engine: Engine) -> Iterator[FlaskClient]:
    source = SourceConfig(name="desk", adapter=ADAPTER, settings={"secret": (SECRET,)})
    app, intake = app_for(engine, {"desk": source})
    yield app.test_client()
    intake.stop()


def post(client: FlaskClient, bodies: Iterable[Body]) -> None:
    stamp = datetime.now(UTC).isoformat()
    for body in bodies:
        raw = json.dumps(body).encode()
        headers = {
            "X-Zendesk-Webhook-Signature": signature(SECRET, stamp, raw),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
            "Content-Type": "application/json",
        }
        assert client.post("/hooks/desk", data=raw, headers=headers).status_code < 300


def measured(engine: Engine, *kpis: str) -> tuple[dict[str, tuple[float, float | None]], dict[str, str]]:
    """The Monday's numerators and denominators, and what is not available."""
    reckoning = reckoning_of(SLA)
    while drain(engine, {"desk": Reader(adapter=ADAPTER, settings={})}.get, b"secret", reckoning=reckoning):
        pass
    while refresh_cells(engine, terms_of(SLA)):
        pass
    ask = Ask(kpis=kpis, start=MONDAY, end=MONDAY + timedelta(days=1))
    with reading(engine) as connection:
        report = answer(connection, SLA, ask, MONDAY + timedelta(days=30), {"desk": ADAPTER.facts})
    [row] = report.rows
    return {key: _sums(value) for key, value in row.values.items()}, dict(report.unavailable)


def _sums(value: Measurement) -> tuple[float, float | None]:
    return value.numerator, value.denominator


@pytest.mark.parametrize("told", [EVENTS, TRIGGERS, LABELS], ids=["events", "triggers", "labels"])
def test_waiting_for_the_customer_and_for_others_is_taken_off(
    engine: Engine, client: FlaskClient, told: list[Body]
) -> None:
    post(client, told)
    values, _ = measured(engine, "resolution_time", WAIT, "sla_compliance.first_response", RESOLVED)
    assert values == {
        "resolution_time": (10 * 3600, 1),
        WAIT: (7 * 3600, 1),  # pending 3 of 10 hours
        "sla_compliance.first_response": (1, 1),
        RESOLVED: (1, 1),  # three hours of the four ran
    }


def test_the_order_in_which_webhooks_arrive_does_not_matter(engine: Engine, client: FlaskClient) -> None:
    post(client, reversed(EVENTS))
    assert measured(engine, WAIT, RESOLVED)[0] == {WAIT: (7 * 3600, 1), RESOLVED: (1, 1)}


def test_without_pauses_the_promise_is_broken(engine: Engine, client: FlaskClient) -> None:
    post(client, [*EVENTS[:2], EVENTS[-1]])
    values, unavailable = measured(engine, RESOLVED, WAIT)
    assert values == {RESOLVED: (0, 1)}
    assert unavailable == {WAIT: "missing fact: ticket_pause"}


def test_reopened_into_pending_waits_for_the_customer_again(engine: Engine, client: FlaskClient) -> None:
    post(client, [*EVENTS, moved("1", 12, "SOLVED", "PENDING"), moved("1", 15, "PENDING", "SOLVED")])
    # open until 10, solved until 12, pending until 15
    assert measured(engine, "resolution_time", WAIT)[0] == {"resolution_time": (15 * 3600, 1), WAIT: (7 * 3600, 1)}


@pytest.mark.parametrize(
    "told",
    [
        [
            event("1", 0, "created", actor_id=AGENT, submitter_id=AGENT),
            commented("1", 1, AGENT),
            commented("1", 5, CUSTOMER),
            commented("1", 6, AGENT),
        ],
        [
            trigger("1", 0, "created", AGENT),
            trigger("1", 1, "comment", comment_author_id=AGENT),
            trigger("1", 5, "comment", CUSTOMER, comment_author_id=CUSTOMER),
            trigger("1", 6, "comment", comment_author_id=AGENT),
        ],
    ],
    ids=["events", "triggers"],
)
def test_where_an_agent_opened_it_the_customer_begins_to_wait_with_his_first_message(
    engine: Engine, client: FlaskClient, told: list[Body]
) -> None:
    post(client, told)
    assert measured(engine, "first_response_time")[0] == {"first_response_time": (3600, 1)}
