"""A digest's schedule and a moment go in, the period that it is about and the moment at which it is due come out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from plugin.kpi.period import (
    Grain,
    Period,
    period_of,
    period_of_date,
    previous,
    same_period_last_year,
    same_weekday_before,
)
from plugin.policy.calendar import Calendar, open_seconds
from plugin.policy.digest import Digest
from plugin.policy.document import Document
from plugin.policy.localtime import Weekday, instant_of, midnight, zone

_DAY = timedelta(days=1)
#: a digest that was missed is still sent, late, for so long; after that the next one is of more use
CATCH_UP = {
    Grain.HOUR: timedelta(hours=2),
    Grain.DAY: timedelta(days=1),
    Grain.WEEK: timedelta(days=3),
    Grain.MONTH: timedelta(days=7),
    Grain.QUARTER: timedelta(days=7),
    Grain.YEAR: timedelta(days=7),
}
#: A closed fortnight at most is skipped; what comes before is no news.
_MAX_CLOSED = 14
_COMPARE = {"previous": previous, "weekday": same_weekday_before, "year": same_period_last_year}


def catch_up(digest: Digest) -> timedelta:
    return CATCH_UP[Grain.MONTH if digest.kind == "campaign" else digest.grain]


def period_for(digest: Digest, document: Document, now: datetime) -> Period:
    """The last period that was complete at the moment; for a day, the last one on which the centre was open.

    Of a whole campaign it is always its own dates.
    """
    timezone = digest.timezone or document.timezone
    if digest.kind == "campaign" and (dates := _dates(digest, document)):
        return _range(*dates, timezone)
    return _open_one(digest, document, previous(period_of(digest.grain, now, timezone, document.week_starts_on.number)))


def periods_for(digest: Digest, document: Document, due_at: datetime) -> tuple[Period, ...]:
    """What is told at the moment when it is due, the oldest first: after days on which it is not sent each open day since the last
    one, so that none is left out; else the one period of `period_for`.
    """
    last = period_for(digest, document, due_at)
    if digest.grain is not Grain.DAY or digest.kind == "campaign" or not digest.weekdays:
        return (last,)
    calendar, earlier = document.calendar(), [last]
    told_before = last_due(digest, document, due_at - timedelta(milliseconds=1))
    while (one := previous(earlier[-1])).end > told_before:
        earlier.append(one)
    return tuple(
        one
        for one in reversed(earlier)
        if one == last or calendar is None or open_seconds(calendar, one.start, one.end) > 0
    )


def _open_one(digest: Digest, document: Document, period: Period) -> Period:
    calendar = document.calendar()
    if digest.grain is Grain.DAY and calendar is not None:
        return _last_open(period, calendar)
    return period


def _last_open(period: Period, calendar: Calendar) -> Period:
    candidate = period
    for _ in range(_MAX_CLOSED):
        if open_seconds(calendar, candidate.start, candidate.end) > 0:
            return candidate
        candidate = previous(candidate)
    return period


def _dates(digest: Digest, document: Document) -> tuple[date, date] | None:
    """The first and the last date of the campaign that the digest is about; None where it has no dates."""
    campaign = document.campaigns.get(digest.scope.campaign or "")
    return (campaign.first, campaign.last) if campaign and campaign.first and campaign.last else None


def _range(first: date, last: date, timezone: str) -> Period:
    """Dates, both inclusive; it is called a day, since no grain has its length."""
    tz = zone(timezone)
    return Period(grain=Grain.DAY, start=midnight(first, tz), end=midnight(last + _DAY, tz), timezone=timezone)


def is_wanted(digest: Digest, document: Document, period: Period) -> bool:
    """Not before and after the campaign that it is about."""
    dates = _dates(digest, document)
    return dates is None or (period.last_date >= dates[0] and period.first_date <= dates[1])


def comparisons(digest: Digest, document: Document, period: Period) -> tuple[Period, ...]:
    """The periods that the digest is compared with, in its order; the day before is the last one on which the centre was open."""
    if digest.kind == "campaign":
        return tuple(_of_campaign(which, period) for which in digest.compare)
    found = ((which, _COMPARE[which](period)) for which in digest.compare)
    return tuple(_open_one(digest, document, one) if which == "previous" else one for which, one in found)


def _of_campaign(which: str, period: Period) -> Period:
    """As many days just before it, or its dates a year before."""
    first, last = period.first_date, period.last_date
    if which == "year":
        one, other = (same_period_last_year(period_of_date(Grain.DAY, day, period.timezone)) for day in (first, last))
        return _range(one.first_date, other.first_date, period.timezone)
    days = last - first + _DAY
    return _range(first - days, last - days, period.timezone)


def last_due(digest: Digest, document: Document, now: datetime) -> datetime:
    """The latest moment, not after now, at which the digest was to be sent: its clock time on the first of its weekdays after the
    end of a period; an hourly one after every hour of its weekdays in which the centre was open. Of a whole campaign the one moment
    after its last date, even if it lies ahead.
    """
    tz = zone(digest.timezone or document.timezone)
    if digest.kind == "campaign" and (dates := _dates(digest, document)):
        return _at(digest, _sending_day(digest, dates[1] + _DAY), tz.key)
    if digest.grain is Grain.HOUR:
        return _last_hour(digest, document, period_of(Grain.HOUR, now, tz.key))
    day = now.astimezone(tz).date()
    while not (_is_due(digest, document, day) and _at(digest, day, tz.key) <= now):
        day -= _DAY
    return _at(digest, day, tz.key)


def _at(digest: Digest, day: date, timezone: str) -> datetime:
    hours, minutes = digest.at.split(":")
    return instant_of(datetime.combine(day, time(int(hours), int(minutes))), zone(timezone))


def _is_due(digest: Digest, document: Document, day: date) -> bool:
    if digest.grain is Grain.DAY:
        return _sends(digest, day)
    # A week, month, quarter or year: the first sending day after its end.
    start = period_of(
        digest.grain, _at(digest, day, digest.timezone or document.timezone), *_calendar_of(digest, document)
    )
    return day == _sending_day(digest, start.first_date)


def _sending_day(digest: Digest, first: date) -> date:
    while not _sends(digest, first):
        first += _DAY
    return first


def _sends(digest: Digest, day: date) -> bool:
    return not digest.weekdays or list(Weekday)[day.weekday()] in digest.weekdays


def _calendar_of(digest: Digest, document: Document) -> tuple[str, int]:
    return digest.timezone or document.timezone, document.week_starts_on.number


def _last_hour(digest: Digest, document: Document, running: Period) -> datetime:
    calendar, hour = document.calendar(), running
    for _ in range(_MAX_CLOSED * 24):
        hour = previous(hour)
        is_open = calendar is None or open_seconds(calendar, hour.start, hour.end) > 0
        if is_open and _sends(digest, hour.first_date):
            return hour.end
    return running.start
