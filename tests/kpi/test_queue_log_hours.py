"""Raw queue_log rows against the hourly, daily and weekly figures that another project's acceptance suite expects."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import shared
from installed import asked, imported, installed
from sqlalchemy import Engine

FIELDS = ("callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")
KPIS = (
    "offered",
    "answered",
    "abandoned",
    "closed",
    "answer_rate",
    "average_wait",
    "service_level.sl2",
    "login_time",
    "pause_time",
)
POLICY = "[definitions]\nservice_level_threshold_s = 60\n"


def scenarios() -> list[dict[str, Any]]:
    path = Path(__file__).parents[3] / "shared" / "oracles" / "asterisk_queue_log_hourly.json"
    found: list[dict[str, Any]] = json.loads(path.read_text())["scenarios"] if path.exists() else []
    return found


def write_queue_log(rows: list[dict[str, str]], path: Path) -> Path:
    lines = []
    for row in rows:
        at = datetime.fromisoformat(row["time"]).replace(tzinfo=UTC)
        lines.append("|".join([f"{at.timestamp():.6f}", *(row[field] for field in FIELDS)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def expected_value(column: str, text: str) -> float | None:
    if text == "":
        return None
    if column in ("AWT", "Login", "Pause"):
        hours, minutes, seconds = map(int, text.split(":"))
        return hours * 3600 + minutes * 60 + seconds
    return float(text.removesuffix(" %")) / 100 if text.endswith("%") else float(text)


@pytest.mark.parametrize("number", range(13))
def test_a_scenario_is_reproduced_cell_by_cell(number: int, engine: Engine, tmp_path: Path) -> None:
    shared("oracles", "asterisk_queue_log_hourly.json")
    scenario = scenarios()[number]
    opened = installed(engine, tmp_path, POLICY)
    assert imported(opened, "asterisk", [write_queue_log(scenario["queue_log"], tmp_path / "queue_log")]).bad == 0
    checked = 0
    for table in scenario["expected"]:
        match = re.search(r'on (?P<what>queue |agent )?"(?P<who>[^"]+)" on "(?P<day>[^"]+)"', table["step"])
        assert match is not None
        by, group = ("agent", f"Agent/{match['who']}") if match["what"] == "agent " else ("queue", match["who"])
        for hours, cells in table["rows"].items():
            start, end = span(match["day"], hours, table["rows"])
            values = measured(opened, start, end, by, group)
            for column, text in cells.items():
                expected, value = expected_value(column, text), values[column]
                assert (value is None) == (expected is None), (table["step"], hours, column)
                assert value is None or value == pytest.approx(expected, abs=0.999), (table["step"], hours, column)
                checked += 1
    assert checked > 0


def span(day: str, hours: str, rows: dict[str, Any]) -> tuple[datetime, datetime]:
    numbers = [int(part) for label in rows for part in re.findall(r"(\d+)h", label)]
    first, last = map(int, re.findall(r"(\d+)h", hours)) if hours != "Total" else (min(numbers), max(numbers))
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return midnight + timedelta(hours=first), midnight + timedelta(hours=last)


def measured(opened: Any, start: datetime, end: datetime, by: str, group: str) -> dict[str, float | None]:
    grain = "hour" if end - start == timedelta(hours=1) else None
    report = asked(opened, KPIS, start.isoformat(), end.isoformat(), grain, (by,))
    row = next((row for row in report.rows if row.group[by] == group), None)
    nothing = {
        "Received": 0,
        "Answered": 0,
        "Closed": 0,
        "AWT": None,
        "Answered rate": None,
        "QoS": None,
        "Login": 0,
        "Pause": 0,
    }
    if row is None:
        return {key: None if value is None else float(value) for key, value in nothing.items()}
    found = {key: one.value for key, one in row.values.items()}
    received = (found.get("offered") or 0) + (found.get("closed") or 0)
    return {
        "Received": received,
        "Answered": found.get("answered"),
        "Closed": found.get("closed"),
        "AWT": found.get("average_wait"),
        "Answered rate": found.get("answer_rate"),
        "QoS": found.get("service_level.sl2"),
        "Login": found.get("login_time", 0),
        "Pause": found.get("pause_time", 0),
    }
