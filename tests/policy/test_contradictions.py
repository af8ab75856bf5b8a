"""What a rule may not say at once: each refusal names the key and what to write."""

from __future__ import annotations

import pytest

from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.text import parse

KNOWN = Known(shares={"answer_rate", "abandonment_rate"}, volumes={"offered"})


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
        ((), "r: needs a limit; write fire_above, fire_below (both for a band), deviation or absent"),
        (
            ("fire_below = 0.75", "deviation = 3.0"),
            "r.deviation: stands beside fire_below; a rule has one kind of limit, write two rules",
        ),
        (
            ("fire_above = 0.15", 'side = "above"'),
            "r.side: belongs to deviation; add deviation = 3.0, or remove it",
        ),
        (
            ("fire_above = 0.15", "weeks_min = 2"),
            "r.weeks_min: belongs to deviation; add deviation = 3.0, or remove it",
        ),
        (("deviation = 3.0", "clear_at = 0.1"), "r.clear_at: is for fixed limits; write clear_deviation, in spreads"),
        (
            ("deviation = 3.0", "clear_deviation = 4.0"),
            "r.clear_deviation: must be at most deviation (3), because the rule fires beyond it",
        ),
        (("deviation = 3.0", "weeks = 3"), "r.weeks_min: must be at most weeks (3); lower it, or raise weeks"),
        (("deviation = 3.0", "weeks = 60"), "r.weeks: must be at most 52"),
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
    ("lines", "said"),
    [
        (("fire_above = 5",), "absent: stands beside fire_above; a rule has one kind of limit, write two rules"),
        (("deviation = 3.0",), "absent: stands beside deviation; a rule has one kind of limit, write two rules"),
        (
            ('clear_for = "5m"',),
            "clear_for: has no meaning with absent, which is over as soon as something comes; remove it",
        ),
        (
            ("clear_at = 2",),
            "clear_at: has no meaning with absent, which is over as soon as something comes; remove it",
        ),
    ],
)
def test_absence_goes_with_nothing_that_is_about_a_value(lines: tuple[str, ...], said: str) -> None:
    assert refusals(rule("absent = true", *lines, kpi="offered")) == [f"rules.r.{said}"]


def test_absence_is_for_what_is_counted() -> None:
    assert refusals(rule("absent = true", kpi="asa")) == [
        "rules.r.absent: is for a KPI that counts what comes, such as offered or received; asa does not"
    ]


@pytest.mark.parametrize(
    "lines",
    [
        BAND,
        (*BAND, "clear_by = 0.04", "confidence = 0.99"),
        ("fire_above = 0.15", "clear_at = 0.15", "confidence = 0"),
        ("deviation = 3.0", 'side = "below"', "clear_deviation = 2.0", "weeks = 12", "weeks_min = 12"),
    ],
)
def test_what_goes_together_is_accepted(lines: tuple[str, ...]) -> None:
    assert parse(rule(*lines), known=KNOWN).rules["r"].kpi == "answer_rate"
