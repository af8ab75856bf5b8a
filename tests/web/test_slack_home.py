"""The Home tab: shown when it is opened, with today's numbers and the open incidents, whose buttons work there too."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import fake_slack
import pytest
import slack_requests
from alert_desk import policy
from busy_centre import DOCUMENT, NOW
from fake_slack import TOKEN, FakeSlack, Fault
from slack_floor import PRESSED_AT, Floor, buttons
from slack_limits import check_view
from sqlalchemy import Engine

from plugin.notify.slack import SlackNotifier
from plugin.policy.sending import SlackAccess
from plugin.web.slack.desk import SlackApp
from plugin.web.slack.home import home_view


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as running:
        yield running


@pytest.fixture
def floor(engine: Engine, slack: FakeSlack) -> Floor:
    return Floor(engine, slack, policy(targets=["floor"], calendar="desk"))


def until(holds: Callable[[], bool]) -> None:
    """What goes on after an answer is waited for, ten seconds at most."""
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def open_home(floor: Floor, event_id: str = "Ev1", **changes: Any) -> int:
    payload = slack_requests.home_opened(event_id=event_id, **changes)
    return slack_requests.post_event(floor.client, payload, floor.clock.at).status_code


def press(floor: Floor, button: str, value: object, user: str = "U0ANNA") -> None:
    payload = slack_requests.press(
        button, value, view={"type": "home", "id": "V1"}, user={"id": user, "username": "anna"}
    )
    assert slack_requests.post_press(floor.client, payload, floor.clock.at).data == b""


def shown(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)


def test_slack_proves_the_address_by_a_challenge(floor: Floor) -> None:
    answered = slack_requests.post_event(floor.client, {"type": "url_verification", "challenge": "3eZb"}, PRESSED_AT)
    assert (answered.status_code, answered.json) == (200, {"challenge": "3eZb"})


def test_who_opens_the_tab_sees_the_open_incident_with_its_buttons(floor: Floor, slack: FakeSlack) -> None:
    number = floor.fire()
    assert open_home(floor) == 200
    until(lambda: "U0ANNA" in slack.homes)
    view = slack.homes["U0ANNA"]
    assert "Open incidents: 1" in shown(view)
    assert "Abandonment rate in Support and voice is 34.0% (17 of 50 calls, last 15\u00a0min; limit 15%)" in shown(view)
    assert "Above the limit since 10:40." in shown(view)
    snoozes = ["alert.snooze.30m", "alert.snooze.2h", "alert.snooze.opening"]
    assert buttons(view) == ["alert.ack", *snoozes, "alert.behind", "home.refresh"]
    assert f'"value": "{number}"' in shown(view)


def test_the_same_event_again_is_one_event(floor: Floor, slack: FakeSlack) -> None:
    for _ in range(3):
        assert open_home(floor, "Ev7") == 200
    assert open_home(floor, "Ev8") == 200
    until(lambda: len(slack.published) == 2)
    assert slack.counted()["views.publish"] == 2


def test_other_events_and_other_tabs_are_answered_and_change_nothing(floor: Floor, slack: FakeSlack) -> None:
    assert open_home(floor, tab="messages") == 200
    payload = slack_requests.home_opened()
    payload["event"]["type"] = "message"
    assert slack_requests.post_event(floor.client, payload, PRESSED_AT).status_code == 200
    assert slack_requests.post_event(floor.client, {"type": "app_rate_limited"}, PRESSED_AT).status_code == 200
    assert slack.calls == []


def test_an_event_that_is_no_object_or_not_signed_is_refused(floor: Floor) -> None:
    for body in ([1, 2], "x", None):
        answered = slack_requests.post_event(floor.client, body, PRESSED_AT)  # type: ignore[arg-type]
        assert answered.status_code == 400
    assert floor.client.post("/slack/events", json=slack_requests.home_opened()).status_code == 401


def test_acknowledging_in_the_tab_is_kept_and_shown_there_and_in_the_channel(floor: Floor, slack: FakeSlack) -> None:
    press(floor, "alert.ack", floor.fire())
    until(lambda: "U0ANNA" in slack.homes)
    assert floor.incident().acknowledged_by == "anna"
    assert "Acknowledged by anna, 10:50." in shown(slack.homes["U0ANNA"])
    assert "alert.ack" not in buttons(slack.homes["U0ANNA"])
    floor.deliver(PRESSED_AT)
    assert "Acknowledged by anna, 10:50." in floor.alert["text"]


def test_snoozing_in_the_tab_says_until_when(floor: Floor, slack: FakeSlack) -> None:
    press(floor, "alert.snooze.30m", floor.fire())
    until(lambda: "U0ANNA" in slack.homes)
    assert floor.snoozed_until() is not None
    first = slack.homes["U0ANNA"]["blocks"][0]["text"]["text"]
    assert first == "Snoozed: Support abandonment tells of no new breach until 11:20 (Europe/Riga)."


def test_a_snooze_is_shown_in_the_tab_and_can_be_ended_there(floor: Floor, slack: FakeSlack) -> None:
    number = floor.fire()
    press(floor, "alert.snooze.30m", number)
    until(lambda: "U0ANNA" in slack.homes)
    view = slack.homes.pop("U0ANNA")
    assert "alert.unsnooze" in buttons(view)
    assert "alert.snooze.30m" not in buttons(view)
    press(floor, "alert.unsnooze", number)
    until(lambda: "U0ANNA" in slack.homes)
    assert floor.snoozed_until() is None
    assert "alert.snooze.30m" in buttons(slack.homes["U0ANNA"])


def test_what_is_behind_an_alert_is_shown_in_the_tab(floor: Floor, slack: FakeSlack) -> None:
    press(floor, "alert.behind", floor.fire())
    until(lambda: "U0ANNA" in slack.homes)
    assert slack.homes["U0ANNA"]["blocks"][0]["text"]["text"].startswith("Behind this alert\n\nAbandonment rate")


def test_refreshing_shows_the_tab_anew(floor: Floor, slack: FakeSlack) -> None:
    for _ in range(2):
        press(floor, "home.refresh", "")
    until(lambda: len(slack.published) == 2)
    assert "No open incidents" in shown(slack.homes["U0ANNA"])


def test_a_tab_that_slack_refuses_is_logged_and_the_press_has_its_effect(
    floor: Floor, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("views.publish", Fault(error="ratelimited", status=429, retry_after="3"))
    press(floor, "alert.ack", floor.fire())
    until(lambda: "The Home tab was not shown" in caplog.text or "the Home tab was not shown" in caplog.text)
    assert floor.incident().acknowledged_by == "anna"


# -- what it shows


def app_of(engine: Engine, **changes: Any) -> SlackApp:
    app = SlackApp(
        engine=engine,
        signing_secret=None,
        document=lambda: DOCUMENT,
        now=lambda: NOW,
        notifier=SlackNotifier(token=TOKEN, api_url="http://127.0.0.1:9/"),
        base_url="https://gauge.example.com",
    )
    return replace(app, **changes)


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_todays_numbers_stand_against_their_targets_within_slacks_limits(centre: Engine, language: str) -> None:
    document = DOCUMENT.model_copy(update={"language": language})
    view = home_view(app_of(centre, document=lambda: document), "U0ANNA")
    check_view(view)
    assert "≥\u00a080" in shown(view)
    assert "10:17" in shown(view)


def test_who_may_not_see_numbers_sees_none(centre: Engine) -> None:
    document = DOCUMENT.model_copy(update={"slack": SlackAccess(users=("U0BOSS",))})
    app = app_of(centre, document=lambda: document)
    assert shown(home_view(app, "U0ANNA")).count("blocks") == 1
    assert "You may not see the numbers here." in shown(home_view(app, "U0ANNA"))
    assert "Service level" in shown(home_view(app, "U0BOSS"))
    assert "Service level" not in shown(home_view(app, "U0ANNA"))
