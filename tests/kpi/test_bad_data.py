"""Every kind of bad data, from what a vendor sends to the line below a report: quarantined, counted, shown, never clamped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, text

from plugin.contract.adapter import Settings
from plugin.contract.payload import BadPayload
from plugin.contract.request import WebhookRequest
from plugin.database import reading
from plugin.doctor.sources import endless
from plugin.drain import Reader, drain
from plugin.inbox.store import dead_deliveries, delivery_row, insert_deliveries
from plugin.kpi.answer import Ask, answer
from plugin.kpi.cells import refresh_cells
from plugin.kpi.endless import endless_by_source
from plugin.kpi.metric import Report
from plugin.kpi.records import asked_records
from plugin.kpi.terms import terms_of
from plugin.normalise.registry import adapters
from plugin.policy.document import Document
from plugin.policy.problems import PolicyError
from plugin.policy.text import parse
from plugin.report.remarks import remarks
from plugin.report.render_text import report_text

DAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = DAY + timedelta(days=3)
DOCUMENT = Document()
KPIS = ("offered", "answered", "asa", "aht", "received", "resolution_time")

CSV_MAPPING = """
timezone = "Europe/Riga"
time_format = "%Y-%m-%d %H:%M:%S"
id = "{call}"

[defaults]
subject = "{call}"
channel = "voice"
direction = "inbound"
queue = "Support"

[[events]]
kind = "contact.queued"
at = "{arrived}"

[[events]]
when = "{answered}"
kind = "contact.answered"
at = "{answered}"
agent = "{agent}"

[[events]]
when = "{ended}"
kind = "contact.ended"
at = "{ended}"
agent = "{agent}"
"""
HEADER = "call,arrived,answered,ended,agent\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A database and how what is sent to it is read."""

    engine: Engine

    def post(self, *events: Mapping[str, object]) -> None:
        """As a webhook of the adapter for anything."""
        self._take("generic", {"auth": "bearer"}, [json.dumps({"events": list(events)}).encode()])

    def send_file(self, rows: str, mapping: str = CSV_MAPPING) -> None:
        files = adapters()["csv"].files
        assert files
        settings = {"mapping": mapping}
        self._take("csv", settings, list(files(StringIO(HEADER + rows), settings)))

    def _take(self, adapter: str, settings: Settings, bodies: list[bytes]) -> None:
        reader = Reader(adapter=adapters()[adapter], settings=settings)
        rows = []
        for body in bodies:
            request = WebhookRequest(method="POST", url="/", headers={}, body=body, received_at=NOW)
            rows.append(delivery_row("desk", request, None))
        insert_deliveries(self.engine, rows)
        while drain(self.engine, lambda _: reader, b"secret"):
            pass
        while refresh_cells(self.engine, terms_of(DOCUMENT)):
            pass

    def report(self, now: datetime = NOW, kpis: tuple[str, ...] = KPIS) -> Report:
        ask = Ask(kpis=kpis, start=DAY, end=DAY + timedelta(days=1))
        with reading(self.engine) as connection:
            return answer(connection, DOCUMENT, ask, now)

    def left_out(self, now: datetime = NOW) -> str:
        return next((line for line in remarks(self.report(now)) if line.startswith("Left out")), "")

    def value(self, kpi: str) -> tuple[float, float | None]:
        one = self.report().rows[0].values[kpi]
        return one.numerator, one.denominator

    def column(self, query: str) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(text(query)).scalars())

    def records(self, key: str, now: datetime = NOW) -> list[str]:
        ask = Ask(kpis=(key,), start=DAY, end=DAY + timedelta(days=1))
        with reading(self.engine) as connection:
            return sorted(one.fact["subject"] for one in asked_records(connection, DOCUMENT, ask, now).page)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine=engine)


def event(kind: str, second: float, subject: str, **more: object) -> dict[str, object]:
    at = (DAY + timedelta(hours=9, seconds=second)).isoformat()
    return {"kind": kind, "at": at, "subject": subject, "dedupe_key": f"{subject}{kind}{second}{sorted(more)}", **more}


def call(subject: str, wait: float = 10, talk: float = 60, **ended: object) -> list[dict[str, object]]:
    shared = {"queue": "Support", "channel": "voice", "direction": "inbound"}
    return [
        event("contact.queued", 0, subject, **shared),
        event("contact.answered", wait, subject, agent="Ann", **shared),
        event("contact.ended", wait + talk, subject, agent="Ann", **ended),
    ]


