"""A report goes in, text for a terminal comes out: one KPI per line for a single row, else one line per row."""

from __future__ import annotations

from plugin.kpi.metric import Measurement, Report, Row
from plugin.notify.axis import text_width
from plugin.report import columns, subject
from plugin.report.figures import NULL, number
from plugin.report.provisional import legend, period_mark, value_mark
from plugin.report.remarks import remarks
from plugin.report.wording import label, period_name, range_name, text

Lines = list[list[str]]


def report_text(report: Report, language: str = "en") -> str:
    parts = [_body(report, language), "\n".join([*legend(report, language), *remarks(report, language)])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _body(report: Report, language: str) -> str:
    if not report.rows:
        return text("report.empty", language)
    if len(report.rows) == 1:
        return _one_row(report, report.rows[0], language)
    return _many_rows(report, language)


def _one_row(report: Report, row: Row, language: str) -> str:
    keys = columns.kpis(report)
    name = range_name(row.period, language) + period_mark(row, keys)
    head = ", ".join([name, *(value or NULL for value in row.group.values())])
    lines = [
        [
            label(key, language),
            subject.shown(key, row.values.get(key), report, language) + value_mark(key, row, keys),
            _parts(key, row, report, language),
        ]
        for key in keys
    ]
    against = f"{text('column.against', language)}: {range_name(row.against, language)}\n" if row.against else ""
    return f"{head} ({report.timezone})\n{against}\n" + aligned(lines, left=1, right_aligned_to=2)


def _parts(key: str, row: Row, report: Report, language: str) -> str:
    """What a ratio was made of, and whether that is too little."""
    one = row.values.get(key)
    if one is None or one.denominator is None:
        return ""
    few = f", {text('n_too_small', language)}" if subject.is_too_small(key, one, report) else ""
    return f"{number(one.numerator)} / {number(one.denominator)}{few}"


def _value(key: str, one: Measurement | None, report: Report, language: str) -> str:
    written = subject.shown(key, one, report, language)
    if one is None or not subject.is_too_small(key, one, report):
        return written
    return text("small_sample", language, value=written, n=number(one.n, language))


def _many_rows(report: Report, language: str) -> str:
    keys, groups = columns.kpis(report), columns.groups(report)
    compared = columns.is_compared(report)
    against = [text("column.against", language)] if compared else []
    lines = [[text("column.period", language), *against, *groups, *keys]]
    for row in report.rows:
        name = period_name(row.period, language, short=True) + period_mark(row, keys)
        values = (_value(key, row.values.get(key), report, language) + value_mark(key, row, keys) for key in keys)
        earlier = [range_name(row.against, language, short=True) if row.against else NULL] if compared else []
        lines.append([name, *earlier, *(row.group.get(group) or NULL for group in groups), *values])
    return aligned(lines, left=1 + compared + len(groups)) + f"\n({report.timezone})"


def aligned(lines: Lines, left: int, right_aligned_to: int | None = None) -> str:
    """The first `left` columns stand left, the others right up to `right_aligned_to`; Chinese counts as two cells."""
    widths = [max(map(text_width, column)) for column in zip(*lines, strict=True)]
    ends = len(widths) if right_aligned_to is None else right_aligned_to
    return "\n".join(
        "  ".join(
            _padded(cell, widths[place], to_left=place < left or place >= ends) for place, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


def _padded(cell: str, width: int, *, to_left: bool) -> str:
    blanks = " " * (width - text_width(cell))
    return cell + blanks if to_left else blanks + cell
