"""Tickets linked to the contacts that they came from: by an id of the vendor, else by the same customer close in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from plugin.database import chunks
from plugin.facts import tables
from plugin.facts.store import CONTACT, TICKET, table_of

LINK = table_of(tables.Link)
#: a contact of the same customer is taken for the origin of a ticket that was opened from this long after its start ...
LONGEST_AFTER = timedelta(hours=4)
#: ... or up to this long before it (an agent opens the ticket while the phone still rings)
LONGEST_BEFORE = timedelta(minutes=10)
_KEYS_A_STATEMENT = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    key: int
    subject: str
    started_at: datetime
    ticket: str | None


def choose(
    subject: str, reference: str | None, created_at: datetime, candidates: Iterable[Candidate]
) -> tuple[int, str] | None:
    """(key of the contact, how it was found) for a ticket, or None; equal distances are settled by the key."""
    by_reference = [c for c in candidates if (reference and c.subject == reference) or c.ticket == subject]
    if by_reference:
        return min(by_reference, key=lambda c: (c.started_at, c.key)).key, "reference"
    near = [c for c in candidates if -LONGEST_BEFORE <= created_at - c.started_at <= LONGEST_AFTER]
    if not near:
        return None
    return min(near, key=lambda c: (abs(created_at - c.started_at), c.key)).key, "customer"


def relink(connection: Connection, contacts: Sequence[int], tickets: Sequence[int]) -> None:
    """Works out the links of these tickets anew, and of all tickets that these contacts could belong to."""
    keys = sorted({*tickets, *_tickets_near(connection, contacts)})
    for part in chunks(keys, _KEYS_A_STATEMENT):
        rows = connection.execute(select(TICKET).where(TICKET.c.subject_key.in_(part))).all()
        links = [link for row in rows if (link := _link(connection, row)) is not None]
        connection.execute(delete(LINK).where(LINK.c.ticket_key.in_(part)))
        if links:
            connection.execute(insert(LINK), links)


def _tickets_near(connection: Connection, contacts: Sequence[int]) -> set[int]:
    """Keys of tickets that name one of the contacts, are named by one, or have the customer of one."""
    found: set[int] = set()
    if not connection.execute(select(TICKET.c.subject_key).limit(1)).first():
        return found
    for part in chunks(contacts, _KEYS_A_STATEMENT):
        rows = connection.execute(
            select(CONTACT.c.subject, CONTACT.c.customer, CONTACT.c.ticket).where(CONTACT.c.subject_key.in_(part))
        ).all()
        customers = {row.customer for row in rows if row.customer}
        named = {row.ticket for row in rows if row.ticket}
        condition = [TICKET.c.contact.in_([row.subject for row in rows])]
        condition += [TICKET.c.customer.in_(customers)] if customers else []
        condition += [TICKET.c.subject.in_(named)] if named else []
        found.update(key for (key,) in connection.execute(select(TICKET.c.subject_key).where(or_(*condition))))
    return found


def _link(connection: Connection, ticket: Any) -> dict[str, Any] | None:
    condition = [CONTACT.c.ticket == ticket.subject]
    condition += [CONTACT.c.subject == ticket.contact] if ticket.contact else []
    condition += [CONTACT.c.customer == ticket.customer] if ticket.customer else []
    query = select(CONTACT.c.subject_key, CONTACT.c.subject, CONTACT.c.started_at, CONTACT.c.ticket).where(
        or_(*condition)
    )
    candidates = [
        Candidate(key=row.subject_key, subject=row.subject, started_at=row.started_at, ticket=row.ticket)
        for row in connection.execute(query)
    ]
    chosen = choose(ticket.subject, ticket.contact, ticket.created_at, candidates)
    return {"ticket_key": ticket.subject_key, "contact_key": chosen[0], "how": chosen[1]} if chosen else None
