"""What a way out of the house has to offer: send a message once, change one that was sent, and say whether one was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from plugin.notify.message import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The other side's proof: where the message is and its name there (Slack: channel id and ts; mail: target and Message-ID).

    `note` says what did not go well although the message arrived: a picture that is missing, one refused recipient.
    `picture_after_s`: the picture could not be sent now and may be tried, alone, after so many seconds.
    """

    where: str
    reference: str
    note: str = ""
    picture_after_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """To whom and under which name. `id` stays the same over every repeat; `follows` is the message whose thread this goes to.

    `picture_only`: the text is there already. Only what told that a picture may come later is asked for one.
    """

    id: str
    target: str
    created_at: datetime
    follows: Receipt | None = None
    picture_only: bool = False


class Notifier(Protocol):
    """Every method raises `DeliveryFailed`. `find_sent` answers None also where the other side cannot be asked."""

    def send(self, message: Message, envelope: Envelope) -> Receipt: ...

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        """Puts the message in the place of `envelope.follows`; where nothing can be changed any more it is sent as a reply."""
        ...

    def find_sent(self, envelope: Envelope) -> Receipt | None: ...


Notifiers = Mapping[str, Notifier]
