"""FreeScout: the module's two forms of its key, and whole conversations out of snapshots."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters.freescout import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/freescout"
APP_KEY = "base64:dGVzdC1zZWNyZXQ="
#: as the source of the module makes it
SHOWN_KEY = hashlib.md5(f"{APP_KEY}webhook_key".encode()).hexdigest()
LIFE = (
    "created",
    "assigned",
    "moved",
    "agent_reply",
    "pending",
    "customer_reply",
    "closed",
    "reopened",
    "closed_again",
)


def sent(body: bytes, key: str = SHOWN_KEY) -> WebhookRequest:
    signature = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha1).digest()).decode()
    return build_request(url=URL, body=body, headers={"X-FreeScout-Signature": signature})


@pytest.mark.parametrize("secret", [APP_KEY, SHOWN_KEY])
def test_the_key_may_be_given_as_it_is_shown_or_as_app_key(secret: str) -> None:
    ADAPTER.verify(sent(b'{"id":1}'), {"secret": secret})
    with pytest.raises(Rejected):
        ADAPTER.verify(sent(b'{"id":1}').with_body(b'{"id":2}'), {"secret": secret})


@pytest.mark.parametrize("secret", [APP_KEY.removeprefix("base64:"), "another", ""])
def test_a_key_that_is_not_the_whole_one_is_refused(secret: str) -> None:
    with pytest.raises(Rejected):
        ADAPTER.verify(sent(b"{}"), {"secret": secret})


def test_a_conversation_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("freescout", *LIFE)
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (3, 2, 1)
    assert seconds(facts.first_response_ms) == 20 * 60
    assert seconds(facts.resolution_ms) == 150 * 60
    assert (facts.queue, facts.agent, facts.customer) == ("86", "300", "made.up@example.com")


def test_a_reduced_body_is_opened_when_it_arrives() -> None:
    facts = fold_ticket_of("freescout", "created_reduced")
    assert facts.created_at.isoformat() == "2026-11-24T12:00:05+00:00"


def test_deleted_forever_is_deleted() -> None:
    assert fold_ticket_of("freescout", "deleted_forever").excluded == "deleted"


def test_a_body_without_the_header_that_names_its_event_says_so() -> None:
    with pytest.raises(BadPayload, match="X-FreeScout-Event"):
        ADAPTER.parse(sent(b'{"id": 1, "number": 1}'), {})


def read_by_api(**changed: Any) -> WebhookRequest:
    """What the API shows in the end of the conversation of `LIFE`: statuses behind their threads, and line items."""
    [last] = [fixture for fixture in load_fixtures("freescout") if fixture.name == "closed_again"]
    body = json.loads(last.request.body)
    statuses = {4: "pending", 6: "closed", 8: "closed"}
    threads = [{**each, "status": statuses.get(each["id"], "active")} for each in body["_embedded"]["threads"]]
    item = {"type": "lineitem", "state": "published", "status": "nochange", "createdBy": {"id": 256, "type": "user"}}
    assigned = {"action": {"type": "changed-ticket-assignee"}, "assignedTo": {"id": 256, "type": "user"}}
    moved = {"action": {"type": "moved-from-mailbox"}}
    threads += [
        {**item, **assigned, "id": 11, "createdAt": "2026-11-24T10:02:00Z"},
        {**item, **moved, "id": 12, "createdAt": "2026-11-24T10:06:00Z"},
    ]
    told = {**body, "_embedded": {"threads": threads}, **changed}
    whole = json.dumps({"deskgauge_read": "conversation", "conversation": told})
    return build_request(url="api:desk", method="PULL", body=whole)


def test_the_api_counts_nothing_twice_and_tells_all_but_the_mailbox_before_a_move() -> None:
    facts = fold_ticket_of("freescout", *LIFE)
    assert fold_requests("freescout", [*recorded("freescout", *LIFE), read_by_api()]) == facts
    alone = fold_requests("freescout", [read_by_api()])
    assert [queue for _, queue in alone.stays] == ["86"]
    assert replace(alone, stays=facts.stays, regroups=1) == facts


def test_the_api_tells_deleted_conversations_and_spam() -> None:
    assert fold_requests("freescout", [read_by_api(state="deleted")]).excluded == "deleted"
    spam = [{"id": 1, "type": "lineitem", "status": "spam", "createdAt": "2026-11-24T10:02:00Z"}]
    told = read_by_api(status="spam", closedAt=None, _embedded={"threads": spam})
    assert fold_requests("freescout", [told]).excluded == "spam"


def test_a_conversation_that_was_made_with_an_assignee_has_him_from_the_beginning() -> None:
    alone = fold_requests("freescout", [read_by_api(status="active", closedAt=None, _embedded={"threads": []})])
    assert (alone.agent, alone.queue, alone.status) == ("256", "86", "open")


def test_a_module_too_old_for_the_time_of_creation_is_told_of_and_not_asked_for_ever() -> None:
    assert ADAPTER.pull is not None
    settings = {"base_url": "https://help.example.com", "api_key": "test-key"}
    since = datetime(2026, 11, 1, tzinfo=UTC)
    steps = ADAPTER.pull.steps(settings, since, "published|2026-11-24T12:00:00+00:00|1")
    assert isinstance(next(steps), ApiRequest)
    older = {
        "_embedded": {"conversations": [{"id": 1, "createdAt": "2026-11-24T10:00:00Z"}]},
        "page": {"totalPages": 9},
    }
    with pytest.raises(BadPayload, match="update the module"):
        steps.send(ApiResponse(status=200, headers={}, body=json.dumps(older).encode()))
