"""Genesys Cloud's notifications in, contacts and agent states out: detail events of conversations, presences of users.

Read on 2026-11-27: models *DetailEventTopic* of https://github.com/MyPureCloud/platform-client-sdk-python (build/docs), topics
at https://splunk.github.io/terraform-genesyscloud-aws/GenesysCloudTopics, events of the partner bus in public repositories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters._genesys_cloud_conversation import detail_events
from adapters._genesys_cloud_history import conversation_events
from adapters._genesys_cloud_pull import PULL
from adapters._genesys_cloud_words import STATES, Words, moment, read_words
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import presented_secret, require_match

HINT = "Compare the secret with the value of the API key in the connection of EventBridge's API destination."
DETAIL = re.compile(r"v2\.detail\.events\.conversation\.[^.]+\.(.+)")
USER = re.compile(r"v2\.users\.([^.]+)\.(activity|presence)")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Genesys signs nothing: the connection's key, password or token is compared; the secret part of the URL counts as well."""
    given = presented_secret(request.headers, ("X-Api-Key",), HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """One notification, in EventBridge's envelope or bare, or a list of them; or a conversation that was read."""
    body, words = parse_json(request.body), read_words(settings)
    if "deskgauge_read" in body:
        return _once(conversation_events(body, words))
    notifications = list(body.items()) if isinstance(body.raw, list) else [body]
    events = (event for each in notifications for event in _events(each.object(), words))
    return _once(events)


def _once(events: Iterable[Event]) -> list[Event]:
    return list({event.dedupe_key: event for event in events}.values())


def _events(notification: Payload, words: Words) -> list[Event]:
    notification = notification["detail"] if "detail-type" in notification else notification
    topic = notification["topicName"].text_or("") or ""
    if (detail := DETAIL.fullmatch(topic)) is not None:
        return detail_events(detail.group(1), notification["eventBody"].object(), words)
    if (user := USER.fullmatch(topic)) is not None:
        return _presence(user.group(1), notification["eventBody"].object(), words)
    return []


def _presence(user: str, body: Payload, words: Words) -> list[Event]:
    """`activity` has the presence inside of it; both tell of the same moment. Only the primary presence counts."""
    presence = body if body["presence"].is_absent else body["presence"]
    definition = presence["presenceDefinition"]
    if definition["systemPresence"].is_absent or not presence["primary"].flag_or(True):
        return []
    agent = words.of(Payload(user, "$.topicName")) or user
    at, state = moment(presence["modifiedDate"]), words.state(definition)
    data: dict[str, Json] = {"session": "logout" if state == "offline" else "login", "activity": state}
    data["reason"] = words.of(definition["id"]) if definition["id"].text_or("") in words.names else _named(definition)
    key = f"{agent}:presence:{definition['id'].text_or('')}:{at.isoformat()}"
    return [Event(kind=Kind.AGENT_STATE, at=at, subject=agent, dedupe_key=key, agent=agent, data=data)]


def _named(definition: Payload) -> str:
    return definition["systemPresence"].text().replace("_", " ").capitalize()


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """EventBridge's id of the event, which stays when it is sent again."""
    try:
        body = parse_json(request.body)
        return body["id"].text_or() if "detail-type" in body else None
    except BadPayload:
        return None


CONNECT = """\
1. In Genesys Cloud, Admin, Integrations, add Amazon EventBridge Source with your AWS account and region, and these topics:
     v2.detail.events.conversation.{{id}}.customer.start    v2.detail.events.conversation.{{id}}.customer.end
     v2.detail.events.conversation.{{id}}.acd.start         v2.detail.events.conversation.{{id}}.acd.end
     v2.detail.events.conversation.{{id}}.user.start        v2.detail.events.conversation.{{id}}.user.end
     v2.detail.events.conversation.{{id}}.flow.start        v2.detail.events.conversation.{{id}}.voicemail.end
     v2.detail.events.conversation.{{id}}.acw               v2.users.{{id}}.presence
2. In AWS, EventBridge, associate the partner event source with an event bus.
3. Create a connection with an API key: name X-Api-Key, value {secret}
4. Create an API destination with that connection, the method POST and the URL {url}
5. On the bus create a rule that matches everything of the source, with that destination.
6. Enter the document names: events carry the ids of queues, users and wrap-up codes only.
7. For the history: Admin, Integrations, OAuth, a client with the grant Client Credentials whose role may view conversation
   details of analytics; enter region, client_id and client_secret.
"""

ADAPTER = Adapter(
    key="genesys_cloud",
    title="Genesys Cloud",
    kind="telephony",
    channels=("voice", "chat", "email", "messaging"),
    settings=(
        Setting(
            key="secret",
            label="Secret",
            help="API key, password or token of EventBridge's connection; two while it is changed.",
            secret=True,
            required=True,
        ),
        Setting(
            key="names",
            label="Names",
            help="Lines `id = name` for queues, users, wrap-up codes and presences: events carry ids only.",
            file=True,
        ),
        Setting(
            key="states",
            label="Meaning of presences",
            help="Lines `id or system presence = activity`; known are "
            + ", ".join(f"{theirs} = {ours}" for theirs, ours in STATES.items())
            + ".",
            file=True,
        ),
        Setting(
            key="region",
            label="Region",
            help="What stands behind login. or apps. in your browser: mypurecloud.de, usw2.pure.cloud; for the history.",
        ),
        Setting(key="client_id", label="Client ID", help="Of an OAuth client with the grant Client Credentials."),
        Setting(
            key="client_secret",
            label="Client secret",
            help="Of the same client; its role may view conversation details of analytics.",
            secret=True,
        ),
    ),
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    facts=("wait", "talk", "hold", "wrap_up", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="API key, password or bearer token in a header, and a secret URL",
    docs="docs/adapters/genesys_cloud.md",
    connect=CONNECT,
)
