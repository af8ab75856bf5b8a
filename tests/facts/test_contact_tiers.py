"""Contacts that go from one level of support to the next: where they were handled, and whether they went on."""

from __future__ import annotations

import pytest
from contact_events import event, fold

from plugin.contract.event import Event, Kind
from plugin.facts.fold.escalation import steps

TIERS = {"help": 1, "desk": 1, "experts": 2, "makers": 3}
QUEUED, ANSWERED, TRANSFERRED = Kind.CONTACT_QUEUED, Kind.CONTACT_ANSWERED, Kind.CONTACT_TRANSFERRED


def handled(second: float, queue: str, agent: str = "Ann", then: Kind = TRANSFERRED) -> list[Event]:
    return [
        event(QUEUED, second, queue),
        event(ANSWERED, second + 5, queue, agent),
        event(then, second + 30, agent=agent),
    ]


def refused(second: float, queue: str, reason: str) -> Event:
    return event(Kind.CONTACT_OVERFLOWED, second, queue, reason=reason)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (handled(0, "help"), {0: False}),
        ([*handled(0, "help"), *handled(40, "experts", "Bob")], {0: True, 1: False}),
        ([*handled(0, "help"), *handled(40, "makers", "Bob")], {0: True}),  # there is nothing above the makers
        ([*handled(0, "help"), *handled(40, "experts", "Bob"), *handled(80, "makers", "Cy")], {0: True, 1: True}),
        # the second leg of a tier is no other contact, and the same level is no step up
        ([*handled(0, "help"), *handled(40, "desk", "Bob")], {0: False}),
        ([*handled(0, "help"), *handled(40, "desk", "Bob"), *handled(80, "experts", "Cy")], {0: True, 2: False}),
        # back down and up again is one escalation
        (
            [*handled(0, "help"), *handled(40, "experts"), *handled(80, "help"), *handled(120, "experts")],
            {0: True, 1: False},
        ),
        # waiting in a higher queue is having gone on; having been turned away is not
        ([*handled(0, "help"), event(QUEUED, 40, "experts"), event(Kind.CONTACT_ABANDONED, 50, "experts")], {0: True}),
        ([*handled(0, "help"), refused(40, "experts", "full")], {0: False}),
        # without a queue of the second agent's, his queue says where he is
        ([*handled(0, "help"), event(ANSWERED, 40, "experts", "Bob")], {0: True, 1: False}),
        # flowed out of a higher queue before an agent answered, or was never in a tier
        ([event(QUEUED, 0, "experts"), *handled(10, "help")], {0: False}),
        (handled(0, "elsewhere"), {}),
        ([*handled(0, "elsewhere"), *handled(40, "experts")], {1: False}),
        ([], {}),
    ],
)
def test_of_each_tier_the_first_leg_says_whether_the_contact_went_on(
    told: list[Event], expected: dict[int, bool]
) -> None:
    assert steps(fold(event(Kind.CONTACT_OFFERED, 0), *told), TIERS) == expected


def test_without_tiers_nothing_can_be_escalated() -> None:
    assert steps(fold(*handled(0, "help"), *handled(40, "experts")), {}) == {}
