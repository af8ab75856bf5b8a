"""What a rule may not say at once: each refusal names the key and what to write."""

from __future__ import annotations

import pytest

from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.text import parse

KNOWN = Known(shares={"answer_rate", "abandonment_rate"})


def rule(*lines: str, kpi: str = "answer_rate") -> str:
    return "\n".join([f'[rules.r]\nkpi = "{kpi}"', *lines])


def refusals(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse(text, known=KNOWN)
    return str(caught.value).splitlines()


BAND = ("fire_below = 0.75", "fire_above = 0.85")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "r: needs a limit; write fire_above, fire_below, or both for a band"),
        (
            ("fire_below = 0.85", "fire_above = 0.75"),
            "r.fire_below: must be below fire_above (0.75): a band is good, and fires above fire_above and below fire_below",
        ),
        (
            ("fire_above = 0.15", "clear_at = 0.2"),
            "r.clear_at: must be below fire_above (0.15), because the rule fires above it",
        ),
        (
            ("fire_below = 0.15", "clear_at = 0.1"),
            "r.clear_at: must be above fire_below (0.15), because the rule fires below it",
        ),
        (
            (*BAND, "clear_at = 0.8"),
            "r.clear_at: is for one limit; of a band write clear_by, how far within both limits it counts as over",
        ),
        (
            ("fire_above = 0.15", "clear_by = 0.02"),
            "r.clear_by: is for a band; with one limit write clear_at, the value at which it counts as over",
        ),
        (
            (*BAND, "clear_by = 0.06"),
            "r.clear_by: leaves no value within the band, so it would never be over; write less than 0.05",
        ),
        (("fire_above = 0.15", "clear_by = -0.1"), "r.clear_by: must be at least 0.0"),
        (
            ("fire_above = 0.15", "confidence = 95.0"),
            "r.confidence: must be from 0.5 to 0.999, such as 0.95; 0 switches it off",
        ),
        (("fire_above = 1.0",), "r.fire_above: is never passed, because a share is at most 1; lower it"),
        (("fire_below = 0",), "r.fire_below: is never passed, because a share is at least 0; raise it"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(lines: tuple[str, ...], said: str) -> None:
    assert refusals(rule(*lines)) == [f"rules.{said}"]


def test_confidence_is_for_shares_of_counted_items() -> None:
    assert refusals(rule("fire_above = 60", "confidence = 0.95", kpi="asa")) == [
        "rules.r.confidence: is for shares of counted items; asa is none, remove it"
    ]
    parse(rule("fire_above = 60", "confidence = 0", kpi="asa"), known=KNOWN)


@pytest.mark.parametrize(
    "lines",
    [
        BAND,
        (*BAND, "clear_by = 0.04", "confidence = 0.99"),
        ("fire_above = 0.15", "clear_at = 0.15", "confidence = 0"),
    ],
)
def test_what_goes_together_is_accepted(lines: tuple[str, ...]) -> None:
    assert parse(rule(*lines), known=KNOWN).rules["r"].kpi == "answer_rate"
