"""Genesys Cloud's words and ours, and what the settings of a source add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, pairs
from plugin.contract.event import Channel
from plugin.contract.payload import Payload, instant_from_epoch

CHANNELS = {
    "VOICE": Channel.VOICE,
    "CHAT": Channel.CHAT,
    "EMAIL": Channel.EMAIL,
    "MESSAGE": Channel.MESSAGING,
    "CALLBACK": Channel.VOICE,
}
#: disconnectType of an agent whom it rang in vain --> result; any other is missed
RINGS = {"CLIENT": "declined", "ENDPOINT": "declined", "ENDPOINTDONOTDISTURB": "declined", "PEER": "cancelled"}
#: disconnectType of an agent who talked --> mode of the transfer
TRANSFERS = {
    "TRANSFER": "blind",
    "TRANSFERFORWARD": "blind",
    "TRANSFERCONSULT": "attended",
    "TRANSFERCONFERENCE": "attended",
}
#: disconnectType of the customer --> who ended the contact
BY = {"CLIENT": "customer", "ENDPOINT": "customer", "PEER": "agent", "SYSTEM": "system", "ERROR": "system"}
#: systemPresence --> activity. Whoever is Available is not on queue, so that nothing reaches him.
STATES = {
    "ONQUEUE": "available",
    "AVAILABLE": "other",
    "BUSY": "other",
    "IDLE": "break",
    "AWAY": "break",
    "BREAK": "break",
    "MEAL": "break",
    "MEETING": "meeting",
    "TRAINING": "training",
    "OFFLINE": "offline",
}
ACTIVITIES = ("available", "break", "wrap_up", "meeting", "training", "offline", "other")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Events carry ids only: `names` says what queues, users, wrap-up codes and presences are called."""

    names: Mapping[str, str]
    states: Mapping[str, str]

    def of(self, id_: Payload) -> str | None:
        text = id_.text_or()
        return None if text is None else self.names.get(text, text)

    def state(self, definition: Payload) -> str:
        """By the administrator's word for the presence's id or name, else by its system presence."""
        system = plain(definition["systemPresence"])
        own = (self.states.get(key) for key in (definition["id"].text_or() or "", system))
        return next((state for state in own if state), None) or STATES.get(system, "other")


def read_words(settings: Settings) -> Words:
    own = {theirs: ours.lower() for theirs, ours in pairs(settings, "states").items() if ours.lower() in ACTIVITIES}
    return Words(names=pairs(settings, "names"), states={**own, **{_plain(key): own[key] for key in own}})


def plain(word: Payload) -> str:
    """TRANSFER_CONSULT, transfer.consult and transferConsult are one word: topics and APIs write them differently."""
    return _plain(word.text_or() or "")


def _plain(word: str) -> str:
    return "".join(letter for letter in word if letter not in "._ ").upper()


def moment(value: Payload) -> datetime:
    """Milliseconds since 1970, or ISO 8601."""
    if isinstance(value.raw, str) and not value.raw.isdecimal():
        return value.iso()
    return instant_from_epoch(value.number() / 1000, value.path)


def seconds(value: Payload) -> float | None:
    milliseconds = value.number_or()
    return None if milliseconds is None else milliseconds / 1000
