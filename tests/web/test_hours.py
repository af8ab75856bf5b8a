"""One KPI in opening hours, outside of them and at any time: the page shows what the API says of each."""

from __future__ import annotations

import re

import pytest
from busy_centre import DOCUMENT
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web_site import app_for

from plugin.policy.document import Document

DAY = "period=2026-11-23"
OFFICE = Document.model_validate(
    {
        **DOCUMENT.model_dump(exclude_none=True),
        "business_calendar": "office",
        "calendars": {"office": {"monday": ["10:00-13:00", "14:00-16:00"]}},
    }
)


@pytest.fixture
def office(centre: Engine) -> FlaskClient:
    return app_for(centre, document=lambda: OFFICE).test_client()


def shown(client: FlaskClient, hours: str = "", key: str = "offered") -> float:
    page = client.get(f"/kpi/{key}?{DAY}{hours}").get_data(as_text=True)
    return float(re.findall(rf'data-kpi="{key}" data-value="([^"]*)"', page)[0])


def test_open_and_closed_make_up_the_whole_and_are_those_of_the_api(office: FlaskClient) -> None:
    found = [shown(office, hours) for hours in ("", "&hours=open", "&hours=closed")]
    told = [
        office.get(f"/api/v1/report?{DAY}&kpi=offered{hours}").get_json()["rows"][0]["values"]["offered"]["value"]
        for hours in ("", "&hours=open", "&hours=closed")
    ]
    assert found == told
    assert found[1] + found[2] == found[0]
    assert min(found) > 0


def test_everything_on_the_page_is_of_these_hours(office: FlaskClient) -> None:
    page = office.get(f"/kpi/answer_rate?{DAY}&hours=closed").get_data(as_text=True)
    offered = shown(office, "&hours=closed")
    totals = re.findall(r'<p class="total">([^<]*)</p>', page)
    assert totals[1] == f"{offered:.0f}"
    assert 'aria-current="true">While closed</a>' in page
    assert "hours=closed" in re.findall(r'data-chart="([^"]*)"', page)[0]
    assert "hours=closed" in re.findall(r'href="([^"]*format=csv[^"]*)"', page)[-1]
    assert "/records" not in page
    assert 'name="hours" value="closed"' in page
    charts = [office.get(f"/chart/steps.svg?kpi=offered&{DAY}{hours}") for hours in ("", "&hours=closed")]
    assert [chart.status_code for chart in charts] == [200, 200]
    assert charts[0].data != charts[1].data


def test_a_target_of_all_hours_is_not_held_against_a_part_of_them(office: FlaskClient) -> None:
    kpi = next(target.kpi for target in DOCUMENT.targets if not target.scope.model_dump(exclude_none=True))
    pages = [office.get(f"/kpi/{kpi}?{DAY}{hours}").get_data(as_text=True) for hours in ("", "&hours=open")]
    assert ['class="goal"' in page for page in pages] == [True, False]


def test_a_stock_says_that_it_is_not_told_apart(office: FlaskClient) -> None:
    page = office.get(f"/kpi/backlog?{DAY}&hours=open").get_data(as_text=True)
    assert "This number is not told apart by opening hours." in page


def test_without_a_calendar_there_is_no_choice(client: FlaskClient, office: FlaskClient) -> None:
    assert "While open" not in client.get(f"/kpi/offered?{DAY}").get_data(as_text=True)
    assert client.get(f"/kpi/offered?{DAY}&hours=open").status_code == 400
    assert office.get(f"/kpi/offered?{DAY}&hours=sometimes").status_code == 400


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", ("Jebkurā laikā", "Darba laikā", "Ārpus darba laika")),
        ("ru", ("В любое время", "В рабочие часы", "В нерабочие часы")),
        ("zh", ("全部时间", "营业时间内", "营业时间外")),
    ],
)
def test_the_choice_is_in_the_readers_language(office: FlaskClient, language: str, words: tuple[str, ...]) -> None:
    page = office.get(f"/kpi/offered?{DAY}&hours=open", headers={"Accept-Language": language}).get_data(as_text=True)
    choice = re.findall(r'<nav [^>]*class="words hours">(.*?)</nav>', page)[0]
    assert re.findall(r">([^<]+)</a>", choice) == list(words)
    assert re.findall(r'aria-current="true">([^<]+)', choice) == [words[1]]
