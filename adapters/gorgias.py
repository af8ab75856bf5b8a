"""Gorgias's HTTP integration in, ticket and survey events out: the body that the administrator gives it is `{{context}}`.

Nothing is signed, so a header of ours carries a token. Gorgias does not repeat a failed request. The ticket of such a request:
https://developers.gorgias.com/reference/the-tickethttpintegration-object (read 2026-11); whole tickets and a message were recorded
by others.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._gorgias_pull import PULL
from adapters._gorgias_registration import REGISTRATION, TEMPLATE, TOKEN
from adapters._gorgias_ticket import Ticket, message_events, ticket_events
from plugin.contract.adapter import Adapter, BadPayload, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HINT = f"Give the HTTP integration the header {TOKEN} with the token of this source."


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(TOKEN), TOKEN, HINT)
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    if isinstance(body.raw, dict) and "{{" in str(body.raw.get("ticket", "")):
        raise BadPayload("$.ticket", f"not filled in: let the body be {TEMPLATE} and nothing else")
    ticket = _ticket(body)
    if ticket is not None:
        told = Ticket(ticket=ticket, settings=settings)
        return [*ticket_events(told), *message_events(told, _messages(ticket, body))]
    if "ticket_id" in body and "from_agent" in body:
        bare = Payload({"id": body["ticket_id"].raw, "channel": body["channel"].raw}, "$")
        return message_events(Ticket(ticket=bare, settings=settings), [body])
    return []


def _ticket(body: Payload) -> Payload | None:
    """The context's ticket, or the body itself where it is one."""
    if "created_datetime" in body["ticket"]:
        return body["ticket"]
    return body if {"status", "created_datetime", "channel"} <= set(_keys(body)) else None


def _keys(body: Payload) -> Sequence[str]:
    return list(body.raw) if isinstance(body.raw, dict) else []


def _messages(ticket: Payload, body: Payload) -> Sequence[Payload]:
    """The ticket's own, and the one that set the request off; both may tell of the same."""
    found = {message["id"].text(): message for message in ticket["messages"].items()}
    if not body["message"]["id"].is_absent:
        found.setdefault(body["message"]["id"].text(), body["message"])
    return list(found.values())


ADAPTER = Adapter(
    key="gorgias",
    title="Gorgias",
    kind="ticketing",
    channels=(
        Channel.EMAIL,
        Channel.CHAT,
        Channel.VOICE,
        Channel.MESSAGING,
        Channel.SOCIAL,
        Channel.WEB,
        Channel.OTHER,
    ),
    settings=(
        Setting(
            key="token",
            label="Token",
            help=f"The value of the header {TOKEN} of the HTTP integration.",
            secret=True,
            required=True,
        ),
        Setting(
            key="queue_from",
            label="What counts as a queue",
            help="team: the team that the ticket is assigned to; or channel.",
            default="team",
        ),
        Setting(
            key="names",
            label="Names of users and teams",
            help="Lines `user 4001 = Anna` and `team 5 = Returns`: tickets carry ids.",
            file=True,
        ),
        Setting(
            key="bots",
            label="Bots",
            help="Names or ids of users that are integrations, one per line: their replies are no first response.",
            file=True,
        ),
        Setting(key="subdomain", label="Subdomain", help="For the API: of yours.gorgias.com the word yours."),
        Setting(key="api_user", label="API user", help="For the API: the e-mail address of the user whose key it is."),
        Setting(key="api_key", label="API key", help="For the API: Settings, REST API.", secret=True),
    ),
    verify=verify,
    parse=parse,
    template=TEMPLATE,
    pull=PULL,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme=f"token in the header {TOKEN}, and a secret URL",
    docs="docs/adapters/gorgias.md",
    connect=(
        "1. In Gorgias: Settings, App store, HTTP integration, Manage, Add HTTP integration.\n"
        "2. Triggers: ticket created, updated, status updated, assignment updated, message created, self unsnoozed:\n"
        "   those of them that your account offers.\n"
        "3. URL: {url}   HTTP method: POST   Request and response content type: application/json\n"
        "4. Headers: X-Deskgauge-Token with the value {secret}\n"
        "5. Request body: {{{{context}}}} and nothing else. Gorgias signs nothing: keep the address and the token to yourself."
    ),
)
