"""Targets are proposed from what was reached, as TOML that a policy takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from sample_report import ZONE, of

from plugin.kpi.attainment import target_for
from plugin.kpi.metric import Measurement, Unit
from plugin.kpi.period import Grain, period_of
from plugin.policy.document import Document
from plugin.policy.text import parse
from plugin.report.proposals import Proposal, lines, propose, toml, written

OCTOBER = period_of(Grain.MONTH, datetime(2026, 10, 5, tzinfo=UTC), ZONE)
Row = Mapping[str, Measurement]


def days(*shares: float, kpi: str = "abandonment_rate", calls: int = 1000) -> list[Row]:
    return [{kpi: of(round(share * calls), calls)} for share in shares]


def document(value: float = 0.05, **target: object) -> Document:
    return Document.model_validate({"targets": [{"kpi": "abandonment_rate", "value": value, **target}]})


#: 30 days from 2.0 % to 4.9 %: the better half ends at 3.4 %, its middle is 2.7 %
GOOD = days(*[0.020 + 0.001 * number for number in range(30)])
MET, MISSED = days(0.04, 0.041, 0.03), days(0.08, 0.07, 0.06)


def proposed(
    policy: Document, history: Sequence[Row], months: Sequence[Row], only: dict[str, str] | None = None
) -> tuple[Proposal, ...]:
    return propose(policy, history, months, ("abandonment_rate",), OCTOBER, only or {})


def test_a_target_that_was_always_met_becomes_what_the_better_half_of_days_reached() -> None:
    (found,) = proposed(document(), GOOD, MET)
    assert (found.old, found.new, found.reached, found.was_met) == (0.05, 0.03, pytest.approx(0.027), True)
    assert lines([found], "EUR", "en")[0] == (
        "Abandonment rate: ≤\u00a03% instead of ≤\u00a05% (met in all 3 months; median of the better half of 30 days: 2.7%)"
    )


def test_a_target_that_was_missed_in_every_month_becomes_easier() -> None:
    (found,) = proposed(document(0.01), GOOD, MISSED)
    assert (found.new, found.was_met) == (0.03, False)


@pytest.mark.parametrize(
    ("value", "months"),
    [
        (0.05, [*MET[:2], *MISSED[:1]]),  # missed in one of them: it stays
        (0.02, days(0.015, 0.015, 0.015)),  # met, and the days say no better: never easier
        (0.05, MISSED),  # missed, though the days say that it can be reached: it stays
        (0.05, MET[:2]),  # two months
    ],
)
def test_every_other_target_stays(value: float, months: list[Row]) -> None:
    assert proposed(document(value), GOOD, months) == ()


def test_few_or_thin_days_say_nothing() -> None:
    assert proposed(document(), GOOD[:19], MET) == ()
    assert proposed(document(), days(*[0.03] * 30, calls=19), MET) == ()


def test_a_sum_is_never_proposed() -> None:
    assert proposed(document(sum=True), GOOD, MET) == ()


def test_the_toml_is_a_policy_and_what_it_says_holds_behind_the_old_target() -> None:
    (found,) = proposed(document(), GOOD, MET, {"queue": "Support"})
    assert (
        toml([found])
        == """[[targets]]
kpi = "abandonment_rate"
value = 0.03

[targets.scope]
queue = "Support"
"""
    )
    present = '[[targets]]\nkpi = "abandonment_rate"\nvalue = 0.05\n\n'
    whole = parse(present + toml([found]))
    in_force = target_for(whole, "abandonment_rate", OCTOBER, {"queue": "Support"})
    assert in_force
    assert in_force.value == 0.03
    unchanged = target_for(whole, "abandonment_rate", OCTOBER, {})
    assert unchanged
    assert unchanged.value == 0.05


@pytest.mark.parametrize(
    ("value", "unit", "up", "rounded"),
    [
        (0.0271, Unit.RATIO, True, 0.03),
        (0.8549, Unit.RATIO, False, 0.85),
        (17.2, Unit.SECONDS, True, 18),
        (61.0, Unit.SECONDS, True, 65),
        (301.0, Unit.SECONDS, True, 310),
        (3500.0, Unit.SECONDS, True, 3540),
        (14000.0, Unit.SECONDS, True, 14100),
        (5.237, Unit.MONEY, True, 5.3),
        (41.7, Unit.POINTS, False, 41),
        (0.03, Unit.RATIO, True, 0.03),
    ],
)
def test_targets_are_rounded_as_people_write_them_to_the_easier_side(
    value: float, unit: Unit, up: bool, rounded: float
) -> None:
    assert written(value, unit, up=up) == pytest.approx(rounded)
