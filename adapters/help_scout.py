"""Help Scout's webhooks in, ticket and survey events out.

Events, signature, retries: https://developer.helpscout.com/webhooks/ ; ratings: https://developer.helpscout.com/webhooks/objects/rating/
(read 2026-11). The event's name stands in a header only, which the signature does not cover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters._help_scout_conversation import Conversation, conversation_events
from adapters._help_scout_pull import PULL
from adapters._help_scout_read import assignments_by_change, read_events
from adapters._help_scout_registration import REGISTRATION
from plugin.contract.adapter import Adapter, BadPayload, Setting, Settings, pairs, secrets
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_base64, require, require_match

SIGNATURE, EVENT = "X-HelpScout-Signature", "X-HelpScout-Event"
HINT = "Enter the same secret key in Help Scout (Manage, Apps, Webhooks) and in this source."
RATED = "satisfaction.ratings"
#: https://docs.helpscout.com/article/378-satisfaction-ratings names the three
SCORES: Mapping[str, str] = {"great": "good", "okay": "ok", "not good": "bad"}


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: hmac_base64("sha1", secret, request.body), HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    if "deskgauge_read" in body:
        shown, at = body["conversation"].object(), request.received_at
        told = Conversation(event="", body=shown, digest="", received_at=at, settings=settings)
        return read_events(told, assignments_by_change)
    event = request.headers.get(EVENT, "")
    if event == RATED:
        return [_rating(body, settings)]
    if not event and _is_conversation(body):
        raise BadPayload(f"header {EVENT}", "missing, and nothing else says what happened: let the proxy pass it on")
    return conversation_events(event, request, settings)


def _is_conversation(body: Payload) -> bool:
    """A webhook's; the REST API's names its links."""
    return "number" in body and "_links" not in body


def _rating(body: Payload, settings: Settings) -> Event:
    word = body["rating"].text()
    if word.lower() not in SCORES:
        raise BadPayload("$.rating", f"one of {', '.join(SCORES)} expected")
    ticket = body["conversationId"].text_or() or body["ticketId"].text()
    at = (body["createdAt"] if body["modifiedAt"].is_absent else body["modifiedAt"]).iso()
    agent = body["user"]["id"].text_or()
    data: dict[str, Json] = {"type": "csat", "scale": "good_ok_bad", "score": SCORES[word.lower()], "ticket": ticket}
    return Event(
        kind=Kind.SURVEY_ANSWERED,
        at=at,
        subject=f"csat:{ticket}",
        dedupe_key=f"rating:{body['id'].text()}:{at.isoformat()}",
        queue=pairs(settings, "names").get(body["mailbox"]["id"].text_or("") or "", body["mailbox"]["id"].text_or()),
        agent=pairs(settings, "names").get(agent or "", agent),
        customer=_rater(body["customer"]),
        data=data,
    )


def _rater(customer: Payload) -> str | None:
    addresses = (each["value"].text_or() for each in customer["emails"].items())
    return customer["email"].text_or() or next((each for each in addresses if each), customer["id"].text_or())


ADAPTER = Adapter(
    key="help_scout",
    title="Help Scout",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.CHAT, Channel.VOICE),
    settings=(
        Setting(
            key="secret",
            label="Secret key",
            help="At most 40 characters, entered in Help Scout, too.",
            secret=True,
            required=True,
        ),
        Setting(key="app_id", label="App ID", help="Your profile, My apps: for the history, and to make the webhook."),
        Setting(key="app_secret", label="App secret", help="Stands beside the App ID.", secret=True),
        Setting(
            key="bots",
            label="Bots",
            help="Ids of users that are integrations, separated by commas: their replies are no first response.",
        ),
        Setting(
            key="names",
            label="Names of inboxes and users",
            help="Lines `id = name`: webhooks carry ids. They stand in the addresses of Help Scout's pages.",
            file=True,
        ),
    ),
    verify=verify,
    parse=parse,
    pull=PULL,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="X-HelpScout-Signature: HMAC-SHA1 of the body, base64",
    docs="docs/adapters/help_scout.md",
    connect=(
        "1. In Help Scout: Manage, Apps, Webhooks, Install App.\n"
        "2. Secret Key: {secret}   Callback URL: {url}   Payload version: V2\n"
        "3. Choose the conversation events created, assigned, moved, status updated, customer reply, agent reply, note created\n"
        "   and deleted, and Rating Received. Save.\n"
        "For the past: Your profile, My apps, Create App (redirection URL: any of yours); its id and secret are `app_id` and\n"
        "`app_secret`."
    ),
)
