"""How long an agent's telephone rang for a contact, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from contact_events import event, fold, moment

from plugin.contract.event import Kind
from plugin.facts.fold import Ring

QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")
RINGING = event(Kind.CONTACT_RINGING, 2, "support", "Ann")


def test_a_ring_that_has_not_ended_is_open() -> None:
    assert fold(QUEUED, RINGING).rings == [Ring(agent="Ann", queue="support", started_at=moment(2))]


@pytest.mark.parametrize(("data", "ring_ms"), [({}, 6_000), ({"ring_s": 5}, 5_000), ({"ring_s": None}, None)])
def test_a_ring_lasts_from_its_start_to_its_end_unless_its_length_is_stated(
    data: dict[str, Any], ring_ms: int | None
) -> None:
    missed = event(Kind.CONTACT_RINGING, 8, "support", "Ann", result="missed", **data)
    assert fold(QUEUED, RINGING, missed).rings == [
        Ring(agent="Ann", queue="support", started_at=moment(2), ended_at=moment(8), result="missed", ring_ms=ring_ms)
    ]


@pytest.mark.parametrize(("data", "second", "ring_ms"), [({}, 8, None), ({"ring_s": 5}, 3, 5_000)])
def test_a_ring_that_is_told_of_at_its_end_is_as_long_as_is_stated(
    data: dict[str, Any], second: float, ring_ms: int | None
) -> None:
    missed = event(Kind.CONTACT_RINGING, 8, "support", "Ann", result="missed", **data)
    assert fold(QUEUED, missed).rings == [
        Ring(
            agent="Ann",
            queue="support",
            started_at=moment(second),
            ended_at=moment(8),
            result="missed",
            ring_ms=ring_ms,
        )
    ]


@pytest.mark.parametrize("agent", ["Ann", None])
def test_an_answer_ends_the_ring_of_the_one_who_answers(agent: str | None) -> None:
    facts = fold(
        QUEUED,
        event(Kind.CONTACT_RINGING, 2, "support", agent),
        event(Kind.CONTACT_RINGING, 3, "support", "Bob"),
        event(Kind.CONTACT_ANSWERED, 6, "support", agent),
    )
    assert [(ring.agent, ring.result, ring.ring_ms) for ring in facts.rings] == [
        (agent or "", "answered", 4_000),
        ("Bob", "open", None),
    ]


def test_a_result_is_of_the_ring_of_its_agent_that_is_still_open() -> None:
    facts = fold(
        QUEUED,
        RINGING,
        event(Kind.CONTACT_RINGING, 3, "support", "Bob"),
        event(Kind.CONTACT_RINGING, 8, "support", "Ann", result="missed"),
        event(Kind.CONTACT_RINGING, 9, "support", "Ann"),
        event(Kind.CONTACT_RINGING, 11, "support", "Ann", result="rejected"),
    )
    assert [(ring.agent, ring.result, ring.ring_ms) for ring in facts.rings] == [
        ("Ann", "missed", 6_000),
        ("Bob", "open", None),
        ("Ann", "rejected", 2_000),
    ]


def test_an_answer_alone_is_no_ring_and_one_that_states_its_length_is() -> None:
    assert fold(QUEUED, event(Kind.CONTACT_ANSWERED, 6, "support", "Ann")).rings == []
    (ring,) = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 6, "support", "Ann", ring_s=4)).rings
    assert (ring.queue, ring.started_at, ring.result, ring.ring_ms) == ("support", moment(2), "answered", 4_000)


@pytest.mark.parametrize("result", [None, "missed"])
def test_a_ring_without_a_queue_or_an_agent_is_of_the_queue_in_which_is_waited(result: str | None) -> None:
    ringing = event(Kind.CONTACT_RINGING, 2, result=result)
    assert [(ring.queue, ring.agent) for ring in fold(QUEUED, ringing).rings] == [("support", "")]
    assert [(ring.queue, ring.agent) for ring in fold(ringing).rings] == [("", "")]
