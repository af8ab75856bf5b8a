"""Records go in; JSON, CSV or text for a terminal comes out."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from plugin.contract.event import Json
from plugin.kpi.records import Record, Records
from plugin.report.render_csv import safe
from plugin.report.render_json import local_iso, tidy, value_json
from plugin.report.render_text import aligned


def records_json(found: Records, timezone: str) -> dict[str, Json]:
    return {
        "kpi": found.metric.key,
        "total": found.total,
        "whole": value_json(found.whole),
        "elsewhere": list(found.elsewhere),
        "records": [_record(one, found, timezone) for one in found.page],
    }


def _record(one: Record, found: Records, timezone: str) -> Json:
    return {
        "table": one.table,
        "group": dict(zip(found.by, one.group, strict=True)),
        "numerator": tidy(one.numerator),
        "denominator": tidy(one.denominator),
        "fact": {name: _plain(value, timezone) for name, value in one.fact.items()},
    }


def _plain(value: Any, timezone: str) -> Any:
    return local_iso(value, timezone) if isinstance(value, datetime) else value


def records_csv(found: Records, timezone: str) -> str:
    """The columns of all tables that take part; a field that a fact does not have is empty."""
    columns = _columns(found)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", *(f"group_{name}" for name in found.by), "numerator", "denominator", *columns])
    for one in found.page:
        fields = [_field(one.fact.get(name), timezone) for name in columns]
        parts = [_field(tidy(one.numerator), timezone), _field(tidy(one.denominator), timezone)]
        writer.writerow([one.table, *map(safe, one.group), *parts, *fields])
    return out.getvalue()


def _columns(found: Records) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in found.page for name in one.fact))


def _field(value: Any, timezone: str) -> str:
    shown = "" if value is None else str(_plain(value, timezone))
    return safe(shown) if isinstance(value, str) else shown


def records_text(found: Records, timezone: str) -> str:
    """Only the columns in which any record has something."""
    columns = [name for name in _columns(found) if any(one.fact.get(name) not in (None, "") for one in found.page)]
    lines = [["numerator", "denominator", *found.by, *columns]]
    for one in found.page:
        parts = [_field(tidy(one.numerator), timezone), _field(tidy(one.denominator), timezone)]
        lines.append([*parts, *one.group, *(_field(one.fact.get(name), timezone) for name in columns)])
    under = "" if found.whole.denominator is None else f" / {tidy(found.whole.denominator)}"
    total = f"{len(found.page)} of {found.total} records; all of them: {tidy(found.whole.numerator)}{under}"
    elsewhere = [f"not shown by records: {name}, counted for the whole period" for name in found.elsewhere]
    return "\n".join([aligned(lines, left=len(lines[0])), total, *elsewhere])
