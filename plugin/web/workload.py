"""Counts and ages of the pipeline, read from the database at the moment of asking, so that every process tells the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Table, func, select

from plugin.database import reading
from plugin.inbox.sources import known_sources
from plugin.inbox.store import counts
from plugin.notify.tables import OutboxMessage
from plugin.web.site import Site

MESSAGE = cast(Table, OutboxMessage.__table__)  # type: ignore[attr-defined]


class _Work(Collector):
    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        waiting = counts(self._site.engine)
        now = self._site.now()
        with reading(self._site.engine) as connection:
            rows = known_sources(connection).values()
            for name, help_text, column in (
                ("received", "Deliveries accepted since the source was added", "received"),
                ("duplicate", "Deliveries that were there already", "duplicates"),
                ("refused", "Requests that were not accepted", "refused"),
            ):
                counter = CounterMetricFamily(f"deskgauge_deliveries_{name}", help_text, labels=("source",))
                for row in rows:
                    counter.add_metric((row.name,), getattr(row, column))
                yield counter
            yield _by_source("deskgauge_deliveries_pending", "Deliveries that wait", waiting.pending_by_source.items())
            yield _by_source("deskgauge_deliveries_dead", "Deliveries not readable", waiting.dead_by_source.items())
            oldest = waiting.oldest_pending_at
            age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
            yield GaugeMetricFamily("deskgauge_oldest_pending_age_seconds", "Age of the oldest waiting delivery", age)
            yield _messages(connection)
            yield self._heartbeats(connection)

    def _heartbeats(self, connection: Connection) -> Metric:
        now = self._site.now()
        gauge = GaugeMetricFamily(
            "deskgauge_heartbeat_age_seconds", "Time since a kind of process said that it is alive", labels=("process",)
        )
        for name, at in self._site.heartbeats(connection).items():
            gauge.add_metric((name,), max(0.0, (now - at).total_seconds()))
        return gauge


def collect(registry: CollectorRegistry, site: Site) -> None:
    registry.register(_Work(site))


def _by_source(name: str, help_text: str, values: Iterable[tuple[str, int]]) -> Metric:
    gauge = GaugeMetricFamily(name, help_text, labels=("source",))
    for source, number in values:
        gauge.add_metric((source,), number)
    return gauge


def _messages(connection: Connection) -> Metric:
    gauge = GaugeMetricFamily("deskgauge_messages", "Notifications by what became of them", labels=("kind", "state"))
    query = select(MESSAGE.c.kind, MESSAGE.c.state, func.count()).group_by(MESSAGE.c.kind, MESSAGE.c.state)
    for kind, state, number in connection.execute(query):
        gauge.add_metric((kind, state), number)
    return gauge
