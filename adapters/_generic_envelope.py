"""Takes a request apart into records: CloudEvents (structured, batch, binary), JSON or a form.

CloudEvents HTTP binding: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
(read 2026-11).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
FORM = "application/x-www-form-urlencoded"
REQUIRED = ("specversion", "id", "source", "type")
PREFIX = "ce-"
#: how an HTTP message begins that somebody posts as text: a copy out of a log or a specification, which is no delivery
HTTP_MESSAGE = re.compile(rb"\s*(?:HTTP/\d|[A-Z]+ \S+ HTTP/\d|(?:ce|webhook)-[a-z-]+: )", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What a mapping reads, where it stood, and the sender's own id of it."""

    value: Json
    path: str
    key: str | None


def records(request: WebhookRequest) -> Iterator[Record]:
    """Raises `BadPayload`."""
    if request.content_type == BATCH:
        for event in parse_json(request.body).items():
            yield _cloud_event(event)
    elif request.content_type == STRUCTURED:
        yield _cloud_event(parse_json(request.body))
    elif f"{PREFIX}specversion" in request.headers:
        yield _cloud_event(Payload(_binary(request), "$"))
    elif request.content_type == FORM:
        yield _plain({**request.form}, request)
    elif not HTTP_MESSAGE.match(request.body):
        yield _plain(parse_json(request.body).raw, request)


def _plain(value: Json, request: WebhookRequest) -> Record:
    return Record(value=value, path="$", key=request.headers.get("webhook-id") or None)


def cloud_event_key(request: WebhookRequest) -> str | None:
    """`source` and `id` of the one CloudEvent of a request; None for a batch and for everything else."""
    if request.content_type != STRUCTURED and f"{PREFIX}specversion" not in request.headers:
        return None
    try:
        return next((record.key for record in records(request)), None)
    except BadPayload:
        return None


def digest(value: Json, path: str) -> str:
    """Identifies a record that brings no id: the same content twice is one record."""
    try:
        return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
    except RecursionError:
        raise BadPayload(path, "nested too deeply") from None


def _cloud_event(event: Payload) -> Record:
    event.object()
    for name in REQUIRED:
        event[name].text()
    value: dict[str, Any] = dict(event.raw) if isinstance(event.raw, dict) else {}
    if "data_base64" in value and "data" not in value:
        value["data"] = _data(_decoded(event["data_base64"]), event["datacontenttype"].text_or() or "")
    return Record(value=value, path=event.path, key=f"{event['source'].text()} {event['id'].text()}")


def _binary(request: WebhookRequest) -> dict[str, Json]:
    attributes: dict[str, Json] = {
        name.removeprefix(PREFIX): unquote(value) for name, value in request.headers.items() if name.startswith(PREFIX)
    }
    attributes["datacontenttype"] = request.content_type
    attributes["data"] = _data(request.body, request.content_type)
    return attributes


def _data(body: bytes, content_type: str) -> Json:
    """JSON decoded, other text as it is; None for a picture and the like, which no mapping can read."""
    if not body:
        return None
    if content_type.partition(";")[0].strip() in ("", "application/json") or content_type.endswith("+json"):
        return parse_json(body).raw
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _decoded(payload: Payload) -> bytes:
    try:
        return b64decode(payload.text(), validate=True)
    except ValueError:
        raise BadPayload(payload.path, "base64 expected") from None
