"""Requests of vendors: whose they are, whether they are proven, into the inbox, and the answer; the same for any web server."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlsplit

from plugin.contract.adapter import Answer
from plugin.contract.payload import BadPayload
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected
from plugin.inbox.group_commit import Overloaded
from plugin.inbox.intake import Intake
from plugin.inbox.redact import MASK, kept_url, needles
from plugin.inbox.store import delivery_row
from plugin.inbox.tally import NO_SOURCE
from plugin.normalise.sources import SourceConfig
from plugin.receive.book import SourceBook
from plugin.receive.checks import Refused, check_address, check_body, check_path_secret, client_address

log = logging.getLogger(__name__)

_SOON = {"Retry-After": "5"}
_LATER = {"Retry-After": "300"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A request to `/hooks/<source>` or `/hooks/<source>/<secret>`; `body` is None when it is too long.

    `tail` is what a vendor puts behind the address that it was given (Mango Office: `events/call`).
    """

    method: str
    source: str
    secret: str | None
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    #: the address at the other end of the connection, which may be a proxy's
    peer: str
    received_at: datetime
    tail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hooks:
    """What receiving needs. `base_url` is the origin that vendors call and sign; forwarded headers never change it."""

    intake: Intake
    book: SourceBook
    base_url: str
    trusted_proxies: Sequence[str] = ()


def answer(hooks: Hooks, incoming: Incoming) -> Answer:
    """What to answer: 2xx only when the delivery is durable, or when it was a handshake."""
    source = None
    try:
        source = _named(hooks.book, incoming.source)
        return _typed(_receive(hooks, source, incoming))
    except Rejected as rejected:
        told = "Not proven to come from the vendor. The administrator sees the reason on the page of this source."
        refusal = Refused(401, reason=f"{rejected.reason} {_host_hint(hooks, incoming)}".strip(), told=told)
    except BadPayload as unreadable:
        refusal = Refused(400, reason=f"Cannot be checked: {unreadable}", told="The body cannot be read.")
    except Refused as other:
        refusal = other
    except Overloaded as overload:
        log.warning("A delivery to %s was not taken: %s", source.name if source else "?", overload)
        return _text(503, "Busy: send it again.", _SOON)
    _keep(hooks, source, incoming, refusal)
    return _text(refusal.status, refusal.told, refusal.headers)


def _named(book: SourceBook, name: str) -> SourceConfig:
    source = book.get(name)
    if source is None:
        raise Refused(
            404,
            reason="No source has this name. Correct the address at the vendor's side, or add the source.",
            told="There is no such source here. The address is /hooks/ and the name of a configured source.",
        )
    return source


def _receive(hooks: Hooks, source: SourceConfig, incoming: Incoming) -> Answer:
    body = check_body(incoming.body, incoming.headers)
    if source.problem:
        reason = f"The source is not complete, so nothing can be proven. {source.problem}"
        raise Refused(503, reason=reason, told="This source is not completely configured yet.", headers=_LATER)
    check_path_secret(source, incoming.secret)
    check_address(source, client_address(incoming.peer, incoming.headers, hooks.trusted_proxies))
    request = WebhookRequest(
        method=incoming.method,
        url=_public_url(hooks, incoming),
        headers=incoming.headers,
        body=body,
        received_at=incoming.received_at,
    )
    handshake = source.adapter.handshake(request, source.settings)
    return handshake if handshake is not None else _accept(hooks.intake, source, request)


def _accept(intake: Intake, source: SourceConfig, request: WebhookRequest) -> Answer:
    adapter = source.adapter
    if request.method != "POST":
        raise Refused(405, reason=f"{request.method} instead of POST.", told="POST only.", headers={"Allow": "POST"})
    adapter.verify(request, source.settings)
    row = delivery_row(source.name, request, _key(source, request), needles(source.secret_values))
    intake.accept(row, adapter.key)
    return adapter.acknowledge(request, source.settings)


def _key(source: SourceConfig, request: WebhookRequest) -> str | None:
    try:
        return source.adapter.delivery_key(request, source.settings)
    except BadPayload:
        # It is proven, so it is kept; the adapter says what is wrong with it when it is read.
        return None


def _public_url(hooks: Hooks, incoming: Incoming) -> str:
    secret = "" if incoming.secret is None else f"/{quote(incoming.secret)}"
    tail = f"/{quote(incoming.tail)}" if incoming.tail else ""
    query = f"?{incoming.query}" if incoming.query else ""
    return f"{hooks.base_url}/hooks/{quote(incoming.source)}{secret}{tail}{query}"


def _host_hint(hooks: Hooks, incoming: Incoming) -> str:
    called, ours = incoming.headers.get("Host", ""), urlsplit(hooks.base_url).netloc
    if not called or called == ours:
        return ""
    return (
        f"(The request was for the host {called}, DESKGAUGE_BASE_URL says {ours}. If the vendor signs the URL, "
        "set DESKGAUGE_BASE_URL to the address that the vendor calls.)"
    )


def _keep(hooks: Hooks, source: SourceConfig | None, incoming: Incoming, refusal: Refused) -> None:
    """For the administrator: the reason and the URL that was hashed, without what may be a secret in it."""
    shown = replace(incoming, secret=None if incoming.secret is None else "secret")
    url = kept_url(_public_url(hooks, shown), needles(source.secret_values) if source else ())
    hooks.intake.refuse(
        source.name if source else NO_SOURCE,
        source.adapter.key if source else "",
        incoming.received_at,
        status=refusal.status,
        reason=refusal.reason,
        url=url if incoming.secret is None else url.replace("/secret", f"/{MASK}", 1),
    )


def _text(status: int, told: str, headers: Mapping[str, str]) -> Answer:
    return _typed(Answer(status=status, headers=headers, body=f"{told}\n".encode()))


def _typed(given: Answer) -> Answer:
    """An answer may repeat what a caller sent: no browser shall take it for a page."""
    headers = {"X-Content-Type-Options": "nosniff", **given.headers}
    if given.body and not any(name.lower() == "content-type" for name in given.headers):
        headers["Content-Type"] = "text/plain; charset=utf-8"
    return replace(given, headers=headers)
