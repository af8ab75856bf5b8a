"""FreeScout: the module's two forms of its key, and whole conversations out of snapshots."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from adapter_fixtures import build_request
from whole_tickets import fold_ticket_of, seconds

from adapters.freescout import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
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
