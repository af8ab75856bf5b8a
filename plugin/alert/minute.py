"""A rule and a minute go in, the rule as it stands then comes out: what is usual at that hour, and whether its window was open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from plugin.alert.rule import Watch
from plugin.alert.threshold import Threshold, Unjudged, judge
from plugin.alert.usual import Usual, past_windows, usual
from plugin.kpi.metric import Measurement
from plugin.policy.calendar import open_seconds
from plugin.report import subject

#: start, end -> the rule's KPI in its scope in [start, end); None when nothing can be measured
MeasureSpan = Callable[[datetime, datetime], Measurement | None]


def limits_at(
    watch: Watch, reading: Measurement | None, measure_span: MeasureSpan, at: datetime, known: Usual | None = None
) -> Threshold:
    """`reading` is that of the window which ends at `at`; the past is measured only when it allows a verdict.

    `known` is what was usual at another moment of the same minute: the past is not measured again for each arrival.
    """
    limits = replace(watch.limits, closed=_is_closed(watch, at))
    relative = limits.relative
    if relative is None or judge(reading, limits) != Unjudged.HISTORY:
        return limits
    if known is not None:
        return replace(limits, usual=known)
    spans = past_windows(minute_of(at), watch.window, relative.weeks, watch.timezone, watch.hours)
    past = [measure_span(*span) for span in spans]
    found = usual(past, subject.unit(watch.kpi), relative.weeks_min, limits.min_sample)
    return replace(limits, usual=found)


def minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _is_closed(watch: Watch, at: datetime) -> bool:
    """An absence needs a window that was open throughout; what is usual is known wherever it was open at all."""
    if watch.hours is None:
        return False
    opened_s = open_seconds(watch.hours, at - watch.window, at)
    return opened_s < watch.window.total_seconds() if watch.limits.absent else opened_s == 0