def test_an_answer_before_the_arrival_has_no_wait_and_still_counts(desk: Desk) -> None:
    backwards = call("B")
    backwards[1]["data"] = {"wait_s": -30}
    desk.post(*call("A"), *backwards)
    assert desk.left_out() == "Left out: contacts with impossible times (1)"
    assert desk.value("answered") == (2, None)
    assert desk.value("asa") == (10, 1)
    assert desk.records("flawed_contacts") == ["B"]


def test_an_answer_before_the_arrival_in_a_file(desk: Desk) -> None:
    desk.send_file(
        "1,2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:01:10,Ann\n"
        "2,2026-03-02 09:00:30,2026-03-02 09:00:05,2026-03-02 09:01:10,Ann\n"
    )
    assert desk.left_out() == "Left out: contacts with impossible times (1)"
    assert desk.value("asa") == (10, 1)
    assert desk.records("flawed_contacts") == ["2"]


def test_a_negative_duration_is_unknown_and_not_zero(desk: Desk) -> None:
    desk.post(*call("A"), *call("B", data={"talk_s": -60}))
    assert desk.left_out() == "Left out: contacts with impossible times (1)"
    assert desk.value("aht") == (60, 1)
    assert sorted(desk.column("SELECT COALESCE(talk_ms, -1) FROM agent_leg")) == [-1, 60_000]
    assert desk.column("SELECT flaw FROM contact WHERE flaw IS NOT NULL") == ["talk below zero"]


def test_a_call_of_more_than_a_day_is_unknown_and_not_cut_to_a_day(desk: Desk) -> None:
    desk.post(*call("A"), *call("B", talk=86_401), *call("C", wait=86_401))
    assert desk.left_out() == "Left out: contacts with impossible times (2)"
    assert desk.value("aht") == (120, 2)
    assert desk.value("asa") == (20, 2)
    assert desk.records("flawed_contacts") == ["B", "C"]


def test_a_call_of_exactly_a_day_counts(desk: Desk) -> None:
    desk.post(*call("A", talk=86_400))
    assert desk.left_out() == ""
    assert desk.value("aht") == (86_400, 1)


def test_a_contact_without_an_end_is_in_progress_for_a_day_and_then_never_ended(desk: Desk) -> None:
    desk.post(*call("A"), *call("B")[:1], event("contact.offered", 0, "C", channel="voice", direction="inbound"))
    began = DAY + timedelta(hours=9)
    assert desk.left_out(began + timedelta(hours=24)) == "Left out: contacts still in progress (1)"
    assert desk.left_out(began + timedelta(hours=25)) == "Left out: contacts that never ended (2)"
    assert desk.value("offered") == (1, None)
    assert desk.records("endless_contacts") == ["B", "C"]
    assert desk.records("endless_contacts", began + timedelta(hours=24)) == []


def test_an_end_that_comes_late_after_all_takes_the_contact_from_the_list(desk: Desk) -> None:
    desk.send_file("1,2026-03-02 09:00:00,2026-03-02 09:00:10,,Ann\n")
    assert desk.left_out() == "Left out: contacts that never ended (1)"
    desk.send_file("1,2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:05:10,Ann\n")
    assert desk.left_out() == ""
    assert desk.value("aht") == (300, 1)


def test_doctor_names_the_source_whose_contacts_never_end(desk: Desk) -> None:
    desk.post(*call("A"), *call("B")[:2], *call("C")[:1])
    with reading(desk.engine) as connection:
        assert endless_by_source(connection, DAY + timedelta(hours=33)) == {}
        counts = endless_by_source(connection, NOW)
        assert endless_by_source(connection, NOW + timedelta(days=7)) == {}
    assert counts == {"desk": 2}
    (finding,) = endless(counts, NOW - timedelta(days=7), NOW)
    assert finding.level.value == "warn"
    assert finding.check == "source desk"
    assert finding.text == "2 contacts since 2026-02-26 began and never ended"
    assert "--from 2026-02-26 --to 2026-03-06 --records endless_contacts" in finding.action


