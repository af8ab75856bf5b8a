from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import fake_slack
import pytest
from fake_slack import CUT_AFTER_ACCEPTING, RATE_LIMITED, SERVER_ERROR, START, TOKEN, FakeSlack, Fault

from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Action, Cell, Chart, Link, Message, Point, Section, Series, Table, Tone
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.slack import SlackNotifier
from plugin.notify.slack_blocks import fallback_text, slack_blocks

CHART = Chart(title="Calls", series=(Series(name="", points=(Point(label="08", value=12),)),))
ENVELOPE = Envelope(id="a" * 32, target="C0SUPPORT", created_at=START)
MORE = Link(label="Open", url="https://desk.example.org/r?a=1&b=2")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack.running() as server:
        yield server


@pytest.fixture
def notifier(slack: FakeSlack) -> SlackNotifier:
    return SlackNotifier(token=TOKEN, api_url=slack.url)


def _texts(blocks: list[dict[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def test_a_message_is_posted_under_our_id_with_blocks_and_a_fallback(slack: FakeSlack, notifier: SlackNotifier) -> None:
    message = Message(title="Yesterday", summary="132 calls", sections=(Section(title="Why", text="Billing"),))
    receipt = notifier.send(message, ENVELOPE)
    assert receipt == Receipt(where="C0SUPPORT", reference=f"{START.timestamp():.6f}")
    (posted,) = slack.messages["C0SUPPORT"]
    assert posted["text"] == "Yesterday: 132 calls"
    assert posted["metadata"] == {"event_type": "deskgauge_message", "event_payload": {"id": "a" * 32}}
    assert [block["type"] for block in posted["blocks"]] == ["header", "section", "section"]
    assert posted["blocks"][2]["text"]["text"] == "*Why*\nBilling"


def test_the_picture_follows_in_the_thread_with_a_description(slack: FakeSlack, notifier: SlackNotifier) -> None:
    receipt = notifier.send(Message(title="Yesterday", chart=CHART), ENVELOPE)
    (file,) = slack.files
    assert file["channel"] == "C0SUPPORT"
    assert file["thread_ts"] == receipt.reference
    assert file["alt_txt"] == "Calls. 08 12."
    assert slack.uploads[file["id"]].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("fault", "note", "after_s"),
    [
        (RATE_LIMITED, "The picture comes later: Slack", 7.0),
        (SERVER_ERROR, "The picture comes later: Slack", 30.0),
        (Fault(error="storage_limit_reached"), "The picture is missing: Slack", None),
    ],
)
def test_a_picture_that_fails_does_not_take_the_text_with_it(
    slack: FakeSlack, notifier: SlackNotifier, fault: Fault, note: str, after_s: float | None
) -> None:
    slack.fail("files.getUploadURLExternal", fault)
    receipt = notifier.send(Message(title="Yesterday", chart=CHART), ENVELOPE)
    assert receipt.note.startswith(note)
    assert receipt.picture_after_s == after_s
    assert len(slack.messages["C0SUPPORT"]) == 1


def test_a_chart_that_cannot_be_drawn_does_not_take_the_text_with_it(slack: FakeSlack, notifier: SlackNotifier) -> None:
    receipt = notifier.send(Message(title="Yesterday", chart=Chart(title="x", series=())), ENVELOPE)
    assert receipt.note == "The picture is missing: the chart has no points"
    assert len(slack.messages["C0SUPPORT"]) == 1


def test_a_missing_scope_for_pictures_is_named(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.scopes.remove("files:write")
    assert "files:write" in notifier.send(Message(title="x", chart=CHART), ENVELOPE).note


def test_slack_says_when_to_come_back(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail("chat.postMessage", RATE_LIMITED)
    with pytest.raises(DeliveryFailed) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert (failure.value.permanent, failure.value.retry_after_s) == (False, 7.0)


@pytest.mark.parametrize("fault", [SERVER_ERROR, Fault(error="fatal_error"), CUT_AFTER_ACCEPTING])
def test_troubles_of_slack_pass(slack: FakeSlack, notifier: SlackNotifier, fault: Fault) -> None:
    slack.fail("chat.postMessage", fault)
    with pytest.raises(DeliveryFailed) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert not failure.value.permanent
    assert slack.calls == ["chat.postMessage"], "the client must not repeat a post by itself"


def test_nobody_listening_passes() -> None:
    with pytest.raises(DeliveryFailed, match="could not be reached") as failure:
        SlackNotifier(token=TOKEN, api_url="http://127.0.0.1:9/").send(Message(title="x"), ENVELOPE)
    assert not failure.value.permanent


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("not_in_channel", "/invite @Deskgauge"),
        ("channel_not_found", "enter its id"),
        ("is_archived", "archived"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("account_inactive", "SLACK_BOT_TOKEN"),
    ],
)
def test_a_broken_channel_says_what_to_do(slack: FakeSlack, notifier: SlackNotifier, error: str, advice: str) -> None:
    slack.fail("chat.postMessage", Fault(error=error))
    with pytest.raises(DeliveryFailed, match=error) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert failure.value.permanent
    assert failure.value.broken
    assert advice in failure.value.reason


def test_a_refused_message_is_not_the_channels_fault(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail("chat.postMessage", Fault(error="msg_too_long"))
    with pytest.raises(DeliveryFailed) as failure:
        notifier.send(Message(title="x"), ENVELOPE)
    assert failure.value.permanent
    assert not failure.value.broken


def test_what_slack_accepted_before_the_connection_broke_is_found(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.page = 2
    slack.fail("chat.postMessage", CUT_AFTER_ACCEPTING)
    with pytest.raises(DeliveryFailed):
        notifier.send(Message(title="x"), ENVELOPE)
    for number in range(5):
        notifier.send(Message(title="later"), Envelope(id=f"{number}", target="C0SUPPORT", created_at=START))
    assert notifier.find_sent(ENVELOPE) == Receipt(where="C0SUPPORT", reference=f"{START.timestamp():.6f}")
    assert slack.calls.count("conversations.history") == 3


def test_what_was_never_sent_is_not_found(slack: FakeSlack, notifier: SlackNotifier) -> None:
    notifier.send(Message(title="x"), Envelope(id="other", target="C0SUPPORT", created_at=START))
    assert notifier.find_sent(ENVELOPE) is None


def test_a_reply_is_found_in_its_thread(slack: FakeSlack, notifier: SlackNotifier) -> None:
    root = notifier.send(Message(title="root"), ENVELOPE)
    reply = Envelope(id="reply", target="C0SUPPORT", created_at=START, follows=root)
    sent = notifier.send(Message(title="over"), reply)
    assert slack.messages["C0SUPPORT"][1]["thread_ts"] == root.reference
    assert notifier.find_sent(reply) == sent


def test_the_missing_scope_says_what_it_is_for(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.scopes.remove("channels:history")
    with pytest.raises(DeliveryFailed, match=r"channels:history.*already been accepted"):
        notifier.find_sent(ENVELOPE)


def test_an_incident_is_one_message_that_changes(slack: FakeSlack, notifier: SlackNotifier) -> None:
    root = notifier.send(Message(title="Firing"), ENVELOPE)
    change = Envelope(id="change", target="C0SUPPORT", created_at=START + timedelta(minutes=5), follows=root)
    assert notifier.edit(Message(title="Recovered"), change) == root
    (message,) = slack.messages["C0SUPPORT"]
    assert message["text"] == "Recovered"


def test_a_deleted_message_is_said_anew_instead_of_changed(slack: FakeSlack, notifier: SlackNotifier) -> None:
    gone = Receipt(where="C0SUPPORT", reference="1.000000")
    notifier.edit(Message(title="Recovered"), Envelope(id="b", target="C0SUPPORT", created_at=START, follows=gone))
    assert [message["text"] for message in slack.messages["C0SUPPORT"]] == ["Recovered"]


def test_nothing_in_the_data_is_read_as_a_mention_or_a_link() -> None:
    evil = "<!channel> & <https://evil.example|click>"
    table = Table(columns=(evil,), rows=((Cell(text="```" + evil),),))
    message = Message(
        title=evil, summary=evil, sections=(Section(title=evil, text=evil),), table=table, links=(MORE,), footer=evil
    )
    for block in [each for each in slack_blocks(message)[1:] if each["type"] != "table"]:
        for text in [block["text"]] if "text" in block else block["elements"]:
            assert "<!" not in text["text"]
            assert "<https://evil" not in text["text"]
            assert text["verbatim"] is True
    assert "&lt;!channel&gt; &amp; &lt;https" in fallback_text(message)


def test_a_table_has_its_head_and_what_missed_its_target_in_bold() -> None:
    table = Table(
        columns=("队列", "SL", "目标"),
        rows=((Cell(text="账单"), Cell(text="66 %", tone=Tone.BAD), Cell(text="")),),
    )
    (_, block) = slack_blocks(Message(title="x", table=table))
    head, row = block["rows"]
    assert [_bold(cell) for cell in head] == ["队列", "SL", "目标"]
    assert row[0] == {"type": "raw_text", "text": "账单"}
    assert _bold(row[1]) == "66 % !"
    assert row[2] == {"type": "raw_text", "text": "–"}
    assert [column["align"] for column in block["column_settings"]] == ["left", "right", "right"]


def _bold(cell: dict[str, Any]) -> str:
    (element,) = cell["elements"][0]["elements"]
    assert element["style"] == {"bold": True}
    return str(element["text"])


def test_a_long_table_is_cut_between_rows_and_says_how_many_are_missing() -> None:
    rows = tuple((Cell(text=f"queue {number:03} &&&"), Cell(text="1")) for number in range(300))
    blocks = slack_blocks(Message(title="x", table=Table(columns=("Queue", "n"), rows=rows), links=(MORE,)))
    tail = blocks[2]["elements"][0]["text"]
    shown = len(blocks[1]["rows"]) - 1
    assert 20 < shown < 100
    assert tail == f"… {300 - shown} more  <https://desk.example.org/r?a=1&amp;b=2|Open>"


def test_when_slack_refuses_the_blocks_the_text_arrives(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail("chat.postMessage", Fault(error="invalid_blocks"))
    table = Table(columns=("KPI", "n"), rows=((Cell(text="Abandonment"), Cell(text="17")),))
    receipt = notifier.send(Message(title="Daily", summary="All & well", table=table), ENVELOPE)
    (message,) = slack.messages["C0SUPPORT"]
    assert receipt.reference == message["ts"]
    assert message["blocks"] == []
    assert "All &amp; well" in message["text"]
    assert "Abandonment  17" in message["text"]


def test_everything_too_long_at_once_is_still_accepted(slack: FakeSlack, notifier: SlackNotifier) -> None:
    long = "ж & <" * 2000
    message = Message(
        title=long,
        summary="\n".join([long] * 5),
        sections=tuple(Section(title=f"{number}{long}", text=f"line\n{long}") for number in range(80)),
        table=Table(columns=(long, long), rows=((Cell(text=long), Cell(text=long)),) * 100),
        links=(Link(label=long, url="https://desk.example.org/"),) * 40,
        actions=(Action(action_id="a" * 300, label=long, value="v" * 3000),) * 30,
        footer=long,
        language="ru",
    )
    notifier.send(message, ENVELOPE)
    assert len(slack.messages["C0SUPPORT"][0]["blocks"]) <= 50


def test_many_short_sections_are_cut_with_a_count_and_a_link() -> None:
    sections = tuple(Section(text=f"item {number}") for number in range(80))
    blocks = slack_blocks(Message(title="x", sections=sections, links=(MORE,)))
    assert len(blocks) <= 50
    assert "… 45 more  <https://desk" in _texts(blocks)


def test_buttons_carry_their_value() -> None:
    action = Action(action_id="ack", label="Acknowledge", value="incident-7", primary=True)
    assert slack_blocks(Message(title="x", actions=(action,)))[-1]["elements"] == [
        {
            "type": "button",
            "action_id": "ack",
            "text": {"type": "plain_text", "text": "Acknowledge", "emoji": False},
            "value": "incident-7",
            "style": "primary",
        }
    ]


def test_buttons_of_the_same_name_stand_in_rows_of_their_own() -> None:
    """Slack refuses two of one name in a block, and with them the whole alert."""
    twice = tuple(Action(action_id=name, label=name, value=value) for value in ("7", "8") for name in ("ack", "snooze"))
    rows = [block["elements"] for block in slack_blocks(Message(title="x", actions=twice))[1:]]
    assert [[(each["action_id"], each["value"]) for each in row] for row in rows] == [
        [("ack", "7"), ("snooze", "7")],
        [("ack", "8"), ("snooze", "8")],
    ]
