"""What a reader finds on the pages; every number is compared with what the API says."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from busy_centre import NOW, ZONE
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlmodel import Session
from web_site import app_for

from plugin.alert.tables import Incident
from plugin.inbox.tables import Refusal, Source
from plugin.kpi.metric import Unit
from plugin.policy.document import Document
from plugin.report import figures, subject

PAGES = [
    "/",
    "/?period=today",
    "/?period=last+week",
    "/?period=2025",
    "/kpi",
    "/kpi/service_level",
    "/kpi/asa.p90",
    "/kpi/backlog",
    "/kpi/hold_time",
    "/sources",
    "/incidents",
    "/incidents/1",
    "/wall",
    "/login",
]


class Tags(HTMLParser):
    """Every tag with its attributes, and the text inside the elements that carry `data-kpi`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.values: dict[str, str] = {}
        self._kpi: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._kpi = dict(attrs).get("data-kpi") if tag == "p" else None

    def handle_data(self, data: str) -> None:
        if self._kpi:
            self.values[self._kpi] = data.strip()
            self._kpi = None


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_every_tile_of_the_overview_says_what_the_api_says(client: FlaskClient) -> None:
    shown = Tags(page(client, "/?period=2026-11-23")).values
    answer = client.get(f"/api/v1/report?from=2026-11-23&to=2026-11-24&kpi={','.join(shown)}").get_json()
    values = answer["rows"][0]["values"]
    assert len(shown) == 13
    assert shown == {kpi: figures.figure(values[kpi]["value"], subject.unit(kpi), "en") for kpi in shown}


def test_a_part_of_a_day_is_compared_with_the_same_part(client: FlaskClient) -> None:
    shown = page(client, "/?period=today")
    assert "is compared with Tuesday 17 November 2026 up to 10:17." in shown
    part = "from=2026-11-17T00:00:00&to=2026-11-17T10:17:00&kpi=offered"
    before = client.get(f"/api/v1/report?{part}").get_json()["rows"][0]["values"]["offered"]["value"]
    tile = shown[shown.index('data-kpi="offered"') :]
    assert re.search(r"was ([\d,]+)", tile).group(1) == figures.figure(before, Unit.COUNT)  # type: ignore[union-attr]


def test_the_links_to_csv_and_json_give_the_same_numbers(client: FlaskClient) -> None:
    links = [attributes["href"] for tag, attributes in Tags(page(client, "/?period=2026-W47")).tags if tag == "a"]
    csv_link = next(link for link in links if link and "format=csv" in link)
    json_link = next(link for link in links if link and "format=json" in link)
    lines = client.get(csv_link).text.splitlines()
    written = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    values = client.get(json_link).get_json()["rows"][0]["values"]
    assert float(written["service_level"]) == pytest.approx(values["service_level"]["value"], abs=1e-12)
    assert int(written["offered"]) == values["offered"]["value"] > 900


def test_the_rows_of_the_queues_add_up_to_the_whole(client: FlaskClient) -> None:
    shown = page(client, "/?period=2026-11-23")
    table = shown[shown.index("Contacts by queue") : shown.index("Tickets by queue")]
    offered = [int(number) for number in re.findall(r'data-kpi="offered">(\d+)', table)]
    assert len(offered) == 3
    total = re.search(r"<tfoot>.*?<td>(\d+)</td>", table)
    assert total
    assert sum(offered) == int(total.group(1)) == int(Tags(shown).values["offered"])


def test_a_period_without_contacts_is_said_in_words_and_leads_to_the_last_one_with_any(client: FlaskClient) -> None:
    shown = page(client, "/?period=2025")
    assert "No contacts arrived in 2025." in shown
    assert "Tuesday 24 November 2026" in shown
    assert "data-value" not in shown


def test_a_number_that_nobody_supplies_is_missing_and_not_zero(client: FlaskClient) -> None:
    shown = page(client, "/kpi/hold_time")
    assert "no source supplies hold times" in shown
    assert "data-value" not in shown


def test_a_number_explains_itself(client: FlaskClient) -> None:
    shown = page(client, "/kpi/service_level?period=2026-11-23")
    values = client.get("/api/v1/report?period=2026-11-23&kpi=service_level").get_json()
    value = values["rows"][0]["values"]["service_level"]
    assert f'<p class="total">{value["numerator"]}</p>' in shown
    assert f'<p class="total">{value["denominator"]}</p>' in shown
    assert "contacts answered within 20 sec" in shown
    assert "SL-3" in shown
    assert "% of the target" in shown
    assert shown.count('data-kpi="service_level.sl') == 6


def test_an_alert_that_lasts_is_on_the_overview(client: FlaskClient) -> None:
    assert "Service level</a>, Billing: 41.0%" in page(client, "/")


