"""Intercom: notifications of conversations and tickets in, ticket and survey events out.

Topics, signature, retries: https://developers.intercom.com/docs/references/webhooks/webhook-models and
https://developers.intercom.com/docs/webhooks (read 2026-11): a HEAD request checks the address, a notification is repeated once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters._intercom_parts import Item, part_events
from adapters._intercom_pull import PULL
from adapters._intercom_words import CUSTOMERS
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, first, pairs, secrets
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import hmac_hex, require, require_match

SIGNATURE = "X-Hub-Signature"
HINT = "Copy the client secret of your app again: Developer Hub, the app, Basic information."
CREATED = frozenset({"conversation.user.created", "conversation.admin.single.created", "ticket.created"})
RATED = frozenset({"conversation.rating.added", "ticket.rating.provided"})
DELETED = "conversation.deleted"
#: stands for the topic where the API told
READ = ".read"
#: types of parts by which a customer rates
RATINGS = frozenset({"conversation_rating_changed", "conversation_rating_remark_added"})
#: of tickets: those that a customer can see; the others are work among colleagues
CATEGORIES = "Customer"


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: signature(secret, request.body), HINT)


def signature(secret: str, body: bytes) -> str:
    return "sha1=" + hmac_hex("sha1", secret, body)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Intercom asks with HEAD whether somebody is there before it saves the address."""
    return Answer(status=200) if request.method == "HEAD" else None


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    topic = body["topic"].text_or("") or ""
    if "deskgauge_read" in body:
        item = _read(body, settings)
    elif topic.startswith(("conversation.", "ticket.")):
        item = _item(topic, body, settings)
    else:
        return []
    if not _is_counted(item.item, settings):
        return []
    found = [*_opened(item), *part_events(item), *_deleted(item), *_rated(item)]
    return _named(found, settings)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The notification's id, which a repetition keeps; records of the API have none."""
    try:
        return parse_json(request.body)["id"].text_or()
    except BadPayload:
        return None


def _item(topic: str, body: Payload, settings: Settings) -> Item:
    """`ticket.closed` has the ticket one level deeper."""
    outer = body["data"]["item"].object()
    inner = outer["ticket"] if topic.startswith("ticket.") and "id" in outer["ticket"] else outer
    return Item(topic=topic, item=inner, at=body["created_at"].epoch_s(), key=body["id"].text(), settings=settings)


def _read(body: Payload, settings: Settings) -> Item:
    """A conversation or ticket as the API shows it, with all its parts."""
    item = body["item"].object()
    at = item["updated_at"].epoch_s()
    return Item(topic=body["deskgauge_read"].text() + READ, item=item, at=at, key=READ, settings=settings)


def _is_counted(item: Payload, settings: Settings) -> bool:
    """Conversations, and tickets of the categories that the centre counts."""
    category = item["category"].text_or()
    wanted = (first(settings, "categories") or CATEGORIES).replace(",", " ").lower().split()
    return category is None or category.lower() in wanted


def _opened(item: Item) -> list[Event]:
    if item.topic not in CREATED and not item.topic.endswith(READ):
        return []
    at = item.item["created_at"].epoch_s()
    author = item.item["source"]["author"]["type"].text_or()
    is_agents = item.topic == "conversation.admin.single.created" or author == "admin"
    about = {
        "priority": item.item["priority"].text_or(),
        "status": item.item["ticket_state"]["category"].text_or(),
        "opened_by": "agent" if is_agents else None,
        "actor": "human" if author in CUSTOMERS or author == "admin" else None,
        "email": item.item["source"]["author"]["email"].text_or() if author in CUSTOMERS else None,
    }
    team = item.item["team_assignee_id"].text_or("0")
    queue = None if team == "0" else team
    return [item.event(Kind.TICKET_OPENED, f"{at.timestamp():.0f}", at, queue=queue, data=about)]


def _deleted(item: Item) -> list[Event]:
    if item.topic != DELETED:
        return []
    return [item.event(Kind.TICKET_DELETED, "deleted", item.at, data={"reason": "deleted"})]


