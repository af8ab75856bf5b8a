"""Volumes per business day: they make a month of 20 business days comparable with one of 23."""

from __future__ import annotations

from datetime import datetime

from plugin.kpi.business_days import business_days
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period
from plugin.policy.calendar import Calendar
from plugin.report import subject

#: business days of a period and of the one that it is compared with
Days = tuple[float, float]


def days_of(calendar: Calendar | None, period: Period, before: Period, now: datetime) -> Days | None:
    """What of each is over; None where both are as many, and without a calendar."""
    if calendar is None:
        return None
    found, earlier = (business_days(calendar, one.start, min(one.end, now)) for one in (period, before))
    return None if found == earlier else (found, earlier)


def per_day(value: Measurement | None, days: float) -> Measurement | None:
    return value and Measurement(numerator=value.numerator, denominator=days)


def key_of(kpi: str) -> str:
    return f"{kpi}{subject.PER_DAY}"
