"""Chats come from a system that no adapter knows: CloudEvents, signed as Standard Webhooks, read through the mapping chat.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.contract.signature import standard_webhook_signature
from plugin.demo.chance import number, token
from plugin.demo.keys import Keys
from plugin.demo.posting import Posting
from plugin.demo.world import Contact, Day

QUEUE = "Chat"
ORIGIN = "https://chat.example.com/riga"


def postings(day: Day, keys: Keys) -> Iterator[Posting]:
    for contact in day.contacts:
        if contact.queue == QUEUE:
            yield from _chat(contact)


def sign(posting: Posting, keys: Keys, at: datetime, base_url: str) -> Mapping[str, str]:
    stamp = str(round(at.timestamp()))
    signature = standard_webhook_signature(keys.chat, posting.headers["webhook-id"], stamp, posting.body)
    return {"webhook-timestamp": stamp, "webhook-signature": signature}


def _chat(contact: Contact) -> Iterator[Posting]:
    yield _event(contact, "waiting", contact.entered_at, {})
    if contact.answered_at is None:
        yield _event(contact, "left", contact.ended_at, {"waited": contact.wait_s})
        return
    agent = {"agent": {"name": contact.agent}}
    yield _event(contact, "accepted", contact.answered_at, {**agent, "waited": contact.wait_s})
    yield _event(contact, "closed", contact.ended_at, {**agent, "talked": contact.talk_s})


def _event(contact: Contact, what: str, at: datetime, data: dict[str, Any]) -> Posting:
    event = {
        "specversion": "1.0",
        "id": token("chat", contact.id, what),
        "source": ORIGIN,
        "type": f"com.example.chat.{what}",
        "subject": contact.id,
        "time": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {"department": QUEUE, "visitor": contact.customer, **data},
    }
    delay = timedelta(milliseconds=number("delay", contact.id, what, digits=4) // 3)
    headers = {"Content-Type": "application/cloudevents+json", "webhook-id": f"msg_{event['id']}"}
    body = json.dumps(event, ensure_ascii=False).encode()
    return Posting(source="chat", body=body, sent_at=at + delay, headers=headers)
