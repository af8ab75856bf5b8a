"""3CX: the token in the address, the add-on's odd words, and whole calls up to their facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from adapter_fixtures import FIXTURES, build_request, find_adapters
from whole_calls import fold_call, legs, rings, visits

from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.facts.fold import ContactFacts

THREECX = find_adapters()["threecx"]
URL = "https://kpi.example.com/hooks/threecx/0d1f2a3b"
NAMES = {"queues": "804 = Support\n805 = Back office", "agents": "101 = Ada Example\n102 = Grace Example"}
TOKENS = {"token": ["new-token", "old-token"]}


def call(name: str) -> ContactFacts:
    """The facts of a made-up call of which every request is a fixture `<name>_…`, in any order."""
    names = [path.stem for path in (FIXTURES / "threecx").glob(f"{name}_*.json")]
    return fold_call("threecx", *sorted(names), **NAMES)


def told(**body: Any) -> list[Event]:
    full = {"event": "ringing", "id": "1", "user": "102", "usertype": " ext", "callerid": "493055501234", **body}
    return list(THREECX.parse(build_request(url=URL, body=json.dumps(full)), NAMES))


# -- proof


@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_either_live_token_is_accepted(token: str) -> None:
    THREECX.verify(build_request(url=f"{URL}?token={token}"), TOKENS)


@pytest.mark.parametrize("query", ["", "?token=", "?token=other", "?secret=new-token", "?token=new-token%20"])
def test_any_other_address_is_refused(query: str) -> None:
    with pytest.raises(Rejected, match="token"):
        THREECX.verify(build_request(url=f"{URL}{query}"), TOKENS)


# -- single requests


@pytest.mark.parametrize("usertype", [" ext", "ext", "EXT "])
def test_the_type_of_a_user_is_read_without_the_spaces_around_it(usertype: str) -> None:
    assert [event.kind for event in told(usertype=usertype)] == ["contact.offered", "contact.ringing"]


@pytest.mark.parametrize(("did", "line"), [("DID-493055500000", "493055500000"), ("empty", None), ("", None)])
def test_the_called_number_has_a_prefix_or_is_empty(did: str, line: str | None) -> None:
    assert told(did=did)[0].data.get("entry_number") == line


def test_that_a_queue_took_the_call_is_no_answer() -> None:
    assert told(event="hangupincoming", usertype=" queue", user="804") == []


@pytest.mark.parametrize("body", [{"event": "outgoing"}, {"event": None}, {"event": "incoming", "FILES": ["x"]}])
def test_other_requests_are_ignored(body: dict[str, Any]) -> None:
    assert told(**body) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [({"id": None}, "$.id"), ({"event": "incoming", "transfer": "perhaps"}, "$.transfer")],
)
def test_what_cannot_be_read_is_named(body: dict[str, Any], path: str) -> None:
    with pytest.raises(BadPayload) as problem:
        told(**body)
    assert problem.value.path == path


# -- whole calls


def test_an_answered_queue_call() -> None:
    facts = call("answered")
    assert visits(facts) == [("Support", "answered", 20.0)]
    assert legs(facts) == [("Grace Example", 120.0, None, None)]
    assert ("Grace Example", "answered", 8.0) in rings(facts)
    assert (facts.customer, facts.entry_number) == ("493055501234", "493055500000")


def test_who_hangs_up_in_the_queue_abandons() -> None:
    facts = call("abandoned")
    assert (visits(facts), facts.legs) == ([("Support", "abandoned", 25.0)], [])


def test_each_queue_and_each_agent_has_his_part() -> None:
    facts = call("overflow")
    assert visits(facts) == [("Support", "flow_out", 30.0), ("Back office", "answered", 11.0)]
    assert legs(facts) == [("Ada Example", 60.0, None, None), ("Grace Example", 60.0, None, None)]


def test_a_menu_and_a_direct_call_are_in_no_queue() -> None:
    menu = call("menu_only")
    assert (menu.visits, menu.legs, menu.outcome, menu.customer) == ([], [], "ended", None)
    direct = call("direct")
    assert (direct.visits, legs(direct)) == ([], [("Ada Example", 60.0, None, None)])
