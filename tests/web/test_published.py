"""What digests published stands beside what the pages and the API show now."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from busy_centre import NOW, fill
from sqlalchemy import Engine
from web_site import app_for

from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Grain, period_of
from plugin.report.published import Published, remember
from plugin.web.tables import Scope
from plugin.web.tokens import create_token

MONDAY = period_of(Grain.DAY, datetime(2026, 11, 23, 9, tzinfo=UTC), "Europe/Riga")


def test_a_number_that_is_another_one_now_is_shown_with_what_was_published(engine: Engine) -> None:
    fill(engine)
    said = [
        Published(period=MONDAY, kpi="offered", value=Measurement(numerator=1)),
        Published(period=MONDAY, kpi="abandonment_rate", value=Measurement(numerator=1, denominator=1)),
    ]
    with session_scope(engine) as session:
        remember(session, "daily", said, NOW)
    client = app_for(engine).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {create_token(engine, 'api', [Scope.READ], NOW)}"
    overview, kpi = (client.get(f"{path}?period=2026-11-23").text for path in ("/", "/kpi/offered"))
    assert "Revised since it was published" in overview
    assert "Contacts offered: 1 → " in overview
    assert "Abandonment rate: 100.0% → " in overview
    assert "Contacts offered: 1 → " in kpi
    assert "Abandonment rate: 100.0%" not in kpi
    listed = client.get("/api/v1/published?kpi=offered&format=csv").text
    (line,) = csv.DictReader(io.StringIO(listed))
    assert (line["digest"], line["value"], line["denominator"]) == ("daily", "1", "")
