"""A calendar and a range of time go in, the business days in it come out: by them plans of sums are held against what is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.kpi.period import Grain, period_of
from plugin.policy.calendar import Calendar, open_seconds


def business_days(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Days on which the centre opens, however long; a day that the range cuts counts with the share of its opening time."""
    found, at = 0.0, start
    while at < end:
        day = period_of(Grain.DAY, at, calendar.timezone)
        whole_s = open_seconds(calendar, day.start, day.end)
        if whole_s:
            found += open_seconds(calendar, at, min(day.end, end)) / whole_s
        at = max(day.end, at + timedelta(microseconds=1))
    return found
