"""A contact as a whole: what is said of it, whether it is over, and durations that cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from contact_events import event, fold, moment

from plugin.contract.event import Kind
from plugin.facts.fold import Leg

OFFERED = event(Kind.CONTACT_OFFERED, 0)
QUEUED = event(Kind.CONTACT_QUEUED, 0, "support")
ANSWERED = event(Kind.CONTACT_ANSWERED, 10, "support", "Ann")
DAY_S = 86_400


def test_what_is_said_of_a_contact_holds_until_something_else_is_said() -> None:
    said = replace(
        event(Kind.CONTACT_OFFERED, 0, entry_number="100", callback_of="c0", ticket="t1"),
        channel="chat",
        direction="outbound",
        customer="x",
    )
    last = replace(
        event(Kind.CONTACT_OFFERED, 2, entry_number="200", callback_of="c9", ticket="t2"),
        channel="email",
        direction="inbound",
        customer="y",
    )
    silent = event(Kind.CONTACT_OFFERED, 1)
    for events, expected in [
        ((said, silent), ("chat", "outbound", "x", "100", "c0", "t1")),
        ((said, last), ("email", "inbound", "y", "200", "c9", "t2")),
    ]:
        facts = fold(*events)
        told = (facts.channel, facts.direction, facts.customer, facts.entry_number, facts.callback_of, facts.ticket)
        assert told == expected


def test_a_contact_lasts_while_it_waits_or_talks() -> None:
    assert fold(OFFERED).ended_at is None
    assert fold(QUEUED).ended_at is None
    assert fold(QUEUED, ANSWERED).ended_at is None
    assert fold(QUEUED, event(Kind.CONTACT_OVERFLOWED, 30, "support", reason="timeout")).ended_at == moment(30)


@pytest.mark.parametrize(
    ("wait_s", "wait_ms", "flaw"),
    [
        (DAY_S, DAY_S * 1000, None),
        (DAY_S + 1, None, "wait over 24 hours"),
        (-1, None, "wait below zero"),
        (0, 0, None),
    ],
)
def test_a_wait_is_between_nothing_and_24_hours(wait_s: int, wait_ms: int | None, flaw: str | None) -> None:
    facts = fold(QUEUED, event(Kind.CONTACT_ANSWERED, 10, "support", "Ann", wait_s=wait_s))
    assert (facts.visits[0].wait_ms, facts.flaw) == (wait_ms, flaw)


@pytest.mark.parametrize("name", ["talk", "hold", "wrap"])
@pytest.mark.parametrize(
    ("seconds", "milliseconds", "flaw"),
    [(DAY_S, DAY_S * 1000, None), (DAY_S + 1, None, "over 24 hours"), (-1, None, "below zero"), (0, 0, None)],
)
def test_talk_hold_and_wrap_up_are_between_nothing_and_24_hours(
    name: str, seconds: int, milliseconds: int | None, flaw: str | None
) -> None:
    stated: dict[str, Any] = {"talk_s": 60, "hold_s": 5, "wrap_s": 7, f"{name}_s": seconds}
    facts = fold(
        QUEUED,
        ANSWERED,
        event(Kind.CONTACT_ENDED, 70, agent="Ann", talk_s=stated["talk_s"], hold_s=stated["hold_s"]),
        event(Kind.CONTACT_WRAPPED_UP, 80, agent="Ann", wrap_s=stated["wrap_s"]),
    )
    expected = {"talk": 60_000, "hold": 5_000, "wrap": 7_000, name: milliseconds}
    assert lengths(facts.legs[0]) == expected
    assert facts.flaw == (f"{name} {flaw}" if flaw else None)


def lengths(leg: Leg) -> dict[str, int | None]:
    return {"talk": leg.talk_ms, "hold": leg.hold_ms, "wrap": leg.wrap_ms}
