"""Znuny: which proof passes, and whole tickets from snapshots and articles."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded as deliveries
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._znuny_replay import body_of, types_of
from adapters.znuny import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/znuny"
LIFE = (
    "created",
    "first_article",
    "autoreply",
    "notification_ignored",
    "taken",
    "note",
    "robot_article",
    "agent_article",
    "pending",
    "customer_article",
    "closed",
    "reopened_by_customer",
    "closed_again",
)


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("znuny") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def basic(text: str) -> dict[str, str]:
    """As Perl's `encode_base64` writes it, a line break at the end included."""
    return {"Authorization": "Basic " + base64.encodebytes(text.encode()).decode()}


def test_the_password_of_any_user_passes_and_no_other_one() -> None:
    settings = {"password": ["new", "old"]}
    for text in ("deskgauge:new", "znuny:old"):
        ADAPTER.verify(build_request(url=URL, headers=basic(text)), settings)
    for headers in ({}, basic("deskgauge:newer"), basic("new"), basic("new:"), {"Authorization": "Bearer new"}):
        with pytest.raises(Rejected, match="Network Transport"):
            ADAPTER.verify(build_request(url=URL, headers=headers), settings)


def test_the_answer_is_json_since_znuny_takes_any_other_for_a_failure() -> None:
    answer = ADAPTER.acknowledge(build_request(url=URL), {})
    assert answer.status == 200
    assert isinstance(json.loads(answer.body), dict)


def test_a_ticket_from_its_mail_to_its_second_closing_has_its_times() -> None:
    facts = fold_ticket_of("znuny", *LIFE, bots="31")
    assert facts.created_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("solved", "ann", "Network", "3 normal")
    assert (facts.channel, facts.customer) == ("email", "+37120000001")
    assert (facts.agent_replies, facts.customer_replies, facts.reopens, facts.regroups) == (1, 2, 1, 1)
    assert seconds(facts.first_response_ms) == 20 * 60  # not the automatic reply, the note or the robot
    assert seconds(facts.first_resolution_ms) == 60 * 60
    assert seconds(facts.resolution_ms) == 150 * 60
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1799)


def test_a_robot_that_nobody_named_counts_as_a_person() -> None:
    assert seconds(fold_ticket_of("znuny", *LIFE).first_response_ms) == 10 * 60


def test_a_call_that_an_agent_wrote_down_waits_for_the_customers_message() -> None:
    facts = fold_ticket_of("znuny", "telephone_ticket", "telephone_answer")
    assert (facts.first_response_from, facts.channel, facts.agent_replies) == (None, "voice", 1)


@pytest.mark.parametrize(("name", "reason"), [("merged", "merged"), ("removed", "deleted")])
def test_merged_and_removed_tickets_count_nowhere(name: str, reason: str) -> None:
    assert fold_ticket_of("znuny", name).excluded == reason


def test_a_ticket_that_is_gone_says_nothing() -> None:
    assert parse(recorded("no_longer_there_ignored")) == []


def test_what_the_system_tells_agents_only_is_no_message() -> None:
    assert not [event for event in parse(recorded("notification_ignored")) if "article" in event.dedupe_key]


def test_a_state_is_known_by_its_type_unless_the_administrator_explains_its_name() -> None:
    body = recorded("closed")
    body["Ticket"]["State"] = "abgeschlossen"
    assert parse(body)[-1].kind.value == "ticket.solved"
    body["Ticket"].update(State="Wartet auf Lieferant", StateType="pending reminder")
    assert parse(body)[-1].data["on"] == "customer"
    assert parse(body, states="wartet auf lieferant = on_hold")[-1].data["on"] == "other"
    body["Ticket"]["StateType"] = "made up"
    assert parse(body)[-1].kind.value == "ticket.resumed"


def test_times_are_those_of_the_database() -> None:
    body = recorded("created")
    assert parse(body, timezone="Europe/Riga")[0].at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    with pytest.raises(BadPayload, match=r"settings\.timezone"):
        parse(body, timezone="Riga")


def test_who_wrote_an_article_is_known_where_the_ticket_tells_his_login() -> None:
    body = recorded("agent_article")
    body["Ticket"]["Article"]["CreateBy"] = 9
    assert parse(body)[-1].agent is None
    body["Ticket"].update(Responsible="ben", ResponsibleID=9)
    assert parse(body)[-1].agent == "ben"


