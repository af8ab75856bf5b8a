"""What the settings say about a PBX: its name, which record counts, who is behind an interface."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Direction

DEFAULT_HOST = "asterisk"

RECORDS = ("queue_log", "ami")

#: Caller ids that stand for "not known"; two such callers are not the same customer.
NOBODY = frozenset({"", "<unknown>", "unknown", "anonymous", "unavailable", "restricted", "private"})

#: Words in a pause reason, in lower case, and what the agent does then; anything else is a break.
PAUSE_WORDS = {
    "training": "training",
    "meeting": "meeting",
    "wrapup": "wrap_up",
    "wrap-up": "wrap_up",
    "wrap up": "wrap_up",
    "acw": "wrap_up",
    "after call work": "wrap_up",
}

_EXTENSION = re.compile(r"[A-Za-z0-9]+/([0-9]+)(?:[@/-].*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pbx:
    """`record` is the one that calls are taken from; None takes whatever a body holds.

    `holds` says that Hold and Unhold events are sent too, so that a call without any was not held.
    """

    host: str
    record: str | None
    holds: bool
    names: Mapping[str, str]
    extensions: frozenset[str]

    def name(self, agent: str | None) -> str | None:
        """The member's name behind an interface; a name is returned as it is, NONE and nothing as None."""
        if not agent or agent == "NONE":
            return None
        return self.names.get(agent) or self.names.get(agent.removesuffix("/n")) or agent

    def name_of_channel(self, channel: str | None) -> str | None:
        """The name behind a channel like PJSIP/1003-0000001b; None when the members document does not know it."""
        return self.names.get((channel or "").rpartition("-")[0])

    def caller(self, number: str | None) -> tuple[str, str | None]:
        """Direction and customer: a member who calls the queue, to consult or to hand a caller over, is none."""
        if number in self.extensions:
            return Direction.INTERNAL, None
        return Direction.INBOUND, None if (number or "").strip().lower() in NOBODY else number


def read_pbx(settings: Settings, host: str | None) -> Pbx:
    names = pairs(settings, "members")
    record, holds = _record(settings), first(settings, "hold") == "ami"
    return Pbx(
        host=host or first(settings, "host") or DEFAULT_HOST,
        record=record,
        holds=holds or record == "ami",
        names=names,
        extensions=frozenset(match[1] for key in names if (match := _EXTENSION.fullmatch(key))),
    )


def _record(settings: Settings) -> str | None:
    """Holds that are sent beside queue_log say that both records come in: then AMI must not tell of the calls again."""
    record = first(settings, "record")
    if record in RECORDS:
        return record
    return "queue_log" if first(settings, "hold") == "ami" else None


def activity_of_pause(reason: str | None) -> str:
    return PAUSE_WORDS.get((reason or "").strip().lower(), "break")


def amount(text: str | None) -> float | None:
    """A stated count of seconds or milliseconds; None when it is not there, not a number or below zero."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e11 else None


def digest(*parts: object) -> str:
    """A short name for one happening; the caller keeps customers' numbers out of `parts`."""
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]
