"""A ticket of GLPI as it is, or a follow-up of one with its ticket, in ticket events.

The body does not say what its item is: a ticket has a type and a status, a follow-up says whether it is private.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_seen

PENDING = "4"
#: CommonITILObject: new, processing, planned, pending, solved, closed
STATUSES: Mapping[str, Status] = {
    "1": Status.OPEN,
    "2": Status.OPEN,
    "3": Status.OPEN,
    PENDING: Status.PENDING,
    "5": Status.SOLVED,
    "6": Status.CLOSED,
}
PRIORITIES: Mapping[str, str] = {
    "1": "very low",
    "2": "low",
    "3": "medium",
    "4": "high",
    "5": "very high",
    "6": "major",
}
#: the sources of requests that a new GLPI has
CHANNELS: Mapping[str, Channel] = {
    "1": Channel.WEB,
    "2": Channel.EMAIL,
    "3": Channel.VOICE,
    "4": Channel.OTHER,
    "5": Channel.OTHER,
    "6": Channel.OTHER,
}
#: such as /front/user.form.php?id=7
FORM = re.compile(r"/(\w+)\.form\.php\?id=(\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    id: str
    name: str | None
    is_group: bool
    role: str


def item_events(body: Payload, settings: Settings) -> Sequence[Event]:
    item, event = body["item"].object(), body["event"].text()
    if "status" in item and "type" in item:
        return list(_ticket(item, event, settings))
    if "is_private" in item and event == "new" and item["itemtype"].text_or() == "Ticket":
        found = _followup(item, body["parent_item"], settings)
        return [] if found is None else [found]
    return []


def read_events(body: Payload, settings: Settings) -> Sequence[Event]:
    """A reading of the API: the ticket in each of its states, and its follow-ups; each state repeats the opening."""
    found = [event for state in body["states"].items() for event in _ticket(state, "update", settings)]
    found += [event for each in body["followups"].items() if (event := _followup(each, body, settings)) is not None]
    return list({event.dedupe_key: event for event in found}.values())


def _ticket(item: Payload, event: str, settings: Settings) -> Iterator[Event]:
    """Opened, where it is now, and its status; what it was before is not told."""
    ticket, at = item["id"].text(), item["date_mod"].iso()
    if event == "delete" or item["is_deleted"].flag_or():
        yield _moved(ticket, Kind.TICKET_DELETED, at, None)
        return
    team = _team(item)
    yield _opened(item, ticket)
    if team or not item["priority"].is_absent:
        yield _placed(item, ticket, at, team)
    status = _status(item["status"]["id"].text(), settings)
    for kind in status_seen(status):
        yield _moved(ticket, kind, at, PAUSED_ON.get(status) if kind is Kind.TICKET_PAUSED else None)


def _status(number: str, settings: Settings) -> Status:
    waiting = first(settings, "pending", Status.PENDING) or Status.PENDING
    if waiting not in (Status.PENDING, Status.ON_HOLD):
        raise BadPayload("pending", f"{waiting!r}: write pending or on_hold")
    return Status(waiting) if number == PENDING else STATUSES.get(number, Status.OPEN)


def _team(item: Payload) -> list[Member]:
    return [_member(one) for one in item["team"].items()]


def _member(one: Payload) -> Member:
    """Who it is stands in the address of the member's form; the documented `id` and `type` are read where they are sent."""
    found = FORM.search(one["href"].text_or("") or "")
    kind, identity = (found[1], found[2]) if found else (one["type"].text_or("") or "", one["id"].text_or("") or "")
    return Member(
        id=identity, name=one["name"].text_or(), is_group=kind.lower() == "group", role=one["role"].text_or("") or ""
    )


def _assigned(team: Sequence[Member], *, is_group: bool) -> str | None:
    names = [one.name or one.id for one in team if one.role == "assigned" and one.is_group is is_group]
    return next((name for name in names if name), None)


def _requesters(team: Sequence[Member]) -> list[str]:
    return [one.id for one in team if one.role == "requester" and one.id and not one.is_group]


def _opened(item: Payload, ticket: str) -> Event:
    created_at = item["date"].iso()
    channel = CHANNELS.get(item["request_type"]["id"].text_or("") or "")
    return Event(
        kind=Kind.TICKET_OPENED,
        at=created_at,
        subject=ticket,
        dedupe_key=f"{ticket}:opened:{created_at.isoformat()}:{channel or ''}",
        channel=channel,
    )


def _placed(item: Payload, ticket: str, at: datetime, team: Sequence[Member]) -> Event:
    group, user = _assigned(team, is_group=True), _assigned(team, is_group=False)
    number, requesters = item["priority"].text_or(), _requesters(team)
    priority = PRIORITIES.get(number, number) if number else None
    told = {"priority": priority, "created_at": item["date"].iso().isoformat()}
    return Event(
        kind=Kind.TICKET_ASSIGNED,
        at=at,
        subject=ticket,
        dedupe_key=f"{ticket}:{at.isoformat()}:{group or ''}:{user or ''}:{priority or ''}",
        queue=group,
        agent=user,
        customer=f"user:{requesters[0]}" if requesters else None,
        data={name: value for name, value in told.items() if value},
    )


def _moved(ticket: str, kind: Kind, at: datetime, on: str | None) -> Event:
    key = f"{ticket}:{at.isoformat()}:{kind}"
    return Event(kind=kind, at=at, subject=ticket, dedupe_key=key, data={"on": on} if on else {})


def _followup(item: Payload, parent: Payload, settings: Settings) -> Event | None:
    """Of the customer where he is a requester of the ticket, or where nobody that GLPI knows wrote it (by mail)."""
    user = item["user"]["id"].text_or()
    is_known = user not in (None, "0")
    is_private = item["is_private"].flag()
    if not is_private and "user" not in item:
        return None
    by_customer = not is_known or user in _requesters(_team(parent))
    kind = Kind.TICKET_CUSTOMER_REPLIED if by_customer else Kind.TICKET_AGENT_REPLIED
    kind = Kind.TICKET_NOTED if is_private else kind
    is_bot = user in re.split(r"[,\s]+", first(settings, "bots", "") or "")
    by_agent = kind is not Kind.TICKET_CUSTOMER_REPLIED
    return Event(
        kind=kind,
        at=item["date_creation"].iso(),
        subject=item["items_id"].text(),
        dedupe_key=f"followup:{item['id'].text()}",
        agent=(item["user"]["name"].text_or() or user) if by_agent and is_known else None,
        data={"actor": "bot" if is_bot else "human"} if by_agent and is_known else {},
    )
