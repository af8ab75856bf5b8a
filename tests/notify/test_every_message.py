"""Each kind of message that the house sends, in four languages, against what every way out demands of it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from every_message import LANGUAGES, every_message
from slack_limits import check_message

from plugin.notify.mail_format import Sender, html
from plugin.notify.slack_blocks import fallback_text, slack_blocks
from plugin.notify.text import plain_text

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
    }
    assert told == everything


def _numbers(text: str) -> list[str]:
    """Without addresses, which a page has in its links."""
    return sorted(set(re.findall(r"\d[\d.,:]*\d|\d", re.sub(r"https?://\S+", "", text))))
