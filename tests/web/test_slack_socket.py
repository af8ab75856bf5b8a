"""Socket Mode: buttons, commands and the Home tab over a connection that we open, acknowledged, and made anew when it breaks."""

from __future__ import annotations

from collections.abc import Iterator

import fake_slack
import fake_socket_mode
import pytest
import slack_requests
from alert_desk import policy
from fake_slack import APP_TOKEN, FakeSlack, Fault
from fake_socket_mode import SocketMode
from slack_floor import PRESSED_AT, Floor
from slack_limits import check_message
from sqlalchemy import Engine

from plugin.web.slack.socket import SocketListener


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as running:
        yield running


@pytest.fixture
def mode(slack: FakeSlack) -> Iterator[SocketMode]:
    with fake_socket_mode.running() as running:
        slack.socket_url = running.url
        yield running


@pytest.fixture
def floor(engine: Engine, slack: FakeSlack) -> Floor:
    return Floor(engine, slack, policy(targets=["floor"]))


def listener_of(floor: Floor, token: str = APP_TOKEN) -> SocketListener:
    return SocketListener(app=floor.slack_app(), app_token=token, retry_s=(0.05,), ping_s=0.1)


@pytest.fixture
def listening(floor: Floor, mode: SocketMode) -> Iterator[SocketListener]:
    listener = listener_of(floor)
    listener.start()
    mode.wait()
    yield listener
    listener.stop()


@pytest.mark.usefixtures("listening")
def test_acknowledging_goes_there_and_back(floor: Floor, mode: SocketMode) -> None:
    number = floor.fire()
    mode.send("interactive", slack_requests.press("alert.ack", number))
    assert mode.answer() == {"envelope_id": "E1"}
    assert floor.incident().acknowledged_by == "anna"
    floor.deliver(PRESSED_AT)
    assert "Acknowledged by anna, 10:50." in floor.alert["text"]


@pytest.mark.usefixtures("listening")
def test_snoozing_goes_there_and_is_told_to_who_pressed(floor: Floor, mode: SocketMode, slack: FakeSlack) -> None:
    number = floor.fire()
    mode.send(
        "interactive", slack_requests.press("alert.snooze.30m", number, response_url=f"{slack.url}response/T0/1/x")
    )
    assert mode.answer() == {"envelope_id": "E1"}
    assert floor.snoozed_until() is not None
    assert "until 11:20 (Europe/Riga)" in slack.responses.get(timeout=20)["text"]


@pytest.mark.usefixtures("listening")
def test_a_command_is_answered_in_its_acknowledgement(mode: SocketMode) -> None:
    mode.send("slash_commands", slack_requests.command("help"), accepts_response_payload=True)
    answer = mode.answer()
    assert answer["envelope_id"] == "E1"
    check_message(answer["payload"])
    assert answer["payload"]["blocks"][0]["text"]["text"] == "/deskgauge [KPI] [period]"


@pytest.mark.usefixtures("listening")
def test_opening_the_home_tab_shows_it(floor: Floor, mode: SocketMode, slack: FakeSlack) -> None:
    floor.fire()
    mode.send("events_api", slack_requests.home_opened(), accepts_response_payload=False)
    assert mode.answer() == {"envelope_id": "E1"}
    mode.send("events_api", slack_requests.home_opened(event_id="Ev2", user="U0BORIS"), envelope_id="E2")
    assert mode.answer() == {"envelope_id": "E2"}
    slack.wait_for("views.publish", 2)
    assert set(slack.homes) == {"U0ANNA", "U0BORIS"}


@pytest.mark.usefixtures("listening")
def test_the_same_envelope_again_is_acknowledged_and_changes_nothing(floor: Floor, mode: SocketMode) -> None:
    number = floor.fire()
    mode.send("interactive", slack_requests.press("alert.snooze.30m", number))
    mode.answer()
    until = floor.snoozed_until()
    floor.clock.at = floor.clock.at.replace(minute=59)
    mode.send("interactive", slack_requests.press("alert.snooze.30m", number))
    assert mode.answer() == {"envelope_id": "E1"}
    assert floor.snoozed_until() == until


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("kind", ["interactive", "slash_commands", "events_api", "something_new"])
def test_what_cannot_be_read_is_acknowledged_and_the_next_is_answered(mode: SocketMode, kind: str) -> None:
    mode.send(kind, {"type": 7})
    assert mode.answer() == {"envelope_id": "E1"}
    mode.send("slash_commands", slack_requests.command("help"), envelope_id="E2", accepts_response_payload=True)
    assert "payload" in mode.answer()


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("how", ["drop", "ask_to_reconnect"])
def test_a_connection_that_ends_is_made_anew(mode: SocketMode, slack: FakeSlack, how: str) -> None:
    getattr(mode, how)()
    mode.wait()
    mode.send("slash_commands", slack_requests.command("help"), accepts_response_payload=True)
    assert "payload" in mode.answer()
    assert slack.counted()["apps.connections.open"] == 2


def test_it_goes_on_trying_while_slack_is_away_and_says_what_to_do(
    floor: Floor, mode: SocketMode, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("apps.connections.open", Fault(status=500), Fault(error="not_allowed_token_type"))
    listener = listener_of(floor)
    listener.start()
    mode.wait()
    listener.stop()
    assert slack.counted()["apps.connections.open"] == 3
    assert "not_allowed_token_type): set SLACK_APP_TOKEN to an app-level token" in caplog.text
    assert APP_TOKEN not in caplog.text


def test_starting_and_stopping_twice_is_once(floor: Floor, mode: SocketMode) -> None:
    listener = listener_of(floor)
    for _ in range(2):
        listener.start()
    mode.wait()
    for _ in range(2):
        listener.stop()
    assert len(mode.connections) == 1
    listener.start()
    mode.wait()
    listener.stop()
