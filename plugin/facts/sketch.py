"""Logarithmic buckets of durations: percentiles that can be added up, with a relative error of at most 1 %."""

from __future__ import annotations

import math
from collections.abc import Mapping

GAMMA = 1.02
#: |estimate - value| <= RELATIVE_ERROR * value, for every value of a millisecond or more
RELATIVE_ERROR = (GAMMA - 1) / (GAMMA + 1)
_LOG_GAMMA = math.log(GAMMA)


def bin_of(duration_ms: int) -> int:
    """0 for nothing; else the bucket whose bounds lie 2 % apart."""
    return 0 if duration_ms <= 0 else 1 + math.ceil(math.log(duration_ms) / _LOG_GAMMA)


def value_ms(bucket: int) -> float:
    """The duration that stands for a bucket: at most `RELATIVE_ERROR` away from all that fell into it."""
    return 0.0 if bucket == 0 else 2 * GAMMA ** (bucket - 1) / (GAMMA + 1)


def percentile_ms(counts: Mapping[int, int], share: float) -> float | None:
    """The linearly interpolated percentile (`share` 0..1) of the bucketed durations; None for no durations."""
    total = sum(counts.values())
    if total == 0:
        return None
    rank = share * (total - 1)
    low, fraction = int(rank), rank - int(rank)
    lower = _at_rank(counts, low)
    return lower + fraction * (_at_rank(counts, min(low + 1, total - 1)) - lower)


def _at_rank(counts: Mapping[int, int], rank: int) -> float:
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if rank < seen:
            return value_ms(bucket)
    raise ValueError("rank beyond the counts")
