"""What watchers are told: alive, ready or not and why, and how much there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from busy_centre import NOW
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, Engine, create_engine
from web_site import app_for, site_for

from plugin.database import writing
from plugin.inbox.heard import Slot, note
from plugin.normalise.registry import adapters
from plugin.normalise.sources import SourceConfig
from plugin.policy.document import Document
from plugin.web.health import health


def client_with(engine: Engine, **ages_s: int) -> FlaskClient:
    def beats(connection: Connection) -> Mapping[str, datetime]:
        return {name: NOW - timedelta(seconds=age) for name, age in ages_s.items()}

    return app_for(engine, heartbeats=beats).test_client()


def test_ready_while_worker_and_scheduler_say_that_they_live(engine: Engine) -> None:
    answer = client_with(engine, worker=3, scheduler=50).get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "problems": {},
        "heartbeat_age_s": {"worker": 3, "scheduler": 50},
        "silent_sources": 0,
    }


def test_a_silent_source_is_told_on_the_pages_and_counted_and_all_is_ready_the_same(centre: Engine) -> None:
    with writing(centre) as connection:
        for hours in range(3, 28 * 24):
            at = NOW - timedelta(hours=hours)
            note(connection, "asterisk", [Slot(first_at=at, last_at=at)])
    sources = {"asterisk": SourceConfig(name="asterisk", adapter=adapters()["asterisk"])}
    site = site_for(centre, document=Document, sources=lambda: sources, now=lambda: NOW)
    (found,) = [each for each in health(site, NOW).sources if each.name == "asterisk"]
    assert found.silent_since is not None
    app = app_for(
        centre, document=Document, sources=lambda: sources, heartbeats=lambda _: {"worker": NOW, "scheduler": NOW}
    )
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["silent_sources"] == 1


@pytest.mark.parametrize(("ages", "named"), [({"worker": 3}, "scheduler"), ({"worker": 90, "scheduler": 3}, "worker")])
def test_not_ready_without_one_of_them(engine: Engine, ages: dict[str, int], named: str) -> None:
    answer = client_with(engine, **ages).get("/readyz")
    assert answer.status_code == 503
    assert list(answer.get_json()["problems"]) == [named]


def test_not_ready_without_the_database_but_alive() -> None:
    nowhere = create_engine("sqlite:////nowhere/at/all.db")
    client = client_with(nowhere)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.get_json()["problems"]) == ["database"]
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_metrics_count_the_work_and_name_nobody(centre: Engine) -> None:
    text = client_with(centre, worker=7).get("/metrics").text
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["deskgauge_deliveries_received_total", "asterisk"] == 18204
    assert samples["deskgauge_deliveries_refused_total", "aircall"] == 2
    assert samples["deskgauge_deliveries_dead", "zendesk"] == 1
    assert samples["deskgauge_oldest_pending_age_seconds",] == 0
    assert samples["deskgauge_heartbeat_age_seconds", "worker"] == 7
    assert {name for key in samples for name in key[1:]} <= {"asterisk", "zendesk", "aircall", "worker"}
