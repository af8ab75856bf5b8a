"""What CloudTalk's Workflow Automations send with Deskgauge's body in, calls out.

CloudTalk lets the administrator write the request of an automation ("API request" step): its own part is nothing but the values of
variables, without a signature, an event's name or a time. Seen in github.com/RobyJB/cloudtalk-squadd-integration webhook-payloads
@2b8d5e5 (live requests) and github.com/api-evangelist/cloudtalk asyncapi/cloudtalk-webhooks.yml (triggers), read on 2026-11-27.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from adapters._cloudtalk_history import history_events
from adapters._cloudtalk_pull import PULL
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, first, secrets
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, require_match

HINT = "Compare the token of this source with `token` in the body of each automation at CloudTalk."
EVENTS = ("started", "ringing", "answered", "ended")
#: what a variable without a value is filled in with
NOTHING = ("null", "none", "undefined", "[object Object]")
NUMBER = re.compile(r"\+?\d{5,}")
TEMPLATE = """\
{
  "deskgauge": 1,
  "token": "THE TOKEN OF THE SOURCE",
  "event": "ended",
  "call": "[Call UUID]",
  "direction": "[Call direction]",
  "external_number": "[External number]",
  "internal_number": "[Internal number]",
  "queue": "[Group or queue name; leave out if you have none]",
  "agent": "[Agent name]",
  "talking_time": "[Talking time]",
  "waiting_time": "[Waiting time]"
}
"""


def verify(request: WebhookRequest, settings: Settings) -> None:
    """CloudTalk signs nothing: the administrator writes a token into the body."""
    try:
        token = parse_json(request.body)["token"].text()
    except BadPayload:
        raise Rejected(f"The body is not JSON with a token. {HINT}") from None
    require_match(token, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """The events of one request with our body, or of a call that was read; any other body is another automation's."""
    body = parse_json(request.body)
    if "deskgauge_read" in body:
        return history_events(body, settings)
    if "deskgauge" not in body:
        return []
    event = body["event"].text()
    if event not in EVENTS:
        raise BadPayload("$.event", f"one of {', '.join(EVENTS)} expected")
    call = _Call(body, request, settings)
    return {"started": call.began, "ringing": call.rings, "answered": call.answered, "ended": call.ended}[event]()


class _Call:
    """One request; its time is that of receipt, since the body can hold no time."""

    def __init__(self, body: Payload, request: WebhookRequest, settings: Settings) -> None:
        self.body = body
        self.request = request
        self.id = body["call"].text()
        stated = (self._text("direction") or "").lower()
        self.direction = Direction.OUTBOUND if stated.startswith("out") else Direction.INBOUND
        self.agent = self._text("agent")
        line = self._text("internal_number")
        by_number = first(settings, "queue_from", "queue") == "number"
        self.queue = (
            None if self.direction is Direction.OUTBOUND else (line if by_number else self._text("queue") or line)
        )

    def _text(self, name: str) -> str | None:
        value = self.body[name].text_or()
        return None if value is None or value.strip() in ("", *NOTHING) or value.startswith("[") else value.strip()

    def _seconds(self, name: str) -> float | None:
        value = self.body[name]
        if isinstance(value.raw, str) and self._text(name) is None:
            return None
        return value.number_or()

    def _tell(
        self,
        kind: Kind,
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
            dedupe_key=f"{self.id}:{kind.value}:{agent or ''}",
            order=order,
            channel=Channel.VOICE,
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )

    def began(self) -> list[Event]:
        customer, line = self._text("external_number"), self._text("internal_number")
        known = customer if customer is not None and NUMBER.fullmatch(customer) else None
        told: dict[str, Json] = {"entry_number": line} if line and self.direction is Direction.INBOUND else {}
        offered = self._tell(Kind.CONTACT_OFFERED, told, customer=known)
        return (
            [offered] if self.queue is None else [offered, self._tell(Kind.CONTACT_QUEUED, queue=self.queue, order=1)]
        )

    def rings(self) -> list[Event]:
        if self.agent is None or self.direction is Direction.OUTBOUND:
            return []
        return [self._tell(Kind.CONTACT_RINGING, queue=self.queue, agent=self.agent)]

    def answered(self) -> list[Event]:
        return [self._tell(Kind.CONTACT_ANSWERED, {"is_state": True}, queue=self.queue, agent=self.agent)]

    def ended(self) -> list[Event]:
        """A talking time of 0 is a missed call; who still waits then has abandoned."""
        talk, wait = self._seconds("talking_time"), self._seconds("waiting_time")
        over = self._tell(Kind.CONTACT_ENDED, order=2)
        if talk and self.agent is not None:
            data: dict[str, Json] = {"talk_s": talk, **({} if wait is None else {"wait_s": wait})}
            return [self._tell(Kind.CONTACT_ENDED, data, queue=self.queue, agent=self.agent, order=1), over]
        if talk == 0 and self.queue is not None:
            waited: dict[str, Json] = {} if wait is None else {"wait_s": wait}
            return [self._tell(Kind.CONTACT_ABANDONED, waited, queue=self.queue), over]
        return [over]


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """CloudTalk can send one thing twice within milliseconds: event, call and agent identify it."""
    try:
        body = parse_json(request.body)
        if "deskgauge_read" in body:
            return None
        return ":".join([body["event"].text(), body["call"].text(), body["agent"].text_or("") or ""])
    except BadPayload:
        return None


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
In CloudTalk's dashboard open Workflow Automations and create four, with the triggers Call Started, Call Ringing on Agent, Call
Answered and Call Ended. In each add the step API request: POST to {url}, Content-Type application/json, and this body, in which
event is started, ringing, answered or ended. Put CloudTalk's variables where it says so:
{{"deskgauge": 1, "token": "THE TOKEN OF THE SOURCE", "event": "ended", "call": "[Call UUID]", "direction": "[Call direction]",
 "external_number": "[External number]", "internal_number": "[Internal number]", "queue": "[Group or queue name]",
 "agent": "[Agent name]", "talking_time": "[Talking time]", "waiting_time": "[Waiting time]"}}
Use the same variable for call in all four, or the parts of a call do not meet.
For the history: Account, Settings, API Keys; enter the key as access_key_id and access_key_secret.
"""

SETTINGS = (
    Setting(
        key="token",
        label="Token in the body",
        help="A long random text that you also write into each automation; two while you change them.",
        secret=True,
        required=True,
    ),
    Setting(
        key="queue_from",
        label="What counts as a queue",
        help="queue: what the body says as queue, else the number that was called; number: always the number.",
        default="queue",
    ),
    Setting(key="access_key_id", label="Access Key ID", help="Account, Settings, API Keys; for the history."),
    Setting(key="access_key_secret", label="Access Key Secret", help="Of the same API key.", secret=True),
)

ADAPTER = Adapter(
    key="cloudtalk",
    title="CloudTalk",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    pull=PULL,
    facts=("wait", "talk", "ring", "abandon", "agent", "queue", "wrap_up", "transfer"),
    signature_scheme="a token that the administrator writes into the body, and a secret URL",
    docs="docs/adapters/cloudtalk.md",
    template=TEMPLATE,
    connect=CONNECT,
)
