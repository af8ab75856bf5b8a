"""Trigger webhooks of Zendesk: the body is Deskgauge's template, filled in by a trigger or an automation.

Placeholders: https://support.zendesk.com/hc/en-us/articles/4408886858138 (read 2026-11). All values are texts; times end with the
minute; labels such as the status are in the language of the account or the requester, so that each trigger names its event itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from adapters._zendesk_words import (
    SYSTEM_USER,
    actor_of,
    channel_of,
    comment_key,
    created_key,
    lower,
    opened_by,
    present,
    survey_key,
)
from plugin.contract.adapter import Settings
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

VERSION = "1"
TEMPLATE = """\
{
  "deskgauge": 1,
  "event": "created",
  "ticket_id": "{{ticket.id}}",
  "contact": "{{ticket.external_id}}",
  "status": "{{ticket.status}}",
  "priority": "{{ticket.priority}}",
  "type": "{{ticket.ticket_type}}",
  "via": "{{ticket.via}}",
  "group": "{{ticket.group.name}}",
  "assignee_id": "{{ticket.assignee.id}}",
  "requester_id": "{{ticket.requester.id}}",
  "created_at": "{{ticket.created_at_with_timestamp}}",
  "updated_at": "{{ticket.updated_at_with_timestamp}}",
  "actor_id": "{{current_user.id}}",
  "comment_id": "{{ticket.latest_comment.id}}",
  "comment_author_id": "{{ticket.latest_comment.author.id}}",
  "comment_is_public": "{{ticket.latest_comment.is_public}}",
  "csat": "{{satisfaction.current_rating}}"
}
"""

#: the names that a trigger may put into `event`
KINDS: Mapping[str, Kind] = {
    "created": Kind.TICKET_OPENED,
    "assigned": Kind.TICKET_ASSIGNED,
    "solved": Kind.TICKET_SOLVED,
    "reopened": Kind.TICKET_REOPENED,
    "pending": Kind.TICKET_PAUSED,
    "on_hold": Kind.TICKET_PAUSED,
    "resumed": Kind.TICKET_RESUMED,
    "closed": Kind.TICKET_CLOSED,
    "escalated": Kind.TICKET_ESCALATED,
    "csat_sent": Kind.SURVEY_SENT,
    "csat_good": Kind.SURVEY_ANSWERED,
    "csat_bad": Kind.SURVEY_ANSWERED,
}
TELL_GROUP = frozenset({Kind.TICKET_OPENED, Kind.TICKET_ASSIGNED, Kind.TICKET_ESCALATED})
TELL_ASSIGNEE = frozenset(
    {
        Kind.TICKET_ASSIGNED,
        Kind.TICKET_ESCALATED,
        Kind.TICKET_SOLVED,
        Kind.TICKET_REOPENED,
        Kind.TICKET_PAUSED,
        Kind.TICKET_RESUMED,
        Kind.TICKET_CLOSED,
    }
)
#: the name in `event` --> whom the ticket waits for
PAUSED_ON: Mapping[str, str] = {"pending": "customer", "on_hold": "other"}
NAMES = (*KINDS, "comment", "status_changed", "csat")
#: labels of an English account; Zendesk translates them everywhere else. What the status was before is not told: open says that the
#: ticket is not paused (any more), and nothing of a reopening
STATUSES: Mapping[str, str | None] = {
    "new": None,
    "open": "resumed",
    "pending": "pending",
    "on-hold": "on_hold",
    "hold": "on_hold",
    "solved": "solved",
    "closed": "closed",
}


def parse_trigger(payload: Payload, settings: Settings) -> Sequence[Event]:
    if payload["deskgauge"].text() != VERSION:
        raise BadPayload("$.deskgauge", f"version {VERSION} of the template is known: paste the present one again")
    if "{{" in payload["ticket_id"].text():
        return []  # the button "Test webhook" posts the template as it is
    name = _name(payload)
    if name is None:
        return []
    if name == "comment":
        return [_comment(payload, settings)]
    if KINDS[name].about == "survey":
        return [_survey(payload, name)]
    found = [_event(payload, KINDS[name], settings, _about(payload, name, settings))]
    if name == "created" and not payload["assignee_id"].is_absent:
        found.append(_event(payload, Kind.TICKET_ASSIGNED, settings, {}, agent=payload["assignee_id"].text()))
    return found


def trigger_key(payload: Payload) -> str:
    """Ticket, event and minute, and what else the body says: a retry repeats it, another change of that minute does not."""
    try:
        content = json.dumps(payload.raw, sort_keys=True).encode()
    except RecursionError:
        raise BadPayload(payload.path, "nested too deeply") from None
    parts = [payload[name].text_or("") or "" for name in ("ticket_id", "event", "updated_at")]
    return ":".join([*parts, sha256(content).hexdigest()[:16]])


def _name(payload: Payload) -> str | None:
    """The event, the two that depend on a label resolved; None for a status that changes nothing for us."""
    name = payload["event"].text()
    if name not in NAMES:
        raise BadPayload("$.event", f"none of {', '.join(NAMES)}: correct the name in the trigger's body")
    if name == "status_changed":
        return _status(payload["status"])
    return f"csat_{_score(payload['csat'])}" if name == "csat" else name


def _status(payload: Payload) -> str | None:
    label = payload.text().strip().lower()
    if label not in STATUSES:
        raise BadPayload(
            payload.path,
            "not an English label: make a trigger for each of solved, reopened and closed, pending, on_hold and resumed instead",
        )
    return STATUSES[label]


def _score(payload: Payload) -> str:
    label = payload.text().strip().lower()
    for score in ("good", "bad"):
        if label.startswith(score):
            return score
    raise BadPayload(payload.path, "neither Good nor Bad: make two triggers, csat_good and csat_bad, instead")


def _about(payload: Payload, name: str, settings: Settings) -> Mapping[str, str | None]:
    """Whoever set the trigger *created* off has submitted the ticket."""
    if name != "created":
        return {"on": PAUSED_ON.get(name)}
    submitter, requester = payload["actor_id"].text_or(), payload["requester_id"].text_or()
    told = {key: lower(payload[key].text_or()) for key in ("priority", "type", "status")}
    return told | {"opened_by": opened_by(submitter, requester, settings)}


def _comment(payload: Payload, settings: Settings) -> Event:
    author = payload["comment_author_id"].text_or() or payload["actor_id"].text()
    actor = actor_of(author, settings)
    if not payload["comment_is_public"].flag():
        return _event(payload, Kind.TICKET_NOTED, settings, {"actor": actor}, agent=author)
    if author == payload["requester_id"].text():
        return _event(payload, Kind.TICKET_CUSTOMER_REPLIED, settings, {"actor": actor})
    if author == SYSTEM_USER:
        return _event(payload, Kind.TICKET_AGENT_REPLIED, settings, {"actor": "bot"})
    return _event(payload, Kind.TICKET_AGENT_REPLIED, settings, {"actor": actor}, agent=author)


def _event(
    payload: Payload, kind: Kind, settings: Settings, data: Mapping[str, str | None], agent: str | None = None
) -> Event:
    created_at = payload["created_at"].iso()
    told: dict[str, Json] = {
        **present(
            {
                "contact": payload["contact"].text_or(),
                "email": payload["email"].text_or(),
                "actor": actor_of(payload["actor_id"].text_or(), settings),
            }
        ),
        **present(data),
        "created_at": created_at.isoformat(),
    }
    return Event(
        kind=kind,
        at=created_at if payload["event"].text() == "created" else payload["updated_at"].iso(),
        subject=payload["ticket_id"].text(),
        dedupe_key=_key(payload, kind),
        channel=channel_of(payload["via"].text_or()),
        queue=payload["group"].text_or() if kind in TELL_GROUP else None,
        agent=agent or (payload["assignee_id"].text_or() if kind in TELL_ASSIGNEE else None),
        customer=_customer(payload),
        data=told,
    )


def _key(payload: Payload, kind: Kind) -> str:
    ticket, name, comment = payload["ticket_id"].text(), payload["event"].text(), payload["comment_id"].text_or()
    if name == "created":
        return created_key(ticket, kind)
    return comment_key(ticket, comment) if name == "comment" and comment else f"{trigger_key(payload)}:{kind}"


def _customer(payload: Payload) -> str | None:
    """The requester's id; a template that adds `customer` with his number links tickets to calls."""
    return payload["customer"].text_or() or payload["requester_id"].text_or()


def _survey(payload: Payload, name: str) -> Event:
    ticket = payload["ticket_id"].text()
    word, at = name.removeprefix("csat_"), payload["updated_at"].iso()
    score = None if word == "sent" else word
    data = {"type": "csat", "scale": "good_bad", "ticket": ticket, "score": score}
    return Event(
        kind=KINDS[name],
        at=at,
        subject=f"csat:{ticket}",
        dedupe_key=survey_key(ticket, score, at),
        agent=payload["assignee_id"].text_or(),
        customer=_customer(payload),
        data=present(data),
    )
