"""How a number is made and what is behind it, from the API, the page and the command: the same everywhere."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from plugin.web import access
from plugin.web.accounts import Account
from plugin.web.tables import Role

DAY = "period=2026-11-23"


def test_an_explanation_adds_up_to_what_the_report_says(client: FlaskClient) -> None:
    found = client.get(f"/api/v1/kpis/service_level?{DAY}&by=queue").get_json()
    report = client.get(f"/api/v1/report?{DAY}&kpi=service_level&by=queue").get_json()
    assert found["formula"] == "service_level.sl3 = answered_in_time / (answered + abandoned)"
    assert found["definition"] | {"variant": "SL-3", "threshold_s": 20} == found["definition"]
    numerator, denominator = (sum(part["value"] for part in found[side]) for side in ("numerator", "denominator"))
    assert found["result"]["numerator"] == numerator
    assert found["result"]["denominator"] == denominator == found["n"]
    assert [each["value"] for each in found["groups"]] == [
        row["values"]["service_level"]["value"] for row in report["rows"]
    ]


def test_an_explanation_names_rules_source_and_what_sources_lack(client: FlaskClient) -> None:
    found = client.get(f"/api/v1/kpis/csat?{DAY}").get_json()
    assert found["attribution"] == ["counted for the whole period"]
    assert found["empty"] == "null"
    assert "LiveAgent" in found["source"]
    assert found["lacks"]["asterisk"] == ["survey:csat"]
    assert found["version"] == 1


def test_an_unknown_kpi_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/kpis/nothing?{DAY}").status_code == 404
    assert client.get(f"/api/v1/kpis/nothing/records?{DAY}").status_code == 404


def test_records_are_paged_and_add_up(client: FlaskClient) -> None:
    value = client.get(f"/api/v1/kpis/abandonment_rate?{DAY}").get_json()["result"]
    first = client.get(f"/api/v1/kpis/abandonment_rate/records?{DAY}&per_page=50").get_json()
    assert first["whole"] == value
    found, page = list(first["records"]), 1
    while len(found) < first["total"]:
        page += 1
        more = client.get(f"/api/v1/kpis/abandonment_rate/records?{DAY}&per_page=50&page={page}").get_json()["records"]
        assert 0 < len(more) <= 50
        found += more
    assert sum(each["numerator"] or 0 for each in found) == value["numerator"]
    assert {each["fact"]["outcome"] for each in found if each["numerator"]} == {"abandoned"}


def test_records_of_one_queue_as_a_spreadsheet(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/kpis/offered/records?{DAY}&queue=Sales&format=csv&per_page=1000")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["queue"] for row in rows} == {"Sales"}
    assert sum(int(row["numerator"]) for row in rows) == len(rows)


def test_the_page_leads_to_its_records_and_names_its_source(client: FlaskClient) -> None:
    page = client.get(f"/kpi/aht?{DAY}").text
    assert "Genesys Cloud glossary" in page
    (link,) = re.findall(r'href="(/api/v1/kpis/aht/records\?[^"]*format=json)"', page)
    assert client.get(link.replace("&amp;", "&")).get_json()["total"] > 0


@pytest.mark.parametrize(("role", "sees"), [(Role.VIEWER, False), (Role.SUPERVISOR, True), (Role.ADMIN, True)])
def test_only_supervisors_and_above_see_masked_customers(role: Role, sees: bool) -> None:
    account = Account(id=1, name="anna", role=role, epoch=0)
    assert access.sees_customers(account) is sees
    assert access.sees_customers(None) is False


def test_a_viewer_gets_no_customer_column(client: FlaskClient) -> None:
    found = client.get(f"/api/v1/kpis/offered/records?{DAY}").get_json()["records"]
    assert all("customer" not in each["fact"] for each in found)


def amount(written: str) -> float:
    return float(re.sub(r"[^\d.\-]", "", written.replace("−", "-")))


def why_table(client: FlaskClient, query: str) -> list[list[str]]:
    page = client.get(f"/kpi/service_level?{query}").text
    section = page[page.index('aria-labelledby="why"') :]
    section = section[section.index("<tbody>") : section.index("</table>")]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in section.split("<tr>")[1:]]
    return [[re.sub(r"<[^>]*>", "", cell) for cell in row] for row in rows]


@pytest.mark.parametrize("by", ["queue", "team", "channel", "agent", "hour"])
@pytest.mark.parametrize("compare", ["previous", "weekday"])
def test_why_a_kpi_moved_adds_up_as_it_is_written(client: FlaskClient, by: str, compare: str) -> None:
    *rows, total = why_table(client, f"{DAY}&compare={compare}&why={by}")
    found = client.get(f"/api/v1/why?kpi=service_level&{DAY}&compare={compare}&by={by}").get_json()
    assert amount(total[1]) == pytest.approx(found["change"] * 100, abs=0.051)
    assert sum(amount(row[1]) for row in rows) == pytest.approx(amount(total[1]))
    for row in rows:
        if row[2]:
            assert amount(row[2]) + amount(row[3]) == pytest.approx(amount(row[1]))


def test_channels_are_called_as_the_reader_calls_them(client: FlaskClient) -> None:
    latvian = {"Accept-Language": "lv"}
    parts = client.get(f"/kpi/service_level?{DAY}&why=channel", headers=latvian).text
    parts = parts[parts.index('aria-labelledby="why"') :]
    for shown in (parts, client.get(f"/?{DAY}&by=channel", headers=latvian).text):
        assert ">tālrunis<" in shown
        assert ">voice<" not in shown


def test_what_does_not_add_up_over_groups_has_no_reasons(client: FlaskClient) -> None:
    assert 'id="why"' not in client.get(f"/kpi/longest_wait?{DAY}").text
    assert "why=hour" not in client.get(f"/kpi/backlog?{DAY}").text


def test_the_picture_of_the_reasons_is_drawn(client: FlaskClient) -> None:
    answer = client.get(f"/chart/why.svg?kpi=service_level&{DAY}&why=hour")
    assert answer.status_code == 200
    assert "who moved it" in answer.text