def test_refusals_and_unreadable_deliveries_are_shown_with_their_reasons(client: FlaskClient) -> None:
    shown = page(client, "/sources")
    assert "The signature does not match. Copy the webhook&#39;s token" in shown
    assert "detail.id: is missing" in shown
    assert "<code>deskgauge replay --source zendesk --dead</code>" in shown


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/?period=someday", "period"),
        ("/?grain=fortnight", "grain"),
        ("/?by=weather", "by"),
        ("/?compare=never", "compare"),
        ("/?period=2026-02-30", "period"),
    ],
)
def test_a_wrong_address_says_which_part_and_what_to_write(client: FlaskClient, path: str, field: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert f"<strong>{field}</strong>" in answer.text


@pytest.mark.parametrize("path", ["/kpi/mood", "/incidents/99", "/nothing/here", "/chart/nothing.svg"])
def test_what_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_pages_hold_no_script_and_no_style_of_their_own(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    found = Tags(answer.text).tags
    assert found[0] == ("html", {"lang": language})
    for tag, attributes in found:
        assert tag != "style"
        assert tag != "script" or attributes["src"]
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        address = str(attributes.get("href") or attributes.get("src") or "")
        assert address.startswith(("/", "#")) or not address, address


def test_every_table_has_a_caption_and_every_picture_a_text(client: FlaskClient) -> None:
    shown = page(client, "/?period=2026-11-23")
    assert shown.count("<table") == shown.count("<caption")
    assert shown.count("<figure") == shown.count("<figcaption") == 4
    assert "08:00" in shown[shown.index("<figcaption") : shown.index("</figcaption>")]


def test_pictures_are_drawn_in_the_colours_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/chart/contacts.svg?period=2026-11-23&width=400")
    assert answer.mimetype == "image/svg+xml"
    assert 'width="400"' in answer.text
    assert "var(--accent)" in answer.text
    again = client.get(
        "/chart/contacts.svg?period=2026-11-23&width=400", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("query", ["width=1", "width=99999", "theme=pink", "width=x%22&theme=../../etc"])
def test_a_picture_of_another_shape_is_not_drawn(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/chart/contacts.svg?period=2026-11-23&{query}")
    assert answer.status_code in (404, 200)
    assert answer.status_code == 404 or 'width="640"' in answer.text


def test_the_wall_answers_304_while_nothing_changed(client: FlaskClient) -> None:
    first = client.get("/wall/panel")
    assert first.status_code == 200
    assert "77.4%" in first.text
    assert client.get("/wall/panel", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_steps_of_the_pictures_are_chosen(client: FlaskClient) -> None:
    by_hour, by_quarter = (page(client, f"/?period=2026-11-23&grain={grain}") for grain in ("hour", "quarter_hour"))
    assert '<th scope="row">10:15</th>' not in by_hour
    assert '<th scope="row">10:15</th>' in by_quarter
    # As the links of digests are written.
    assert "Course by hour" in page(client, "/?grain=day&period=2026-11-23")


def test_the_language_follows_the_reader_and_stays(client: FlaskClient) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', page(client, "/"))
    assert token
    chosen = client.post("/language", data={"csrf": token.group(1), "language": "lv", "next": "/kpi"})
    assert chosen.headers["Location"] == "/kpi"
    assert '<html lang="lv">' in page(client, "/kpi")


def test_times_are_those_of_the_centre(client: FlaskClient) -> None:
    assert f"Times in {ZONE}." in page(client, "/")


def test_a_page_says_when_the_database_does_not_answer() -> None:
    nowhere = create_engine("sqlite:////nowhere/at/all.db")
    client = app_for(nowhere).test_client()
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "The database does not answer" in answer.text
    told = client.get("/api/v1/report?period=yesterday")
    assert (told.status_code, told.get_json()["error"]["field"]) == (503, "database")


def test_an_unexpected_failure_tells_people_nothing_of_it(engine: Engine) -> None:
    def fail() -> Document:
        raise ZeroDivisionError("a secret detail")

    app = app_for(engine, document=fail)
    app.testing = False
    for path in ("/", "/api/v1/report?period=yesterday"):
        answer = app.test_client().get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 500
        assert "secret" not in answer.text


def test_a_method_that_is_not_offered_is_405(client: FlaskClient) -> None:
    answer = client.post("/api/v1/report")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.get_json()["error"]["field"] == "request"


def test_names_from_outside_are_text_and_never_markup(engine: Engine) -> None:
    name = '<img src=x onerror="alert(1)">'
    began = NOW - timedelta(minutes=5)
    with Session(engine) as session:
        session.add(
            Incident(
                rule=name, kpi="asa", scope=f"queue={name}", opened_at=began, fired_at=began, peak=9, n=9, threshold=5
            )
        )
        session.add(Source(name=name, adapter=name, created_at=began, last_received_at=began))
        session.add(Refusal(source=name, at=began, status=401, reason=f"`{name}`", url=name))
        session.commit()
    client = app_for(engine).test_client()
    for path in ("/", "/sources", "/incidents", "/incidents/1", "/wall"):
        assert "<img" not in page(client, path), path


MARK = '<sup class="provisional" title="provisional">'


def test_yesterday_is_marked_as_provisional_with_one_line_that_says_why(client: FlaskClient) -> None:
    shown = page(client, "/?period=yesterday")
    assert f"<h1>Monday 23 November 2026{MARK}" in shown
    assert shown.count(MARK) == 1
    assert shown.count("Provisional: late events may change these numbers until Wed 25 Nov 00:00.") == 1


def test_only_numbers_of_open_tickets_are_marked_once_late_events_are_over(client: FlaskClient) -> None:
    shown = page(client, "/?period=2026-11-22")
    assert "<h1>Sunday 22 November 2026</h1>" in shown
    marked = re.findall(r'<h3><a href="/kpi/(\w+)[^>]*>[^<]*</a><sup class="provisional"', shown)
    assert "received" in marked
    assert "offered" not in marked
    assert shown.count("Provisional: something that began in this period is still open.") == 1


def test_a_page_of_final_numbers_is_quiet(client: FlaskClient) -> None:
    shown = page(client, "/kpi/abandonment_rate?period=2026-11-22")
    assert "†" not in shown
    assert "Final." in shown
    assert "Final." not in page(client, "/kpi/received?period=2026-11-22")


@pytest.mark.parametrize(("language", "word"), [("lv", "provizoriski"), ("ru", "предварительно"), ("zh", "暂定")])
def test_the_mark_is_told_to_those_who_do_not_see_it(client: FlaskClient, language: str, word: str) -> None:
    answer = client.get("/kpi/asa?period=yesterday", headers={"Accept-Language": language})
    assert f'<span class="hidden"> ({word})</span>' in answer.text
