"""Each way in which Slack refuses a message, caused at a Slack of our own, and what the outbox then does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import fake_slack
import pytest
from fake_slack import CUT_AFTER_ACCEPTING, RATE_LIMITED, SERVER_ERROR, START, TOKEN, FakeSlack, Fault
from slack_limits import Refused, check_message, check_view
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from plugin.database import session_scope
from plugin.notify.deliver import deliver_due
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Chart, Message, Point, Series
from plugin.notify.notifier import Envelope
from plugin.notify.outbox import enqueue, message_id
from plugin.notify.slack import SlackNotifier
from plugin.notify.slack_errors import failed
from plugin.notify.tables import Attempt, ChannelState, Mode, OutboxMessage

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CHART = Chart(title="Calls", series=(Series(name="", points=(Point(label="08", value=12.0),)),))
ENVELOPE = Envelope(id="a" * 32, target="C0SUPPORT", created_at=START)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as server:
        yield server


@pytest.fixture
def notifier(slack: FakeSlack) -> SlackNotifier:
    return SlackNotifier(token=TOKEN, api_url=slack.url)


def _archive(slack: FakeSlack) -> None:
    slack.archived.add("C0SUPPORT")


def _leave(slack: FakeSlack) -> None:
    slack.not_joined.add("C0SUPPORT")


def _remove(slack: FakeSlack) -> None:
    slack.channels.discard("C0SUPPORT")


def _revoke(slack: FakeSlack) -> None:
    slack.revoked = True


def _unscope(slack: FakeSlack) -> None:
    slack.scopes.discard("chat:write")


@pytest.mark.parametrize(
    ("cause", "error", "advice"),
    [
        (_archive, "is_archived", "choose another one"),
        (_leave, "not_in_channel", "/invite @Deskgauge"),
        (_remove, "channel_not_found", "enter its id"),
        (_revoke, "token_revoked", "SLACK_BOT_TOKEN"),
        (_unscope, "missing_scope", "scope chat:write"),
    ],
)
def test_what_does_not_work_until_somebody_acts_breaks_the_channel(
    slack: FakeSlack, notifier: SlackNotifier, cause: Callable[[FakeSlack], None], error: str, advice: str
) -> None:
    cause(slack)
    with pytest.raises(DeliveryFailed, match=error) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert (failure.value.permanent, failure.value.broken) == (True, True)
    assert advice in failure.value.reason


def test_a_wrong_token_breaks_the_channel(slack: FakeSlack) -> None:
    with pytest.raises(DeliveryFailed, match="invalid_auth") as failure:
        SlackNotifier(token="xoxb-wrong", api_url=slack.url).send(Message(title="x"), ENVELOPE)
    assert failure.value.broken


@pytest.mark.parametrize("error", ["message_limit_exceeded", "internal_error", "service_unavailable", "fatal_error"])
def test_what_passes_is_tried_again(slack: FakeSlack, notifier: SlackNotifier, error: str) -> None:
    slack.fail("chat.postMessage", Fault(error=error))
    with pytest.raises(DeliveryFailed, match=error) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert (failure.value.permanent, failure.value.broken) == (False, False)


@pytest.mark.parametrize("error", ["msg_too_long", "metadata_too_large", "unheard_of"])
def test_what_is_the_messages_own_fault_is_given_up_and_leaves_the_channel_whole(
    slack: FakeSlack, notifier: SlackNotifier, error: str
) -> None:
    slack.fail("chat.postMessage", Fault(error=error))
    with pytest.raises(DeliveryFailed, match=error) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert (failure.value.permanent, failure.value.broken) == (True, False)


def test_blocks_that_slack_minds_are_named_by_their_place(slack: FakeSlack) -> None:
    client = WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0SUPPORT", text="x", blocks=[long])
    assert failed(refused.value).reason == (
        "Slack refused the message (invalid_blocks). "
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    )


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed", "message_not_found"])
def test_an_alert_that_can_no_longer_be_changed_is_said_anew(
    slack: FakeSlack, notifier: SlackNotifier, error: str
) -> None:
    root = notifier.send(Message(title="Firing"), ENVELOPE)
    slack.frozen[root.reference] = error
    receipt = notifier.edit(Message(title="Over"), replace(ENVELOPE, id="b" * 32, follows=root))
    assert [message["text"] for message in slack.messages["C0SUPPORT"]] == ["Firing", "Over"]
    assert receipt.reference == slack.messages["C0SUPPORT"][1]["ts"]


@pytest.mark.parametrize("fault", [SERVER_ERROR, CUT_AFTER_ACCEPTING, Fault(error="fatal_error")])
def test_an_edit_that_meets_troubles_of_slack_is_tried_again(
    slack: FakeSlack, notifier: SlackNotifier, fault: Fault
) -> None:
    root = notifier.send(Message(title="Firing"), ENVELOPE)
    slack.fail("chat.update", fault)
    with pytest.raises(DeliveryFailed) as failure:
        notifier.edit(Message(title="Over"), replace(ENVELOPE, follows=root))
    assert not failure.value.permanent


@pytest.mark.parametrize(
    ("blocks", "place"),
    [
        ([{"type": "divider"}] * 51, "/blocks"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "/blocks/0/text/text"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "/blocks/0/text/text"),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}], "/blocks/0/fields"),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}], "/blocks/0/fields/0/text"),
        ([{"type": "context", "elements": []}], "/blocks/0/elements"),
        ([{"type": "image", "image_url": "https://x", "alt_text": "x" * 2001}], "/blocks/0/alt_text"),
        ([{"type": "poster"}], "/blocks/0/type"),
    ],
)
def test_the_stand_in_refuses_what_slack_documents_as_too_much(blocks: list[dict[str, Any]], place: str) -> None:
    with pytest.raises(Refused, match="invalid_blocks") as refused:
        check_message({"text": "x", "blocks": blocks})
    assert f"[json-pointer:{place}]" in str(refused.value.extra)


@pytest.mark.parametrize(
    "wrong",
    [{"text": "x" * 76}, {"value": "x" * 2001}, {"action_id": "x" * 256}, {"url": "x" * 3001}, {"style": "loud"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_stand_in_refuses_buttons_beyond_the_limits(wrong: dict[str, str]) -> None:
    label = {"type": "plain_text", "text": wrong.get("text", "x")}
    button = {"type": "button", "action_id": "a", **wrong, "text": label}
    with pytest.raises(Refused, match="invalid_blocks"):
        check_message({"text": "x", "blocks": [{"type": "actions", "elements": [button]}]})


def test_the_stand_in_refuses_texts_metadata_and_views_beyond_the_limits() -> None:
    for error, arguments in (
        ("no_text", {}),
        ("msg_too_long", {"text": "x" * 40_001}),
        ("invalid_metadata_format", {"text": "x", "metadata": {"event_type": "x"}}),
        ("metadata_too_large", {"text": "x", "metadata": {"event_type": "x", "event_payload": {"x": "y" * 9000}}}),
    ):
        with pytest.raises(Refused, match=error):
            check_message(arguments)
    for error, view in (
        ("invalid_blocks", {"type": "home", "blocks": [{"type": "divider"}] * 101}),
        ("view_too_large", {"type": "home", "blocks": [], "private_metadata": "x" * 250_000}),
        ("invalid_arguments", {"type": "modal", "blocks": []}),
    ):
        with pytest.raises(Refused, match=error):
            check_view(view)


# -- rates


def _enqueue(engine: Engine, number: int, target: str = "C0SUPPORT", **options: Any) -> str:
    with session_scope(engine) as session:
        enqueue(
            session,
            Message(title=f"{number}"),
            what=f"alert:{number}:fired",
            period_key="p",
            target=target,
            kind="slack",
            now=NOW - timedelta(seconds=60 - number),
            **options,
        )
    return message_id(f"alert:{number}:fired", "p", target)


def _outcomes(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [attempt.outcome for attempt in session.exec(select(Attempt).order_by(col(Attempt.id)))]


def _texts(slack: FakeSlack, channel: str) -> list[str]:
    return [message["text"] for message in slack.messages[channel]]


def test_a_storm_into_one_channel_is_paced_as_slack_asks_and_holds_up_no_other(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    seconds = [0]
    slack.rate_clock = lambda: seconds[0]
    for number in range(1, 7):
        _enqueue(engine, number)
    _enqueue(engine, 7, "C0OTHER")
    for seconds[0] in range(7):
        deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=1 + seconds[0]))
        if seconds[0] == 0:
            assert _texts(slack, "C0OTHER") == ["7"]
    assert _texts(slack, "C0SUPPORT") == ["1", "2", "3", "4", "5", "6"]
    # One refusal for each message but the first and the last, instead of one for each message that waits in each round.
    assert _outcomes(engine).count("postponed") == 5
    assert slack.counted() == {"chat.postMessage": 12}, "nothing was looked for, since what is refused had not arrived"


def test_what_is_enqueued_during_the_pause_waits_for_its_end(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    slack.fail("chat.postMessage", Fault(error="ratelimited", status=429, retry_after="20"))
    _enqueue(engine, 1)
    deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=1))
    _enqueue(engine, 2)
    assert deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=20)) == 0
    assert slack.counted() == {"chat.postMessage": 1}
    assert deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=21)) == 2
    assert _texts(slack, "C0SUPPORT") == ["1", "2"]


def test_changes_that_are_too_many_hold_up_changes_and_no_new_alert(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    roots = [_enqueue(engine, 1), _enqueue(engine, 2, "C0OTHER")]
    deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=1))
    for number, (root, channel) in enumerate(zip(roots, ("C0SUPPORT", "C0OTHER"), strict=True), start=3):
        _enqueue(engine, number, channel, mode=Mode.EDIT, follows=root)
    _enqueue(engine, 5)
    slack.fail("chat.update", Fault(error="ratelimited", status=429, retry_after="30"))
    assert deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=2)) == 1
    assert slack.counted()["chat.update"] == 1
    assert _texts(slack, "C0SUPPORT") == ["1", "5"]
    assert deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=32)) == 2
    assert (_texts(slack, "C0SUPPORT"), _texts(slack, "C0OTHER")) == (["3", "5"], ["4"])


def test_a_wish_to_wait_does_not_use_up_the_growing_pauses(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    identity = _enqueue(engine, 1)
    slack.fail("chat.postMessage", Fault(error="ratelimited", status=429, retry_after="5"), SERVER_ERROR)
    deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=1))
    deliver_due(engine, {"slack": notifier}, NOW + timedelta(seconds=6))
    with Session(engine) as session:
        row = session.get_one(OutboxMessage, identity)
        assert (row.attempts, row.next_attempt_at) == (1, NOW + timedelta(seconds=36))


def test_a_picture_that_was_postponed_comes_into_the_thread_alone(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    ways = {"slack": notifier}
    slack.fail("files.getUploadURLExternal", RATE_LIMITED, SERVER_ERROR)
    with session_scope(engine) as session:
        digest = Message(title="Yesterday", chart=CHART)
        enqueue(session, digest, what="digest", period_key="x", target="C0SUPPORT", kind="slack", now=NOW)
    arrived = [deliver_due(engine, ways, NOW + timedelta(seconds=second)) for second in (0, 6, 7, 30, 200, 300)]
    assert arrived == [1, 0, 0, 0, 1, 0]
    (posted,) = slack.messages["C0SUPPORT"]
    (file,) = slack.files
    assert (file["channel"], file["thread_ts"]) == ("C0SUPPORT", posted["ts"])


def test_a_picture_that_is_refused_later_is_given_up_without_harm_to_its_channel(
    engine: Engine, slack: FakeSlack, notifier: SlackNotifier
) -> None:
    ways = {"slack": notifier}
    slack.fail("files.getUploadURLExternal", RATE_LIMITED)
    with session_scope(engine) as session:
        digest = Message(title="Yesterday", chart=CHART)
        enqueue(session, digest, what="digest", period_key="x", target="C0SUPPORT", kind="slack", now=NOW)
    deliver_due(engine, ways, NOW)
    slack.scopes.remove("files:write")
    deliver_due(engine, ways, NOW + timedelta(seconds=7))
    with session_scope(engine) as session:
        states = {row.what: (row.state, row.receipt or "") for row in session.exec(select(OutboxMessage))}
        assert session.exec(select(ChannelState)).all() == []
    assert states["digest:picture"][0] == "sent"
    assert "files:write" in states["digest:picture"][1]
