"""A report and the same questions asked of an earlier range go in, one report with both values and the change comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from plugin.kpi.answer import Ask
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Grain, Period, period_of, periods_between, previous
from plugin.policy.calendar import Calendar
from plugin.policy.localtime import instant_of, zone
from plugin.report import subject
from plugin.report.compare import change
from plugin.report.per_day import Days, days_of, key_of, per_day

CHANGE = "change"
_NOT_MEASURED = Measurement(numerator=0, denominator=0)
#: A range that is exactly one of these is compared with the one before, whatever their lengths.
_WHOLE = (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK)


class Comparison(StrEnum):
    PREVIOUS = "previous"
    WEEKDAY = "weekday"
    YEAR = "year"

    def earlier(self, ask: Ask) -> Ask:
        """The same question about the earlier range, in the calendar of the question's zone (UTC when it names none)."""
        start, end = self._range(ask, ask.timezone or "UTC")
        return replace(ask, start=start, end=end)

    def _range(self, ask: Ask, timezone: str) -> tuple[datetime, datetime]:
        if self is Comparison.YEAR:
            return _last_year(ask.start, timezone), _last_year(ask.end, timezone)
        if self is Comparison.WEEKDAY:
            weeks = -(-(ask.end - ask.start) // timedelta(days=7, hours=2))
            return _days_before(ask.start, 7 * weeks, timezone), _days_before(ask.end, 7 * weeks, timezone)
        return _previous(ask, timezone)


def _previous(ask: Ask, timezone: str) -> tuple[datetime, datetime]:
    for grain in _WHOLE:
        period = period_of(grain, ask.start, timezone)
        if (period.start, period.end) == (ask.start, ask.end):
            before = previous(period)
            return before.start, before.end
    return _periods_before(ask, timezone)


def _periods_before(ask: Ask, timezone: str) -> tuple[datetime, datetime]:
    """As many periods as the question touches, cut as the question cuts its first and its last."""
    periods = list(periods_between(ask.grain or Grain.DAY, ask.start, ask.end, timezone))
    last = first = previous(periods[0])
    for _ in periods[1:]:
        first = previous(first)
    start = first.start + (ask.start - periods[0].start)
    end = last.end if ask.end == periods[-1].end else min(last.end, last.start + (ask.end - periods[-1].start))
    return start, end


def _days_before(moment: datetime, days: int, timezone: str) -> datetime:
    wall = moment.astimezone(zone(timezone)).replace(tzinfo=None)
    return instant_of(wall - timedelta(days=days), zone(timezone))


def _last_year(moment: datetime, timezone: str) -> datetime:
    wall = moment.astimezone(zone(timezone)).replace(tzinfo=None)
    leap_day = (wall.month, wall.day) == (2, 29)
    day = date(wall.year - 1, wall.month, 28 if leap_day else wall.day)
    return instant_of(datetime.combine(day, wall.time()), zone(timezone))


def compared(
    now: Report, before: Report, comparison: Comparison, calendar: Calendar | None = None, as_of: datetime | None = None
) -> Report:
    """Beside every KPI `KPI.previous` (or `.weekday`, `.year`) and `KPI.change`: a difference for shares and scores, else a
    share of the value before. Periods are paired in order, groups by name; what has no counterpart is not measured.

    Where the calendar has other numbers of business days (up to `as_of`) in the one period than in the other, every volume has
    `KPI.per_business_day` beside it, too, with the same two.
    """
    earlier, pairs = _by_place(before), dict(zip(_periods(now), _periods(before), strict=False))
    until = as_of or datetime.max.replace(tzinfo=UTC)
    days = {one: found for one, other in pairs.items() if (found := days_of(calendar, one, other, until))}
    return replace(
        now,
        definitions=_definitions(now, before, comparison, by_day=bool(days)),
        rows=tuple(
            replace(_row(row, earlier.get(place), comparison, days.get(row.period)), against=pairs.get(row.period))
            for place, row in _placed(now)
        ),
        unavailable={**before.unavailable, **now.unavailable},
    )


Place = tuple[int, tuple[tuple[str, str], ...]]


def _placed(report: Report) -> Iterator[tuple[Place, Row]]:
    starts = {period: number for number, period in enumerate(_periods(report))}
    for row in report.rows:
        yield (starts[row.period], tuple(sorted(row.group.items()))), row


def _periods(report: Report) -> list[Period]:
    return sorted({row.period for row in report.rows}, key=lambda period: period.start)


def _by_place(report: Report) -> dict[Place, Row]:
    return dict(_placed(report))


def _row(row: Row, before: Row | None, comparison: Comparison, days: Days | None) -> Row:
    then = before.values if before else {}
    open_ones = {*row.unsettled, *(f"{kpi}.{comparison}" for kpi in (before.unsettled if before else ()))}
    values: dict[str, Measurement] = {}
    for kpi, one in row.values.items():
        values |= _beside(kpi, one, then.get(kpi), comparison)
        if days and subject.is_volume(kpi):
            daily, daily_then = per_day(one, days[0]), per_day(then.get(kpi), days[1])
            values |= _beside(key_of(kpi), daily, daily_then, comparison)
            open_ones |= {key_of(kpi)} if kpi in row.unsettled else set()
    return replace(row, values=values, unsettled=frozenset(open_ones))


def _beside(
    kpi: str, one: Measurement | None, old: Measurement | None, comparison: Comparison
) -> dict[str, Measurement]:
    found = change(one, old, subject.unit(kpi))
    return {
        kpi: one or _NOT_MEASURED,
        f"{kpi}.{comparison}": old or _NOT_MEASURED,
        f"{kpi}.{CHANGE}": Measurement(numerator=found.amount) if found else _NOT_MEASURED,
    }


def _definitions(
    now: Report, before: Report, comparison: Comparison, *, by_day: bool
) -> dict[str, Mapping[str, object]]:
    """Both ranges are printed, because "+14 %" says nothing without them."""
    tz, found = zone(now.timezone), dict[str, Mapping[str, object]]()
    periods = _periods(before)
    reach: dict[str, object] = {}
    if periods:
        reach = {
            "start": periods[0].start.astimezone(tz).isoformat(),
            "end": periods[-1].end.astimezone(tz).isoformat(),
        }
    for kpi, definition in now.definitions.items():
        own = {kpi: definition}
        if by_day and subject.is_volume(kpi):
            own[key_of(kpi)] = {**definition, "unit": subject.unit(key_of(kpi)).value}
        for key, shown in own.items():
            found[key] = shown
            found[f"{key}.{comparison}"] = {**shown, "of": key, **reach}
            found[f"{key}.{CHANGE}"] = {"of": key, "against": comparison.value, "kind": subject.change_kind(key).value}
    return found