def test_an_article_is_the_opening_for_five_seconds_and_a_message_after_that() -> None:
    body = recorded("first_article")
    body["Ticket"]["Article"]["CreateTime"] = "2026-11-24 08:00:05"
    assert "ticket.customer_replied" not in [event.kind for event in parse(body)]
    body["Ticket"]["Article"]["CreateTime"] = "2026-11-24 08:00:06"
    assert parse(body)[-1].kind == "ticket.customer_replied"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("TicketID", "$.Ticket.TicketID"),
        ("Created", "$.Ticket.Created"),
        ("Changed", "$.Ticket.Changed"),
        ("StateType", "$.Ticket.StateType"),
    ],
)
def test_a_missing_field_is_named(name: str, path: str) -> None:
    body = recorded("created")
    del body["Ticket"][name]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path


def test_a_time_that_is_none_is_named() -> None:
    body = recorded("created")
    body["Ticket"]["Changed"] = "yesterday"
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == "$.Ticket.Changed"


# The history

#: `HistoryType`, the column that changes, and the line's form
LINES = (
    ("StateUpdate", "State", "%%{old}%%{new}%%"),
    ("Move", "Queue", "%%{new}%%4%%{old}%%2"),
    ("PriorityUpdate", "Priority", "%%{old}%%3%%{new}%%4"),
    ("OwnerUpdate", "Owner", "%%{new}%%{id}"),
)


def history_of(tickets: list[dict[str, Any]]) -> list[Payload]:
    """What Znuny notes down of these changes, among lines of other kinds."""
    other = {"HistoryType": "Misc", "Name": "made up", "CreateTime": tickets[0]["Created"]}
    lines = [
        {
            "HistoryType": kind,
            "Name": form.format(old=old[column], new=new[column], id=new["OwnerID"]),
            "CreateTime": new["Changed"],
        }
        for old, new in pairwise(tickets)
        for kind, column, form in LINES
        if old[column] != new[column]
    ]
    return [Payload(line) for line in (other, *lines, {**other, "HistoryType": "StateUpdate"})]


def read_by_api() -> WebhookRequest:
    """The ticket of `LIFE` as it is in the end, with its history and all of its articles."""
    tickets = [recorded(name)["Ticket"] for name in LIFE]
    tickets.sort(key=lambda ticket: str(ticket["Changed"]))
    articles = [ticket["Article"] for ticket in tickets if ticket.get("Article")]
    last = {**tickets[-1], "Article": articles, "CustomerUserID": "customer@example.net"}
    types = types_of([Payload(ticket) for ticket in tickets])
    return build_request(
        url="api:desk", method="PULL", body=json.dumps(body_of(Payload(last), history_of(tickets), types))
    )


def test_the_history_tells_each_state_as_the_invoker_told_it_and_counts_nothing_twice() -> None:
    facts = fold_ticket_of("znuny", *LIFE, bots="31")
    alone = fold_requests("znuny", [read_by_api()], bots="31")
    assert alone.customer == "customer@example.net"
    assert replace(alone, customer=facts.customer, priorities=facts.priorities) == facts
    both = fold_requests("znuny", [*deliveries("znuny", *LIFE), read_by_api()], bots="31")
    assert replace(both, priorities=facts.priorities) == facts


def test_states_of_ones_own_are_of_the_type_that_tickets_show_else_open() -> None:
    shown = [Payload({"State": "Erledigt", "StateType": "closed"})]
    assert types_of(shown)["erledigt"] == "closed"
    assert types_of([])["closed successful"] == "closed"


def test_a_user_whom_znuny_refuses_is_told_of() -> None:
    assert ADAPTER.pull is not None
    given = {"base_url": "https://help.example.com/znuny", "api_user": "made", "api_password": "up"}
    steps = ADAPTER.pull.steps(given, datetime(2026, 11, 1, tzinfo=UTC), None)
    next(steps)
    with pytest.raises(BadPayload, match=r"TicketSearch\.AuthFail"):
        steps.send(ApiResponse(status=200, headers={}, body=b'{"Error": {"ErrorCode": "TicketSearch.AuthFail"}}'))
