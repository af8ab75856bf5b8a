"""Refiner: the token in the address, and the questions that the administrator named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_survey_of

from adapters.refiner import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.api import ApiResponse
from plugin.contract.event import Event
from plugin.contract.pull import Page

URL = "https://kpi.example.com/hooks/refiner"


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("refiner") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


@pytest.mark.parametrize("query", ["", "?token=", "?token=another"])
def test_only_the_whole_token_passes(query: str) -> None:
    ADAPTER.verify(build_request(url=f"{URL}?token=test-token", body=b"{}"), {"token": "test-token"})
    with pytest.raises(Rejected):
        ADAPTER.verify(build_request(url=URL + query, body=b"{}"), {"token": "test-token"})


def test_only_named_questions_count() -> None:
    body = body_of("named_questions")
    assert parse(body) == []
    told = parse(body, questions="how_happy = csat\neffort = ces 1-5")
    assert [(event.data["type"], event.data["scale"], event.data["score"]) for event in told] == [
        ("csat", "1-5", 4),
        ("ces", "1-5", 3),
    ]


def test_a_question_that_is_called_nps_is_known() -> None:
    survey = fold_survey_of("refiner", "nps")
    assert (survey.type, survey.answers[0].judged.positive) == ("nps", 1)


def test_an_answer_is_linked_by_an_attribute() -> None:
    assert fold_survey_of("refiner", "linked_to_a_ticket", ticket="ticket_id").ticket == "T-9"


@pytest.mark.parametrize(
    ("settings", "data", "path"),
    [
        ({"questions": "mood = smile"}, {"mood": 3}, "setting questions"),
        ({}, {"nps": "nine"}, "$.response.data.nps"),
    ],
)
def test_a_mistake_is_named(settings: dict[str, str], data: dict[str, Any], path: str) -> None:
    body = body_of("nps")
    body["response"]["data"] = data
    with pytest.raises(BadPayload) as caught:
        parse(body, **settings)
    assert caught.value.path == path


def test_a_response_that_the_api_shows_is_the_same_answer_once() -> None:
    told = body_of("linked_to_a_ticket")
    contact = {name: told[name] for name in ("uuid", "remote_id", "email", "attributes")}
    page = {"items": [{**told["response"], "contact": contact}], "pagination": {"current_page": 1, "last_page": 1}}
    assert ADAPTER.pull is not None
    given = {"api_key": "made-up", "ticket": "ticket_id"}
    steps = ADAPTER.pull.steps(given, datetime(2026, 11, 1, tzinfo=UTC), None)
    next(steps)
    read = steps.send(ApiResponse(status=200, headers={}, body=json.dumps(page).encode()))
    assert isinstance(read, Page)
    [body] = read.bodies
    assert parse(json.loads(body), ticket="ticket_id") == parse(told, ticket="ticket_id")
