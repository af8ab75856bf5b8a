"""What an issue is at one moment, and what happened between two moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters._jira_words import CLOSED, ESCALATED, PAUSES, SOLVED, Status, name_of, status_of
from plugin.contract.adapter import Settings, first
from plugin.contract.event import Kind
from plugin.contract.payload import Payload


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    status: Status | None
    is_resolved: bool
    agent: str | None
    queue: str | None
    priority: str | None

    def is_solved(self, settings: Settings) -> bool | None:
        """None: a status that an issue has left, of which nobody tells what it means."""
        if self.is_resolved and first(settings, "resolution", "counts") == "counts":
            return True
        meaning = self.meaning(settings)
        return None if meaning is None else meaning in (SOLVED, CLOSED)

    def meaning(self, settings: Settings) -> str | None:
        return self.status.meaning(settings) if self.status else None


def queue_field(settings: Settings) -> str:
    return first(settings, "queue_from", "project") or "project"


def state_of(fields: Payload, settings: Settings) -> State:
    """The issue as its `fields` show it."""
    return State(
        status=status_of(fields["status"]),
        is_resolved=not fields["resolution"].is_absent,
        agent=None if fields["assignee"].is_absent else name_of(fields["assignee"]),
        queue=_value(fields[queue_field(settings)]),
        priority=_lower(fields["priority"]["name"].text_or()),
    )


def state_before(state: State, items: Iterable[Payload], settings: Settings, categories: Payload) -> State:
    """The state that the items of a change led away from; `categories`: id of a status --> key of its category."""
    for item in items:
        state = _undone(state, item, settings, categories)
    return state


def _undone(state: State, item: Payload, settings: Settings, categories: Payload) -> State:
    # Newer bodies name the field's key as well; a field of the administrator's own may be called "Status".
    name = (item["fieldId"].text_or() or item["field"].text_or() or "").lower()
    old, old_name = item["from"], item["fromString"].text_or()
    changed: dict[str, Any] = {}
    if name == "status":
        category = categories[old.text_or("") or ""].text_or()
        changed["status"] = Status(name=old_name, category=category) if old_name else None
    elif name == "resolution":
        changed["is_resolved"] = not old.is_absent
    elif name == "assignee":
        changed["agent"] = old_name or old.text_or()
    elif name == "priority":
        changed["priority"] = _lower(old_name)
    if name == queue_field(settings).lower():
        changed["queue"] = old_name
    return replace(state, **changed)


def steps_between(before: State, after: State, settings: Settings) -> list[tuple[Kind, dict[str, str]]]:
    """What the step means, in the order in which it is to be understood, with the data of its own."""
    found: list[tuple[Kind, dict[str, str]]] = []
    if (after.agent and after.agent != before.agent) or (after.queue and after.queue != before.queue):
        found.append((Kind.TICKET_ASSIGNED, {}))
    return found + _progress(before, after, settings)


def _progress(before: State, after: State, settings: Settings) -> list[tuple[Kind, dict[str, str]]]:
    old, new = before.meaning(settings), after.meaning(settings)
    was_solved = before.is_solved(settings)
    if after.is_solved(settings):
        if new == CLOSED and old != CLOSED:
            return [(Kind.TICKET_CLOSED, {})]
        return [] if was_solved else [(Kind.TICKET_SOLVED, {})]
    found: list[tuple[Kind, dict[str, str]]] = [(Kind.TICKET_REOPENED, {})] if was_solved else []
    if old == new:
        return found
    if new in PAUSES:
        found.append((Kind.TICKET_PAUSED, {"on": str(new)}))
    elif old in PAUSES:
        found.append((Kind.TICKET_RESUMED, {}))
    if new == ESCALATED:
        found.append((Kind.TICKET_ESCALATED, {}))
    return found


#: what every issue was before it was created
NOTHING = State(status=None, is_resolved=False, agent=None, queue=None, priority=None)


def _value(payload: Payload) -> str | None:
    """The text of a field: plain, an option, a named thing, a request type, or the first of several of these."""
    raw = payload.raw
    if isinstance(raw, list):
        return _value(Payload(raw[0], f"{payload.path}[0]")) if raw else None
    if isinstance(raw, Mapping):
        names = [payload[name] for name in ("value", "name", "title")] + [payload["requestType"]["name"]]
        return next((name.text() for name in names if not name.is_absent), None)
    return payload.text_or()


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None
