"""Help Scout: which proof passes, and whole conversations out of snapshots."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures, shared
from whole_calls import recorded
from whole_tickets import fold_requests, fold_survey_of, fold_ticket_of, seconds

from adapters._help_scout_pull import body_of as read
from adapters.help_scout import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/help_scout"
SETTINGS = {"secret": "test-secret"}
LIFE = (
    "created",
    "assigned",
    "note",
    "draft_ignored",
    "moved",
    "agent_reply",
    "pending",
    "customer_reply",
    "reply_and_close",
    "closed",
    "reopened",
    "closed_again",
)


def sent(event: str, body: object) -> WebhookRequest:
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(b"test-secret", raw, hashlib.sha1).digest()).decode()
    headers = {"X-HelpScout-Signature": signature, **({"X-HelpScout-Event": event} if event else {})}
    return build_request(url=URL, body=raw, headers=headers)


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("help_scout") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(event: str, body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(sent(event, body), {**SETTINGS, **settings}))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}:00").replace(tzinfo=UTC)


def test_the_vendors_own_vector_passes_and_fails_once_changed() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-ticketing.json").read_text())
    [vector] = [vector for vector in vectors if vector["vendor"] == "helpscout"]
    headers = {**vector["headers"], "X-HelpScout-Signature": vector["expected"]}
    request = build_request(url=URL, body=vector["body"], headers=headers)
    ADAPTER.verify(request, {"secret": vector["secret"]})
    for wrong in (request.with_body(request.body + b" "), request.with_body(request.body[1:])):
        with pytest.raises(Rejected):
            ADAPTER.verify(wrong, {"secret": vector["secret"]})


def test_a_conversation_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("help_scout", *LIFE)
    assert facts.created_at == at("10:00")
    assert facts.first_response_at == at("10:20"), "neither the workflow's message, nor the note, nor the draft"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (3, 2, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600, 1800]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00"), at("11:10")),
        (at("12:00"), at("12:30")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:20"), at("11:00"))
    ]
    assert (facts.queue, facts.regroups, facts.customer) == ("86", 1, "made.up@example.com")
    assert seconds(facts.requester_wait_ms) == (20 + 10 + 30) * 60


def test_a_lost_delivery_of_a_reply_or_a_closing_is_made_good_by_the_next_one() -> None:
    told = fold_ticket_of("help_scout", *LIFE)
    for lost in ({"note", "agent_reply", "customer_reply", "reply_and_close"}, {"closed"}):
        assert fold_ticket_of("help_scout", *(name for name in LIFE if name not in lost)) == told


def test_a_reply_is_known_by_the_bodys_latest_time_where_no_threads_are_listed() -> None:
    facts = fold_ticket_of(
        "help_scout", "created_without_threads", "agent_reply_without_threads", "customer_reply_without_threads"
    )
    assert facts.first_response_at == at("10:20")
    assert (facts.agent_replies, facts.customer_replies) == (1, 1)


def test_a_call_that_a_user_wrote_down_waits_for_the_customer() -> None:
    facts = fold_ticket_of("help_scout", "created_by_a_user")
    assert (facts.opened_by_agent, facts.agent_replies, facts.channel) == (True, 0, "voice")


def test_a_conversation_that_was_created_closed_is_solved() -> None:
    facts = fold_ticket_of("help_scout", "created_closed")
    assert (seconds(facts.resolution_ms), facts.agent) == (30, "256")


def test_a_changed_rating_replaces_the_first_one() -> None:
    survey = fold_survey_of("help_scout", "rated", "rated_worse")
    assert [answer.judged.negative for answer in survey.answers] == [0, 1]
    assert survey.ticket == "10"


def test_a_rating_that_is_none_of_the_three_is_named() -> None:
    with pytest.raises(BadPayload) as caught:
        parse("satisfaction.ratings", {**body_of("rated"), "rating": "Superb"})
    assert caught.value.path == "$.rating"


@pytest.mark.parametrize(
    ("event", "status", "kinds"),
    [
        ("convo.status", "active", ["reopened", "resumed"]),
        ("convo.status", "pending", ["reopened", "paused"]),
        ("convo.status", "closed", ["solved"]),
        ("convo.status", "spam", ["deleted"]),
        ("convo.status", "a new one", []),
        ("convo.tags", "pending", []),
        ("convo.note.created", "pending", ["noted"]),
    ],
)
def test_what_a_status_means(event: str, status: str, kinds: list[str]) -> None:
    body = {**body_of("created"), "status": status}
    assert [event.kind.value for event in parse(event, body)] == [f"ticket.{kind}" for kind in kinds]


def test_the_body_of_api_1_is_read_as_well() -> None:
    body = body_of("agent_reply")
    threads = body.pop("_embedded")["threads"]
    body |= {"threads": threads, "owner": body.pop("assignee"), "mailbox": {"id": body.pop("mailboxId")}}
    told = parse("convo.moved", body)
    assert [event.kind.value for event in told].count("ticket.agent_replied") == 2
    assert told[-1].queue == "86"


def test_a_body_without_the_header_that_names_its_event_says_so() -> None:
    with pytest.raises(BadPayload, match="X-HelpScout-Event"):
        parse("", body_of("created"))


def test_a_missing_field_is_named_by_its_path() -> None:
    body = body_of("note")
    del body["_embedded"]["threads"][1]["createdAt"]
    with pytest.raises(BadPayload) as caught:
        parse("convo.note.created", body)
    assert caught.value.path == "$._embedded.threads[1].createdAt"


def test_inboxes_and_users_get_their_names() -> None:
    facts = fold_ticket_of("help_scout", *LIFE, names="86 = Billing\n256 = Anna\n300 = Ben")
    assert (facts.queue, facts.agent) == ("Billing", "Ben")


AGENT = {"id": 256, "type": "user", "first": "Agent"}


def read_by_api(**changed: Any) -> WebhookRequest:
    """What the API shows in the end of the conversation of `LIFE`: statuses and assignees behind their threads, and a line item."""
    body = body_of("closed_again")
    statuses = {4: "pending", 6: "closed", 8: "closed"}
    threads = [
        {**each, "status": statuses.get(each["id"], "active"), "assignedTo": None if each["id"] < 3 else AGENT}
        for each in body["_embedded"]["threads"]
    ]
    item = {"type": "lineitem", "state": "published", "status": "nochange", "createdBy": AGENT, "assignedTo": AGENT}
    moved = {"action": {"type": "movedFromMailbox"}}
    threads += [
        {**item, "id": 11, "createdAt": "2026-11-24T10:02:00Z"},
        {**item, **moved, "id": 12, "createdAt": "2026-11-24T10:06:00Z"},
    ]
    shown = Payload({**body, "_embedded": {"threads": threads}, **changed})
    body_read = read(shown, list(shown["_embedded"]["threads"].items()))
    return build_request(url="api:desk", method="PULL", body=body_read)


def test_the_api_counts_nothing_twice_and_tells_all_but_the_inbox_before_a_move() -> None:
    facts = fold_ticket_of("help_scout", *LIFE)
    assert fold_requests("help_scout", [*recorded("help_scout", *LIFE), read_by_api()]) == facts
    alone = fold_requests("help_scout", [read_by_api()])
    assert [queue for _, queue in alone.stays] == ["86"]
    assert replace(alone, stays=facts.stays, regroups=1) == facts


def test_in_the_api_an_assignment_is_where_a_thread_says_another_one_than_before() -> None:
    told = [e for e in ADAPTER.parse(read_by_api(), {}) if e.kind == "ticket.assigned"]
    assert [(event.at, event.agent, event.queue) for event in told] == [
        (at("10:02"), "256", None),
        (at("10:06"), None, "86"),
    ]


def test_of_what_the_api_shows_no_text_and_no_name_is_kept() -> None:
    kept = read_by_api().body.decode()
    assert "made up" not in kept
    assert "Agent" not in kept
