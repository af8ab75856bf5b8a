"""How long something takes: the median of several runs, the first left out."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median


def seconds_of(work: Callable[[], object], times: int = 5) -> float:
    """With `times` = 1 the work is done once only."""
    if times > 1:
        work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return median(found)
