"""ServiceNow: whole incidents from what the business rule's script sends, and the script itself."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from adapter_fixtures import ROOT, build_request, load_fixtures
from whole_calls import recorded as deliveries
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._servicenow_replay import Names, Record, bodies_of
from adapters.servicenow import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event, Json
from plugin.contract.payload import Payload

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


#: column of the table --> field of the script's body; names serve as ids here
COLUMNS = {
    "state": "state",
    "hold_reason": "hold_reason",
    "priority": "priority",
    "assignment_group": "group",
    "assigned_to": "agent",
}


JOURNALS = {"comments": "comment", "work_notes": "work_note"}


def audit_of(bodies: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What ServiceNow notes down of these updates."""
    found = []
    for before, body in pairwise(bodies):
        changes = [(column, before[key], body[key]) for column, key in COLUMNS.items() if before[key] != body[key]]
        changes += [(name, "", "made up") for name, key in JOURNALS.items() if body[key]]
        found += [
            {
                "sys_id": f"{body['update']}-{column}",
                "documentkey": body["sys_id"],
                "fieldname": column,
                "oldvalue": old,
                "newvalue": new,
                "user": body["actor_name"],
                "sys_created_on": body["updated_at"],
                "record_checkpoint": body["update"],
            }
            for column, old, new in changes
        ]
    return found[::-1]


def read_by_api() -> list[Json]:
    """The incident of `LIFE` as it is in the end, replayed."""
    bodies = [recorded(name) for name in LIFE]
    created, last = bodies[0], bodies[-1]
    shown = {
        "sys_id": last["sys_id"],
        "sys_mod_count": last["update"],
        "sys_created_on": created["updated_at"],
        "sys_created_by": created["actor_name"],
        "opened_at": created["opened_at"],
        "opened_by": created["opened_by"],
        "contact_type": created["contact_type"],
        "caller_id": created["caller"],
        "caller_id.phone": created["caller_phone"],
        "caller_id.email": created["caller_email"],
        **{column: last[key] for column, key in COLUMNS.items()},
    }
    record = {name: {"value": value, "display_value": value} for name, value in shown.items()}
    people = {body["actor_name"]: body["actor"] for body in bodies}
    names = Names(people={key: name for name, key in people.items()}, logins=people, groups={})
    return list(bodies_of(Record(shown=Payload(record)), [Payload(each) for each in audit_of(bodies)], names))


def test_the_audit_tells_each_update_as_the_business_rule_told_it() -> None:
    told = {(event.dedupe_key, event.at, event.agent, event.queue) for name in LIFE for event in parse(recorded(name))}
    read = [build_request(url="api:desk", method="PULL", body=json.dumps(body)) for body in read_by_api()]
    events = {
        (event.dedupe_key, event.at, event.agent, event.queue) for each in read for event in ADAPTER.parse(each, {})
    }
    assert len(events) > 20
    assert events <= told
    facts = fold_ticket_of("servicenow", *LIFE, bots=BOT)
    assert fold_requests("servicenow", read, bots=BOT) == facts
    assert fold_requests("servicenow", [*deliveries("servicenow", *LIFE), *read], bots=BOT) == facts


def test_an_update_that_was_delivered_is_the_same_delivery_again() -> None:
    keys = [ADAPTER.delivery_key(build_request(url="api:desk", body=json.dumps(body)), {}) for body in read_by_api()]
    assert set(keys) <= {ADAPTER.delivery_key(hook, {}) for hook in deliveries("servicenow", *LIFE)}


def test_instances_whose_audit_cannot_be_read_are_told_of() -> None:
    assert ADAPTER.pull is not None
    settings = {"base_url": "https://acme.service-now.com", "api_user": "made", "api_password": "up"}
    steps = ADAPTER.pull.steps(settings, datetime(2026, 11, 1, tzinfo=UTC), None)
    next(steps)
    incident = {"sys_id": {"value": "1c"}, "sys_mod_count": {"value": "3"}}
    steps.send(ApiResponse(status=200, headers={}, body=json.dumps({"result": [incident]}).encode()))
    with pytest.raises(BadPayload, match="let the user read the table sys_audit"):
        steps.send(ApiResponse(status=200, headers={}, body=b'{"result": []}'))
