"""Which requests are sent again, and which are not."""

from __future__ import annotations

import pytest
from vendor_api import Told, serving

from plugin.contract.api import ApiRequest
from plugin.vendor_api.asking import Asking, AskingProblem, Pace, Refused

ORIGIN = "https://api.example.org"
PACE = Pace(sleep=lambda seconds: None)


def asking(api_routes: Told, trouble: dict[int, Told], request: ApiRequest) -> tuple[int | str, int]:
    """The answer's status or the problem, and how often was asked."""
    with serving(lambda asked: api_routes, trouble) as api:
        ask = Asking(send=api.sender_to([ORIGIN], {}), per_minute=6000, needs=("api_token",), pace=PACE)
        try:
            found: int | str = ask(request).status
        except AskingProblem as problem:
            found = str(problem)
        return found, len(api.asked)


@pytest.mark.parametrize("trouble", [Told(hang_up=True), Told(status=500), Told(status=503)])
def test_what_must_not_be_done_twice_is_not_sent_twice(trouble: Told) -> None:
    request = ApiRequest(url=f"{ORIGIN}/webhooks", method="POST", expects=(201,), once=True)
    found, times = asking(Told(status=201), {1: trouble}, request)
    assert times == 1
    assert "Whether it did what was asked cannot be known" in str(found)


def test_it_is_sent_again_where_the_vendor_says_that_it_did_nothing() -> None:
    request = ApiRequest(url=f"{ORIGIN}/webhooks", method="POST", expects=(201,), once=True)
    assert asking(Told(status=201), {1: Told(status=429)}, request) == (201, 2)


def test_what_only_reads_is_sent_again() -> None:
    assert asking(Told(), {1: Told(hang_up=True), 2: Told(status=500)}, ApiRequest(url=f"{ORIGIN}/calls")) == (200, 3)


def test_a_refusal_names_what_to_check_and_keeps_what_was_said() -> None:
    with serving(lambda asked: Told(status=403, body={"error": "no such key"})) as api:
        ask = Asking(send=api.sender_to([ORIGIN], {}), per_minute=6000, needs=("api_token",), pace=PACE)
        with pytest.raises(Refused, match="Check api_token") as raised:
            ask(ApiRequest(url=f"{ORIGIN}/calls"))
    assert raised.value.body == b'{"error": "no such key"}'
