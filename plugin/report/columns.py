"""Which KPIs and groups a report shows, in order: the same for every form it is written in."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.kpi.metric import Measurement, Report, Row


def kpis(report: Report) -> tuple[str, ...]:
    """In the order of the definitions, then what only the rows have. KPIs that are not available are not shown."""
    keys = dict.fromkeys([*report.definitions, *(key for row in report.rows for key in row.values)])
    have = {key for row in report.rows for key in row.values} if report.rows else set(keys)
    return tuple(key for key in keys if key in have and key not in report.unavailable)


def is_compared(report: Report) -> bool:
    return any(row.against for row in report.rows)


def groups(report: Report) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in report.rows for name in row.group))


def values(row: Row, report: Report) -> Mapping[str, Measurement]:
    return {key: one for key, one in row.values.items() if key not in report.unavailable}
