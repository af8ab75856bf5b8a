"""One change of an incident, as the script of the business rule sends it, in ticket events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from plugin.contract.adapter import Settings, first
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.status import PAUSED_ON, Status, status_change, statuses

SCRIPT = """\
(function executeRule(current, previous) {
  var before = previous || null;
  var message = new sn_ws.RESTMessageV2();
  message.setEndpoint('HOOK_ADDRESS');
  message.setHttpMethod('POST');
  message.setRequestHeader('Content-Type', 'application/json');
  message.setRequestHeader('X-Deskgauge-Secret', gs.getProperty('deskgauge.secret'));
  message.setRequestBody(JSON.stringify({
    deskgauge: 1,
    operation: String(current.operation()),
    sys_id: current.getUniqueValue(),
    update: current.getValue('sys_mod_count'),
    updated_at: current.getValue('sys_updated_on'),
    opened_at: current.getValue('opened_at'),
    state: current.getValue('state'),
    state_before: before ? before.getValue('state') : '',
    hold_reason: current.getValue('hold_reason'),
    hold_reason_before: before ? before.getValue('hold_reason') : '',
    priority: current.getDisplayValue('priority'),
    contact_type: current.getValue('contact_type'),
    group: current.getDisplayValue('assignment_group'),
    agent: current.getDisplayValue('assigned_to'),
    opened_by: current.getValue('opened_by'),
    caller: current.getValue('caller_id'),
    caller_phone: String(current.caller_id.phone),
    caller_email: String(current.caller_id.email),
    actor: gs.getUserID(),
    actor_name: gs.getUserDisplayName(),
    comment: current.comments.changes(),
    work_note: current.work_notes.changes()
  }));
  message.executeAsync();
})(current, previous);
"""
#: states of a new instance; 3 is on hold, and the hold reason says for whom
ON_HOLD = "3"
STATES: Mapping[str, Status] = {
    "1": Status.OPEN,
    "2": Status.OPEN,
    ON_HOLD: Status.ON_HOLD,
    "6": Status.SOLVED,
    "7": Status.CLOSED,
    "8": Status.DELETED,
}
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "phone": Channel.VOICE,
    "self-service": Channel.WEB,
    "chat": Channel.CHAT,
    "virtual_agent": Channel.CHAT,
    "walk-in": Channel.OTHER,
    "monitoring": Channel.OTHER,
}
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """`caller` is the customer's sys_id, `actor` that of whoever made the change."""

    body: Payload
    at: datetime
    order: int
    opened_at: datetime
    actor: str | None
    caller: str | None
    is_bot: bool

    @property
    def by_customer(self) -> bool:
        return self.actor is not None and self.actor == self.caller


def incident_events(body: Payload, settings: Settings) -> Sequence[Event]:
    change = _change(body, settings)
    operation = body["operation"].text()
    if operation == "delete":
        return [_event(change, Kind.TICKET_DELETED, {"reason": "deleted"})]
    if operation not in ("insert", "update"):
        return []
    opened = [_opened(change)] if operation == "insert" else []
    placed = _event(change, Kind.TICKET_ASSIGNED, {})
    return [*opened, placed, *_said(change, operation == "insert"), *_moved(change, settings)]


def _change(body: Payload, settings: Settings) -> Change:
    actor = body["actor"].text_or()
    bots = re.split(r"[,\s]+", first(settings, "bots", "") or "")
    return Change(
        body=body,
        at=_utc(body["updated_at"]),
        order=int(body["update"].number()),
        opened_at=_utc(body["opened_at"]),
        actor=actor,
        caller=body["caller"].text_or(),
        is_bot=actor is not None and actor in bots,
    )


def _utc(value: Payload) -> datetime:
    """`2026-11-24 08:00:00`, in UTC."""
    text = value.text()
    if not TIME.fullmatch(text):
        raise BadPayload(value.path, "a time like 2026-11-24 08:00:00 expected")
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise BadPayload(value.path, "not a time") from None


def _opened(change: Change) -> Event:
    """Written down by an agent where it was not opened by the caller himself, nor by a program."""
    opener, channel = change.body["opened_by"].text_or(), change.body["contact_type"].text_or("") or ""
    by_agent = opener is not None and change.caller is not None and opener != change.caller and not change.is_bot
    return Event(
        kind=Kind.TICKET_OPENED,
        at=change.opened_at,
        subject=change.body["sys_id"].text(),
        dedupe_key=f"{change.body['sys_id'].text()}:opened",
        channel=CHANNELS.get(channel),
        data={"opened_by": "agent"} if by_agent else {},
    )


def _said(change: Change, is_opening: bool) -> Iterator[Event]:
    """The caller's comment at the opening is the opening."""
    if change.body["comment"].flag_or() and not (is_opening and change.by_customer):
        yield _event(change, Kind.TICKET_CUSTOMER_REPLIED if change.by_customer else Kind.TICKET_AGENT_REPLIED, {})
    if change.body["work_note"].flag_or():
        yield _event(change, Kind.TICKET_NOTED, {})


def _moved(change: Change, settings: Settings) -> Iterator[Event]:
    body = change.body
    previous = _status(body["state_before"], body["hold_reason_before"], settings)
    current = _status(body["state"], body["hold_reason"], settings)
    if current is None:
        raise BadPayload(body["state"].path, "missing")
    for kind in status_change(previous, current):
        about = {"on": PAUSED_ON.get(current) if kind is Kind.TICKET_PAUSED else None}
        yield _event(change, kind, about)


def _status(state: Payload, reason: Payload, settings: Settings) -> Status | None:
    number = state.text_or()
    if number is None:
        return None
    found = statuses(settings, "statuses", STATES).get(number.casefold(), Status.OPEN)
    waiting = re.split(r"[,\s]+", first(settings, "waiting", "1") or "")
    if number == ON_HOLD and found is Status.ON_HOLD and reason.text_or() in waiting:
        return Status.PENDING
    return found


def _event(change: Change, kind: Kind, about: Mapping[str, str | None]) -> Event:
    body, by_actor = change.body, kind in (Kind.TICKET_AGENT_REPLIED, Kind.TICKET_NOTED)
    phone, email = body["caller_phone"].text_or(), body["caller_email"].text_or()
    told: dict[str, Json] = {
        "priority": (body["priority"].text_or("") or "").rpartition(" - ")[2].lower(),
        "actor": "bot" if change.is_bot else "human" if change.actor else None,
        "email": email if phone else None,
        "created_at": change.opened_at.isoformat(),
        **about,
    }
    return Event(
        kind=kind,
        at=change.at,
        subject=body["sys_id"].text(),
        dedupe_key=f"{body['sys_id'].text()}:{change.order}:{kind}",
        order=change.order,
        queue=body["group"].text_or(),
        agent=body["actor_name" if by_actor else "agent"].text_or(),
        customer=phone or email or change.caller,
        data={name: value for name, value in told.items() if value},
    )
