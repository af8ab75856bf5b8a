"""Gorgias: the token, and whole tickets out of snapshots."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import api_gorgias
import pytest
from adapter_fixtures import build_request, load_fixtures
from api_reading import read_all
from vendor_api import Asked, Told
from whole_tickets import fold_requests, fold_survey_of, fold_ticket_of, seconds

from adapters._gorgias_pull import kept
from adapters.gorgias import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.pull import delivery
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/gorgias/made-up"
LIFE = (
    "created",
    "message_of_a_rule",
    "assigned",
    "internal_note",
    "agent_reply_and_snooze",
    "customer_reply",
    "closed",
    "survey_sent",
    "reopened",
    "closed_again",
)


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("gorgias") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def changed(name: str, **values: object) -> list[str]:
    body = body_of(name)
    body["ticket"] |= values
    return [event.kind.value.removeprefix("ticket.") for event in parse(body)]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize("given", [None, "", "another", "test-token2"])
def test_only_the_whole_token_passes(given: str | None) -> None:
    right = build_request(url=URL, body=b"{}", headers={"X-Deskgauge-Token": "test-token"})
    ADAPTER.verify(right, {"token": "test-token"})
    headers = {} if given is None else {"X-Deskgauge-Token": given}
    with pytest.raises(Rejected):
        ADAPTER.verify(build_request(url=URL, body=b"{}", headers=headers), {"token": "test-token"})


def test_a_ticket_from_its_beginning_to_its_second_closing() -> None:
    facts = fold_ticket_of("gorgias", *LIFE)
    assert facts.created_at == at("10:00:00")
    assert facts.first_response_at == at("10:20:00"), "neither the rule's message nor the internal note"
    assert (facts.agent_replies, facts.customer_replies, facts.reopens) == (2, 2, 1)
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]
    assert [(span.opened_at, span.solved_at) for span in facts.spans] == [
        (at("10:00:00"), at("11:10:04")),
        (at("12:00:00"), at("12:20:00")),
    ]
    assert [(pause.on, pause.started_at, pause.ended_at) for pause in facts.pauses] == [
        ("customer", at("10:20:02"), at("11:00:00"))
    ]
    assert (facts.queue, facts.agent, facts.channel, facts.priority) == ("Returns", "9", "email", "normal")
    assert facts.customer == "made.up@example.com"


def test_a_lost_request_is_made_good_by_the_next_one() -> None:
    lost = {"message_of_a_rule", "internal_note", "customer_reply", "survey_sent"}
    some = fold_ticket_of("gorgias", *(name for name in LIFE if name not in lost))
    whole = fold_ticket_of("gorgias", *LIFE)
    assert (some.spans, some.replies, some.customer_replies) == (whole.spans, whole.replies, whole.customer_replies)


def test_a_survey_is_sent_and_answered_at_its_own_times() -> None:
    survey = fold_survey_of("gorgias", "survey_sent", "survey_scored")
    [answer] = survey.answers
    assert (survey.sent_at, survey.ticket, survey.queue) == (at("11:15:00"), "81", "Returns")
    assert (answer.answered_at, answer.judged.score, answer.agent) == (at("11:39:59"), 4, "9")


def test_a_ticket_of_an_agent_waits_for_the_customer_first() -> None:
    facts = fold_ticket_of("gorgias", "opened_by_agent")
    assert (facts.opened_by_agent, facts.agent_replies, facts.channel) == (True, 0, "messaging")
    assert facts.customer == "+37120000001"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["reopened", "resumed"]),
        ({"status": "closed", "closed_datetime": "2026-11-24T10:30:00+00:00"}, ["solved"]),
        ({"status": "closed", "snooze_datetime": "2026-11-25T10:30:00+00:00"}, ["reopened", "paused"]),
        ({"spam": True, "status": "closed"}, ["deleted"]),
        ({"trashed_datetime": "2026-11-24T10:30:00+00:00"}, ["deleted"]),
    ],
)
def test_what_a_tickets_state_means(values: dict[str, Any], expected: list[str]) -> None:
    assert changed("created", **values) == ["opened", "assigned", *expected]


def test_bots_are_named_one_per_line() -> None:
    body = body_of("reply_of_a_bot")
    actors = [parse(body, bots=bots)[-1].data["actor"] for bots in ("AI Agent", "11", "somebody", "")]
    assert actors == ["bot", "bot", "human", "human"]


def test_a_message_alone_and_a_ticket_alone_are_read_as_well() -> None:
    [reply] = parse(body_of("message_alone"))
    assert (reply.kind, reply.subject, reply.at) == ("ticket.agent_replied", "91", at("10:20:00"))
    assert parse(body_of("ticket_alone")) == parse(body_of("created"))


def test_a_template_that_was_not_filled_in_is_told_in_words() -> None:
    with pytest.raises(BadPayload, match=r"\{\{context\}\}"):
        parse({"ticket": "{{ticket}}"})


def test_a_missing_field_is_named_by_its_path() -> None:
    body = body_of("created")
    del body["ticket"]["messages"][0]["created_datetime"]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == "$.ticket.messages[0].created_datetime"


def test_users_and_teams_get_their_names() -> None:
    facts = fold_ticket_of("gorgias", *LIFE, names="user 9 = Anna\nteam 5 = Parcels")
    assert (facts.queue, facts.agent) == ("Parcels", "Anna")


def test_the_documented_ticket_with_ids_alone_is_read_as_well() -> None:
    ticket = {
        **{name: value for name, value in body_of("assigned")["ticket"].items() if name not in WHOLE},
        "customer_id": 400,
    }
    found = parse({"ticket": ticket, "message": body_of("message_alone")})
    assert [event.kind.value.removeprefix("ticket.") for event in found][-1] == "agent_replied"
    assert {event.customer for event in found} == {"400"}
    assert [(event.agent, event.queue) for event in found if event.kind == "ticket.assigned"] == [("9", "5")]


WHOLE = ("customer", "assignee_user", "assignee_team", "messages")


# -- history


def read_by_api(*names: str) -> list[WebhookRequest]:
    """What the API showed of the ticket at the time of these deliveries."""
    tickets = [Payload(body_of(name)["ticket"]) for name in names]
    return [build_request(url="api:desk", method="PULL", body=delivery(kept(ticket))) for ticket in tickets]


def test_the_api_and_the_webhooks_together_count_nothing_twice() -> None:
    hooks = [build_request(url=URL, body=json.dumps(body_of(name))) for name in LIFE]
    assert fold_requests("gorgias", [*hooks, *read_by_api(*LIFE)]) == fold_ticket_of("gorgias", *LIFE)


def test_a_ticket_that_is_read_at_every_stage_is_that_of_its_webhooks() -> None:
    assert fold_requests("gorgias", read_by_api(*LIFE)) == fold_ticket_of("gorgias", *LIFE)


def test_of_what_the_api_shows_no_text_is_kept() -> None:
    assert not [request for request in read_by_api(*LIFE) if b'"made up"' in request.body]


def test_reading_goes_on_where_it_stopped_and_ends_at_what_is_older() -> None:
    settings = {"subdomain": "made-up", "api_user": "ann@example.org", "api_key": "made-up-key"}
    whole = read_all(ADAPTER, settings, api_gorgias.answer)
    assert [len(page.bodies) for page in whole.pages] == [9, 9, 9, 9, 9, 9, 6]
    rest = read_all(ADAPTER, settings, api_gorgias.answer, cursor=whole.pages[3].cursor)
    assert rest.bodies == whole.bodies[36:]
    assert read_all(ADAPTER, settings, api_gorgias.answer, cursor=whole.pages[-1].cursor).pages == []


def test_a_ticket_that_went_away_while_it_was_read_is_left_out() -> None:
    def routes(asked: Asked) -> Told:
        return Told(status=404) if asked.path == "/api/tickets/59" else api_gorgias.answer(asked)

    settings = {"subdomain": "made-up", "api_user": "ann@example.org", "api_key": "made-up-key"}
    assert 59 not in {body["id"] for body in read_all(ADAPTER, settings, routes).bodies}
