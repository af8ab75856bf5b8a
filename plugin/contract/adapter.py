"""What a vendor's file offers: settings, a proof check, and pure functions from a delivery to events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from plugin.contract.event import Event
from plugin.contract.payload import BadPayload
from plugin.contract.pull import Pull
from plugin.contract.registration import Registration
from plugin.contract.request import WebhookRequest
from plugin.contract.settings import Setting, Settings, first, pairs, secrets
from plugin.contract.signature import Rejected

__all__ = [
    "FACTS",
    "Adapter",
    "Answer",
    "BadPayload",
    "Pull",
    "Registration",
    "Rejected",
    "Setting",
    "Settings",
    "first",
    "pairs",
    "secrets",
]


#: the words of `Adapter.facts`
FACTS = frozenset(
    {
        "wait",
        "talk",
        "hold",
        "wrap_up",
        "ring",
        "transfer",
        "abandon",
        "agent",
        "queue",
        "agent_state",
        "login",
        "ticket",
        "ticket_reply",
        "survey",
        "customer_count",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What to answer a vendor with: a handshake's reply, or the acknowledgement that a vendor insists on."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def _no_handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    return None


def _no_key(request: WebhookRequest, settings: Settings) -> str | None:
    return None


def _no_content(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer()


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """One vendor. Every function is pure: the request and the settings in, a value out; time is `request.received_at`.

    verify        raises `Rejected`; runs on raw bytes before anything is stored
    parse         the events of one delivery, `[]` for what is of no interest; raises `BadPayload`
    handshake     the answer to a vendor's challenge, or None when the request is an ordinary delivery; runs before `verify`
                  and must do its own proof where the vendor's challenge carries one
    delivery_key  the vendor's own idempotency key; None lets the inbox use a hash of URL query and body
    acknowledge   what an accepted delivery is answered with; 204 without a body unless the vendor insists on something else
    files         cuts an export file into the bodies of deliveries, for `deskgauge import`; None where the vendor has no files
    pull          how history is read through the vendor's API; None where there is none
    registration  how our webhook is made at the vendor's side; None where its API does not allow that
    template      the body that the administrator pastes where the vendor lets him write it
    facts         names of facts this vendor's events can fill (for availability), of `FACTS`
    """

    key: str
    title: str
    kind: str
    channels: Sequence[str]
    settings: Sequence[Setting]
    verify: Callable[[WebhookRequest, Settings], None]
    parse: Callable[[WebhookRequest, Settings], Sequence[Event]]
    facts: Sequence[str]
    signature_scheme: str
    docs: str
    version: int = 1
    handshake: Callable[[WebhookRequest, Settings], Answer | None] = _no_handshake
    delivery_key: Callable[[WebhookRequest, Settings], str | None] = _no_key
    acknowledge: Callable[[WebhookRequest, Settings], Answer] = _no_content
    files: Callable[[TextIO, Settings], Iterator[bytes]] | None = None
    pull: Pull | None = None
    registration: Registration | None = None
    template: str | None = None
    connect: str = ""
