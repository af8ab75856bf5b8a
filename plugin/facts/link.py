"""Tickets linked to the contacts that they came from: by an id of the vendor, else by the same customer close in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from plugin.database import execute_given, from_ms, insert_rows
from plugin.facts import tables
from plugin.facts.dirty import table_of
from plugin.facts.store import TICKET

LINK = table_of(tables.Link)
#: a contact of the same customer is taken for the origin of a ticket that was opened from this long after its start ...
LONGEST_AFTER = timedelta(hours=4)
#: ... or up to this long before it (an agent opens the ticket while the phone still rings)
LONGEST_BEFORE = timedelta(minutes=10)
_MILLISECOND = timedelta(milliseconds=1)
#: each has an index on either side
_SAME = (
    "contact.subject = ticket.contact",
    "contact.ticket = ticket.subject",
    "contact.customer = ticket.customer AND contact.started_at BETWEEN "
    f"ticket.created_at - {LONGEST_AFTER // _MILLISECOND} AND ticket.created_at + {LONGEST_BEFORE // _MILLISECOND}",
)


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
    """Works out the links of these tickets anew, and of all tickets that these contacts belong or could belong to."""
    keys = sorted({*tickets, *_tickets_of(connection, contacts)})
    if keys:
        links = _links(connection, keys)
        execute_given(connection, "DELETE FROM link WHERE ticket_key IN (SELECT key FROM :given)", key=keys)
        insert_rows(connection, LINK, links)


def _tickets_of(connection: Connection, contacts: Sequence[int]) -> set[int]:
    """Keys of tickets that are linked to one of the contacts, name one, are named by one, or have the customer of one."""
    if not contacts or not connection.execute(select(TICKET.c.subject_key).limit(1)).first():
        return set()
    queries = ["SELECT ticket_key FROM link WHERE contact_key IN (SELECT key FROM :given)"]
    queries += [
        "SELECT ticket.subject_key FROM :given CROSS JOIN contact CROSS JOIN ticket "  # noqa: S608
        f"WHERE contact.subject_key = given.key AND {same}"
        for same in _SAME
    ]
    return {key for query in queries for (key,) in execute_given(connection, query, key=contacts)}


def _links(connection: Connection, tickets: Sequence[int]) -> list[dict[str, Any]]:
    candidates: dict[int, list[Candidate]] = defaultdict(list)
    known: dict[int, tuple[str, str | None, datetime]] = {}
    for same in _SAME:
        query = (
            "SELECT ticket.subject_key, ticket.subject, ticket.contact, ticket.created_at, "  # noqa: S608
            "contact.subject_key, contact.subject, contact.started_at, contact.ticket "
            f"FROM :given CROSS JOIN ticket CROSS JOIN contact WHERE ticket.subject_key = given.key AND {same}"
        )
        rows = execute_given(connection, query, key=tickets)
        for ticket, name, reference, created_at, contact, subject, started_at, named in rows:
            known[ticket] = name, reference, from_ms(created_at)
            found = Candidate(key=contact, subject=subject, started_at=from_ms(started_at), ticket=named)
            candidates[ticket].append(found)
    chosen = {ticket: choose(*known[ticket], found) for ticket, found in candidates.items()}
    return [
        {"ticket_key": ticket, "contact_key": link[0], "how": link[1]}
        for ticket, link in chosen.items()
        if link is not None
    ]
