"""A conversation of Help Scout's or FreeScout's API with all of its threads, which also say each change of status, in events.

A thread holds the status that the conversation had after it, a line item also what it changed; the words are those of FreeScout's
own source, https://github.com/freescout-help-desk/freescout app/Thread.php and app/Conversation.php, and of
https://developer.helpscout.com/mailbox-api/endpoints/conversations/threads/list/ (read 2026-11-27). Keys are those of webhooks
wherever these tell the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from adapters._help_scout_conversation import OPENING, Conversation, closer, replies_of, user
from plugin.contract.event import Event, Kind
from plugin.contract.payload import Payload
from plugin.contract.status import PAUSED_ON, Status, status_change

STATUSES: Mapping[str, Status] = {
    "active": Status.OPEN,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "closed": Status.SOLVED,
    "spam": Status.DELETED,
}
ASSIGNED, MOVED = "changed-ticket-assignee", frozenset({"moved-from-mailbox", "movedFromMailbox"})
Threads: TypeAlias = list[Payload]


def assignments_by_action(threads: Threads) -> Threads:
    """FreeScout's line items say that they assign."""
    return [thread for thread in threads if thread["action"]["type"].text_or() == ASSIGNED]


def assignments_by_change(threads: Threads) -> Threads:
    """Help Scout's threads say who had the conversation then, so those that say another one than the thread before."""
    found, previous = [], None
    for thread in threads:
        current = _assignee(thread)
        if current != previous:
            found.append(thread)
        previous = current
    return found


def _assignee(thread: Payload) -> str | None:
    """A person; a team is none."""
    person = thread["assignedTo"]
    return None if person["type"].text_or() == "team" else user(person["id"])


def read_events(told: Conversation, assignments: Callable[[Threads], Threads]) -> list[Event]:
    threads = sorted(told.threads(), key=lambda thread: (thread["createdAt"].iso(), thread["id"].number()))
    published = [thread for thread in threads if thread["state"].text_or("published") == "published"]
    found = [*_opened(told, published), *replies_of(told), *_moved(told, published)]
    found += _assigned(told, published, assignments(published))
    if told.body["state"].text_or() == "deleted":
        found.append(told.new(Kind.TICKET_DELETED, "read", told.at, data={"reason": "deleted"}))
    return found


def _opened(told: Conversation, threads: Threads) -> Iterator[Event]:
    """In its mailbox of now, unless it was moved; where it came from is not told."""
    is_moved = any(thread["action"]["type"].text_or() in MOVED for thread in threads)
    by_agent = told.body["createdBy"]["type"].text_or() == "user"
    yield told.new(
        Kind.TICKET_OPENED,
        "read",
        told.created_at or told.at,
        queue=None if is_moved else told.queue,
        data={"opened_by": "agent" if by_agent else None},
    )


def _assigned(told: Conversation, threads: Threads, assignments: Threads) -> Iterator[Event]:
    """Each assignment, and the last move with the mailbox of now. Where no assignment is told, it was opened with an assignee."""
    moves = [thread for thread in threads if thread["action"]["type"].text_or() in MOVED]
    for thread in assignments:
        agent = _assignee(thread)
        if agent is not None:
            yield told.new(Kind.TICKET_ASSIGNED, thread["id"].text(), thread["createdAt"].iso(), agent=agent)
    for thread in moves[-1:]:
        yield told.new(Kind.TICKET_ASSIGNED, thread["id"].text(), thread["createdAt"].iso(), queue=told.queue)
    if told.assignee is not None and not assignments:
        at = told.created_at or told.at
        yield told.new(Kind.TICKET_ASSIGNED, f"read:{told.assignee}", at, agent=told.assignee)


def _moved(told: Conversation, threads: Threads) -> Iterator[Event]:
    """What each thread changed of the status, and the closing that stands in the conversation itself."""
    closed = told.body["closedAt"]
    closed_at = None if closed.is_absent or told.body["status"].text_or() != "closed" else closed.iso()
    previous = Status.OPEN
    for thread in threads:
        at, name = thread["createdAt"].iso(), thread["status"].text_or("") or ""
        current = STATUSES.get(name)
        if current is None:
            continue
        # A customer's reply says by itself that the conversation is active again.
        if thread["type"].text_or() != "customer" and not _is_near(at, closed_at):
            yield from _changed(told, thread, previous, current, at)
        previous = current
    if closed_at is not None:
        yield told.new(Kind.TICKET_SOLVED, _key("closed", closed_at), closed_at, agent=closer(told))


def _changed(told: Conversation, thread: Payload, previous: Status, current: Status, at: datetime) -> Iterator[Event]:
    name = "active" if current is Status.OPEN else thread["status"].text()
    for kind in status_change(previous, current):
        on = PAUSED_ON.get(current) if kind is Kind.TICKET_PAUSED else None
        reason = "spam" if kind is Kind.TICKET_DELETED else None
        agent = user(thread["createdBy"]["id"]) if kind is Kind.TICKET_SOLVED else None
        yield told.new(kind, _key(name, at), at, agent=agent, data={"on": on, "reason": reason})


def _key(name: str, at: datetime) -> str:
    return f"{name}:{at.isoformat()}"


def _is_near(at: datetime, closed_at: datetime | None) -> bool:
    return closed_at is not None and abs(at - closed_at) <= OPENING
