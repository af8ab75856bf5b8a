"""The demo's rule: it fires once when the queue goes wrong, tells when it is over, and is quiet on three calls at night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from demo_installation import installed, receive
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.alert.store import recent_incidents
from plugin.demo.arrivals import TROUBLE_QUEUE
from plugin.demo.deliveries import fortnight
from plugin.demo.world import clock, moment
from plugin.installation import Installation
from plugin.schedule import jobs

MONDAY = date(2026, 11, 23)


def minutes(start: str, end: str) -> Iterator[datetime]:
    at = moment(MONDAY, clock(start))
    while at < moment(MONDAY, clock(end)):
        yield at
        at += timedelta(minutes=1)


def changes(opened: Installation, start: str, end: str) -> list[datetime]:
    """The minutes at which the rule went from quiet to alert or back."""
    return [at for at in minutes(start, end) if jobs.evaluate(opened, at)]


def test_fires_once_and_recovers_and_is_quiet_at_night(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, MONDAY)
    support = [one for one in fortnight(MONDAY, days=1) if one.source == "twilio"]
    receive(opened, support)

    assert changes(opened, "00:50", "02:30") == []

    fired_at, recovered_at = changes(opened, "13:40", "17:30")
    assert moment(MONDAY, clock("14:05")) < fired_at < moment(MONDAY, clock("14:35"))
    assert moment(MONDAY, clock("15:10")) < recovered_at < moment(MONDAY, clock("16:10"))
    with Session(engine) as session:
        (incident,) = recent_incidents(session)
    assert incident.scope == f"queue={TROUBLE_QUEUE}"
    assert (incident.fired_at, incident.recovered_at) == (fired_at, recovered_at)
    assert incident.peak > 0.5
