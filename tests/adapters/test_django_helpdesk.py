"""django-helpdesk: its proof, what follow-ups mean, what polling adds; `test_django_helpdesk_running` has a real one."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_ticket_of, seconds

from adapters.django_helpdesk import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import TicketFacts

URL = "https://kpi.example.com/hooks/django_helpdesk"
LIFE = (
    "mail_new",
    "note",
    "reply_and_assignment",
    "customer_mail",
    "resolved",
    "customer_mail_on_resolved",
    "reopened",
    "api_closed_in_bulk",
)
NAMES = "2 = Bob\n3 = Eve"


def signed(password: str, scheme: str = "Basic") -> WebhookRequest:
    credentials = base64.b64encode(f"deskgauge:{password}".encode()).decode()
    return build_request(url=URL, body="{}", headers={"Authorization": f"{scheme} {credentials}"})


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("django_helpdesk") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: Mapping[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


def kinds(body: Mapping[str, Any], **settings: str) -> list[str]:
    return [event.kind.value for event in parse(body, **settings)]


# Proof


def test_the_password_of_the_address_is_the_proof() -> None:
    ADAPTER.verify(signed("right:with a colon"), {"token": "right:with a colon"})
    for request in (signed("wrong"), signed(""), signed("right", scheme="Bearer")):
        with pytest.raises(Rejected):
            ADAPTER.verify(request, {"token": "right"})


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic cmlnaHQ=", "right"])
def test_a_broken_header_is_refused(header: str) -> None:
    with pytest.raises(Rejected):
        ADAPTER.verify(build_request(url=URL, body="{}", headers={"Authorization": header}), {"token": "right"})


# Whole tickets


def test_a_ticket_from_mail_to_bulk_closing_has_its_times() -> None:
    facts = fold_ticket_of("django_helpdesk", *LIFE, names=NAMES, queues="1 = support")
    assert (facts.status, facts.queue, facts.agent, facts.priority) == ("closed", "support", "Eve", "high")
    assert (facts.agent_replies, facts.customer_replies, facts.reopens, facts.regroups) == (2, 2, 1, 0)
    assert seconds(facts.first_response_ms) == 30 * 60
    assert seconds(facts.first_resolution_ms) == 70 * 60
    assert seconds(facts.resolution_ms) == 110 * 60
    assert [seconds(reply.reply_ms) for reply in facts.replies] == [600]
    assert facts.customer == "customer.one@example.com"


@pytest.mark.parametrize("left_out", LIFE[:-1])
def test_a_lost_delivery_is_told_by_the_next(left_out: str) -> None:
    settings = {"names": NAMES, "queues": "1 = support"}
    whole = fold_ticket_of("django_helpdesk", *LIFE, **settings)
    some = fold_ticket_of("django_helpdesk", *(name for name in LIFE if name != left_out), **settings)
    # To whom the ticket was given in a delivery that was lost, the next one tells only from then on.
    assert (some.first_response_ms, some.resolution_ms, _times(some)) == (
        whole.first_response_ms,
        whole.resolution_ms,
        _times(whole),
    )


def _times(facts: TicketFacts) -> list[object]:
    return [replace(span, solved_by="") for span in facts.spans]


def test_the_api_alone_tells_all_but_earlier_places() -> None:
    facts = fold_ticket_of("django_helpdesk", "api_closed_in_bulk", names=NAMES)
    assert (facts.status, facts.agent, facts.queue) == ("closed", "Eve", "")
    assert seconds(facts.first_response_ms) == 30 * 60


def test_what_left_no_follow_up_counts_from_when_it_was_seen() -> None:
    settings = {"bots": "9", "queues": "1 = support\n2 = second-line"}
    before = fold_ticket_of("django_helpdesk", "integration_new", "api_escalated_by_timer", **settings)
    assert (before.status, before.queue, before.priority, before.customer_replies) == ("open", "support", "high", 0)
    after = fold_ticket_of(
        "django_helpdesk",
        "integration_new",
        "integration_reply",
        "api_escalated_by_timer",
        "api_moved_and_solved_without_trace",
        **settings,
    )
    assert (after.status, after.queue, after.regroups) == ("solved", "second-line", 1)
    assert after.solved_at == datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert (after.agent_replies, after.first_response_at) == (0, None)


def test_a_solution_without_a_trace_ends_with_the_follow_up_that_reopens() -> None:
    seen = recorded("note")
    seen["ticket"]["status"] = 3
    assert kinds(seen)[-1] == "ticket.solved"
    reopened = recorded("note")
    reopened["ticket"]["status"] = 2
    reopened["ticket"]["followup_set"][-1]["new_status"] = 2
    assert "ticket.reopened" in kinds(reopened)
    assert "ticket.solved" not in kinds(reopened)


def test_a_merged_ticket_counts_nowhere() -> None:
    assert fold_ticket_of("django_helpdesk", "web_new", "api_merged").excluded == "merged"
    assert fold_ticket_of("django_helpdesk", "own_statuses", statuses="6 = pending").excluded == "merged"


def test_statuses_of_the_site_pause_the_clock() -> None:
    facts = fold_ticket_of("django_helpdesk", "own_statuses", statuses="6 = pending")
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1800)


def test_the_clock_of_what_an_agent_wrote_down_waits_for_the_customer() -> None:
    assert fold_ticket_of("django_helpdesk", "staff_new").opened_by_agent
    assert not fold_ticket_of("django_helpdesk", "web_new").opened_by_agent
    assert not fold_ticket_of("django_helpdesk", "integration_new", bots="9").opened_by_agent


# Follow-ups


def test_a_private_comment_is_no_reply_and_an_empty_one_is_nothing() -> None:
    body = recorded("note")
    assert "ticket.noted" in kinds(body)
    body["ticket"]["followup_set"][-1]["comment"] = " "
    assert kinds(body) == ["ticket.opened", "ticket.assigned"]


def test_titles_in_another_language_are_named_in_the_settings() -> None:
    body = recorded("web_new")
    body["ticket"]["followup_set"][0]["title"] = "Pieteikums atvērts tīmeklī"
    opened, _ = parse(body)
    assert (opened.channel, opened.data.get("opened_by")) == (None, "agent")
    opened, _ = parse(body, titles="Pieteikums atvērts = web")
    assert (opened.channel, opened.data.get("opened_by")) == ("web", None)


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({}, "$.ticket"),
        ({"ticket": {"id": 1}}, "$.ticket.status"),
        ({"ticket": {"id": 1, "status": 1, "followup_set": [{"id": 2}]}}, "$.ticket.followup_set[0].date"),
    ],
)
def test_a_missing_field_is_named(broken: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse(broken)
    assert caught.value.path == path


# Polling

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
SETTINGS = {"base_url": "https://help.example.org/helpdesk/", "api_user": "ann", "api_password": "made-up"}


def listed(number: int, status: int, day: str, told: int | None = None) -> dict[str, Any]:
    followup = {"id": number, "date": f"{day}T10:00:00Z", "new_status": told}
    return {"id": number, "status": status, "followup_set": [followup]}


TICKETS = [
    listed(1, 4, "2026-10-01", told=4),
    listed(2, 1, "2026-10-01"),
    listed(3, 3, "2026-10-01"),
    listed(4, 4, "2026-11-02", told=4),
]


def pages(cursor: str | None = None, missing: int | None = None) -> list[Page]:
    """Two tickets on a page."""
    assert ADAPTER.pull is not None
    steps = ADAPTER.pull.steps(SETTINGS, SINCE, cursor)
    found: list[Page] = []
    step = next(steps)
    try:
        while True:
            if isinstance(step, Page):
                found.append(step)
                step = steps.send(ApiResponse(status=200, headers={}, body=b""))
            else:
                step = steps.send(_answer(step, missing))
    except StopIteration:
        return found


def _answer(request: ApiRequest, missing: int | None) -> ApiResponse:
    assert request.url.startswith("https://help.example.org/helpdesk/api/tickets/?page=")
    assert request.headers["Authorization"].startswith("Basic ")
    number = int(request.url.partition("page=")[2].partition("&")[0])
    if number == missing:
        assert 404 in request.expects
        return ApiResponse(status=404, headers={}, body=b'{"detail": "Invalid page."}')
    part = TICKETS[2 * number - 2 : 2 * number]
    more = "https://elsewhere.example/" if 2 * number < len(TICKETS) else None
    body = json.dumps({"results": part, "next": more}).encode()
    return ApiResponse(status=200, headers={}, body=body)


def ids(found: list[Page]) -> list[int]:
    return [json.loads(body)["ticket"]["id"] for page in found for body in page.bodies]


def test_polling_keeps_what_is_unfinished_recent_or_unexplained() -> None:
    assert ids(pages()) == [2, 3, 4]


def test_an_interrupted_poll_goes_on_at_the_next_page() -> None:
    first, _ = pages()
    assert ids(pages(first.cursor)) == [3, 4]


def test_a_page_that_deletions_took_away_is_the_end() -> None:
    assert ids(pages(missing=2)) == [2]


def test_a_wrong_address_is_not_taken_for_an_end() -> None:
    assert ADAPTER.pull is not None
    request = next(ADAPTER.pull.steps(SETTINGS, SINCE, None))
    assert isinstance(request, ApiRequest)
    assert tuple(request.expects) == (200,)
