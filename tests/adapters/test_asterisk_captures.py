"""Calls that were really made through an Asterisk, against what the phones saw; ../shared/captures, skipped when absent."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.asterisk import ADAPTER, facts_of
from plugin.contract.event import Event, Kind
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts, fold_contact, in_order

CAPTURES = Path(__file__).parents[3] / "shared" / "captures"
TOLERANCE_S = 1.1
RECORDS = {"queue_log": {}, "ami": {"record": "ami"}}
FILES = {"queue_log": "queue_log", "ami": "ami_kpi_min.raw"}

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the captures are not part of the project")


@dataclass(frozen=True)
class Capture:
    truth: dict[str, Any]
    facts: dict[str, ContactFacts]

    def call(self, name: str) -> tuple[dict[str, Any], ContactFacts]:
        call = next(call for call in self.truth["calls"] if call["id"] == name)
        return call, self.facts[call["caller"]]


def events_of(path: Path, settings: dict[str, str]) -> list[Event]:
    with path.open(encoding="utf-8") as stream:
        bodies = list(ADAPTER.files(stream, settings))
    now = datetime(2026, 11, 25, tzinfo=UTC)
    requests = (WebhookRequest(method="POST", url="https://x.example/", body=body, received_at=now) for body in bodies)
    return [event for request in requests for event in ADAPTER.parse(request, settings)]


def read(folder: str, record: str) -> Capture:
    settings = RECORDS[record]
    events = events_of(CAPTURES / folder / FILES[record], settings)
    by_call: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind.about == "contact":
            by_call[event.subject].append(event)
    restarts = [event.at for event in events if event.kind is Kind.SOURCE_RESTARTED]
    folded = [fold_contact(in_order(call), restarts, facts_of(settings)) for call in by_call.values()]
    truth = json.loads((CAPTURES / folder / "TRUTH.json").read_text())
    return Capture(truth=truth, facts={facts.customer: facts for facts in folded if facts.customer})


def near(milliseconds: int | None, seconds: float) -> bool:
    return milliseconds is not None and abs(milliseconds / 1000 - seconds) <= TOLERANCE_S


def answered(call: dict[str, Any]) -> dict[str, Any]:
    return next(attempt for attempt in call["attempts"] if attempt["answered"])


def check_entry(capture: Capture, call: dict[str, Any], facts: ContactFacts) -> None:
    offset = capture.truth.get("clock_offset_s", 0)
    entered_at = facts.visits[0].entered_at.timestamp()
    assert abs(entered_at - (call["t_answered_by_pbx"] + offset)) <= TOLERANCE_S
    assert facts.visits[0].queue == capture.truth["queues"][call["dialled"]]
    assert facts.direction == "inbound"


def check_talk(call: dict[str, Any], facts: ContactFacts, record: str) -> None:
    leg, attempt = facts.legs[0], answered(call)
    assert leg.agent == attempt["name"]
    assert leg.transferred is (call["transfer"] is not None)
    if record == "queue_log":
        assert leg.hold_ms is None
        assert near(leg.talk_ms, attempt["talk_s"])
    else:
        assert near((leg.talk_ms or 0) + (leg.hold_ms or 0), attempt["talk_s"])


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("folder", ["asterisk-basic20", "asterisk-dst-spring"])
def test_every_call_agrees_with_what_the_phones_saw(folder: str, record: str) -> None:
    capture = read(folder, record)
    assert len(capture.facts) == len(capture.truth["calls"])
    for call in capture.truth["calls"]:
        facts = capture.facts[call["caller"]]
        assert facts.outcome == call["outcome"], call["id"]
        check_entry(capture, call, facts)
        assert near(facts.visits[0].wait_ms, call["wait_s"]), call["id"]
        if call["outcome"] == "answered":
            check_talk(call, facts, record)
        else:
            assert facts.legs == []


@pytest.mark.parametrize(("folder", "name"), [("asterisk-basic20", "C03"), ("asterisk-dst-spring", "B04-hold-across")])
def test_holds_come_from_ami_and_are_taken_out_of_the_talk(folder: str, name: str) -> None:
    call, facts = read(folder, "ami").call(name)
    assert near(facts.legs[0].hold_ms, answered(call)["hold_s"])
    assert near(facts.legs[0].talk_ms, answered(call)["talk_s"] - answered(call)["hold_s"])


def test_calls_that_nobody_put_on_hold_have_a_hold_of_zero_through_ami() -> None:
    _, facts = read("asterisk-basic20", "ami").call("C01")
    assert facts.legs[0].hold_ms == 0


def test_an_agent_who_consults_before_an_attended_transfer_holds_the_customer() -> None:
    """The phones' plan calls it no hold, but the customer heard music from 682.2 to 686.7."""
    _, facts = read("asterisk-basic20", "ami").call("C13")
    assert near(facts.legs[0].hold_ms, 4.517)


@pytest.mark.parametrize("record", RECORDS)
def test_a_blind_transfer_into_a_queue_opens_a_second_visit_of_the_same_call(record: str) -> None:
    call, facts = read("asterisk-basic20", record).call("C12")
    assert [visit.queue for visit in facts.visits] == ["support", "sales"]
    assert [visit.outcome for visit in facts.visits] == ["answered", "answered"]
    assert [(leg.agent, leg.transferred) for leg in facts.legs] == [("Bob Bright", True), ("Eve Early", False)]
    assert near(facts.legs[1].talk_ms, call["attempts"][1]["talk_s"])


@pytest.mark.parametrize("record", RECORDS)
def test_every_unanswered_ring_is_a_ring_and_no_call(record: str) -> None:
    _, facts = read("asterisk-basic20", record).call("C20")
    missed = [ring.agent for ring in facts.rings if ring.result == "missed"]
    assert missed == ["Alice Ames", "Bob Bright"]
    assert facts.outcome == "abandoned"


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("name", ["K01-done", "K07-after", "K08-after-abandon"])
def test_calls_around_a_crash_are_whole(name: str, record: str) -> None:
    call, facts = read("asterisk-crash", record).call(name)
    assert facts.outcome == call["outcome"]
    assert near(facts.visits[0].wait_ms, call["wait_s"])
    if call["outcome"] == "answered":
        check_talk(call, facts, record)


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("name", ["K02-talking", "K03-talking", "K05-waiting"])
def test_a_talk_that_a_crash_cut_has_no_length(name: str, record: str) -> None:
    call, facts = read("asterisk-crash", record).call(name)
    assert facts.outcome == "answered"
    assert facts.legs[0].agent == answered(call)["name"]
    assert near(facts.visits[0].wait_ms, call["wait_s"])
    assert facts.legs[0].cut
    assert facts.legs[0].talk_ms is None
    assert facts.legs[0].hold_ms is None


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("name", ["K04-ringing", "K06-queued"])
def test_a_wait_that_a_crash_cut_is_an_error_and_no_abandonment(name: str, record: str) -> None:
    _, facts = read("asterisk-crash", record).call(name)
    assert facts.outcome == "error"
    assert facts.legs == []
