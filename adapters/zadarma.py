"""Zadarma's notifications of its cloud PBX in, calls out; Novofon's API 1.0, which was Zadarma's, sends the same.

Documents, read on 2026-11-27: the signed text of each notification and its fields in Zadarma's own library,
github.com/zadarma/user-api-v1 lib/Webhook @28b8da9; zd_echo as programs answer it that run with Zadarma.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence

from adapters._zadarma_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, pairs, secrets
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, hmac_hex, require, require_match

HINT = (
    "Compare the secret of this source with the API secret in Zadarma's personal area, Settings, API and integrations."
)
#: notification --> the fields that its signature covers, in their order
SIGNED: Mapping[str, tuple[str, ...]] = {
    "NOTIFY_START": ("caller_id", "called_did", "call_start"),
    "NOTIFY_INTERNAL": ("caller_id", "called_did", "call_start"),
    "NOTIFY_IVR": ("caller_id", "called_did", "call_start"),
    "NOTIFY_END": ("caller_id", "called_did", "call_start"),
    "NOTIFY_ANSWER": ("caller_id", "destination", "call_start"),
    "NOTIFY_OUT_START": ("internal", "destination", "call_start"),
    "NOTIFY_OUT_END": ("internal", "destination", "call_start"),
    "NOTIFY_RECORD": ("pbx_call_id", "call_id_with_rec"),
}
ENDS = ("NOTIFY_END", "NOTIFY_OUT_END")
#: disposition of an incoming call that nobody answered --> reason of contact.overflowed; any other is the caller's own end
REFUSED = {
    "busy": "full",
    "line limit": "full",
    "failed": "error",
    "unallocated number": "error",
    "no money": "error",
    "no limit": "error",
    "no day limit": "error",
    "no money, no limit": "error",
}
ECHO = re.compile(r"[A-Za-z0-9_.-]{1,128}")
NUMBER = re.compile(r"\+?\d{5,}")
PART = re.compile(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', re.DOTALL)


def _form(request: WebhookRequest) -> Mapping[str, str]:
    """Some notifications come as multipart/form-data, whose stated boundary is not the one in the body."""
    if request.content_type == "multipart/form-data":
        return dict(PART.findall(request.body.decode("utf-8", "replace")))
    return request.form


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Signature: base64 of the hex HMAC-SHA1, with the API secret, of a few fields that each notification has."""
    given = require(request.headers.get("signature"), "Signature", HINT)
    form = _form(request)
    fields = SIGNED.get(form.get("event", ""))
    if fields is None:
        raise Rejected(
            "Not a notification of a call, so it cannot be checked and is not needed: switch it off at Zadarma."
        )
    text = "".join(form.get(field, "") for field in fields).encode()
    require_match(given, secrets(settings, "api_secret"), lambda secret: _signature(secret, text), HINT)


def _signature(secret: str, text: bytes) -> str:
    return base64.b64encode(hmac_hex("sha1", secret, text).encode()).decode()


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """Zadarma's check of the address: GET with zd_echo, whose value is sent back."""
    echo = request.query.get("zd_echo")
    if request.method != "GET" or echo is None:
        return None
    if not ECHO.fullmatch(echo):
        raise Rejected("zd_echo is not a token.")
    return Answer(status=200, headers={"Content-Type": "text/plain"}, body=echo.encode())


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """Times are those of receipt: Zadarma's own are local, without a zone, and only of the start of the call."""
    form = _form(request)
    name = form.get("event", "")
    if name not in SIGNED or name in ("NOTIFY_IVR", "NOTIFY_RECORD"):
        return []
    call = _Call(form, request, settings)
    if name in ENDS:
        return call.ended(name)
    if name == "NOTIFY_ANSWER":
        return call.answered()
    if name == "NOTIFY_INTERNAL":
        return call.rings()
    return call.began(name)


