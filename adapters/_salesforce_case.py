"""A case, or an e-mail of one, as it was when Salesforce sent it, in ticket events.

The names are those of the objects Case and EmailMessage:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_case.htm.
A message holds what the fields are when it is sent; what they were before is not told, so that each says how the case stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_seen, statuses

#: labels of an English organisation in small letters; all others are open until the setting says more
STATUSES: Mapping[str, Status] = {"closed": Status.CLOSED}
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "web": Channel.WEB,
    "phone": Channel.VOICE,
    "chat": Channel.CHAT,
    "messaging": Channel.MESSAGING,
    "sms": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "facebook": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "social": Channel.SOCIAL,
}
#: the first characters of an id tell what it is of: a group here is a queue
QUEUE = "00G"
#: `Status` of an e-mail that nobody sent yet
DRAFT = "5"
NUMBERS = ("ContactPhone", "ContactMobile", "SuppliedPhone")
ADDRESSES = ("ContactEmail", "SuppliedEmail")
#: `event` of a flow --> what it says
REMARKS: Mapping[str, Kind] = {
    "agent_reply": Kind.TICKET_AGENT_REPLIED,
    "customer_reply": Kind.TICKET_CUSTOMER_REPLIED,
    "note": Kind.TICKET_NOTED,
    "escalated": Kind.TICKET_ESCALATED,
    "deleted": Kind.TICKET_DELETED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What all events of one case have in common."""

    id: str
    owner: str | None
    priority: str | None
    customer: str | None
    email: str | None
    names: Mapping[str, str]

    @property
    def queue(self) -> str | None:
        return self.names.get(self.owner, self.owner) if self.owner and self.owner.startswith(QUEUE) else None

    @property
    def agent(self) -> str | None:
        return self.names.get(self.owner, self.owner) if self.owner and not self.owner.startswith(QUEUE) else None


def case_events(record: Payload, settings: Settings) -> Sequence[Event]:
    """Opened, where it is now, and its status; one key for each time at which it was changed."""
    case, at = _case(record, settings), _changed_at(record)
    origin = record["Origin"].text_or("") or ""
    created_at = record["CreatedDate"].iso()
    opened = Event(
        kind=Kind.TICKET_OPENED,
        at=created_at,
        subject=case.id,
        dedupe_key=f"{case.id}:opened:{origin}",
        channel=CHANNELS.get(origin.casefold()),
    )
    status, over_at = _status(record, settings)
    return [
        opened,
        _placed(case, at, created_at),
        *(_moved(case.id, kind, over_at or at, status) for kind in status_seen(status)),
    ]


def _moved(case: str, kind: Kind, at: datetime, status: Status) -> Event:
    on = PAUSED_ON.get(status)
    key = f"{case}:{at.isoformat()}:{kind}:{on or ''}"
    return Event(
        kind=kind, at=at, subject=case, dedupe_key=key, data={"on": on} if on and kind is Kind.TICKET_PAUSED else {}
    )


def _changed_at(record: Payload) -> datetime:
    for name in ("LastModifiedDate", "SystemModstamp"):
        if not record[name].is_absent:
            return record[name].iso()
    raise BadPayload(f"{record.path}.LastModifiedDate", "missing: choose this field for the message, too")


def _status(record: Payload, settings: Settings) -> tuple[Status, datetime | None]:
    """The status, and when the case was closed; `IsClosed` is true for every status that the organisation closes with."""
    named = statuses(settings, "statuses", STATUSES).get(record["Status"].text().casefold(), Status.OPEN)
    if not record["IsClosed"].flag_or():
        return named, None
    closed_at = None if record["ClosedDate"].is_absent else record["ClosedDate"].iso()
    return (named if named in (Status.SOLVED, Status.MERGED, Status.DELETED) else Status.CLOSED), closed_at


def _case(record: Payload, settings: Settings) -> Case:
    number, address = _first(record, NUMBERS), _first(record, ADDRESSES)
    priority = record["Priority"].text_or()
    return Case(
        id=record["Id"].text(),
        owner=record["OwnerId"].text_or(),
        priority=priority.lower() if priority else None,
        customer=number or address or record["ContactId"].text_or(),
        email=address if number else None,
        names=pairs(settings, "names"),
    )


def _first(record: Payload, names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := record[name].text_or())), None)


def _placed(case: Case, at: datetime, created_at: datetime) -> Event:
    """Where the case is and with whom; the clock of Salesforce tells one state from the next."""
    told = {"priority": case.priority, "email": case.email, "created_at": created_at.isoformat()}
    return Event(
        kind=Kind.TICKET_ASSIGNED,
        at=at,
        subject=case.id,
        dedupe_key=f"{case.id}:{at.isoformat()}:{case.owner or ''}:{case.priority or ''}",
        queue=case.queue,
        agent=case.agent,
        customer=case.customer,
        data={name: value for name, value in told.items() if value},
    )


def email_events(record: Payload, settings: Settings) -> Sequence[Event]:
    """An e-mail of a case, of the customer where it is incoming, else of an agent; drafts and mail of other objects: none."""
    if record["ParentId"].is_absent or record["Status"].text_or() == DRAFT:
        return []
    is_incoming = record["Incoming"].flag()
    kind = Kind.TICKET_CUSTOMER_REPLIED if is_incoming else Kind.TICKET_AGENT_REPLIED
    return [_said(record, kind, record["ParentId"].text(), record["MessageDate"].iso(), settings)]


def remark_events(record: Payload, settings: Settings) -> Sequence[Event]:
    """What a flow says in its own word: `event`, `at`, `author` and the id of the comment beside the id of the case."""
    kind = REMARKS[record["event"].text()]
    return [_said(record, kind, record["CaseId"].text(), record["at"].iso(), settings)]


def _said(record: Payload, kind: Kind, case: str, at: datetime, settings: Settings) -> Event:
    author = record["CreatedById"].text_or()
    by_agent = kind in (Kind.TICKET_AGENT_REPLIED, Kind.TICKET_NOTED)
    is_bot = author is not None and author in re.split(r"[,\s]+", first(settings, "bots", "") or "")
    return Event(
        kind=kind,
        at=at,
        subject=case,
        dedupe_key=f"{record['Id'].text()}:{kind}",
        agent=pairs(settings, "names").get(author, author) if author and by_agent else None,
        data={"actor": "bot" if is_bot else "human"} if by_agent else {},
    )


READERS: Mapping[str, Callable[[Payload, Settings], Sequence[Event]]] = {
    "Case": case_events,
    "EmailMessage": email_events,
}
