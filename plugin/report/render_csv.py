"""A report goes in, CSV comes out: one line per row, unrounded values, for a ratio or mean its two sums beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from plugin.kpi.metric import Measurement, Report, Row
from plugin.report import columns, subject
from plugin.report.render_json import local_iso, tidy

#: A spreadsheet would run a text that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: the range that a row is compared with
_AGAINST = ("against_start", "against_end")


def report_csv(report: Report) -> str:
    """Times are ISO in the report's zone, ratios fractions, durations seconds; not measured is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    keys, groups = columns.kpis(report), columns.groups(report)
    split = {key for key in keys if subject.is_quotient(key)}
    against = _AGAINST if columns.is_compared(report) else ()
    named = [name for key in keys for name in _names(key, key in split)]
    writer.writerow(["start", "end", *against, *groups, *named, "provisional"])
    for row in report.rows:
        writer.writerow(_line(row, report, keys, groups, split))
    return out.getvalue()


def _names(key: str, split: bool) -> Iterator[str]:
    yield key
    if split:
        yield f"{key}_numerator"
        yield f"{key}_denominator"


def _line(
    row: Row, report: Report, keys: tuple[str, ...], groups: tuple[str, ...], split: set[str]
) -> list[str | float]:
    line: list[str | float] = [local_iso(row.period.start, report.timezone), local_iso(row.period.end, report.timezone)]
    if columns.is_compared(report):
        ends = (row.against.start, row.against.end) if row.against else ()
        line += [local_iso(end, report.timezone) for end in ends] or ["", ""]
    line += [safe(row.group.get(name, "")) for name in groups]
    for key in keys:
        line += _fields(row.values.get(key), key in split)
    return [*line, "yes" if row.provisional else "no"]


def _fields(one: Measurement | None, split: bool) -> list[str | float]:
    parts = (one.value, one.numerator, one.denominator) if one else (None, None, None)
    return ["" if part is None else tidy(part) or 0 for part in (parts if split else parts[:1])]


def safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
