"""A report goes in, the JSON form that the command, the API and outside checks read comes out.

A value that counts has the denominator null and the numerator equal to the value. An empty ratio has the value null and the
denominator 0. What customers say has `n_too_small` where it rests on fewer answers than the policy demands. A KPI that no source
can supply is in no row, and under "unavailable" with the missing fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from plugin.contract.event import Json
from plugin.kpi.metric import Measurement, Report, Row
from plugin.kpi.period import Period
from plugin.policy.localtime import zone
from plugin.report.columns import values
from plugin.report.subject import is_too_small


def report_json(report: Report) -> dict[str, Json]:
    definitions: dict[str, Json] = {key: _plain(parts) for key, parts in report.definitions.items()}
    return {
        "timezone": report.timezone,
        "definitions": definitions,
        "rows": [_row(row, report) for row in report.rows],
        "unavailable": dict(report.unavailable),
        "excluded": dict(report.excluded),
        "notes": list(report.notes),
    }


def value_json(one: Measurement) -> dict[str, Json]:
    return {"value": tidy(one.value), "numerator": tidy(one.numerator), "denominator": tidy(one.denominator)}


def tidy(value: float | None) -> float | None:
    """Whole numbers without `.0`."""
    return int(value) if value is not None and float(value).is_integer() else value


def local_iso(moment: datetime, timezone: str) -> str:
    return moment.astimezone(zone(timezone)).isoformat()


def _row(row: Row, report: Report) -> dict[str, Json]:
    return {
        "start": local_iso(row.period.start, report.timezone),
        "end": local_iso(row.period.end, report.timezone),
        **({"against": _range(row.against, report.timezone)} if row.against else {}),
        "group": dict(row.group),
        "provisional": row.provisional,
        "values": {key: _value(key, one, report) for key, one in values(row, report).items()},
    }


def _range(period: Period, timezone: str) -> Json:
    return {"start": local_iso(period.start, timezone), "end": local_iso(period.end, timezone)}


def _value(key: str, one: Measurement, report: Report) -> dict[str, Json]:
    small: dict[str, Json] = {"n_too_small": True} if is_too_small(key, one, report) else {}
    return {**value_json(one), **small}


def _plain(parts: Mapping[str, object]) -> dict[str, Json]:
    return {key: value if isinstance(value, int | float | bool | None) else str(value) for key, value in parts.items()}
