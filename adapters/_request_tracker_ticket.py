"""A ticket of Request Tracker with some of its transactions in, events out.

Types and fields of transactions: https://github.com/bestpractical/rt lib/RT/Ticket.pm, lib/RT/Transaction.pm (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_change, statuses

#: statuses of the lifecycle that a new installation has
STATUSES: Mapping[str, Status] = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "stalled": Status.PENDING,
    "resolved": Status.SOLVED,
    "rejected": Status.CLOSED,
    "deleted": Status.DELETED,
}
NOBODY, SYSTEM = "Nobody", "RT_System"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """`body`: the number of the ticket, the ticket as it is now, transactions of it, and names of queues by id."""

    body: Payload
    settings: Settings

    @property
    def number(self) -> str:
        return self.body["deskgauge_read"].text()

    @property
    def shown(self) -> Payload:
        return self.body["ticket"]

    @property
    def requestors(self) -> list[str]:
        return [each.text() for each in self.shown["Requestor"].items() if not each.is_absent]

    @property
    def owner(self) -> str | None:
        name = self.shown["Owner"].text_or()
        return None if name in (None, NOBODY, SYSTEM) else name

    def is_customer(self, name: str) -> bool:
        """Who asked, or is kept informed; whoever owns the ticket works on it."""
        customers = [*self.requestors, *(each.text() for each in self.shown["Cc"].items() if not each.is_absent)]
        return name != self.owner and name.casefold() in {each.casefold() for each in customers}

    def queue(self, key: Payload) -> str | None:
        number = key.text_or()
        return self.body["queues"][number].text_or(number) if number else None

    def event(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        order: int = 0,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told: dict[str, Json] = {name: value for name, value in (data or {}).items() if value}
        requestors = self.requestors
        return Event(
            kind=kind,
            at=at,
            subject=self.number,
            dedupe_key=f"{self.number}:{key}",
            order=order,
            agent=agent,
            queue=queue,
            customer=requestors[0] if requestors else None,
            data={**told, "created_at": self.shown["Created"].iso().isoformat()},
        )


def told(ticket: Ticket) -> Sequence[Event]:
    """Reminders and approvals are tickets of another type, and nobody's request."""
    if ticket.shown["Type"].text_or("ticket") != "ticket":
        return []
    steps = [event for each in ticket.body["transactions"].items() for event in _step(ticket, each)]
    if ticket.shown["id"].text() == ticket.number:
        return [*steps, _placed(ticket)]
    return [*map(_own, steps), *_merged(ticket)]


def _own(step: Event) -> Event:
    """Of a ticket that was merged into another, without what the other one, which is shown in its place, says of age and people."""
    data = {name: value for name, value in step.data.items() if name != "created_at"}
    return replace(step, customer=None, data=data)


def _merged(ticket: Ticket) -> Iterator[Event]:
    log = list(ticket.body["transactions"].items())
    if log:
        at, into = log[-1]["Created"].iso(), ticket.shown["id"].text()
        yield Event(
            kind=Kind.TICKET_MERGED,
            at=at,
            subject=ticket.number,
            dedupe_key=f"{ticket.number}:merged:{at.isoformat()}",
            data={"into": into},
        )


def _placed(ticket: Ticket) -> Event:
    """Who owns the ticket now: his number in the log is not his name."""
    at, priority = ticket.shown["LastUpdated"].iso(), ticket.shown["Priority"].text_or()
    queue = ticket.queue(ticket.shown["Queue"])
    key = f"placed:{at.isoformat()}:{queue or ''}:{ticket.owner or ''}:{priority or ''}"
    return ticket.event(Kind.TICKET_ASSIGNED, key, at, agent=ticket.owner, queue=queue, data={"priority": priority})


def _step(ticket: Ticket, transaction: Payload) -> Iterator[Event]:
    name, at = transaction["Type"].text(), transaction["Created"].iso()
    key, order = transaction["id"].text(), _number(transaction["id"])
    if name == "Create":
        yield _opened(ticket, transaction, at)
    elif name in ("Correspond", "Comment"):
        yield _message(ticket, transaction, name, at)
    elif name == "Status":
        for kind, data in _moved(ticket, transaction):
            yield ticket.event(kind, f"{key}:{kind}", at, order=order, data=data)
    elif transaction["Field"].text_or() == "Queue":
        # Where it was is told as well: a ticket's first queue stands nowhere else.
        for field in ("OldValue", "NewValue"):
            queue = ticket.queue(transaction[field])
            step = order if field == "NewValue" else order - 1
            yield ticket.event(Kind.TICKET_ASSIGNED, f"{key}:{field}", at, order=step, queue=queue)


def _number(key: Payload) -> int:
    """Twice the id, so that there is a place between two transactions."""
    text = key.text()
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadPayload(key.path, "the number of a transaction expected")
    return 2 * int(text)


def _opened(ticket: Ticket, transaction: Payload, at: datetime) -> Event:
    creator = transaction["Creator"].text_or()
    by_agent = bool(creator and ticket.requestors and not ticket.is_customer(creator))
    data = {"opened_by": "agent" if by_agent else None}
    key, order = transaction["id"].text(), _number(transaction["id"])
    return ticket.event(Kind.TICKET_OPENED, key, at, order=order, data=data)


def _message(ticket: Ticket, transaction: Payload, name: str, at: datetime) -> Event:
    creator = transaction["Creator"].text()
    by_customer = ticket.is_customer(creator)
    kind = Kind.TICKET_NOTED
    if name == "Correspond":
        kind = Kind.TICKET_CUSTOMER_REPLIED if by_customer else Kind.TICKET_AGENT_REPLIED
    actor = _actor(creator, ticket.settings)
    agent = None if by_customer or actor == "system" else creator
    key, order = transaction["id"].text(), _number(transaction["id"])
    return ticket.event(kind, key, at, order=order, agent=agent, data={"actor": actor})


def _actor(creator: str, settings: Settings) -> str:
    if creator == SYSTEM:
        return "system"
    return "bot" if creator in re.split(r"[,\s]+", first(settings, "bots", "") or "") else "human"


def _moved(ticket: Ticket, transaction: Payload) -> Iterator[tuple[Kind, dict[str, str | None]]]:
    """A status that nobody explained is an open one."""
    known = statuses(ticket.settings, "statuses", STATUSES)
    old = known.get((transaction["OldValue"].text_or("") or "").casefold(), Status.OPEN)
    new = known.get(transaction["NewValue"].text().casefold(), Status.OPEN)
    for kind in status_change(old, new):
        on = PAUSED_ON.get(new) if kind is Kind.TICKET_PAUSED else None
        yield kind, {"on": on, "reason": "deleted" if kind is Kind.TICKET_DELETED else None}
