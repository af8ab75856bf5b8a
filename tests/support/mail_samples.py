"""Every kind of message as the mail that a reader gets, in four languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from every_message import LANGUAGES, every_message, largest

from plugin.notify.mail_format import Picture, Sender, compose, html
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope
from plugin.notify.text import plain_text

SENDER = Sender(address="Deskgauge <digest@desk.example.org>", unsubscribe_url="https://desk.example.org/unsubscribe/1")
_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    name: str
    message: Message

    def html(self, picture: str = "cid:chart@deskgauge") -> str:
        return html(self.message, SENDER, picture if self.message.chart else "")

    def plain(self) -> str:
        return plain_text(self.message)

    def mail(self) -> bytes:
        """With a stand-in for the picture, which takes longer to draw than everything else."""
        picture = Picture(png=b"a picture") if self.message.chart else Picture()
        envelope = Envelope(id="a" * 32, target="lead@example.org", created_at=_AT)
        return compose(self.message, envelope, SENDER, picture).as_bytes()


@cache
def samples() -> list[Sample]:
    return [
        Sample(name=f"{name} {language}", message=message)
        for language in LANGUAGES
        for name, message in {**every_message(language), "largest": largest(language)}.items()
    ]
