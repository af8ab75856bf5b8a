"""Request Tracker: what its log of transactions becomes, however it is cut into readings."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.request_tracker import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/request_tracker"
LIFE = ("begun", "moved_and_stalled", "resolved_and_reopened")


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("request_tracker") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def kinds(body: dict[str, Any], **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


def test_a_request_is_refused_whatever_it_holds() -> None:
    for headers in ({}, {"Authorization": "token made-up"}):
        with pytest.raises(Rejected, match="`base_url` and `token`"):
            ADAPTER.verify(build_request(url=URL, headers=headers, body="{}"), {"token": "made-up"})


def test_a_ticket_has_its_times_in_whatever_parts_its_log_is_read() -> None:
    facts = fold_ticket_of("request_tracker", *LIFE, bots="robot")
    assert facts.created_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert (facts.agent, facts.queue, facts.priority, facts.status) == ("ann", "Network", "40", "solved")
    assert (facts.customer, facts.customer_replies, facts.agent_replies) == ("made.up@example.net", 2, 2)
    assert (facts.reopens, facts.regroups) == (1, 1)
    assert seconds(facts.first_response_ms) == 20 * 60  # neither the note nor the robot answered
    assert seconds(facts.first_resolution_ms) == 2 * 3600
    assert seconds(facts.resolution_ms) == 3 * 3600 + 40 * 60
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1800)


def test_the_first_queue_is_known_from_the_move_out_of_it() -> None:
    assert fold_ticket_of("request_tracker", "moved_and_stalled").regroups == 1


def test_a_robot_that_nobody_named_counts_as_a_person() -> None:
    assert seconds(fold_ticket_of("request_tracker", *LIFE).first_response_ms) == 10 * 60


def test_a_colleague_who_is_kept_informed_writes_as_a_customer_and_the_owner_never() -> None:
    body = recorded("moved_and_stalled")
    body["ticket"]["Cc"].append("ann")
    body["transactions"] = [
        {**body["transactions"][2], "id": str(810 + place), "Creator": who}
        for place, who in enumerate(("colleague@example.net", "ann", "ben"))
    ]
    assert kinds(body)[:3] == ["ticket.customer_replied", "ticket.agent_replied", "ticket.agent_replied"]


def test_what_an_agent_wrote_down_waits_for_the_customers_first_message() -> None:
    facts = fold_ticket_of("request_tracker", "written_down_by_an_agent")
    assert facts.first_response_from == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert facts.agent == "ann"  # who answered: nobody owns it


@pytest.mark.parametrize(("name", "reason"), [("deleted", "deleted"), ("merged", "merged")])
def test_deleted_and_merged_tickets_count_nowhere(name: str, reason: str) -> None:
    assert fold_ticket_of("request_tracker", name).excluded == reason


def test_a_merged_ticket_says_nothing_of_the_other_ones_age_and_customer() -> None:
    events = parse(recorded("merged"))
    assert {(event.subject, event.customer, "created_at" in event.data) for event in events} == {("42", None, False)}


def test_a_rejected_ticket_is_closed_unless_the_administrator_says_otherwise() -> None:
    assert fold_ticket_of("request_tracker", "rejected").status == "closed"
    assert fold_ticket_of("request_tracker", "rejected", statuses="rejected = deleted").excluded == "deleted"


def test_a_status_of_ones_own_is_open_until_it_is_explained() -> None:
    body = recorded("deleted")
    body["transactions"][1]["NewValue"] = "Bei Lieferant"
    assert kinds(body) == ["ticket.opened", "ticket.assigned"]
    assert [event.data.get("on") for event in parse(body, statuses="bei lieferant = on_hold")][1] == "other"
    with pytest.raises(BadPayload, match="statuses: 'parked' is no status"):
        parse(body, statuses="bei lieferant = parked")


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("transactions", 0, "id"), "$.transactions[0].id"),
        (("transactions", 0, "Type"), "$.transactions[0].Type"),
        (("transactions", 0, "Created"), "$.transactions[0].Created"),
        (("ticket", "LastUpdated"), "$.ticket.LastUpdated"),
        (("ticket", "id"), "$.ticket.id"),
    ],
)
def test_a_missing_field_is_named(names: tuple[Any, ...], path: str) -> None:
    body = recorded("begun")
    place: Any = body
    for name in names[:-1]:
        place = place[name]
    del place[names[-1]]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path
