"""Requests of a webhook add-on for 3CX in, calls out; 3CX itself sends none.

Documents: https://komplit.eu/3cx-webhook-documentation (its examples as recorded, read on 2026-11-27): events and fields. What the
add-on names `hangupincoming` is the answer, `incoming` the end of an incoming call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plugin.contract.adapter import Adapter, Answer, Setting, Settings, pairs, secrets
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require_match

HINT = "Compare the token of this source with the one behind ?token= in the address that the add-on calls."
RINGING, ANSWERED, ENDED = "ringing", "hangupincoming", "incoming"
NUMBER = re.compile(r"\+?\d{5,}")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """The add-on proves nothing: the administrator writes a token into the query of the address."""
    given = request.query.get("token")
    if not given:
        raise Rejected(f"The address has no ?token=. {HINT}")
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """The events of one request, of the moment of its receipt, for it carries no time."""
    body = parse_json(request.body)
    event = body["event"].text_or()
    if event not in (RINGING, ANSWERED, ENDED) or not body["FILES"].is_absent:
        return []
    call = _Call(body, request, settings)
    return {RINGING: call.rings, ANSWERED: call.answered, ENDED: call.ended}[event]()


class _Call:
    """One request and the words of its call."""

    def __init__(self, body: Payload, request: WebhookRequest, settings: Settings) -> None:
        self.body = body
        self.request = request
        self.id = body["id"].text()
        user, self.kind = _word(body["user"]), _word(body["usertype"]).lower()
        self.user = user
        self.queue = pairs(settings, "queues").get(user, user) if self.kind == "queue" and user else None
        self.agent = pairs(settings, "agents").get(user, user) if self.kind == "ext" and user else None

    def _tell(
        self,
        kind: Kind,
        key: str,
        data: Mapping[str, Json] | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
        order: int = 0,
    ) -> Event:
        return Event(
            kind=kind,
            at=self.request.received_at,
            subject=self.id,
            dedupe_key=f"{self.id}:{key}",
            order=order,
            channel=Channel.VOICE,
            direction=Direction.INBOUND,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )

    def rings(self) -> list[Event]:
        """At a queue, at an extension, or at something else, such as a menu."""
        number, line = _word(self.body["callerid"]), _word(self.body["did"]).removeprefix("DID-")
        told: dict[str, Json] = {"entry_number": line} if NUMBER.fullmatch(line) else {}
        customer = number if NUMBER.fullmatch(number) else None
        events = [self._tell(Kind.CONTACT_OFFERED, f"offered:{self.kind}:{self.user}", told, customer=customer)]
        if self.queue is not None:
            events.append(self._tell(Kind.CONTACT_QUEUED, f"queued:{self.user}", queue=self.queue, order=1))
        if self.agent is not None:
            events.append(self._tell(Kind.CONTACT_RINGING, f"ring:{self.user}", agent=self.agent, order=1))
        return events

    def answered(self) -> list[Event]:
        """By an extension; that a queue or a menu took the call is no answer."""
        if self.agent is None:
            return []
        return [self._tell(Kind.CONTACT_ANSWERED, f"answered:{self.user}", {"is_state": True}, agent=self.agent)]

    def ended(self) -> list[Event]:
        """After a transfer only the side of the agent is over."""
        state: dict[str, Json] = {"is_state": True}
        side = self._tell(Kind.CONTACT_ENDED, f"ended:{self.user}", state, agent=self.agent, order=1)
        over = self._tell(Kind.CONTACT_ENDED, "over", order=2)
        sides = [side] if self.agent is not None else []
        return sides if self.body["transfer"].flag_or() else [*sides, over]


def _word(value: Payload) -> str:
    """A text without the spaces around it; "empty" is how the add-on says that there is none."""
    word = (value.text_or("") or "").strip()
    return "" if word == "empty" else word


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    try:
        body = parse_json(request.body)
        parts = [body[name].text_or("") or "" for name in ("event", "usertype", "user", "transfer")]
        return ":".join([body["id"].text(), *parts, "" if body["FILES"].is_absent else "files"])
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
3CX sends no webhooks of its own; this is for the add-on that is documented at https://komplit.eu/3cx-webhook-documentation
1. Choose a long random text and enter it as token of this source.
2. Enter {url}?token=THE-SAME-TEXT as address in the add-on, and switch on ringing, answer and end of incoming calls.
3. Enter the numbers of your queues and extensions with their names as queues and agents.
The add-on proves nothing else: use HTTPS only.
"""

SETTINGS = (
    Setting(
        key="token",
        label="Token in the address",
        help="What stands behind ?token= in the address that the add-on calls; two while you change it.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queues",
        label="Names of queues",
        help='One line per queue, "804 = Support"; others are shown by their numbers.',
        file=True,
    ),
    Setting(
        key="agents",
        label="Names of agents",
        help='One line per extension, "102 = Ada Example"; others are shown by their numbers.',
        file=True,
    ),
)

ADAPTER = Adapter(
    key="threecx",
    title="3CX (webhook add-on)",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    facts=("wait", "talk", "ring", "abandon", "agent", "queue"),
    signature_scheme="a token in the query of the address, and a secret URL",
    docs="docs/adapters/threecx.md",
    connect=CONNECT,
)