def _rated(item: Item) -> list[Event]:
    rating = item.item["conversation_rating"]
    if rating["rating"].is_absent or not (item.topic in RATED or item.topic.endswith(READ)):
        return []
    score = rating["rating"].number()
    data: dict[str, Json] = {"type": "csat", "scale": "1-5", "score": score, "ticket": item.subject}
    question = rating["created_at"].text_or("") or ""
    return [
        Event(
            kind=Kind.SURVEY_ANSWERED,
            at=_rated_at(item, rating),
            subject=f"csat:{item.subject}",
            dedupe_key=f"{item.subject}:rating:{question}:{score:g}:{Kind.SURVEY_ANSWERED}",
            agent=rating["teammate"]["id"].text_or(),
            customer=item.customer,
            data=data,
        )
    ]


def _rated_at(item: Item, rating: Payload) -> datetime:
    """`created_at` of a rating is the question's: the answer's is the notification's, in the API that of a part or `updated_at`."""
    if item.topic in RATED:
        return item.at
    parts = [
        part["created_at"].epoch_s()
        for part in item.item["conversation_parts"].items()
        if part["part_type"].text_or() in RATINGS
    ]
    told = (rating[name].epoch_s() for name in ("updated_at", "created_at") if not rating[name].is_absent)
    return max(parts, default=None) or next(told, item.at)


def _named(events: Sequence[Event], settings: Settings) -> Sequence[Event]:
    """Notifications carry ids of teams and agents: the document `names` says who and what they are."""
    names = pairs(settings, "names")
    return [
        replace(event, queue=names.get(event.queue or "", event.queue), agent=names.get(event.agent or "", event.agent))
        for event in events
    ]


ADAPTER = Adapter(
    key="intercom",
    title="Intercom",
    kind="ticketing",
    channels=(Channel.CHAT, Channel.EMAIL, Channel.MESSAGING, Channel.SOCIAL, Channel.VOICE),
    settings=(
        Setting(
            key="secret",
            label="Client secret",
            help="Developer Hub, the app, Basic information. Intercom signs with it.",
            secret=True,
            required=True,
        ),
        Setting(
            key="api_token",
            label="Access token",
            help="Developer Hub, the app, Authentication. With it the past is read, and what a webhook lost.",
            secret=True,
        ),
        Setting(key="region", label="Region", help="Where Intercom hosts the workspace: us, eu or au.", default="us"),
        Setting(
            key="categories",
            label="Categories of tickets",
            help="Which of Customer, Back-office and Tracker count, separated by commas; conversations always do.",
            default=CATEGORIES,
        ),
        Setting(
            key="snoozed",
            label="What a snoozed conversation waits for",
            help="customer, other, or ignore: then the clocks go on while it is snoozed.",
            default="customer",
        ),
        Setting(
            key="bots",
            label="Bots",
            help="Ids of teammates that are integrations, separated by commas: their replies are no first response.",
        ),
        Setting(
            key="names",
            label="Names of teams and teammates",
            help="Lines `id = name`: notifications carry ids. They stand in the addresses of Intercom's settings.",
            file=True,
        ),
    ),
    verify=verify,
    handshake=handshake,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="X-Hub-Signature: HMAC-SHA1 of the body with the app's client secret, hex",
    docs="docs/adapters/intercom.md",
    connect=(
        "1. In Intercom: Settings, Integrations, Developer Hub, New app, in the workspace that you want to count.\n"
        "2. Authentication: allow to read conversations and to read tickets.\n"
        "3. Webhooks: endpoint URL {url}   and the topics conversation.user.created, .user.replied, .admin.replied,\n"
        "   .admin.single.created, .operator.replied, .admin.noted, .admin.assigned, .admin.closed, .admin.opened,\n"
        "   .admin.snoozed, .admin.unsnoozed, .rating.added, .deleted, and all topics of tickets where you use tickets.\n"
        "4. Basic information: give the client secret to Deskgauge as `secret`.\n"
        "5. Installed in this workspace, the app sends from then on.\n"
        "For the past: give the access token (Authentication) as `api_token`, with `region` eu or au where it is not us."
    ),
)
