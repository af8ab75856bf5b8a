"""The page of staffing: the same answer as the API and the command line, and errors that stand at their field."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from plugin.kpi.staffing import Load, Target, needed
from plugin.kpi.staffing_text import seconds_of
from plugin.report.staffing import steps
from plugin.web.locales import planning
from plugin.web.wording import say

HISTORY = "/staffing?from=history&period=2026-W47&shrinkage=30&occupancy=85&target=80/20"


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def faults(html: str) -> list[str]:
    return re.findall(r'<p class="fault" id="d-(\w+)">', html)


def test_a_load_needs_what_the_api_says(client: FlaskClient) -> None:
    # 100 calls in half an hour of 180 s: 13 agents answer 79.6 % in 20 s, 14 answer 88.8 %
    shown = page(client, "/staffing?contacts=100&interval=30m&aht=3m&target=80/20&shrinkage=30&occupancy=85")
    found = client.get("/api/v1/staffing?contacts=100&aht_s=180&shrinkage=0.3&max_occupancy=0.85").get_json()
    assert f'data-value="{found["agents"]}"' in shown
    assert f"{found['scheduled']} on the roster with 30 % shrinkage" in text_of(shown)
    assert "13 79.6% ✗ (missed)" in text_of(shown)
    assert "14 needed 88.8%" in text_of(shown)


def test_a_past_week_shows_each_hour_as_the_api_does(client: FlaskClient) -> None:
    shown = text_of(page(client, f"{HISTORY}&day=1"))
    query = "period=2026-W47&shrinkage=0.3&max_occupancy=0.85"
    hours = client.get(f"/api/v1/staffing?{query}").get_json()["hours"]
    monday = [one for one in hours if one["weekday"] == 0]
    assert len(hours) > 50
    assert monday
    for one in monday:
        assert f"{one['hour']:02}:00 {one['agents']} – – {one['scheduled']} " in shown  # nobody tells who was there
    assert "The whole week" in shown


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("contacts=many", ["contacts"]),
        ("contacts=0", ["contacts"]),
        ("contacts=nan", ["contacts"]),
        ("contacts=99999999", ["contacts"]),
        ("aht=long&interval=soon&target=80", ["interval", "aht", "target"]),
        ("aht=0", ["aht"]),
        ("target=100/20", ["target"]),
        ("patience=0", ["patience"]),
        ("shrinkage=100", ["shrinkage"]),
        ("occupancy=101", ["occupancy"]),
        ("from=history&period=2026-99", ["period"]),
        ("from=history&period=2019", ["period"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: FlaskClient, query: str, fields: list[str]) -> None:
    shown = page(client, f"/staffing?{query}", 400)
    assert faults(shown) == fields
    for field in fields:
        assert re.search(rf'<input id="f-{field}"[^>]* aria-invalid="true" aria-describedby="d-{field}">', shown) or (
            field == "interval"
        )


def test_a_form_shows_again_what_was_written(client: FlaskClient) -> None:
    shown = page(client, "/staffing?contacts=250&aht=4:10&target=90/15&patience=2m&shrinkage=25,5")
    for name, value in (("contacts", "250"), ("aht", "4:10"), ("target", "90/15"), ("shrinkage", "25,5")):
        assert f'name="{name}" value="{value}"' in shown


@pytest.mark.parametrize("path", ["load", "day"])
def test_its_pictures_are_drawn(client: FlaskClient, path: str) -> None:
    query = HISTORY.partition("?")[2] if path == "day" else "contacts=40&aht=200"
    answer = client.get(f"/chart/staffing-{path}.svg?{query}&width=600")
    assert answer.status_code == 200
    assert answer.text.startswith("<svg")


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
def test_it_speaks_the_language_of_the_reader(client: FlaskClient, language: str) -> None:
    client.set_cookie("deskgauge_language", language)
    for path in ("/staffing", HISTORY):
        assert say("staffing", language) in page(client, path)


def test_every_text_of_planning_has_the_same_blanks_in_every_language() -> None:
    for key, texts in planning.TEXTS.items():
        assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in texts}) == 1, key
        assert all(texts), key


def test_numbers_of_agents_around_the_needed_one_say_which_are_enough() -> None:
    load, target = Load(contacts=100, interval_s=1800, aht_s=180), Target(max_occupancy=0.7)
    found = steps(load, target, needed(load, target))
    # 14 answer enough in time, but are busy 71 % of their time
    assert [(step.agents, step.enough) for step in found if 13 <= step.agents <= 15] == [
        (13, False),
        (14, False),
        (15, True),
    ]
    assert found[0].agents == 10
    assert found[0].outlook is None
    assert found[0].in_time == 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("180", 180), ("3m", 180), ("1.5h", 5400), ("3:05", 185), ("1:00:01", 3601)]
)
def test_lengths_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text, "aht") == seconds
