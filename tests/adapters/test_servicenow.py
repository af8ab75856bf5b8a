"""ServiceNow: whole incidents from what the business rule's script sends, and the script itself."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from adapter_fixtures import ROOT, build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.servicenow import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/servicenow"
LIFE = (
    "created",
    "taken",
    "answered",
    "waits_for_caller",
    "caller_replied",
    "waits_for_vendor",
    "goes_on",
    "moved",
    "robot_comment",
    "resolved",
    "reopened",
    "resolved_again",
    "closed_by_timer",
)
BOT = "b0000000000000000000000000000001"


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("servicenow") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def test_the_secret_header_is_the_proof() -> None:
    request = build_request(url=URL, body="{}", headers={"X-Deskgauge-Secret": "right"})
    ADAPTER.verify(request, {"secret": ["new", "right"]})
    for secret in ("wrong", "right "):
        with pytest.raises(Rejected, match="does not match"):
            ADAPTER.verify(request, {"secret": secret})


def test_an_incident_from_its_creation_to_its_second_solution_has_its_times() -> None:
    facts = fold_ticket_of("servicenow", *LIFE, bots=BOT)
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("closed", "Ann Example", "Network", "moderate")
    assert (facts.channel, facts.agent_replies, facts.customer_replies, facts.reopens) == ("web", 2, 2, 1)
    assert (facts.regroups, facts.opened_by_agent) == (1, False)
    assert seconds(facts.first_response_ms) == 20 * 60
    assert seconds(facts.first_resolution_ms) == 60 * 60
    assert seconds(facts.resolution_ms) == 90 * 60
    assert [
        (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) for pause in facts.pauses
    ] == [
        ("customer", 24 * 60),
        ("other", 10 * 60),
    ]


def test_a_robot_is_no_first_response() -> None:
    assert fold_ticket_of("servicenow", "created", "robot_comment", bots=BOT).first_response_at is None
    assert fold_ticket_of("servicenow", "created", "robot_comment").first_response_at is not None


def test_the_comment_with_which_a_caller_opens_is_the_opening() -> None:
    assert fold_ticket_of("servicenow", "created").customer_replies == 0
    body = recorded("created_by_phone") | {"comment": True}
    assert [event.kind.value for event in parse(body)] == ["ticket.opened", "ticket.assigned", "ticket.agent_replied"]


def test_an_incident_of_a_telephone_call_is_written_down_by_an_agent_and_linked_by_number() -> None:
    facts = fold_ticket_of("servicenow", "created_by_phone")
    assert (facts.channel, facts.opened_by_agent, facts.customer) == ("voice", True, "+37120000001")
    assert parse(recorded("created_by_phone"))[1].data["email"] == "customer.one@example.com"


@pytest.mark.parametrize("name", ["cancelled", "removed"])
def test_a_cancelled_or_removed_incident_counts_nowhere(name: str) -> None:
    assert fold_ticket_of("servicenow", "created_by_phone", name).excluded == "deleted"


def test_reasons_that_wait_for_the_customer_are_a_setting() -> None:
    facts = fold_ticket_of("servicenow", "created", "taken", "waits_for_caller", waiting="5, 6")
    assert [pause.on for pause in facts.pauses] == ["other"]


def test_an_unknown_state_is_open_until_the_settings_say_more() -> None:
    assert fold_ticket_of("servicenow", "own_state").status == "open"
    assert fold_ticket_of("servicenow", "own_state", statuses="-5 = pending").status == "paused"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"deskgauge": None}, None),
        ({"updated_at": "24.11.2026 08:00"}, "$.updated_at"),
        ({"updated_at": "2026-13-24 08:00:00"}, "$.updated_at"),
        ({"opened_at": ""}, "$.opened_at"),
        ({"state": ""}, "$.state"),
        ({"sys_id": None}, "$.sys_id"),
    ],
)
def test_a_broken_field_is_named(change: dict[str, Any], path: str | None) -> None:
    body = recorded("taken") | change
    if path is None:
        del body["deskgauge"]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == (path or "$.deskgauge")


def test_the_script_sends_what_the_adapter_reads_and_the_page_shows_it() -> None:
    assert ADAPTER.template is not None
    sent = set(re.findall(r"^    (\w+):", ADAPTER.template, re.MULTILINE))
    assert sent == set(recorded("created"))
    page = (ROOT / "docs/adapters/servicenow.md").read_text()
    assert ADAPTER.template.strip() in page
