"""Changes between periods, and who made them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.kpi.metric import Better, Measurement, Unit
from plugin.report.compare import Direction, change, change_text, direction, surprise
from plugin.report.drivers import Contribution, contributions, driver_of, in_steps, main_driver
from plugin.report.figures import half_up


def of(part: float, whole: float | None = None) -> Measurement:
    return Measurement(numerator=part, denominator=whole)


def test_a_ratio_moves_in_percentage_points() -> None:
    assert change_text(change(of(127, 1000), of(85, 1000), Unit.RATIO)) == "+4.2 pp"
    assert change_text(change(of(85, 1000), of(127, 1000), Unit.RATIO)) == "−4.2 pp"
    assert change_text(change(of(85, 1000), of(85, 1000), Unit.RATIO)) == "0.0 pp"


def test_counts_durations_and_money_move_in_per_cent() -> None:
    assert change_text(change(of(1124), of(1000), Unit.COUNT)) == "+12.4%"
    assert change_text(change(of(3000, 100), of(4000, 100), Unit.SECONDS)) == "−25.0%"
    assert change_text(change(of(700, 100), of(700, 100), Unit.MONEY)) == "0.0%"


def test_a_score_moves_by_its_own_scale() -> None:
    assert change_text(change(of(4800, 100), of(5250, 100), Unit.POINTS)) == "−4.5"


@pytest.mark.parametrize(
    ("now", "before", "unit"),
    [
        (None, of(1), Unit.COUNT),
        (of(1), None, Unit.COUNT),
        (of(0, 0), of(1, 2), Unit.RATIO),
        (of(1, 2), of(0, 0), Unit.RATIO),
        (of(5), of(0), Unit.COUNT),
    ],
)
def test_what_cannot_be_compared_says_so(now: Measurement | None, before: Measurement | None, unit: Unit) -> None:
    assert change_text(change(now, before, unit)) == "n/a"


def test_a_ratio_that_was_zero_has_a_change() -> None:
    assert change_text(change(of(5, 100), of(0, 100), Unit.RATIO)) == "+5.0 pp"


def test_good_news_depends_on_the_better_side() -> None:
    up = change(of(20, 100), of(10, 100), Unit.RATIO)
    assert direction(up, Better.HIGHER) == Direction.BETTER
    assert direction(up, Better.LOWER) == Direction.WORSE
    assert direction(change(of(10001), of(10000), Unit.COUNT), Better.HIGHER) == Direction.NEITHER
    assert direction(up, Better.BAND) == direction(up, Better.NEUTRAL) == direction(None, Better.LOWER) == "neither"


def test_a_change_that_rests_on_few_contacts_is_no_surprise() -> None:
    assert surprise(of(3, 3), of(0, 19), Unit.RATIO) == 0
    assert surprise(of(2), of(12), Unit.COUNT) == 0


def test_the_surprise_of_a_share_is_the_two_sample_test() -> None:
    # p = 150/1000; sqrt(0.15*0.85*(1/500+1/500)) = 0.022583; (0.20-0.10)/0.022583 = 4.428
    assert surprise(of(100, 500), of(50, 500), Unit.RATIO) == pytest.approx(4.428, abs=0.001)
    # (230-170)/sqrt(400) = 3
    assert surprise(of(230), of(170), Unit.COUNT) == pytest.approx(3)


def test_the_largest_wait_has_no_known_spread() -> None:
    assert surprise(of(900), of(30), Unit.SECONDS) == 0


def test_contributions_name_the_queue_that_moved_the_rate() -> None:
    # before 5/100 + 5/100 = 5 %; now 25/100 + 5/100 = 15 %. Support: (25 - 0.05*100)/200 - (5 - 0.05*100)/200 = 0.10
    found = contributions({"Support": of(25, 100), "Sales": of(5, 100)}, {"Support": of(5, 100), "Sales": of(5, 100)})
    assert found == (
        Contribution(group="Support", amount=pytest.approx(0.10), rate=pytest.approx(0.10), mix=0.0),  # type: ignore[arg-type]
        Contribution(group="Sales", amount=pytest.approx(0.0), rate=0.0, mix=0.0),  # type: ignore[arg-type]
    )
    driver = main_driver(found, 0.10)
    assert driver
    assert driver.group == "Support"


def test_a_queue_that_only_grew_is_charged_for_being_worse_than_the_average() -> None:
    # A 10/100, B 2/100 -> A 30/300, B 2/100: nothing got worse inside, yet 6 % became 8 %.
    found = contributions({"A": of(30, 300), "B": of(2, 100)}, {"A": of(10, 100), "B": of(2, 100)})
    assert sum(one.amount for one in found) == pytest.approx(0.02)


def test_a_count_is_moved_by_differences_and_by_groups_that_came_or_went() -> None:
    found = contributions({"A": of(10), "C": of(7)}, {"A": of(12), "B": of(30)})
    assert [(one.group, one.amount) for one in found] == [("B", -30), ("C", 7), ("A", -2)]


def test_no_single_group_is_blamed_for_a_common_change() -> None:
    before = {name: of(5, 100) for name in "ABCD"}
    found = contributions({name: of(10, 100) for name in "ABCD"}, before)
    assert main_driver(found, 0.05) is None


sides = st.dictionaries(
    st.sampled_from("ABCD"), st.integers(0, 50).flatmap(lambda n: st.integers(0, n).map(lambda part: of(part, n)))
)


@given(sides, sides)
def test_the_contributions_add_up_to_the_change(now: dict[str, Measurement], before: dict[str, Measurement]) -> None:
    found = contributions(now, before)
    whole_now, whole_before = sum_of(now), sum_of(before)
    if whole_now.value is None or whole_before.value is None:
        assert found == ()
    else:
        assert sum(one.amount for one in found) == pytest.approx(whole_now.value - whole_before.value)


def sum_of(groups: dict[str, Measurement]) -> Measurement:
    total = of(0, 0)
    for one in groups.values():
        total += one
    return total


def test_a_driver_and_the_rest_make_the_change() -> None:
    now, before = {"A": of(30, 100), "B": of(8, 100)}, {"A": of(10, 100), "B": of(4, 100)}
    found = driver_of("queue", now, before, (of(38, 200), of(14, 200)))
    assert found
    assert found.part.group == "A"
    assert found.part.amount + found.rest == pytest.approx(0.19 - 0.07)
    assert found.telling == pytest.approx(0.10 / 0.12 - 0.5)  # it made five sixths, and is half of the contacts


@pytest.mark.parametrize(
    ("now", "whole"),
    [
        ({"": of(30, 100), "B": of(8, 100)}, of(38, 200)),  # most is nobody's
        ({"A": of(30, 100), "B": of(8, 100)}, of(38, 150)),  # distinct contacts, of which some are in both
        ({"A": of(30, 100)}, of(30, 100)),  # there is only one
    ],
)
def test_groups_that_do_not_make_up_the_whole_name_nobody(now: dict[str, Measurement], whole: Measurement) -> None:
    before = dict.fromkeys(now, of(5, 100))
    assert driver_of("agent", now, before, (whole, of(5 * len(now), 100 * len(now)))) is None


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_rounded_parts_make_the_rounded_sum(parts: list[float]) -> None:
    found = in_steps(parts, 0.001)
    assert sum(found) == pytest.approx(float(half_up(sum(parts) / 0.001, 0)) * 0.001, abs=1e-9)
    assert all(abs(one - part) < 0.00101 for one, part in zip(found, parts, strict=True))
