"""Each kind of message that the house sends, in four languages, against what every way out demands of it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from every_message import LANGUAGES, every_message
from slack_limits import check_message

from plugin.notify.mail_format import Sender, html
from plugin.notify.message import Cell, Message, Section, Table
from plugin.notify.slack_blocks import fallback_text, slack_blocks
from plugin.notify.text import plain_text, unbroken

#: what the installations of the catalogue call something, and what is a name everywhere
_NAMES = frozenset({"abandonment", "ann", "boss", "daily", "floor", "webhook", "queue", "zendesk", "min"})
#: what is to be typed or pasted, and addresses
_FOR_PROGRAMS = re.compile(r"`[^`]*`|https?://\S+|^\[\[.*|^\w+ = .*", re.MULTILINE)
SENDER = Sender(address="Deskgauge <gauge@example.org>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_every_message_and_both_parts_of_a_mail_say_the_same_numbers(language: str) -> None:
    for name, message in every_message(language).items():
        check_message({"channel": "C0FLOOR", "blocks": slack_blocks(message), "text": fallback_text(message)})
        page = html(message, SENDER, "")
        shown = unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]))
        assert _numbers(plain_text(message)) == _numbers(shown), name


def test_the_catalogue_has_what_an_incident_is_told_by() -> None:
    told = {name.rpartition(" ")[2] for name in every_message("en") if "alert" in name}
    everything = {
        "fired",
        "acknowledged",
        "snoozed",
        "unsnoozed",
        "still",
        "escalated",
        "ended",
        "recovered",
        "handover",
        "dropped",
    }
    assert told == everything


def test_an_alert_on_what_rests_on_time_counts_no_things() -> None:
    fired = every_message("en")["band alert fired"]
    assert fired.title == "Occupancy in Support is 90.0% (last 15 min; limit 75% to 85%)"


def test_what_was_absent_is_told_from_when_nothing_came() -> None:
    told = every_message("en")
    assert told["absence alert ended"].title == "Over: Contacts offered in Support: none for 1 hr 2 min"
    assert told["absence alert ended"].summary.startswith("It lasted 1 hr 2 min, from 09:41 to 10:43.")


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
def test_no_message_leaves_english_words_in_another_language(language: str) -> None:
    """Names of the installation, of KPIs and of programs stay as they are."""
    english = {word for message in every_message("en").values() for word in _words(message)} - _NAMES
    assert "limit" in english
    for name, message in every_message(language).items():
        assert not _words(message) & english, name


def _words(message: Message) -> set[str]:
    return set(re.findall(r"\b[a-z]{3,}\b", _FOR_PROGRAMS.sub("", plain_text(message))))


def _numbers(text: str) -> list[str]:
    """Without addresses, which a page has in its links."""
    return sorted(set(re.findall(r"\d[\d.,:]*\d|\d", re.sub(r"https?://\S+", "", text))))


def test_what_is_about_the_numbers_stands_below_them_everywhere() -> None:
    sections = (Section(title="Quality", text="late", aside=True), Section(title="Moved", text="calls"))
    table = Table(columns=("KPI", "n"), rows=((Cell(text="Offered"), Cell(text="17")),))
    message = Message(title="Daily", sections=sections, table=table, footer="UTC")
    written = (plain_text(message), html(message, SENDER, ""), json.dumps(slack_blocks(message)))
    for text in written:
        assert text.index("Moved") < text.index("Offered") < text.index("Quality") < text.index("UTC")


@pytest.mark.parametrize(
    ("language", "text"), [("en", "9 min"), ("en", "+6.2 pp"), ("lv", "2 st."), ("ru", "2 мин"), ("zh", "30 分钟后")]
)
def test_no_line_of_a_mail_or_of_slack_ends_between_a_number_and_its_unit(language: str, text: str) -> None:
    message = Message(title=text, summary=text, sections=(Section(text=text),), language=language)
    for written in (html(message, SENDER, ""), json.dumps(slack_blocks(message), ensure_ascii=False)):
        assert text.replace(" ", "\u00a0") in written
        assert text not in written


def test_a_number_before_another_word_stays_apart_from_it() -> None:
    assert unbroken("17 of 50 calls, 2 minutes, 3 с половиной") == "17 of 50 calls, 2 minutes, 3\u00a0с половиной"


def test_a_command_is_set_apart_in_a_mail() -> None:
    message = Message(title="Late", summary="`deskgauge doctor` says <why>.", sections=(Section(text="`a < b`"),))
    page = html(message, SENDER, "")
    assert "<code>deskgauge doctor</code> says &lt;why&gt;." in page
    assert "<code>a &lt; b</code>" in page
