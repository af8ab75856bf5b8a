"""What a vendor's file offers: settings, a proof check, and pure functions from a delivery to events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from plugin.contract.event import Event
from plugin.contract.payload import BadPayload
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected

__all__ = [
    "Adapter",
    "Answer",
    "BadPayload",
    "PullRequest",
    "PullResponse",
    "Rejected",
    "Setting",
    "Settings",
    "first",
    "pairs",
    "secrets",
]

#: Settings of one source, by `Setting.key`. A secret has one or two values (two while it is being rotated).
Settings = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One thing the administrator enters for a source; `secret` values come from the environment or the encrypted table."""

    key: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = False
    default: str | None = None
    #: the value is a text document; the command line reads it from the file whose path it is given
    file: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What to answer a vendor with: a handshake's reply, or the acknowledgement that a vendor insists on."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class PullResponse:
    status: int
    headers: Mapping[str, str]
    body: bytes


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
    pull          sans-I/O: yields requests and is sent their responses, returns bodies of deliveries; None where there is no API
    template      the body that the administrator pastes where the vendor lets him write it
    facts         names of facts this vendor's events can fill (for availability): e.g. "wait", "talk", "hold", "wrap_up",
                  "agent_state", "ticket", "survey"
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
    pull: Callable[[Settings, datetime], Generator[PullRequest, PullResponse, Iterable[bytes]]] | None = None
    template: str | None = None
    connect: str = ""


def first(settings: Settings, key: str, default: str | None = None) -> str | None:
    """The setting's single (or newest) value."""
    value = settings.get(key)
    if value is None or value == "":
        return default
    return value if isinstance(value, str) else (value[0] if value else default)


def pairs(settings: Settings, key: str) -> dict[str, str]:
    """The `left = right` lines of a document setting; empty lines, comments (#) and lines without both sides are skipped."""
    lines = (
        line.partition("=") for line in (first(settings, key) or "").splitlines() if not line.lstrip().startswith("#")
    )
    both = ((left.strip(), right.strip()) for left, _, right in lines)
    return {left: right for left, right in both if left and right}


def secrets(settings: Settings, key: str) -> Sequence[str]:
    """All live values of a secret, newest first; empty when none is configured."""
    value = settings.get(key)
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(item for item in value if item)
