"""Rows that people enter by file or API: read as spreadsheets write them, replaced by their id, refused by row and column."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from busy_centre import DOCUMENT
from click.testing import CliRunner
from flask.testing import FlaskClient
from installed import imported, installed
from sqlalchemy import Engine, text
from web_site import app_for

from plugin.cli import main
from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.importing import ImportProblem, RowCounts, import_inputs
from plugin.inbox.sources import add_source
from plugin.installation import Installation
from plugin.normalise.inputs import KINDS, InputProblem, event_of
from plugin.web.tables import Scope
from plugin.web.tokens import create_token
from plugin.work import settle_inbox

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
COST = {"id": "rent", "category": "rent", "amount": "1 800,50", "month": "2026-11"}
SHIFT = {"id": "1", "agent": "Ann", "from": "2026-11-02 22:00", "until": "06:00"}


def event(kind: str, **row: Any) -> Event:
    return event_of(KINDS[kind], row, "Europe/Riga", AT)


def took(opened: Installation, kind: str, path: Path, after_s: int = 0, source: str | None = None) -> RowCounts:
    return import_inputs(opened, KINDS[kind], source, [path], AT + timedelta(seconds=after_s))


def found(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_a_file_that_can_be_imported(kind: str) -> None:
    result = CliRunner().invoke(main, ["import-template", kind, "--explain"], catch_exceptions=False)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 2
    assert [event(kind, **row).kind for row in rows] == [KINDS[kind].event] * 2
    assert all(f"{name}:" in result.stderr for name in KINDS[kind].names)


def test_a_shift_over_midnight_ends_on_the_next_day() -> None:
    one = event("roster", **SHIFT)
    assert (one.kind, one.agent, one.at) == (Kind.ROSTER_PLANNED, "Ann", datetime(2026, 11, 2, 20, tzinfo=UTC))
    assert one.data["until"] == "2026-11-03T04:00:00+00:00"
    abroad = event("roster", **{**SHIFT, "timezone": "America/New_York"})
    assert abroad.at == datetime(2026, 11, 3, 3, tzinfo=UTC)


def test_a_shift_in_the_night_of_the_clock_change_is_an_hour_longer() -> None:
    one = event("roster", **{**SHIFT, "from": "24.10.2026 22:00"})
    assert datetime.fromisoformat(str(one.data["until"])) - one.at == timedelta(hours=9)


@pytest.mark.parametrize("amount", ["1800.50", "1800,50", "1 800,50", "1\u00a0800,50", 1800.5])
def test_amounts_have_a_decimal_point_or_comma(amount: object) -> None:
    assert event("cost", **{**COST, "amount": amount}).data["amount"] == 1800.5


@pytest.mark.parametrize(
    ("kind", "row", "column", "remedy"),
    [
        ("cost", {**COST, "amount": "1.800,50"}, "amount", "without one"),
        ("cost", {**COST, "amount": "1,800"}, "amount", "without one"),
        ("cost", {**COST, "amount": "-1"}, "amount", "from 0"),
        ("cost", {**COST, "amount": "nan"}, "amount", "write it like"),
        ("cost", {**COST, "amount": ""}, "amount", "is empty"),
        ("cost", {**COST, "category": "cake"}, "category", "one of wages"),
        ("cost", {**COST, "month": "11/2026"}, "month", "like 2026-11"),
        ("cost", {**COST, "from": "2026-11-01"}, "month", "either a month"),
        ("cost", {**COST, "currency": "euro"}, "currency", "three capital"),
        ("cost", {**COST, "colour": "red"}, "colour", "is no column"),
        ("cost", {**COST, "note": ["a"]}, "note", "one value"),
        ("roster", {**SHIFT, "timezone": "Riga"}, "timezone", "Europe/Riga"),
        ("roster", {**SHIFT, "from": "11/02/2026 22:00"}, "from", "2026-11-02 22:00"),
        ("roster", {**SHIFT, "until": "2026-11-02 21:00"}, "until", "after `from`"),
        ("roster", {**SHIFT, "until": "2026-11-04 21:00"}, "until", "24 hours"),
        ("roster", {**SHIFT, "agent": " "}, "agent", "is empty"),
        ("sentiment", {"contact": "1", "score": "1.1"}, "score", "-1 to 1"),
        ("evaluation", {"evaluation": "1", "contact": "1", "points": 21, "possible": 20}, "points", "from 0"),
        ("customers", {"id": "1", "from": "2026-11-30", "to": "2026-11-01", "at_start": 1}, "to", "exchange"),
        ("customers", {"id": "1", "from": "2026-11-01", "to": "2026-11-30", "at_start": 1.5}, "at_start", "whole"),
    ],
)
def test_a_wrong_value_is_refused_by_column_with_what_to_write(
    kind: str, row: dict[str, Any], column: str, remedy: str
) -> None:
    with pytest.raises(InputProblem) as refused:
        event(kind, **row)
    assert refused.value.column == column
    assert remedy in refused.value.text


def test_a_corrected_file_replaces_rows_by_their_id_and_may_be_taken_back(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    # as a spreadsheet in Europe writes it: a byte order mark, semicolons, decimal commas
    first.write_bytes("\ufeffid;category;amount;month\r\nrent;rent;1800,50;2026-11\r\nit;it;20;2026-11\r\n".encode())
    second.write_text("id,category,amount,month\nrent,rent,1900.50,2026-11\nit,it,20,2026-11\n")
    amounts = "SELECT subject, amount_milli FROM cost_entry ORDER BY subject"
    assert took(opened, "cost", first) == RowCounts(accepted=2)
    assert took(opened, "cost", first, 1) == RowCounts(unchanged=2)
    assert took(opened, "cost", second, 2) == RowCounts(accepted=1, unchanged=1)
    assert found(engine, amounts) == [("it", 20_000), ("rent", 1_900_500)]
    assert took(opened, "cost", first, 3) == RowCounts(accepted=1, unchanged=1)
    assert found(engine, amounts) == [("it", 20_000), ("rent", 1_800_500)]
    (tmp_path / "c.csv").write_text("id,category,amount,month,removed\nit,it,20,2026-11,yes\n")
    assert took(opened, "cost", tmp_path / "c.csv", 4).accepted == 1
    assert found(engine, amounts) == [("rent", 1_800_500)]


def test_good_rows_are_taken_and_bad_ones_named(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    path = tmp_path / "roster.csv"
    path.write_text(
        "id,agent,from,until\n1,Ann,2026-11-02 22:00,06:00\n2,Bob,2026-11-02 22:00,late\n1,Cy,2026-11-02 20:00,06:00\n"
    )
    counts = took(opened, "roster", path)
    assert (counts.accepted, counts.bad) == (2, 1)
    assert counts.reasons == ["roster.csv, row 2, column until: 'late' is not a time; write it like 2026-11-02 22:00"]
    assert found(engine, "SELECT subject, agent FROM roster_shift") == [("1", "Cy")]


def test_rows_whose_delivery_cannot_be_read_are_dead_and_named(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    with writing(engine) as connection:
        add_source(connection, "old", "a vendor that was removed", AT)
    opened.reload()
    path = tmp_path / "s.csv"
    path.write_text("contact,score\nc1,nonsense\nc1,0.5\nc2,-0.5\n")
    counts = took(opened, "sentiment", path, source="old")
    assert (counts.accepted, counts.bad, counts.dead) == (0, 1, 2)
    assert counts.reasons[0].startswith("s.csv, rows 2 to 3: No source is called old")
    environment = {
        "DESKGAUGE_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "DESKGAUGE_SECRET_KEY": "a secret of the tests",
    }
    path.write_text("contact,score\nc3,0.5\n")
    done = CliRunner().invoke(main, ["import", "sentiment", str(path), "--source", "old"], env=environment)
    assert done.exit_code == 1
    assert "0 rows accepted, 0 unchanged, 0 bad, 1 dead: `deskgauge replay --dead`" in done.output
    assert "s.csv, row 1: No source is called old" in done.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"id,category\nrent,rent\n", "column amount is missing"),
        (b"id,category,amount,month,colour\n", "'colour' is unknown"),
        (b"id,category,amount,month\nrent,rent,1,5,2026-11\n", "row 1 has 5 columns"),
        ("id,category,amount\nrent,rent,1\u20ac".encode("cp1252"), "not UTF-8"),
        (b"", "column id is missing"),
    ],
)
def test_a_file_of_another_form_is_refused_whole(engine: Engine, tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ImportProblem, match=reason):
        took(installed(engine, tmp_path), "cost", tmp_path / "x.csv")


def test_remarks_belong_to_the_source_of_their_contact(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    second = f"{datetime(2026, 11, 2, 9, tzinfo=UTC).timestamp():.0f}"
    (tmp_path / "log").write_text(
        f"{second}|c.1|support|NONE|ENTERQUEUE||+4930555|1\n{second}|c.1|support|Ann|CONNECT|0|x|0\n"
        f"{second}|c.1|support|Ann|COMPLETECALLER|0|60|1\n"
    )
    from installed import imported

    imported(opened, "asterisk", [tmp_path / "log"])
    ((contact,),) = found(engine, "SELECT subject FROM contact")
    rows = f"evaluation,contact,points,possible\nE1,{contact},17,20\nE2,{contact},10,20\n"
    (tmp_path / "e.csv").write_text(rows)
    (tmp_path / "s.csv").write_text(f'contact,score\n{contact},"-0,25"\n')
    with pytest.raises(ImportProblem, match="--source; there are: asterisk"):
        took(opened, "evaluation", tmp_path / "e.csv")
    assert took(opened, "evaluation", tmp_path / "e.csv", source="asterisk").accepted == 2
    assert took(opened, "evaluation", tmp_path / "e.csv", 5, source="asterisk").unchanged == 2
    assert took(opened, "sentiment", tmp_path / "s.csv", source="asterisk").accepted == 1
    assert found(engine, "SELECT sentiment_milli FROM contact") == [(-250,)]
    assert found(engine, "SELECT points_milli, agent FROM evaluation ORDER BY points_milli") == [
        (10_000, "Ann"),
        (17_000, "Ann"),
    ]


# -- API


@pytest.fixture
def caller(engine: Engine) -> FlaskClient:
    token = create_token(engine, "hr", [Scope.WRITE], DOCUMENT and AT)
    client = app_for(engine, now=lambda: AT).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_the_api_takes_the_same_rows_once(caller: FlaskClient, engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    answer = caller.post("/api/v1/inputs/cost", json=[{**COST, "amount": 1800.5}])
    assert (answer.status_code, answer.get_json()) == (200, {"accepted": 1, "unchanged": 0})
    opened.reload()
    settle_inbox(opened)
    assert found(engine, "SELECT subject, source, amount_milli FROM cost_entry") == [("rent", "inputs", 1_800_500)]
    again = caller.post("/api/v1/inputs/cost", json=[COST])
    assert again.get_json() == {"accepted": 0, "unchanged": 1}


def test_a_request_with_a_bad_row_stores_nothing(caller: FlaskClient, engine: Engine) -> None:
    answer = caller.post("/api/v1/inputs/cost", json=[COST, {**COST, "amount": "much"}])
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [
        {"row": 2, "field": "amount", "message": "'much' is not a number; write it like 1234.50 or 1234,50"}
    ]
    assert found(engine, "SELECT COUNT(*) FROM delivery") == [(0,)]


@pytest.mark.parametrize(
    ("url", "body", "status"),
    [
        ("/api/v1/inputs/cake", [], 404),
        ("/api/v1/inputs/cost", {"id": 1}, 400),
        ("/api/v1/inputs/cost", [{}] * 1001, 400),
        ("/api/v1/inputs/sale", [{"contact": "1"}], 400),
        ("/api/v1/inputs/sale?source=nobody", [{"contact": "1"}], 400),
    ],
)
def test_a_wrong_request_is_refused(caller: FlaskClient, url: str, body: object, status: int) -> None:
    answer = caller.post(url, json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"]["remedy"]


def test_reading_is_not_writing(engine: Engine) -> None:
    client = app_for(engine, now=lambda: AT).test_client()
    assert client.post("/api/v1/inputs/cost", json=[COST]).status_code == 401  # not even from this machine
    token = create_token(engine, "screen", [Scope.READ], AT)
    answer = client.post("/api/v1/inputs/cost", json=[COST], headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_names_that_nothing_has_used_before_are_told(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, '[teams.Support]\nagents = ["Ann"]\n')
    (tmp_path / "log").write_text(
        "1793620800|1793620800.1|support|NONE|ENTERQUEUE||1|1\n1793620805|1793620800.1|support|Ann|CONNECT|5|x|1\n"
    )
    imported(opened, "asterisk", [tmp_path / "log"])
    shifts = tmp_path / "r.csv"
    lines = [f"{number},{agent},2026-11-02 08:00,16:00" for number, agent in enumerate(("Ann", "Anne", "Bob"))]
    shifts.write_text("\n".join(["id,agent,from,until", *lines]))
    assert took(opened, "roster", shifts).unseen == {"agents": ["Anne", "Bob"]}
    assert took(opened, "roster", shifts, 1).unseen == {"agents": ["Anne", "Bob"]}
    heads = tmp_path / "h.csv"
    heads.write_text("id,from,to,headcount,team\n1,2026-11-01,2026-11-30,4,Support\n2,2026-11-01,2026-11-30,4,Suport\n")
    assert took(opened, "headcount", heads).unseen == {"teams": ["Suport"]}
