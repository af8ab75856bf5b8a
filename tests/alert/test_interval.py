"""The interval of a share: published values, and what must hold for any sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.alert.interval import wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3: 81/263, 15/148, 0/20, 1/29
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole, 0.95) == pytest.approx((low, high), abs=0.00006)


@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_share_lies_within_and_more_items_narrow_it(sample: tuple[int, int]) -> None:
    part, whole = sample
    low, high = wilson(part, whole, 0.95)
    assert 0 <= low <= part / whole <= high <= 1
    wide, narrow = high - low, wilson(4 * part, 4 * whole, 0.95)
    assert narrow[1] - narrow[0] < wide
    assert wilson(whole - part, whole, 0.95) == pytest.approx((1 - high, 1 - low))


def test_what_is_no_part_of_a_whole_is_refused() -> None:
    for part, whole in ((3, 2), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match="is no part of"):
            wilson(part, whole, 0.95)
