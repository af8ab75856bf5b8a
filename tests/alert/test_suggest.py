"""The limit for a wanted number of alerts: found over the same past, with its clear value, and said when none comes near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from plugin.alert.suggest import Suggestion, Tried, limit_of, suggest
from plugin.alert.threshold import Relative, Threshold

ABOVE = Threshold(fire_above=0.15, clear_at=0.10)


def peaks(*values: float) -> Callable[[Threshold], int]:
    """A past in which each of these values is an incident of its own."""
    return lambda rule: sum(rule.good.excess(value) > 0 for value in values)


def found(rule: Threshold, wanted: float, *values: float) -> Suggestion:
    return suggest(rule, values, wanted, peaks(*values))


def test_the_limit_lies_between_the_last_wanted_incident_and_the_first_unwanted_one() -> None:
    best = found(ABOVE, 2, 0.2, 0.3, 0.4, 0.5, 0.6).best
    assert best.alerts == 2
    assert best.rule.fire_above
    assert 0.4 <= best.rule.fire_above < 0.5


def test_the_clear_value_keeps_its_part_of_the_limit() -> None:
    moved = found(ABOVE, 1, 0.1, 0.45, 0.6).best.rule
    assert moved.fire_above
    assert moved.clear_at == pytest.approx(moved.fire_above * 2 / 3, rel=0.01)
    assert found(replace(ABOVE, clear_at=None), 1, 0.1, 0.45, 0.6).best.rule.clear_at is None


def test_below_a_floor_of_a_share_the_clear_value_stays_below_one() -> None:
    floor = Threshold(fire_below=0.70, clear_at=0.80)
    best = found(floor, 2, 0.97, 0.94, 0.9, 0.5).best
    assert best.alerts == 2
    assert best.rule.fire_below
    assert best.rule.clear_at
    assert 0.9 < best.rule.fire_below <= 0.94
    assert best.rule.fire_below <= best.rule.clear_at <= 1


def test_spreads_are_moved_like_limits() -> None:
    relative = Threshold(relative=Relative(deviation=3, clear_deviation=2, side="above"))
    off = (1.0, 4.0, 6.0)

    def count(rule: Threshold) -> int:
        return sum(value > limit_of(rule) for value in off)

    best = suggest(relative, off, 1, count).best.rule.relative
    assert best
    assert 4 <= best.deviation < 6
    assert best.clear_deviation == pytest.approx(best.deviation * 2 / 3, rel=0.01)


def test_where_the_number_jumps_over_the_wanted_one_both_sides_are_told() -> None:
    jump = found(ABOVE, 3, *[0.2] * 10, 0.9)
    assert not jump.fits
    assert [one.alerts for one in jump.near] == [1, 11]


def test_where_no_limit_alerts_so_often_the_most_is_told() -> None:
    rare = found(ABOVE, 50, 0.1, 0.2, 0.3)
    assert not rare.fits
    assert rare.near == (rare.best,)
    assert rare.best.alerts >= 2


def test_the_mildest_of_several_limits_is_chosen() -> None:
    # towards stricter limits incidents grow together, so that few alerts come back
    best = suggest(ABOVE, [0.0, 1.0], 2, lambda rule: {9: 2, 8: 5, 1: 2}.get(int(10 * limit_of(rule)), 4)).best
    assert best.rule.fire_above
    assert best.rule.fire_above >= 0.9


@pytest.mark.parametrize("rule", [Threshold(fire_above=2, fire_below=1), Threshold(fire_below=1, absent=True)])
def test_a_rule_without_one_limit_has_nothing_to_move(rule: Threshold) -> None:
    with pytest.raises(ValueError, match="no one limit"):
        suggest(rule, [1.0], 1, lambda _: 0)


def test_a_past_of_one_value_is_no_obstacle() -> None:
    assert isinstance(found(ABOVE, 1, 0.0, 0.0).best, Tried)