class _Call:
    """One notification and the words of its call."""

    def __init__(self, form: Mapping[str, str], request: WebhookRequest, settings: Settings) -> None:
        self.form = form
        self.request = request
        self.settings = settings
        self.id = self._field("pbx_call_id").text()

    def _field(self, name: str) -> Payload:
        return Payload(self.form.get(name), name)

    def _text(self, *names: str) -> str | None:
        return next((value for name in names if (value := self._field(name).text_or()) not in (None, "0")), None)

    @property
    def queue(self) -> str | None:
        did = self._text("called_did")
        return None if did is None else pairs(self.settings, "queues").get(did, did)

    @property
    def agent(self) -> str | None:
        extension = self._text("internal", "last_internal")
        return None if extension is None else pairs(self.settings, "agents").get(extension, extension)

    def tell(
        self,
        kind: Kind,
        key: str,
        data: Mapping[str, Json] | None = None,
        *,
        direction: Direction | None = None,
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
            direction=direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )

    def began(self, name: str) -> list[Event]:
        if name == "NOTIFY_OUT_START":
            customer = _number(self._text("destination"))
            return [self.tell(Kind.CONTACT_OFFERED, "offered", direction=Direction.OUTBOUND, customer=customer)]
        did = self._text("called_did")
        told: dict[str, Json] = {"entry_number": did} if did else {}
        inbound, caller = Direction.INBOUND, _number(self._text("caller_id"))
        offered = self.tell(Kind.CONTACT_OFFERED, "offered", told, direction=inbound, customer=caller)
        if self.queue is None:
            return [offered]
        return [offered, self.tell(Kind.CONTACT_QUEUED, "queued", direction=inbound, queue=self.queue, order=1)]

    def rings(self) -> list[Event]:
        if self.agent is None:
            return []
        return [
            self.tell(Kind.CONTACT_RINGING, f"ring:{self.agent}:{self._text('call_start') or ''}", agent=self.agent)
        ]

    def answered(self) -> list[Event]:
        """Who answered is an extension; where none is named, the number that the PBX forwarded the call to."""
        agent = self.agent or self._text("destination")
        return [self.tell(Kind.CONTACT_ANSWERED, f"answered:{agent or ''}", {"is_state": True}, agent=agent)]

    def ended(self, name: str) -> list[Event]:
        outbound = name == "NOTIFY_OUT_END"
        direction = Direction.OUTBOUND if outbound else Direction.INBOUND
        disposition = (self._text("disposition") or "").lower()
        over = self.tell(Kind.CONTACT_ENDED, "over", direction=direction, order=2)
        if disposition == "answered":
            agent = self.agent
            return [over] if agent is None else [self._leg_over(agent, direction), over]
        if outbound:
            return [over]
        if reason := REFUSED.get(disposition):
            left = self.tell(Kind.CONTACT_OVERFLOWED, "left", {"reason": reason}, direction=direction, queue=self.queue)
        else:
            left = self.tell(Kind.CONTACT_ABANDONED, "left", direction=direction, queue=self.queue)
        return [left, over]

    def _leg_over(self, agent: str, direction: Direction) -> Event:
        """It tells of an answer whose own notification was lost or is switched off; then neither wait nor talk is known."""
        unknown: dict[str, Json] = {"wait_s": None}
        return self.tell(Kind.CONTACT_ENDED, f"ended:{agent}", unknown, direction=direction, agent=agent, order=1)


def _number(value: str | None) -> str | None:
    return value if value is not None and NUMBER.fullmatch(value) else None


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """Zadarma sends no id of a notification: its name, call, extension and time of start identify it."""
    form = _form(request)
    if form.get("event", "") not in SIGNED or not form.get("pbx_call_id"):
        return None
    names = ("event", "pbx_call_id", "internal", "destination", "call_start", "disposition", "call_id_with_rec")
    return ":".join(form.get(name, "") for name in names).replace("\x00", "")


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200)


CONNECT = """\
1. In Zadarma's personal area open Settings, API and integrations, Keys and API. Enter the secret as api_secret of this source.
2. Under Notifications about events in the PBX enter {url} and save: the address is checked at once.
3. Switch on NOTIFY_START, NOTIFY_INTERNAL, NOTIFY_ANSWER, NOTIFY_END, NOTIFY_OUT_START and NOTIFY_OUT_END, and no other.
Only a few fields of a notification are signed, so keep the URL secret as well, and allow Zadarma's address only: 185.45.152.40/29.
"""

SETTINGS = (
    Setting(
        key="api_secret",
        label="API secret",
        help="Personal area, Settings, API and integrations; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(key="api_key", label="API key", help="For the API: shown with the secret.", secret=True),
    Setting(
        key="queues",
        label="Names of queues",
        help='One line per number, "493055500000 = Support": Zadarma tells of no queues, so a queue is the number that was called.',
        file=True,
    ),
    Setting(
        key="agents",
        label="Names of agents",
        help='One line per extension, "101 = Ada Example"; others are shown by their numbers.',
        file=True,
    ),
)

ADAPTER = Adapter(
    key="zadarma",
    title="Zadarma",
    kind="telephony",
    channels=("voice",),
    settings=SETTINGS,
    verify=verify,
    handshake=handshake,
    parse=parse,
    delivery_key=delivery_key,
    acknowledge=acknowledge,
    registration=REGISTRATION,
    facts=("wait", "talk", "ring", "abandon", "agent", "queue"),
    signature_scheme="Signature: base64 of the hex HMAC-SHA1 of some form fields, and a secret URL",
    docs="docs/adapters/zadarma.md",
    connect=CONNECT,
)
