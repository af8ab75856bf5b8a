"""The audits of a ticket, oldest first: how each of them found it, and how it left it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from adapters._zendesk_words import lower
from plugin.contract.payload import Payload

CHANGES = frozenset({"Create", "Change"})


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    status: str | None = None
    agent: str | None = None
    queue: str | None = None
    priority: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """One audit: how the ticket was before it, and after it."""

    audit: Payload
    before: State
    after: State
    is_creation: bool

    @property
    def at(self) -> datetime:
        return self.audit["created_at"].iso()


def updates_of(audits: Payload) -> Iterator[Update]:
    state, ordered = State(), sorted(audits.items(), key=_moment)
    for audit in ordered:
        after = state
        for event in of_type(audit, CHANGES):
            after = _changed(after, event["field_name"].text(), event["value"].text_or())
        is_creation = audit is ordered[0] and bool(of_type(audit, frozenset({"Create"})))
        yield Update(audit=audit, before=state, after=after, is_creation=is_creation)
        state = after


def _moment(audit: Payload) -> tuple[datetime, float]:
    return audit["created_at"].iso(), audit["id"].number()


def of_type(audit: Payload, types: frozenset[str]) -> list[Payload]:
    return [event for event in audit["events"].items() if event["type"].text() in types]


def _changed(state: State, field: str, value: str | None) -> State:
    if field == "status":
        return replace(state, status=value.upper() if value else None)
    if field == "assignee_id":
        return replace(state, agent=value)
    if field == "group_id":
        return replace(state, queue=value)
    return replace(state, priority=lower(value)) if field == "priority" else state
