"""The mark of numbers that may still change, and the line that says what it means.

A period is marked where all its numbers are provisional, else each of them that is; where everything is final there is neither.
"""

from __future__ import annotations

from collections.abc import Collection

from plugin.kpi.metric import Report, Row
from plugin.report import columns
from plugin.report.wording import text

MARK = "†"


def is_whole(row: Row | None, keys: Collection[str]) -> bool:
    """Whether the period is what carries the mark."""
    return row is not None and bool(keys) and all(key in row.unsettled for key in keys)


def period_mark(row: Row | None, keys: Collection[str]) -> str:
    return MARK if is_whole(row, keys) else ""


def value_mark(key: str, row: Row | None, keys: Collection[str]) -> str:
    return MARK if row is not None and key in row.unsettled and not is_whole(row, keys) else ""


def legend(report: Report, language: str = "en") -> list[str]:
    keys = set(columns.kpis(report))
    marked = any(keys & row.unsettled for row in report.rows)
    return [f"{MARK} {text('final.mark', language)}"] if marked else []
