"""Calls that were really made through a FreeSWITCH, against what the phones saw; ../shared/captures, skipped when absent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import parse_all

from adapters.freeswitch import ADAPTER
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts, fold_contact, in_order

CAPTURE = Path(__file__).parents[3] / "shared" / "captures" / "freeswitch-basic20"
TOLERANCE_S = 1.1
PASSWORD = "secret"  # of the machine that was recorded
#: the phones' names, as an administrator would enter them
AGENTS = {"alice": "1001", "bob": "1002", "carla": "1003", "dan": "1004", "eve": "1005", "finn": "1006"}
POSTS = ("json_cdr", "format_cdr")

pytestmark = pytest.mark.skipif(not CAPTURE.is_dir(), reason="the captures are not part of the project")


@cache
def truth() -> dict[str, Any]:
    return json.loads((CAPTURE / "TRUTH.json").read_text())  # type: ignore[no-any-return]


def names() -> str:
    people = [f"{login}@default = {truth()['agents'][ext]}" for login, ext in AGENTS.items()]
    extensions = [f"{ext} = {name}" for ext, name in truth()["agents"].items()]
    return "\n".join([*people, *extensions, "support@default = support", "sales@default = sales"])


def request_of(path: Path) -> WebhookRequest:
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    opening, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    url = f"https://x.example{opening.split(' ')[1]}"
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return WebhookRequest(method="POST", url=url, headers=headers, body=body, received_at=now)


@cache
def requests_of(post: str) -> list[WebhookRequest]:
    return [request_of(path) for path in sorted((CAPTURE / f"webhooks_{post}").glob("*.http"))]


def folded(requests: list[WebhookRequest]) -> dict[str, ContactFacts]:
    groups: dict[str, list[Event]] = {}
    for event in in_order(parse_all(ADAPTER, requests, {"names": names()})):
        groups.setdefault(event.subject, []).append(event)
    facts = [fold_contact(events, knows=ADAPTER.facts) for events in groups.values()]
    return {fact.customer or "": fact for fact in facts}


@dataclass(frozen=True)
class Call:
    truth: dict[str, Any]
    facts: ContactFacts

    @property
    def talked(self) -> list[dict[str, Any]]:
        return [attempt for attempt in self.truth["attempts"] if attempt["answered"]]


@cache
def calls(post: str = "json_cdr") -> dict[str, Call]:
    facts = folded(requests_of(post))
    assert len(facts) == len(truth()["calls"]), "a call that nobody made"
    return {call["id"]: Call(truth=call, facts=facts[call["caller"]]) for call in truth()["calls"]}


def near(milliseconds: int | None, seconds: float) -> bool:
    return milliseconds is not None and abs(milliseconds / 1000 - seconds) <= TOLERANCE_S


@pytest.mark.parametrize("post", POSTS)
def test_every_post_is_proven_by_its_password(post: str) -> None:
    for request in requests_of(post):
        ADAPTER.verify(request, {"password": PASSWORD})


@pytest.mark.parametrize("post", POSTS)
def test_every_call_agrees_with_what_the_phones_saw(post: str) -> None:
    for name, call in calls(post).items():
        facts = call.facts
        assert facts.outcome == call.truth["outcome"], name
        assert facts.direction == "inbound"
        assert facts.entry_number == call.truth["dialled"]
        assert facts.visits[0].queue == truth()["queues"][call.truth["dialled"]]
        assert near(facts.visits[0].wait_ms, call.truth["wait_s"]), name
        assert abs(facts.visits[0].entered_at.timestamp() - call.truth["t_answered_by_pbx"]) <= TOLERANCE_S
        assert abs((facts.ended_at or facts.started_at).timestamp() - call.truth["t_end"]) <= TOLERANCE_S
        assert facts.flaw is None


@pytest.mark.parametrize("post", POSTS)
def test_every_talk_has_its_agent_and_its_length(post: str) -> None:
    for name, call in calls(post).items():
        talked = [(leg.agent, near((leg.talk_ms or 0) + (leg.hold_ms or 0), attempt["talk_s"]))
                  for leg, attempt in zip(call.facts.legs, call.talked, strict=False)]  # fmt: skip
        assert talked == [(attempt["name"], True) for attempt in call.talked], name
        assert len(call.facts.legs) == len(call.talked) + (1 if "consult_target" in call.truth else 0), name


def test_the_sums_are_those_of_the_phones() -> None:
    answered = [call.facts for call in calls().values() if call.facts.outcome == "answered"]
    assert len(answered) == truth()["totals"]["answered"]
    assert len(calls()) - len(answered) == truth()["totals"]["abandoned"]
    assert sum(facts.transferred for facts in answered) == truth()["totals"]["transferred"]
    waited = sum((facts.visits[0].wait_ms or 0) for facts in answered) / 1000
    assert abs(waited - truth()["totals"]["wait_answered_sum_s"]) < 2


def test_a_hold_is_taken_out_of_the_talk() -> None:
    leg = calls()["C03"].facts.legs[0]
    assert near(leg.hold_ms, 5.999)
    assert near(leg.talk_ms, 25.37 - 5.999)
    assert calls()["C01"].facts.legs[0].hold_ms == 0


def test_a_blind_transfer_into_a_queue_opens_a_second_visit_of_the_same_call() -> None:
    facts = calls()["C12"].facts
    assert [(visit.queue, visit.outcome) for visit in facts.visits] == [("support", "answered"), ("sales", "answered")]
    assert [(leg.agent, leg.transferred) for leg in facts.legs] == [("Carla Cole", True), ("Eve Early", False)]


def test_after_an_attended_transfer_the_other_agent_talks_with_the_customer_and_the_consultation_is_no_contact() -> (
    None
):
    call = calls()["C13"]
    first, second = call.facts.legs
    assert (first.agent, first.transferred) == ("Alice Ames", True)
    assert near((first.talk_ms or 0) + (first.hold_ms or 0), call.talked[0]["talk_s"])
    assert second.agent == "Eve Early"
    assert near(second.talk_ms, call.truth["consult_target"]["talk_with_customer_s"])


def test_a_blind_transfer_to_an_extension_gives_the_other_agent_his_part() -> None:
    facts = calls()["C14"].facts
    assert [(leg.agent, leg.transferred, leg.queue) for leg in facts.legs] == [
        ("Bob Bright", True, "support"),
        ("Finn Ford", False, "support"),
    ]


def test_every_ring_has_its_result_and_its_length() -> None:
    for name, call in calls().items():
        results = {"answered": "answered", "rejected": "declined", "cancelled_or_timeout": "missed"}
        wanted = [(attempt["name"], results[attempt["result"]]) for attempt in call.truth["attempts"]]
        if call.truth["outcome"] == "abandoned" and wanted:
            wanted[-1] = (wanted[-1][0], "cancelled")  # the caller hung up while it rang
        rings = call.facts.rings
        assert [(ring.agent, ring.result) for ring in rings] == wanted, name
        lengths = [
            near(ring.ring_ms, attempt["ring_s"]) for ring, attempt in zip(rings, call.truth["attempts"], strict=True)
        ]
        assert all(lengths), name


def test_without_the_agents_legs_the_callers_leg_tells_of_the_last_agent() -> None:
    """As where `log-b-leg` is off: outcomes and waits are right; rings, holds and the agent before a transfer are missing."""
    callers = [request for request in requests_of("json_cdr") if b'"cc_side":"member"' in request.body]
    facts = folded(callers)
    for name, call in calls().items():
        alone = facts[call.truth["caller"]]
        assert alone.outcome == call.truth["outcome"], name
        assert near(alone.visits[0].wait_ms, call.truth["wait_s"]) or name == "C12"
        if call.talked and name not in ("C12", "C13"):
            assert [leg.agent for leg in alone.legs] == [attempt["name"] for attempt in call.talked], name
            assert near(alone.legs[0].talk_ms, call.talked[0]["talk_s"]), name


def test_any_order_of_arrival_and_repeats_give_the_same_calls() -> None:
    requests = requests_of("json_cdr")
    assert folded(requests[::-1] + requests[::2]) == folded(requests)


def test_both_modules_tell_the_same_calls() -> None:
    assert folded(requests_of("format_cdr")) == folded(requests_of("json_cdr"))
