"""SatisMeter: the token in the address, and answers by their metric."""

from __future__ import annotations

import json
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_tickets import fold_survey_of

from adapters.satismeter import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event

URL = "https://kpi.example.com/hooks/satismeter"


def body_of(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("satismeter") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


@pytest.mark.parametrize("query", ["", "?token=", "?token=another", "?token=a+b/c", "?other=a+b/c="])
def test_only_the_whole_token_passes(query: str) -> None:
    settings = {"token": "a+b/c="}
    for spelling in ("a+b/c=", "a%2Bb%2Fc%3D"):
        ADAPTER.verify(build_request(url=f"{URL}?token={spelling}", body=b"{}"), settings)
    with pytest.raises(Rejected):
        ADAPTER.verify(build_request(url=URL + query, body=b"{}"), settings)


def test_each_metric_is_a_survey_of_its_own() -> None:
    told = [(event.subject, event.data["type"], event.data["scale"], event.data["score"]) for event in parse(THREE)]
    assert told == [
        ("res1:q1", "nps", "0-10", 9),
        ("res1:q3", "ces", "1-7", 6),
        ("res1:q4", "csat", "1-5", 4),
    ]


THREE = body_of("three_metrics")


@pytest.mark.parametrize("word", ["dismissed", "pending"])
def test_a_response_that_was_not_given_counts_nowhere(word: str) -> None:
    assert parse({**THREE, "response": {**THREE["response"], word: True}}) == []


def test_a_score_is_judged_on_the_scale_that_was_entered() -> None:
    survey = fold_survey_of("satismeter", "linked_to_a_ticket", ticket="ticket_id")
    assert (survey.ticket, survey.answers[0].judged.negative) == ("T-9", 1)
    [_, csat] = parse(body_of("other_scales"), csat_scale="1-7", ces_scale="1-5")
    assert (csat.data["scale"], csat.data["score"]) == ("1-7", 6)


def test_an_older_project_names_no_metric_but_a_category() -> None:
    response = {**THREE["response"], "answers": [{"id": "q2", "value": 5}], "rating": 3, "category": "detractor"}
    [event] = parse({"response": response})
    assert (event.subject, event.data["type"], event.data["score"]) == ("res1:rating", "nps", 3)
    assert parse({"response": {**response, "category": None}}) == []


def test_a_score_that_is_none_is_named_by_its_path() -> None:
    body = json.loads(json.dumps(THREE))
    body["response"]["answers"][0]["value"] = "nine"
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == "$.response.answers[0].value"