def test_a_ticket_that_is_solved_before_it_was_created(desk: Desk) -> None:
    desk.post(
        event("ticket.opened", 0, "T1", channel="email"),
        event("ticket.solved", 60, "T1", agent="Ann"),
        event("ticket.opened", 0, "T2", channel="email"),
        event("ticket.solved", -60, "T2", agent="Ann"),
    )
    assert desk.left_out() == "Left out: tickets with impossible times (1)"
    assert desk.value("resolution_time") == (60, 1)
    assert desk.records("flawed_tickets") == ["T2"]


def test_a_merged_ticket_with_impossible_times_is_left_out_once(desk: Desk) -> None:
    desk.post(
        event("ticket.opened", 0, "T1", channel="email"),
        event("ticket.solved", -60, "T1", agent="Ann"),
        event("ticket.merged", 60, "T1"),
    )
    assert desk.left_out() == "Left out: spam, deleted or merged tickets (1)"
    assert desk.records("flawed_tickets") == []


@pytest.mark.parametrize(
    ("until", "flaw"),
    [
        ("2026-03-02T08:00:00+00:00", "ends before it starts"),
        ("2026-03-03T09:00:01+00:00", "over 24 hours"),
        ("2026-03-02T17:00:00", "no end"),
        ("soon", "no end"),
        (None, "no end"),
    ],
)
def test_a_shift_that_cannot_be_is_counted_and_not_planned_with(desk: Desk, until: str | None, flaw: str) -> None:
    data = {} if until is None else {"until": until}
    desk.post(event("roster.planned", 0, "S1", agent="Ann", data=data))
    assert desk.column("SELECT flaw FROM roster_shift") == [flaw]
    assert desk.left_out() == "Left out: shifts with impossible times (1)"
    assert desk.column("SELECT COUNT(*) FROM agent_time WHERE scheduled IS NOT NULL") == [0]
    assert desk.records("flawed_shifts") == ["S1"]


@pytest.mark.parametrize(
    ("kind", "data", "flaw"),
    [
        ("contact.sentiment", {"score": 1.01}, "sentiment beyond -1 to 1"),
        ("contact.evaluated", {"points": 11, "possible": 10}, "evaluation points outside what is possible"),
    ],
)
def test_a_remark_beyond_its_scale(desk: Desk, kind: str, data: dict[str, object], flaw: str) -> None:
    desk.post(*call("A"), event(kind, 300, "A", data=data))
    assert desk.left_out() == "Left out: contacts with impossible times (1)"
    assert desk.column("SELECT flaw FROM contact") == [flaw]
    assert desk.column("SELECT sentiment_milli FROM contact") == [None]
    assert desk.column("SELECT COUNT(*) FROM evaluation") == [0]


def test_an_unknown_zone_of_a_calendar_is_refused_by_name() -> None:
    with pytest.raises(PolicyError) as caught:
        parse('[calendars.office]\ntimezone = "Mars/Olympus"\n')
    assert 'calendars.office.timezone: is not a time zone; write a name such as "Europe/Riga"' in str(caught.value)


def test_an_unknown_zone_of_a_mapping_is_refused_before_anything_is_stored() -> None:
    files = adapters()["csv"].files
    assert files
    mapping = CSV_MAPPING.replace("Europe/Riga", "Mars/Olympus")
    with pytest.raises(BadPayload) as caught:
        list(files(StringIO(HEADER + "1,2026-03-02 09:00:00,,,\n"), {"mapping": mapping}))
    assert "'Mars/Olympus' is not a time zone; write it like Europe/Riga" in str(caught.value)


@pytest.mark.parametrize("at", ["2026-03-02T09:00:00", "2026-03-02T09:00:00 Mars/Olympus", "2026-03-02T09:00:00+99:00"])
def test_a_time_without_a_known_zone_is_kept_as_unread_with_its_field(desk: Desk, at: str) -> None:
    desk.post({"kind": "contact.offered", "at": at, "subject": "A", "channel": "voice", "direction": "inbound"})
    (dead,) = dead_deliveries(desk.engine, 10)
    assert ".at" in dead.error
    assert desk.column("SELECT COUNT(*) FROM event") == [0]


def test_the_text_of_a_report_shows_what_is_left_out(desk: Desk) -> None:
    desk.post(*call("A", data={"talk_s": -1}), *call("B")[:1])
    line = "Left out: contacts that never ended (1), contacts with impossible times (1)"
    assert line in report_text(desk.report())
