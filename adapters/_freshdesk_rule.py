"""What a rule of Freshdesk posts in, events out, where there is no key for the API: all times are those of arrival.

Placeholders and `{{triggered_event}}`, a text like {status:{from:2,to:4}}: github.com/zulip/zulip zerver/webhooks/freshdesk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from adapters._freshworks_words import CLOSED, FRESHDESK, PAUSES, SOLVED, meaning, present, priority_of
from plugin.contract.adapter import Settings
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.request import WebhookRequest

VERSION = "1"
#: words that the administrator puts into `event` of a rule
KINDS: Mapping[str, Kind] = {
    "created": Kind.TICKET_OPENED,
    "assigned": Kind.TICKET_ASSIGNED,
    "agent_reply": Kind.TICKET_AGENT_REPLIED,
    "customer_reply": Kind.TICKET_CUSTOMER_REPLIED,
    "note": Kind.TICKET_NOTED,
    "deleted": Kind.TICKET_DELETED,
    "spam": Kind.TICKET_DELETED,
    "rated_good": Kind.SURVEY_ANSWERED,
    "rated_ok": Kind.SURVEY_ANSWERED,
    "rated_bad": Kind.SURVEY_ANSWERED,
}
NAMES = (*KINDS, "status")
CHANGE = re.compile(r"\{(\w+):(?:\{from:([^,{}]*),to:([^{}]*)\}|([^{}]*))\}")
#: a change of a body in the style of others' templates --> our word
SIMPLE = {
    ("ticket_action", "created"): "created",
    ("note_type", "private"): "note",
    ("note_type", "public"): "agent_reply",
    ("reply_sent", "sent"): "agent_reply",
}


def rule_events(request: WebhookRequest, payload: Payload, settings: Settings) -> Sequence[Event]:
    wrapped = payload["freshdesk_webhook"]
    body = payload if wrapped.is_absent else wrapped.object()
    if "deskgauge" in body and body["deskgauge"].text() != VERSION:
        raise BadPayload("$.deskgauge", f"version {VERSION} of the template is known: paste the present one again")
    if "{{" in body["ticket_id"].text():
        return []  # the template itself, sent by a test
    name = _name(body)
    at, key = request.received_at, delivery_digest(request)
    if name is None:
        return []
    if name == "status":
        return _moved(body, at, key, settings)
    return (
        [_survey(body, name, at, key)] if KINDS[name].about == "survey" else [_event(body, KINDS[name], at, key, name)]
    )


def delivery_digest(request: WebhookRequest) -> str:
    """The content and the minute: the same step of a ticket may come again later, with the same words and without a time."""
    minute = int(request.received_at.timestamp()) // 60
    return f"{sha256(request.body).hexdigest()[:24]}:{minute}"


def _name(body: Payload) -> str | None:
    """Our word; in a body of another template what its change tells, None where that is nothing of ours."""
    if "deskgauge" in body:
        name = body["event"].text()
        if name not in NAMES:
            raise BadPayload("$.event", f"none of {', '.join(NAMES)}: correct the word in the rule's content")
        return name
    found = CHANGE.search(body["triggered_event"].text())
    if found is None:
        return None
    return "status" if found[1] == "status" and found[3] else SIMPLE.get((found[1], found[4] or ""))


def _moved(body: Payload, at: datetime, key: str, settings: Settings) -> list[Event]:
    change = body["change"] if "deskgauge" in body else body["triggered_event"]
    steps = {step[1]: step for step in CHANGE.finditer(change.text())}
    if "status" not in steps or not steps["status"][3]:
        raise BadPayload(change.path, "does not tell from which status to which: keep {{triggered_event}} in it")
    old, new = meaning(steps["status"][2], settings, FRESHDESK), meaning(steps["status"][3], settings, FRESHDESK)
    kinds = _kinds(old, new)
    return [_event(body, kind, at, key, "", order, new) for order, kind in enumerate(kinds)]


def _kinds(old: str, new: str) -> list[Kind]:
    if old == new:
        return []
    if new in (SOLVED, CLOSED):
        return [Kind.TICKET_SOLVED if new == SOLVED else Kind.TICKET_CLOSED]
    found = [Kind.TICKET_REOPENED] if old in (SOLVED, CLOSED) else []
    if new in PAUSES:
        return [*found, Kind.TICKET_PAUSED]
    return [Kind.TICKET_RESUMED] if old in PAUSES else found


def _event(body: Payload, kind: Kind, at: datetime, key: str, name: str, order: int = 0, status: str = "") -> Event:
    data: dict[str, Json] = {
        "priority": priority_of(_either(body, "priority", "ticket_priority")),
        "type": _either(body, "type", "ticket_type") if kind is Kind.TICKET_OPENED else None,
        "on": status if kind is Kind.TICKET_PAUSED else None,
        "reason": name if kind is Kind.TICKET_DELETED else None,
    }
    return Event(
        kind=kind,
        at=at,
        subject=body["ticket_id"].text(),
        dedupe_key=f"{key}:{kind}",
        order=order,
        channel=FRESHDESK.channel(body["source"].text_or()),
        queue=body["group"].text_or(),
        agent=None if kind is Kind.TICKET_CUSTOMER_REPLIED else body["agent"].text_or(),
        customer=_either(body, "requester", "requester_email"),
        data=present(data),
    )


def _either(body: Payload, name: str, other: str) -> str | None:
    return body[name].text_or() or body[other].text_or()


def _survey(body: Payload, name: str, at: datetime, key: str) -> Event:
    ticket, score = body["ticket_id"].text(), name.removeprefix("rated_")
    return Event(
        kind=Kind.SURVEY_ANSWERED,
        at=at,
        subject=f"csat:{ticket}",
        dedupe_key=f"{key}:{Kind.SURVEY_ANSWERED}",
        queue=body["group"].text_or(),
        agent=body["agent"].text_or(),
        customer=_either(body, "requester", "requester_email"),
        data={"type": "csat", "scale": "good_ok_bad", "ticket": ticket, "score": score},
    )
