"""`/deskgauge`: whose words are understood, who may ask, and that the numbers are those of everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import fake_slack
import pytest
import slack_requests
from busy_centre import DOCUMENT, NOW
from fake_slack import FakeSlack
from flask import Flask
from slack_limits import check_message
from sqlalchemy import Engine

from plugin.database import reading
from plugin.kpi.answer import Ask, answer
from plugin.kpi.catalogue import known_kpis
from plugin.kpi.period import Grain, PeriodTextError, parse_period_text, period_of
from plugin.policy.document import Document
from plugin.policy.sending import SlackAccess
from plugin.web.locales import slack as texts
from plugin.web.slack.blueprint import slack_blueprint
from plugin.web.slack.desk import SlackApp
from plugin.web.slack.words import NotUnderstood, Wanted, near, understood


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as running:
        yield running


def app_of(engine: Engine, document: Document = DOCUMENT, api_url: str = "https://slack.com/api/") -> SlackApp:
    return SlackApp(
        engine=engine,
        signing_secret=slack_requests.SECRET,
        document=lambda: document,
        now=lambda: NOW,
        base_url="https://gauge.example.com",
        api_url=api_url,
    )


def ask(app: SlackApp, text: str = "", **changes: str) -> dict[str, Any]:
    flask = Flask("commands", static_folder=None)
    flask.register_blueprint(slack_blueprint(app))
    answered = slack_requests.post_command(flask.test_client(), slack_requests.command(text, **changes), NOW)
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json or {}
    check_message(found)
    assert found["response_type"] == "ephemeral"
    return found


def said(answered: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in answered["blocks"] if "text" in block)


def cell_text(cell: dict[str, Any]) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    return "".join(str(part["text"]) for element in cell["elements"] for part in element["elements"])


def is_period(text: str) -> bool:
    try:
        parse_period_text(text, NOW, "Europe/Riga")
    except PeriodTextError:
        return False
    return True


# -- words


@pytest.mark.parametrize(
    ("text", "kpi", "period"),
    [
        ("", "", ""),
        ("yesterday", "", "yesterday"),
        ("abandonment_rate", "abandonment_rate", ""),
        ("abandonment_rate yesterday", "abandonment_rate", "yesterday"),
        ("CSAT last week", "csat", "last week"),
        ("Service Level 2026-11-23", "service_level", "2026-11-23"),
        ("service level 2026-11-23 10:00", "service_level", "2026-11-23 10:00"),
        ("aht  2026-W47", "aht", "2026-w47"),
        ("asa.p90 this month", "asa.p90", "this month"),
        ("Average speed of answer, 90th percentile", "asa.p90", ""),
        ("Pamesto zvanu īpatsvars vakar", "abandonment_rate", "yesterday"),
        ("Уровень обслуживания на прошлой неделе", "service_level", "last week"),
        ("平均处理时长 上周", "aht", "last week"),
    ],
)
def test_a_command_is_a_kpi_and_a_period_in_any_of_the_four_languages(text: str, kpi: str, period: str) -> None:
    found = understood(text, is_period)
    assert isinstance(found, Wanted), found
    assert (found.kpi, found.period.lower()) == (kpi, period)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("abandonement_rate", "abandonment_rate"), ("servise level", "service_level"), ("backlogg", "backlog")],
)
def test_a_close_miss_is_asked_about_and_not_guessed(text: str, meant: str) -> None:
    found = understood(text, is_period)
    assert isinstance(found, NotUnderstood)
    assert (found.kpi, found.near[0]) == (text, meant)


def test_words_that_are_in_names_find_them() -> None:
    assert "abandonment_rate" in near("abandonment")
    assert near("qqqqqqqq") == ()


def test_a_period_that_is_none_is_told_apart_from_a_kpi_that_is_none() -> None:
    assert understood("csat last fortnight", is_period) == NotUnderstood(period="last fortnight")
    assert understood("csatt last fortnight", is_period) != NotUnderstood(period="last fortnight")


def test_every_key_is_understood_as_itself() -> None:
    for key in known_kpis():
        assert understood(f"{key} yesterday", is_period) == Wanted(kpi=key, period="yesterday"), key


@pytest.mark.parametrize("text", ["a " * 50_000, "\x00", "<!channel>", "﷽" * 300])
def test_nothing_that_is_written_breaks_it(text: str) -> None:
    understood(text, is_period)


def test_every_text_has_the_same_blanks_in_every_language() -> None:
    for key, written in texts.TEXTS.items():
        blanks = [sorted(part.partition("}")[0] for part in one.split("{")[1:]) for one in written]
        assert all(one == blanks[0] for one in blanks), key
        assert all(written), key


# -- numbers


def test_one_kpi_shows_value_sample_target_and_change_of_the_one_calculation(centre: Engine) -> None:
    day = period_of(Grain.DAY, NOW, "Europe/Riga")
    with reading(centre) as connection:
        ask_it = Ask(kpis=("abandonment_rate",), start=day.start, end=day.end)
        value = answer(connection, DOCUMENT, ask_it, NOW).rows[0].values["abandonment_rate"]
    answered = ask(app_of(centre), "abandonment_rate")
    shown = said(answered)
    assert "Abandonment rate: Tuesday 24 November 2026 up to 10:17" in shown
    assert f"({value.numerator:.0f} of {value.denominator:.0f} contacts)" in shown
    assert f"{(value.value or 0) * 100:.1f}%" in shown
    assert "Target ≤\u00a05%: met" in shown
    assert "against" in shown
    assert "<https://gauge.example.com/kpi/abandonment_rate?period=2026-11-24|Open the report>" in shown


def test_a_period_is_compared_like_on_the_pages(centre: Engine) -> None:
    shown = said(ask(app_of(centre), "offered yesterday"))
    assert "Monday 23 November 2026" in shown
    assert "(Mon 16 Nov)" in shown


def test_nothing_said_is_the_usual_kpis_of_today_with_their_samples_and_targets(centre: Engine) -> None:
    answered = ask(app_of(centre))
    (table,) = [block for block in answered["blocks"] if block["type"] == "table"]
    head, *rows = [[cell_text(cell) for cell in row] for row in table["rows"]]
    assert head == ["KPI", "Value", "n", "Target", "Change"]
    (level,) = [row for row in rows if row[0] == "Service level"]
    assert level == ["Service level", "77.4% !", "53", "≥\u00a080%", "−0.2 pp"]
    assert answered["blocks"][0]["text"]["text"] == "Tuesday 24 November 2026 up to 10:17"


def test_what_nobody_supplies_is_said_by_its_missing_fact(centre: Engine) -> None:
    shown = said(ask(app_of(centre), "occupancy"))
    assert "Occupancy" in shown
    assert "not supplied" in shown or "missing" in shown.lower() or "no source" in shown.lower()


def test_a_close_miss_proposes_commands(centre: Engine) -> None:
    shown = said(ask(app_of(centre), "servise level"))
    assert "“servise level” is no KPI." in shown
    assert "/deskgauge service_level  (Service level)" in shown


def test_help_names_the_command_as_it_was_installed(centre: Engine) -> None:
    assert "/kpis csat last week" in said(ask(app_of(centre), "help", command="/kpis"))


@pytest.mark.parametrize(("language", "title"), [("lv", "Pamesto zvanu"), ("ru", "Доля"), ("zh", "放弃率")])
def test_the_answer_is_in_the_centres_language(centre: Engine, language: str, title: str) -> None:
    document = DOCUMENT.model_copy(update={"language": language})
    for text in ("", "abandonment_rate", "help", "nothing like it"):
        answered = ask(app_of(centre, document), text)
        if text == "abandonment_rate":
            assert answered["blocks"][0]["text"]["text"].startswith(title)


def test_what_is_written_is_never_read_as_markup(centre: Engine) -> None:
    for block in ask(app_of(centre), "<!channel>")["blocks"]:
        assert block["text"]["type"] == "plain_text" or "<!" not in block["text"]["text"]


# -- who may ask, and when


@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        (SlackAccess(), True),
        (SlackAccess(users=("U0ANNA",)), True),
        (SlackAccess(channels=("C0FLOOR",)), True),
        (SlackAccess(users=("U0BORIS",)), False),
        (SlackAccess(users=("U0BORIS",), channels=("C0BOSSES",)), False),
        (SlackAccess(users=("U0BORIS",), channels=("C0FLOOR",)), True),
    ],
)
def test_the_policy_says_who_may_see_numbers(centre: Engine, access: SlackAccess, allowed: bool) -> None:
    app = app_of(centre, DOCUMENT.model_copy(update={"slack": access}))
    for text in ("", "csat", "csatt", "help"):
        shown = said(ask(app, text))
        assert ("You may not see the numbers here." in shown) is not allowed


def test_an_answer_that_takes_long_is_announced_and_follows(centre: Engine, slack: FakeSlack) -> None:
    go_on = threading.Event()

    def knows() -> dict[str, tuple[str, ...]]:
        go_on.wait(10)
        return {}

    app = replace(app_of(centre, api_url=slack.url), knows=knows, prompt_s=0.05)
    at_once = ask(app, "offered", response_url=f"{slack.url}response/T0/1/x")
    assert said(at_once) == "One moment, the numbers are being worked out."
    go_on.set()
    later = slack.responses.get(timeout=10)
    check_message(later)
    assert later["blocks"][0]["text"]["text"].startswith("Contacts offered: ")


def test_what_goes_wrong_is_said_and_logged(centre: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def knows() -> dict[str, tuple[str, ...]]:
        raise RuntimeError("the database is gone")

    shown = said(ask(replace(app_of(centre), knows=knows), "offered"))
    assert "could not be worked out" in shown
    assert "the database is gone" in caplog.text


def test_a_command_without_its_writer_is_refused(centre: Engine) -> None:
    flask = Flask("commands", static_folder=None)
    flask.register_blueprint(slack_blueprint(app_of(centre)))
    answered = slack_requests.post_command(flask.test_client(), {"text": "csat"}, NOW)
    assert (answered.status_code, "user_id" in answered.text) == (400, True)


def test_a_command_that_slack_did_not_sign_is_refused(centre: Engine) -> None:
    flask = Flask("commands", static_folder=None)
    flask.register_blueprint(slack_blueprint(app_of(centre)))
    answered = flask.test_client().post("/slack/commands", data=slack_requests.command("csat"))
    assert answered.status_code == 401
