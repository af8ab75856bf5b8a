"""Writes what Slack and e-mail would get into a folder: for the demo, and for looking at a message before anybody gets it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from plugin.notify.errors import DeliveryFailed
from plugin.notify.mail_format import Sender, compose, draw, html
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.slack_blocks import fallback_text, slack_blocks

_SENDER = Sender(address="Deskgauge <deskgauge@localhost>")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileNotifier:
    """Per message: NAME.slack.json, NAME.eml, NAME.html and, with a chart, NAME.png; NAME is made of target and id."""

    folder: Path

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        picture = draw(message)
        stem = self._stem(envelope)
        mail = compose(message, _to_nobody(envelope), _SENDER, picture)
        payload = {"channel": envelope.target, "text": fallback_text(message), "blocks": slack_blocks(message)}
        files = {
            f"{stem}.html": html(message, _SENDER, f"{stem}.png" if picture.png else "").encode(),
            f"{stem}.eml": mail.as_bytes(),
            f"{stem}.slack.json": json.dumps(payload, ensure_ascii=False, indent=2).encode(),
        }
        self._write(({f"{stem}.png": picture.png} if picture.png else {}) | files)
        return Receipt(where=str(self.folder), reference=stem, note=picture.note)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        """Both states are worth seeing: the later one gets files of its own."""
        return self.send(message, envelope)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        stem = self._stem(envelope)
        # written last, so it says that the others are there
        if (self.folder / f"{stem}.slack.json").exists():
            return Receipt(where=str(self.folder), reference=stem)
        return None

    def _write(self, files: dict[str, bytes]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                path = self.folder / name
                part = path.with_name(f".{name}.part")
                part.write_bytes(content)
                part.replace(path)
        except OSError as error:
            raise DeliveryFailed(
                f"The folder cannot be written: {error.strerror}.", permanent=True, broken=True
            ) from error

    def _stem(self, envelope: Envelope) -> str:
        return f"{re.sub(r'[^a-z0-9]+', '-', envelope.target.lower()).strip('-') or 'message'}-{envelope.id[:12]}"


def _to_nobody(envelope: Envelope) -> Envelope:
    """A target of a folder need not be an address."""
    return Envelope(id=envelope.id, target="reader@localhost", created_at=envelope.created_at)
