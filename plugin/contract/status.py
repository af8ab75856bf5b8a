"""What the change of a ticket's status means, whatever words a vendor or a centre has for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from plugin.contract.event import Kind
from plugin.contract.payload import BadPayload
from plugin.contract.settings import Settings, pairs


class Status(StrEnum):
    """`PENDING` waits for the customer, `ON_HOLD` for somebody else; `MERGED` and `DELETED` count in no figure."""

    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    DELETED = "deleted"


#: status --> whom the ticket waits for meanwhile
PAUSED_ON: Mapping[Status, str] = {Status.PENDING: "customer", Status.ON_HOLD: "other"}
OVER = frozenset({Status.SOLVED, Status.CLOSED, Status.MERGED, Status.DELETED})
ENDS: Mapping[Status, Kind] = {
    Status.SOLVED: Kind.TICKET_SOLVED,
    Status.CLOSED: Kind.TICKET_CLOSED,
    Status.MERGED: Kind.TICKET_MERGED,
    Status.DELETED: Kind.TICKET_DELETED,
}


def status_change(previous: Status | None, current: Status) -> list[Kind]:
    """Nothing for a step that says nothing new; `previous` is None where it is not known.

    A solution ends a pause by itself; whatever else leaves one resumes. A ticket that is closed without having been solved is
    `ticket.closed` alone: the fold takes it for the solution.
    """
    if current == previous:
        return []
    if current in ENDS:
        return [ENDS[current]]
    found = [Kind.TICKET_REOPENED] if previous in OVER else []
    if current in PAUSED_ON:
        return [*found, Kind.TICKET_PAUSED]
    return [Kind.TICKET_RESUMED] if previous in PAUSED_ON else found


def status_seen(current: Status) -> list[Kind]:
    """What a snapshot says of itself, whatever went before: of these the fold takes what applies, and nothing twice."""
    if current in ENDS:
        return [ENDS[current]]
    return [Kind.TICKET_REOPENED, Kind.TICKET_PAUSED if current in PAUSED_ON else Kind.TICKET_RESUMED]


def statuses(settings: Settings, key: str, usual: Mapping[str, Status]) -> Mapping[str, Status]:
    """The vendor's statuses in small letters --> ours: the usual ones, and what the document `key` says in lines `theirs = ours`.

    Raises `BadPayload` that names the setting when a word of ours is none.
    """
    found = dict(usual)
    for theirs, ours in pairs(settings, key).items():
        if ours not in list(Status):
            raise BadPayload(key, f"{ours!r} is no status: write one of {', '.join(Status)} behind {theirs!r}")
        found[theirs.casefold()] = Status(ours)
    return found
