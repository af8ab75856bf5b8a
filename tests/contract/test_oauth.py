"""The login to an API: got once, replaced when it is refused; and the pieces of a span of time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from plugin.contract.api import ApiRequest, ApiResponse, received
from plugin.contract.oauth import Login, grant
from plugin.contract.pull import windows

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
GRANT = grant("https://api.example.com/token", {"Authorization": "Basic x"}, grant_type="client_credentials")
PAGE = ApiRequest(url="https://api.example.com/calls", headers={"X-Own": "1"}, expects=(200, 404))


def answers(login: Login, *told: tuple[int, object]) -> Sequence[ApiRequest]:
    """What is asked while these answers are given, in which order."""
    steps, asked = login.ask(PAGE), []
    step = next(steps)
    for status, body in told:
        assert isinstance(step, ApiRequest)
        asked.append(step)
        try:
            step = steps.send(ApiResponse(status=status, headers={}, body=json.dumps(body).encode(), received_at=AT))
        except StopIteration:
            return asked
    raise AssertionError(f"another question: {step}")


def test_a_token_is_got_before_the_first_question_and_kept() -> None:
    login = Login(grant=GRANT)
    first, second = answers(login, (200, {"access_token": "t-1"}), (200, {}))
    assert (first.method, first.body) == ("POST", b"grant_type=client_credentials")
    assert first.headers == {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic x"}
    assert (second.headers, second.expects) == ({"X-Own": "1", "Authorization": "Bearer t-1"}, (200, 404, 401))
    assert len(answers(login, (200, {}))) == 1


def test_a_refused_token_is_replaced_once() -> None:
    login = Login(grant=GRANT, token="old")
    asked = answers(login, (401, {}), (200, {"access_token": "new"}), (200, {}))
    assert [request.headers.get("Authorization") for request in asked] == ["Bearer old", "Basic x", "Bearer new"]
    assert asked[-1].expects == (200, 404)


def test_a_span_is_cut_into_pieces_of_which_the_last_is_shorter() -> None:
    day = timedelta(days=1)
    assert list(windows(AT, AT + 2.5 * day, day)) == [
        (AT, AT + day),
        (AT + day, AT + 2 * day),
        (AT + 2 * day, AT + 2.5 * day),
    ]
    assert list(windows(AT, AT, day)) == []


def test_an_answer_without_its_moment_is_a_mistake_of_the_reader() -> None:
    with pytest.raises(ValueError, match="received_at"):
        received(ApiResponse(status=200, headers={}, body=b""))
