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


ALL_DAY = "\n".join(
    f'{day} = ["00:00-24:00"]' for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
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


@pytest.mark.parametrize(
    ("hours", "keys", "longest"),
    [
        ('monday = ["09:00-18:00"]', ('window = "10h"',), "9h"),
        ('monday = ["09:00-18:00"]', ('window = "8h"', 'for = "90m"'), "9h"),
        ('monday = ["09:00-12:30", "13:00-18:00"]', ('window = "6h"',), "5h"),
        # over midnight, and from Sunday into Monday
        ('sunday = ["22:00-06:00"]\nmonday = ["06:00-08:00"]', ('window = "11h"',), "10h"),
    ],
)
def test_an_absence_that_never_fits_into_opening_hours_is_refused(
    hours: str, keys: tuple[str, ...], longest: str
) -> None:
    text = rule("absent = true", 'calendar = "desk"', *keys, "[calendars.desk]", hours, kpi="offered")
    assert refusals(text) == [
        f"rules.r.window: must end, for included, within {longest}: "
        "an absence is judged in opening hours only, and they last no longer"
    ]


@pytest.mark.parametrize("hours", ['monday = ["09:00-18:00"]', ALL_DAY])
def test_an_absence_that_fits_into_opening_hours_is_accepted(hours: str) -> None:
    window = "9h" if hours != ALL_DAY else "31d"
    keys = ("absent = true", f'window = "{window}"', 'calendar = "desk"', "[calendars.desk]", hours)
    assert parse(rule(*keys, kpi="offered"), known=KNOWN).rules["r"].absent


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
