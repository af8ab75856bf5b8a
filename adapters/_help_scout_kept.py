"""What is kept of a conversation that the API shows: who, when and what, without a text."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.contract.event import Json
from plugin.contract.payload import Payload

THREAD = ("id", "type", "status", "state", "createdAt")


def thread(shown: Payload) -> Json:
    told: dict[str, Json] = {name: shown[name].raw for name in THREAD if name in shown}
    return {
        **told,
        "action": {"type": shown["action"]["type"].raw},
        "createdBy": person(shown["createdBy"]),
        "assignedTo": person(shown["assignedTo"]),
        "source": {"via": shown["source"]["via"].raw},
    }


def person(shown: Payload) -> Json:
    """An id and what it is of; `closedBy` is a bare id in some versions."""
    if not isinstance(shown.raw, dict):
        return shown.raw
    return {name: shown[name].raw for name in ("id", "type") if name in shown}


def as_asked(moment: datetime) -> str:
    """In the form of the API's queries."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
