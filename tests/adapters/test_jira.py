"""Jira: which proof passes, what changes and comments mean in both editions, and that its API tells the same."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures, parse_all, shared

from adapters.jira import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.facts.fold import fold_survey, fold_ticket, in_order

URL = "https://kpi.example.com/hooks/jira"
SECRET = {"secret": "test-secret"}


def recorded(name: str) -> dict[str, Any]:
    """The body of a fixture."""
    [fixture] = [fixture for fixture in load_fixtures("jira") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), {**SECRET, **settings}))


def kinds(body: object, **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


def fields(name: str, **changed: Any) -> dict[str, Any]:
    body = recorded(name)
    body["issue"]["fields"].update(changed)
    return body


# -- proof


def test_the_documented_signature_passes_and_a_changed_body_does_not() -> None:
    [vector] = [
        each
        for each in json.loads(shared("vendors", "signature-vectors-ticketing.json").read_text())
        if each["vendor"] == "jira"
    ]
    settings = {"secret": vector["secret"]}
    headers = {"X-Hub-Signature": vector["expected"]}
    ADAPTER.verify(build_request(url=URL, body=vector["body"], headers=headers), settings)
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(build_request(url=URL, body=vector["body"] + " ", headers=headers), settings)


@pytest.mark.parametrize("prefix", ["", "sha1=", "SHA256=", "sha256"])
def test_a_signature_without_its_prefix_is_refused(prefix: str) -> None:
    digest = hmac.new(b"test-secret", b"{}", hashlib.sha256).hexdigest()
    request = build_request(url=URL, body="{}", headers={"X-Hub-Signature": prefix + digest})
    with pytest.raises(Rejected):
        ADAPTER.verify(request, SECRET)


def test_without_a_signature_only_a_secret_address_proves_anything() -> None:
    request = build_request(url=f"{URL}/hidden", body="{}")
    ADAPTER.verify(request, {"proof": "address", "path_secret": "hidden"})
    with pytest.raises(Rejected, match="path_secret"):
        ADAPTER.verify(request, {"proof": "address"})


# -- what a change means


def test_a_solved_status_of_ones_own_is_known_by_its_category() -> None:
    body = fields("solved", status={"name": "Fertig", "statusCategory": {"key": "done"}}, resolution=None)
    body["changelog"]["items"] = [{"field": "status", "from": "3", "fromString": "In Arbeit", "toString": "Fertig"}]
    assert kinds(body) == ["ticket.solved"]


def test_a_resolution_that_is_ignored_solves_nothing() -> None:
    body = recorded("solved_by_resolution_alone")
    assert kinds(body) == ["ticket.solved"]
    assert kinds(body, resolution="ignored") == []


def test_from_resolved_to_closed_is_closed_and_not_solved_again() -> None:
    assert kinds(recorded("closed")) == ["ticket.closed"]


def test_a_change_of_something_else_in_a_closed_issue_means_nothing() -> None:
    body = recorded("closed")
    body["changelog"]["items"] = [{"field": "labels", "fieldId": "labels", "fromString": "a", "toString": "b"}]
    assert kinds(body) == []


def test_a_status_that_nobody_knows_any_more_is_no_reopening_unless_the_administrator_says_so() -> None:
    body = recorded("own_status_names")
    assert kinds(body) == []
    assert kinds(body, statuses="fertig = solved") == ["ticket.reopened"]


def test_a_meaning_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadPayload, match="'finished' is none of closed"):
        kinds(recorded("solved"), statuses="Resolved = finished")


def test_a_field_of_ones_own_that_is_called_status_is_no_status() -> None:
    body = recorded("solved")
    body["changelog"]["items"] = [
        {"field": "Status", "fieldId": "customfield_1", "from": "a", "fromString": "Open", "toString": "Resolved"}
    ]
    assert kinds(body) == []


@pytest.mark.parametrize(
    ("value", "queue"),
    [
        ({"requestType": {"name": "Repairs"}}, "Repairs"),
        ({"value": "Second line"}, "Second line"),
        ([{"name": "Night team"}], "Night team"),
        ("plain", "plain"),
        ([], None),
    ],
)
def test_a_queue_is_read_from_every_shape_of_field(value: Any, queue: str | None) -> None:
    body = fields("created", customfield_10010=value)
    assert parse(body, queue_from="customfield_10010")[0].queue == queue


def test_an_app_that_reports_for_a_customer_is_no_agent() -> None:
    app = {"accountId": "557058:mail", "displayName": "Mail handler", "accountType": "app"}
    assert "opened_by" not in parse(fields("created", creator=app))[0].data
    assert "opened_by" not in parse(fields("created_for_customer_assigned"), bots="ann agent")[0].data


# -- comments


def test_whoever_reported_the_issue_is_the_customer_even_as_a_colleague() -> None:
    colleague = {"accountId": "5c5f-eve", "displayName": "Eve Employee", "accountType": "atlassian"}
    body = recorded("server_agent_comment")
    body["comment"]["author"], body["issue"]["fields"]["reporter"] = colleague, colleague
    assert kinds(body) == ["ticket.customer_replied"]
    assert kinds(body, customers="portal") == ["ticket.agent_replied"]


def test_a_comment_for_a_role_is_a_note_though_jira_calls_it_public() -> None:
    body = recorded("comment_for_a_role")
    assert kinds(body) == ["ticket.noted"]
    body["comment"]["jsdPublic"] = True
    assert kinds(body) == ["ticket.noted"]


def test_a_comment_comes_once_however_often_it_is_told() -> None:
    """A server without names of events tells an edited comment like a new one."""
    first, edited = recorded("server_agent_comment"), recorded("server_agent_comment")
    edited["comment"]["updated"] = "2026-11-24T12:00:00.000+0200"
    del edited["issue_event_type_name"]
    assert parse(first) == parse(edited)


def test_the_property_of_service_management_makes_a_comment_internal() -> None:
    body = recorded("server_service_desk_comment_ignored")
    body["comment"]["properties"] = [{"key": "sd.public.comment", "value": {"internal": True}}]
    assert kinds(body) == ["ticket.noted"]
    body["comment"]["properties"] = []
    assert kinds(body) == ["ticket.agent_replied"]


# -- a whole ticket


STORY = ("created", "assigned", "waits_for_customer", "goes_on", "solved", "closed")
MINUTE_MS = 60_000


def test_a_ticket_told_by_webhooks_in_any_order_has_its_times() -> None:
    requests = [build_request(url=URL, body=json.dumps(recorded(name))) for name in STORY]
    for seed in range(5):
        random.Random(seed).shuffle(requests)
        facts = fold_ticket(in_order(parse_all(ADAPTER, requests + requests[:2], SECRET)))
        assert facts.created_at == datetime(2026, 11, 24, 8, 0, 0, 100_000, UTC)
        assert (facts.status, facts.agent, facts.queue) == ("closed", "Ann Agent", "Support")
        assert facts.resolution_ms == 90 * MINUTE_MS + 400
        assert facts.requester_wait_ms == 25 * MINUTE_MS + 400  # 90 minutes less 65 in which it waited for the customer
        assert facts.reopens == 0


def test_the_api_tells_the_same_events_as_the_webhooks_and_what_these_leave_open() -> None:
    told = {event.dedupe_key: event for name in STORY for event in parse(recorded(name))}
    read = {event.dedupe_key: event for event in parse(recorded("history_of_the_api"))}
    assert told.items() <= read.items()
    assert sorted(read.keys() - told.keys()) == [
        "10040:comment:901:ticket.customer_replied",
        "10040:comment:902:ticket.agent_replied",
        "10040:comment:904:ticket.noted",
        "10040:rating:4:1795512600470",
    ]


def test_a_ticket_read_by_api_has_its_first_response_and_its_rating() -> None:
    events = parse(recorded("history_of_the_api"))
    facts = fold_ticket(in_order([event for event in events if event.kind.about == "ticket"]))
    assert facts.first_response_ms == 12 * MINUTE_MS - 100
    assert (facts.agent_replies, facts.customer_replies) == (1, 1)
    answer = fold_survey([event for event in events if event.kind.about == "survey"]).last
    assert answer is not None
    assert (answer.judged.score, answer.agent) == (4, "Ann Agent")


def test_a_reopened_issue_read_backwards_has_both_solutions() -> None:
    body = recorded("history_of_the_api")
    [closed] = [entry for entry in body["histories"] if entry["id"] == "5006"]
    closed["items"] = [
        {"field": "resolution", "fieldId": "resolution", "from": "10000", "fromString": "Done", "to": None},
        {"field": "status", "fieldId": "status", "from": "5", "fromString": "Resolved", "to": "10001"},
    ]
    body["issue"]["fields"] |= {
        "resolution": None,
        "status": {"name": "Waiting for support", "statusCategory": {"key": "indeterminate"}},
    }
    facts = fold_ticket(in_order([event for event in parse(body) if event.kind.about == "ticket"]))
    assert (facts.reopens, facts.status) == (1, "open")


def test_a_ticket_that_changed_its_reporter_was_the_first_ones() -> None:
    body = recorded("history_of_the_api")
    body["histories"].append(
        {
            "id": "5007",
            "author": {"accountId": "5c5f-ann", "displayName": "Ann Agent"},
            "created": "2026-11-24T10:01:00.000+0200",
            "items": [{"field": "reporter", "from": "qm:earlier", "fromString": "Earlier", "to": "qm:bob-customer"}],
        }
    )
    assert parse(body)[0].customer == "qm:earlier"


def test_a_rating_outside_of_its_scale_is_named() -> None:
    body = recorded("history_of_the_api")
    body["feedback"] = {"rating": 6}
    with pytest.raises(BadPayload, match=r"\$\.feedback\.rating: 1 to 5"):
        parse(body)


def test_a_missing_field_is_named_by_its_path() -> None:
    with pytest.raises(BadPayload, match=r"\$\.issue\.fields\.created"):
        parse(fields("created", created=None))
