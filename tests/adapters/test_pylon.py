"""Pylon: the signature of its webhooks, and what readings of an issue become, however many of them there were."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.pylon import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/pylon"
BODY = b'{"deskgauge": 1, "issue": "i-1"}'
SENT_AT = 1795507202
LIFE = ("begun", "answered_and_waiting", "customer_wrote_again", "closed")
ROBOT = "robot@desk.example.com"


def signed(secret: str = "test-secret", sent_at: str = str(SENT_AT), body: bytes = BODY) -> WebhookRequest:
    made = hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return build_request(
        url=URL,
        headers={"Pylon-Webhook-Signature": f"hs256={made}", "Pylon-Webhook-Timestamp": sent_at},
        body=body,
        received_at=datetime.fromtimestamp(SENT_AT + 20, UTC),
    )


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("pylon") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def kinds(body: dict[str, Any], **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


@pytest.mark.parametrize("secret", ["test-secret", ["new-secret", "test-secret"]])
def test_a_signed_webhook_is_accepted_with_either_of_two_secrets(secret: str | list[str]) -> None:
    ADAPTER.verify(signed(), {"secret": secret})


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (signed(secret="another-secret"), "does not match"),
        (signed().with_body(BODY + b" "), "does not match"),
        (signed(sent_at=str(SENT_AT - 400)), "420 s old"),
        (signed(sent_at="yesterday"), "not a number of seconds"),
        (build_request(url=URL, body=BODY), "no Pylon-Webhook-Signature"),
    ],
)
def test_what_pylon_did_not_just_sign_is_refused(request_: WebhookRequest, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        ADAPTER.verify(request_, {"secret": "test-secret"})


def test_a_webhook_is_a_poke_whatever_its_body_says() -> None:
    assert ADAPTER.pull is not None
    assert ADAPTER.pull.poked
    for body in (BODY, b'{"event_type": "issue.created", "data": {"id": "1"}}', b"no JSON", b""):
        assert ADAPTER.parse(signed(body=body), {}) == []


def test_equal_pokes_of_one_minute_are_one_delivery() -> None:
    first, retried = (ADAPTER.delivery_key(signed(sent_at=str(SENT_AT + late)), {}) for late in (0, 5))
    assert first == retried is not None
    assert ADAPTER.delivery_key(signed(body=BODY + b" "), {}) != first


def test_an_issue_has_its_times_from_readings_in_any_order() -> None:
    facts = fold_ticket_of("pylon", *LIFE, bots=ROBOT)
    assert facts.created_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert (facts.agent, facts.queue, facts.priority, facts.status) == (
        "ben@desk.example.com",
        "Network",
        "high",
        "solved",
    )
    assert (facts.customer, facts.customer_replies, facts.agent_replies) == ("made.up@example.net", 1, 2)
    assert seconds(facts.first_response_ms) == 20 * 60  # neither the note nor the robot answered
    assert seconds(facts.first_resolution_ms) == 90 * 60
    assert facts.reopens == 0
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1800)


def test_one_reading_of_the_past_gives_replies_and_the_solution() -> None:
    facts = fold_ticket_of("pylon", "closed", bots=ROBOT)
    assert (facts.status, facts.agent_replies, facts.pauses) == ("solved", 2, [])
    assert (seconds(facts.first_response_ms), seconds(facts.resolution_ms)) == (20 * 60, 90 * 60)
    assert kinds(recorded("closed")).count("ticket.solved") == 1  # none at a later change of something else


def test_an_issue_that_was_opened_again_is_so_from_its_last_change() -> None:
    facts = fold_ticket_of("pylon", *LIFE, "reopened", "closed_again_and_rated", bots=ROBOT)
    assert (facts.reopens, facts.status) == (1, "solved")
    assert (seconds(facts.first_resolution_ms), seconds(facts.resolution_ms)) == (90 * 60, 180 * 60)
    alone = fold_ticket_of("pylon", "reopened", bots=ROBOT)
    assert (alone.reopens, alone.status) == (1, "open")


def test_a_robot_that_nobody_named_counts_as_a_person() -> None:
    assert seconds(fold_ticket_of("pylon", *LIFE).first_response_ms) == 60


def test_what_an_agent_wrote_waits_for_the_customers_first_message() -> None:
    facts = fold_ticket_of("pylon", "written_by_an_agent")
    assert facts.first_response_from == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert (facts.agent_replies, facts.channel) == (1, "messaging")


def test_a_first_message_long_after_the_beginning_is_a_reply() -> None:
    body = recorded("begun")
    body["messages"] = [{**body["messages"][1], "timestamp": "2026-11-24T08:05:00Z"}]
    [opened, *_] = told = parse(body)
    assert "opened_by" not in opened.data
    assert "ticket.agent_replied" in [event.kind for event in told]


def test_a_state_of_ones_own_counts_as_its_category_unless_it_is_explained() -> None:
    body = recorded("state_of_ones_own")
    assert [event.data.get("on") for event in parse(body) if event.kind == "ticket.paused"] == ["other"]
    assert "ticket.solved" in kinds(body, statuses="with_engineering = solved")
    assert "ticket.paused" not in kinds({**body, "category": None})
    with pytest.raises(BadPayload, match="statuses: 'parked' is no status"):
        parse(body, statuses="with_engineering = parked")


def test_a_rating_is_one_answer_however_often_it_is_read() -> None:
    body = recorded("closed_again_and_rated")
    [first] = [event for event in parse(body) if event.kind == "survey.answered"]
    body["issue"]["updated_at"] = "2026-11-25T08:00:00Z"
    [again] = [event for event in parse(body, csat_scale="1-10") if event.kind == "survey.answered"]
    assert (first.subject, first.dedupe_key) == (again.subject, again.dedupe_key)
    assert (first.data["score"], first.data["scale"], again.data["scale"]) == (4, "1-5", "1-10")


def test_a_message_of_nobody_is_no_reply() -> None:
    body = recorded("begun")
    body["messages"].append({"id": "m-9", "timestamp": "2026-11-24T08:30:00Z", "is_private": False, "author": {}})
    assert kinds(body) == kinds(recorded("begun"))


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (("issue", "id"), "$.issue.id"),
        (("issue", "created_at"), "$.issue.created_at"),
        (("issue", "updated_at"), "$.issue.updated_at"),
        (("issue", "state"), "$.issue.state"),
        (("messages", 0, "timestamp"), "$.messages[0].timestamp"),
        (("messages", 0, "id"), "$.messages[0].id"),
    ],
)
def test_a_missing_field_is_named(place: tuple[Any, ...], path: str) -> None:
    body = recorded("begun")
    found: Any = body
    for name in place[:-1]:
        found = found[name]
    del found[place[-1]]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path
