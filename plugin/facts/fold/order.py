"""The one order in which a subject's events are folded, and safe reading of what they carry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from plugin.contract.event import Event, Kind

#: Among events of the same instant without a sequence: a beginning before what can only follow it, an end last.
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_MILLISECOND = timedelta(milliseconds=1)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sorted by time, the vendor's sequence, kind and key; the order of arrival has no say."""
    return sorted(events, key=lambda event: (event.at, event.order, _RANK[event.kind], event.dedupe_key))


def latest(events: Iterable[Event]) -> Event:
    """The event that decides where each of a subject's events says everything: the highest sequence, then kind, time and key."""
    return max(events, key=lambda event: (event.order, _RANK[event.kind], event.at, event.dedupe_key))


def ms_between(start: datetime, end: datetime) -> int:
    """Whole milliseconds, rounded, negative when `end` is first."""
    return round((end - start) / _MILLISECOND)


def number(event: Event, name: str) -> float | None:
    """None when it is not a finite number."""
    value = event.data.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def milli(event: Event, name: str) -> int | None:
    """A number that the vendor stated, as whole thousandths; None when it is not a finite number."""
    value = number(event, name)
    return None if value is None else round(value * 1000)


def stated_ms(event: Event, name: str) -> int | None:
    """A duration in seconds that the vendor stated, as milliseconds."""
    return milli(event, name)


def is_stated(event: Event, name: str) -> bool:
    """Whether the adapter spoke of it at all; a stated null says that it cannot be known, not even from two times."""
    return name in event.data


def text(event: Event, name: str) -> str | None:
    value = event.data.get(name)
    return value if isinstance(value, str) and value else None
