"""Percentiles of bucketed durations against the exact ones."""

from __future__ import annotations

from collections import Counter
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.facts.sketch import RELATIVE_ERROR, bin_of, percentile_ms, value_ms

DURATIONS = st.lists(st.integers(min_value=0, max_value=90_000_000), min_size=2, max_size=200)


@given(st.integers(min_value=1, max_value=90_000_000))
def test_a_bucket_stands_for_its_durations_within_the_stated_error(duration: int) -> None:
    assert abs(value_ms(bin_of(duration)) - duration) <= RELATIVE_ERROR * duration * (1 + 1e-9)


@given(DURATIONS)
def test_a_percentile_is_within_the_stated_error_of_the_exact_one(durations: list[int]) -> None:
    exact = quantiles(durations, n=20, method="inclusive")
    counts = Counter(bin_of(duration) for duration in durations)
    for share, place in ((0.50, 9), (0.90, 17), (0.95, 18)):
        found = percentile_ms(counts, share)
        assert found is not None
        assert found == pytest.approx(exact[place], rel=RELATIVE_ERROR * 1.001, abs=1e-6)


@given(DURATIONS, DURATIONS)
def test_the_buckets_of_two_days_add_up_to_those_of_both(first: list[int], second: list[int]) -> None:
    together = Counter(map(bin_of, first)) + Counter(map(bin_of, second))
    assert together == Counter(map(bin_of, [*first, *second]))


def test_no_durations_have_no_percentile() -> None:
    assert percentile_ms({}, 0.5) is None
