"""A vendor's own figures from a CSV file: its text goes in, values with their periods come out, or every mistake by its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Unit
from plugin.kpi.period import Period, PeriodTextError, parse_period_text
from plugin.report.vendor_rules import Vendor

COLUMNS = ("date", "kpi", "value", "queue")
_REQUIRED = COLUMNS[:3]
#: mistakes that are told at once
_MOST = 20
_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]\d)")


class VendorFileError(ValueError):
    """Nothing is taken from the file; each problem names line, field and remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class _Mistake(ValueError):
    """Of one line; its text begins with the field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What the vendor says of a KPI in a period: shares as fractions, times in seconds.

    `within` is half of the last digit that it shows.
    """

    kpi: str
    period: Period
    queue: str | None
    value: float
    within: float


def reconcilable(kpi: str) -> bool:
    """Money is no vendor's number."""
    return kpi in METRICS and METRICS[kpi].unit is not Unit.MONEY and "cost" not in METRICS[kpi].needs


def read_figures(text: str, whole: Period, now: datetime, week_start: int = 0) -> list[Stated]:
    """`whole` is the range of the sheet, in which every period must lie. Raises `VendorFileError`."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    header = [name.strip().casefold() for name in next(rows, [])]
    _check_header(header)
    found, problems = dict[tuple[str, Period, str | None], Stated](), list[str]()
    for cells in rows:
        try:
            row = _named(header, cells)
            if row is None:
                continue
            stated = _stated(row, whole, now, week_start)
            if found.setdefault((stated.kpi, stated.period, stated.queue), stated) is not stated:
                raise _Mistake("date: is there for this KPI and queue already; keep one of the two lines")
        except _Mistake as mistake:
            problems.append(f"line {rows.line_num}, {mistake}")
    if problems:
        raise VendorFileError(problems[:_MOST])
    return list(found.values())


def template(vendor: Vendor, day: str) -> str:
    """A file with a line for each KPI that the vendor reports, its value to be filled in; lines without a value are passed over."""
    lines = [",".join(COLUMNS), *(f"{day},{kpi},," for kpi in dict.fromkeys(rule.kpi for rule in vendor.rules))]
    return "\n".join(lines) + "\n"


def _check_header(header: Sequence[str]) -> None:
    wrong = [name for name in header if name not in COLUMNS]
    missing = [name for name in _REQUIRED if name not in header]
    if wrong or missing:
        what = (
            f"{wrong[0] or 'a column without a name'} is not a column"
            if wrong
            else f"the column {missing[0]} is missing"
        )
        raise VendorFileError([f"line 1, header: {what}; write {','.join(COLUMNS)} (queue may be left out)"])


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str] | None:
    """None for a line that says nothing."""
    if len(cells) > len(header) and any(cells[len(header) :]):
        raise _Mistake("value: the line has more cells than the header; put a value with a comma in quotes")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    return row if row.get("value") else None


def _stated(row: dict[str, str], whole: Period, now: datetime, week_start: int) -> Stated:
    kpi = row.get("kpi", "")
    if not reconcilable(kpi):
        raise _Mistake(
            f"kpi: {kpi!r} cannot be reconciled; write a key such as service_level, asa or offered (`deskgauge kpi list`)"
        )
    value, within = _value(row["value"], METRICS[kpi].unit)
    period = _period(row.get("date", ""), whole, now, week_start)
    return Stated(kpi=kpi, period=period, queue=row.get("queue") or None, value=value, within=within)


def _period(text: str, whole: Period, now: datetime, week_start: int) -> Period:
    """Empty: the whole range."""
    if not text:
        return whole
    try:
        period = parse_period_text(text, now, whole.timezone, week_start)
    except PeriodTextError as error:
        raise _Mistake(f"date: {error}") from None
    if period.start < whole.start or period.end > whole.end:
        raise _Mistake(
            f"date: {text} is not within the range of the sheet; widen --from and --to, or leave the line out"
        )
    return whole if (period.start, period.end) == (whole.start, whole.end) else period


def _value(text: str, unit: Unit) -> tuple[float, float]:
    if unit is Unit.SECONDS and (clock := _CLOCK.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds, 0.5
    percent = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise _Mistake(f"value: {text!r} is not a number; write {_example(unit)}") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise _Mistake(f"value: {text!r} is not a number; write {_example(unit)}")
    if percent is not (unit is Unit.RATIO) and (percent or abs(number) > 1):
        raise _Mistake(f"value: {text!r} is {'a share' if percent else 'more than everything'}; write {_example(unit)}")
    scale = Decimal("0.01") if percent else Decimal(1)
    return float(number * scale), float(Decimal(1).scaleb(exponent) / 2 * scale)


def _example(unit: Unit) -> str:
    return {Unit.RATIO: "81.3% or 0.813", Unit.SECONDS: "seconds such as 40.8, or 0:00:41"}.get(
        unit, "a number such as 1250"
    )


def added_up(stated: Sequence[Stated], whole: Period) -> Iterator[Stated]:
    """Counts of the parts of the whole range together, where it has none of its own. Shares and means are never averaged."""
    for kpi in dict.fromkeys(one.kpi for one in stated):
        parts = sorted(
            (one for one in stated if one.kpi == kpi and one.queue is None), key=lambda one: one.period.start
        )
        metric = METRICS[kpi]
        if metric.unit is not Unit.COUNT or metric.over_time != "sum" or not _tile(parts, whole) or len(parts) < 2:
            continue
        yield Stated(
            kpi=kpi,
            period=whole,
            queue=None,
            value=sum(one.value for one in parts),
            within=sum(one.within for one in parts) if any(one.within != 0.5 for one in parts) else 0.5,
        )


def _tile(parts: Sequence[Stated], whole: Period) -> bool:
    borders = [whole.start, *(part.period.end for part in parts)]
    return bool(parts) and [part.period.start for part in parts] == borders[:-1] and borders[-1] == whole.end
