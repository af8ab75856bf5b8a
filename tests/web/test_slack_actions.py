"""Buttons of alerts: what Slack signed changes the incident, once; anything else changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import busy_centre
import fake_slack
import pytest
from alert_desk import MINUTE, START, policy
from fake_slack import FakeSlack
from slack_floor import BAD, GOOD, PRESSED_AT, Floor, body_of, buttons, post
from slack_limits import check_message
from slack_requests import SECRET, signature
from sqlalchemy import Engine, delete

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.tables import Incident
from plugin.app import create_app
from plugin.config import Config
from plugin.contract.request import Headers
from plugin.database import reading, session_scope
from plugin.kpi.answer import Ask
from plugin.kpi.records import asked_records
from plugin.policy.sending import SlackAccess
from plugin.web.slack.blueprint import BODY_LIMIT, verify


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as running:
        yield running


@pytest.fixture
def floor(engine: Engine, slack: FakeSlack) -> Floor:
    return Floor(engine, slack, policy(targets=["floor"]))


# -- who asks


def test_slacks_own_example_passes() -> None:
    # https://docs.slack.dev/authentication/verifying-requests-from-slack, read 2026-11
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = Headers(
        {
            "x-slack-request-timestamp": "1531420618",
            "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        }
    )
    verify(headers, body, "8f742231b10e8888abcd99yyyzzz85a5", datetime.fromtimestamp(1531420618, UTC))


@pytest.mark.parametrize(
    "headers",
    [
        {"signature": None},
        {"timestamp": None},
        {"signature": ""},
        {"signature": "v0="},
        {"signature": "v0=" + "0" * 64},
        {"signature": "v0=Ä"},
        {"timestamp": "yesterday"},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "1e9"},
        {"timestamp": "²³"},
        {"timestamp": "9" * 11},
        {"timestamp": "9" * 40},
    ],
    ids=str,
)
def test_what_is_not_proven_to_be_slacks_is_refused_and_changes_nothing(
    floor: Floor, headers: dict[str, str | None]
) -> None:
    number = floor.fire()
    if headers.get("timestamp"):
        assert post(floor.client, body_of("alert.ack", number), PRESSED_AT, **headers).status_code == 401
    else:
        answer = post(floor.client, body_of("alert.ack", number), PRESSED_AT, **{"signature": "v0=00", **headers})
        assert answer.status_code == 401
    assert floor.incident().acknowledged_at is None
    assert [row.what.rpartition(":")[2] for row in floor.desk.outbox()] == ["fired"]


def test_another_secret_another_body_and_another_time_are_refused(floor: Floor) -> None:
    number = floor.fire()
    body = body_of("alert.ack", number)
    timestamp = str(int(PRESSED_AT.timestamp()))
    of_another = signature(body, timestamp, "another secret")
    of_other_body = signature(body_of("alert.ack", number + 1), timestamp)
    of_other_time = signature(body, str(int(timestamp) + 1))
    for given in (of_another, of_other_body, of_other_time):
        assert post(floor.client, body, PRESSED_AT, signature=given).status_code == 401
    assert floor.incident().acknowledged_at is None


@pytest.mark.parametrize(("off_s", "status"), [(-301, 401), (-299, 200), (299, 200), (301, 401)])
def test_a_request_counts_for_five_minutes(floor: Floor, off_s: int, status: int) -> None:
    number = floor.fire()
    signed_at = PRESSED_AT + timedelta(seconds=off_s)
    assert post(floor.client, body_of("alert.ack", number), signed_at).status_code == status
    assert (floor.incident().acknowledged_at is not None) == (status == 200)


def test_without_a_signing_secret_it_says_what_to_set(engine: Engine, slack: FakeSlack) -> None:
    floor = Floor(engine, slack, policy(targets=["floor"]), secret=None)
    number = floor.fire()
    answer = floor.press("alert.ack", number)
    assert answer.status_code == 503
    assert "SLACK_SIGNING_SECRET" in answer.text
    assert floor.incident().acknowledged_at is None


def test_what_is_signed_but_cannot_be_read_is_refused_by_its_field(floor: Floor) -> None:
    floor.fire()
    for body, field_name in (
        (b"payload=no+JSON", "payload"),
        (b"", "payload"),
        (body_of("alert.ack", 1, user={}), "user.id"),
    ):
        answer = post(floor.client, body, PRESSED_AT)
        assert answer.status_code == 400
        assert field_name in answer.text
    assert post(floor.client, b"x" * (BODY_LIMIT + 1), PRESSED_AT).status_code == 413


def test_presses_that_are_not_ours_are_acknowledged_and_change_nothing(floor: Floor) -> None:
    number = floor.fire()
    for button, changes in (("alert.delete", {}), ("link", {}), ("alert.ack", {"type": "view_submission"})):
        answer = floor.press(button, number, **changes)
        assert (answer.status_code, answer.data) == (200, b"")
    assert floor.incident().acknowledged_at is None
    assert floor.snoozed_until() is None


def test_it_is_only_for_posting(floor: Floor) -> None:
    assert floor.client.get("/slack/actions").status_code == 405


# -- acknowledge


def test_acknowledging_is_kept_and_shown_in_the_place_of_the_alert(floor: Floor) -> None:
    number = floor.fire()
    answer = floor.press("alert.ack", number)
    assert (answer.status_code, answer.data) == (200, b"")
    assert floor.incident().acknowledged_by == "anna"
    assert floor.incident().acknowledged_at == PRESSED_AT

    before = floor.alert["text"]
    floor.deliver(PRESSED_AT)
    assert len(floor.slack.messages["C0FLOOR"]) == 1
    title, _, rest = before.partition(": Above")
    assert floor.alert["text"] == f"{title}: Acknowledged by anna, 10:50. Above{rest}"
    assert floor.alert["edited"]
    assert buttons(floor.alert) == ["alert.snooze.30m", "alert.snooze.2h", "alert.behind"]


def test_acknowledging_twice_is_once_and_says_who_was_first(floor: Floor) -> None:
    number = floor.fire()
    floor.press("alert.ack", number)
    floor.deliver(PRESSED_AT)
    floor.clock.at += MINUTE
    again = floor.press("alert.ack", number, user={"id": "U0BORIS", "username": "boris"})
    assert again.status_code == 200
    assert again.json == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "anna had acknowledged this already, 10:50.",
    }
    assert floor.incident().acknowledged_by == "anna"
    assert floor.incident().acknowledged_at == PRESSED_AT
    assert sorted(floor.desk.said()) == [("acknowledged", "slack"), ("fired", "slack")]


def test_of_people_who_press_at_once_one_is_first(floor: Floor) -> None:
    number = floor.fire()

    def press(who: str) -> str:
        body = body_of("alert.ack", number, user={"id": who})
        return post(floor.app.test_client(), body, PRESSED_AT).text

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(press, ["U1", "U2", "U3", "U4", "U5", "U6"]))
    first = floor.incident().acknowledged_by
    assert told.count("") == 1
    assert sum(f"{first} had acknowledged this already" in each for each in told) == 5
    assert sorted(floor.desk.said()) == [("acknowledged", "slack"), ("fired", "slack")]


def test_what_was_acknowledged_on_the_page_is_then_shown_on_slack_too(floor: Floor) -> None:
    number = floor.fire()
    with session_scope(floor.engine) as session:
        answer(session, floor.document, Press(button=ACKNOWLEDGE, incident=number, who="Dace"), PRESSED_AT)
    assert "Dace had acknowledged" in floor.press("alert.ack", number).text
    floor.deliver(PRESSED_AT)
    assert "Acknowledged by Dace, 10:50." in floor.alert["text"]


def test_the_end_stands_over_an_acknowledgement_that_leaves_later(floor: Floor) -> None:
    number = floor.fire()
    floor.clock.at = START + timedelta(seconds=50)
    floor.press("alert.ack", number)
    # The next minute is looked at before anything was sent, so that both changes of the alert wait.
    floor.desk.at(START + MINUTE, GOOD)
    floor.deliver(START + MINUTE)
    assert floor.alert["text"].startswith("Over after 1")
    assert buttons(floor.alert) == []


def test_a_press_within_the_minute_that_is_looked_at_later_does_not_hide_the_end(floor: Floor) -> None:
    number = floor.fire()
    floor.clock.at = START + MINUTE + timedelta(seconds=3)
    floor.press("alert.ack", number)
    floor.desk.at(START + MINUTE + timedelta(seconds=8), GOOD)
    floor.deliver(START + 2 * MINUTE)
    assert floor.alert["text"].startswith("Over after 1")


def test_a_name_is_data_and_a_missing_one_is_the_id(floor: Floor) -> None:
    number = floor.fire()
    floor.press("alert.ack", number, user={"id": "U0ANNA", "username": "<!channel>\u0000 & co"})
    assert floor.incident().acknowledged_by == "<!channel> & co"
    floor.deliver(PRESSED_AT)
    assert "Acknowledged by &lt;!channel&gt; &amp; co" in floor.alert["text"]
    assert "<!channel>" not in json.dumps(floor.alert["blocks"])


def test_without_a_name_the_id_is_kept(floor: Floor) -> None:
    floor.press("alert.ack", floor.fire(), user={"id": "U0ANNA"})
    assert floor.incident().acknowledged_by == "U0ANNA"


# -- snooze


@pytest.mark.parametrize(
    ("length", "until", "said"),
    [
        ("30m", PRESSED_AT + timedelta(minutes=30), "until 11:20 (Europe/Riga)"),
        ("2h", PRESSED_AT + timedelta(hours=2), "until 12:50 (Europe/Riga)"),
        # the next day at nine in Riga
        ("opening", datetime(2026, 11, 24, 7, 0, tzinfo=UTC), "until Tue 24 Nov 09:00 (Europe/Riga)"),
    ],
)
def test_snoozing_lasts_as_long_as_the_button_says(
    engine: Engine, slack: FakeSlack, length: str, until: datetime, said: str
) -> None:
    floor = Floor(engine, slack, policy(targets=["floor"], calendar="desk"))
    answer = floor.press(f"alert.snooze.{length}", floor.fire())
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["text"] == f"Snoozed: Support abandonment tells of no new breach {said}."
    assert floor.snoozed_until() == until
    assert floor.incident().acknowledged_at is None


def test_the_centres_calendar_counts_where_the_rule_has_none(engine: Engine, slack: FakeSlack) -> None:
    document = policy(targets=["floor"]).model_copy(update={"business_calendar": "desk"})
    floor = Floor(engine, slack, document)
    floor.press("alert.snooze.opening", floor.fire())
    assert floor.snoozed_until() == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_without_a_calendar_there_is_no_opening_to_wait_for(floor: Floor) -> None:
    answer = floor.press("alert.snooze.opening", floor.fire())
    assert answer.status_code == 200
    assert "nothing was snoozed" in answer.text
    assert floor.snoozed_until() is None


def test_a_snoozed_rule_tells_its_end_and_no_new_breach_until_the_time_is_over(floor: Floor) -> None:
    number = floor.fire()
    floor.clock.at = START + timedelta(seconds=30)
    floor.press("alert.snooze.30m", number)
    for minute, value in enumerate([GOOD, BAD, BAD], start=1):
        floor.desk.at(START + minute * MINUTE, value)
    told = [("ended", "slack"), ("fired", "slack"), ("recovered", "slack"), ("snoozed", "slack")]
    assert sorted(floor.desk.said()) == told
    floor.desk.at(START + 30 * MINUTE, BAD)
    assert len(floor.desk.said()) == 4
    floor.desk.at(START + 31 * MINUTE, BAD)
    assert [said for said, _ in floor.desk.said()].count("fired") == 2


# -- too late, and answers


@pytest.mark.parametrize("button", ["alert.ack", "alert.snooze.2h"])
def test_an_incident_that_is_over_stays_as_it_is(floor: Floor, button: str) -> None:
    number = floor.fire()
    floor.desk.at(START + MINUTE, GOOD)
    answer = floor.press(button, number)
    assert answer.status_code == 200
    assert answer.json == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "This incident is over; nothing was changed.",
    }
    assert floor.incident().acknowledged_at is None
    assert floor.snoozed_until() is None


@pytest.mark.parametrize("value", ["4711", "", "none", "-1", "²", "9" * 30])
def test_an_incident_that_does_not_exist_is_said_so(floor: Floor, value: str) -> None:
    floor.fire()
    answer = floor.press("alert.ack", value)
    assert answer.status_code == 200
    assert "no such incident" in answer.text


def test_the_answer_goes_to_slack_where_it_can_be_shown(floor: Floor, slack: FakeSlack) -> None:
    number = floor.fire()
    answer = floor.press("alert.snooze.30m", number, response_url=f"{slack.url}response/T0/1/x")
    assert (answer.status_code, answer.data) == (200, b"")
    assert slack.responses.get(timeout=10) == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "Snoozed: Support abandonment tells of no new breach until 11:20 (Europe/Riga).",
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com.example.org/x",
        "https://example.org/.slack.com",
        "http://hooks.slack.com/actions/x",
        "https://hooks.slack.com@example.org/x",
        "https://[",
        "file:///etc/hostname",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_slacks(floor: Floor, url: str) -> None:
    answer = floor.press("alert.snooze.30m", floor.fire(), response_url=url)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["text"].startswith("Snoozed: ")


def test_the_whole_application_answers_without_login(database_url: str, tmp_path: Path) -> None:
    config = Config(
        data_dir=tmp_path,
        database_url=database_url,
        base_url="https://gauge.example.com",
        slack_signing_secret=SECRET,
    )
    app = create_app(config)
    try:
        client = app.test_client()
        now = datetime.now(UTC)
        assert "no such incident" in post(client, body_of("alert.ack", 1), now).text
        assert post(client, body_of("alert.ack", 1), now, signature="v0=00").status_code == 401
    finally:
        app.extensions["intake"].stop()
        app.extensions["installation"].engine.dispose()


# -- what is behind it


@pytest.fixture
def busy_floor(engine: Engine, slack: FakeSlack) -> Floor:
    busy_centre.fill(engine, days=3)
    with session_scope(engine) as session:
        session.exec(delete(Incident))
    return Floor(engine, slack, policy(targets=["floor"], window="24h"))


def test_the_calls_behind_an_alert_are_shown_to_who_asks_and_to_nobody_else(
    busy_floor: Floor, slack: FakeSlack
) -> None:
    number = busy_floor.fire()
    start, only = START - timedelta(days=1), {"queue": "Support", "channel": "voice"}
    ask = Ask(kpis=("abandonment_rate",), start=start, end=START, only=only)
    with reading(busy_floor.engine) as connection:
        found = asked_records(connection, busy_floor.document, ask, PRESSED_AT)
    lost = [one for one in found.page if one.numerator]
    answered = busy_floor.press("alert.behind", number, response_url=f"{slack.url}response/T0/1/x")
    assert (answered.status_code, answered.data) == (200, b"")
    told = slack.responses.get(timeout=20)
    check_message(told)
    assert told["response_type"] == "ephemeral"
    (section,) = [block["text"]["text"] for block in told["blocks"] if "Abandonment rate" in str(block)]
    head, *lines = section.splitlines()
    assert head.startswith("*Abandonment rate in Support and voice is 34.0%")
    assert len(lines) == min(len(lost), 10) > 0
    assert all(" · Support · " in line for line in lines)
    assert "https://gauge.example.com/incidents/" in str(told["blocks"])
    assert busy_floor.incident().acknowledged_at is None


def test_the_policy_says_who_sees_what_is_behind(busy_floor: Floor) -> None:
    number = busy_floor.fire()
    busy_floor.document = busy_floor.document.model_copy(update={"slack": SlackAccess(users=("U0BOSS",))})
    assert "You may not see the numbers here." in busy_floor.press("alert.behind", number).text
    boss = busy_floor.press("alert.behind", number, user={"id": "U0BOSS"})
    assert " · Support · " in boss.text


def test_nothing_is_behind_an_incident_that_does_not_exist(floor: Floor) -> None:
    floor.fire()
    assert "no such incident" in floor.press("alert.behind", 4711).text
    assert "Nothing of it is listed one by one." in floor.press("alert.behind", floor.incident().id or 0).text
