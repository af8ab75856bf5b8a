"""Names of channels in the policy go in, (kind, target) of the outbox come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugin.policy.document import Document
from plugin.policy.sending import EmailTarget, SlackTarget


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    kind: str
    target: str


def addressees(document: Document, names: Iterable[str]) -> tuple[Addressee, ...]:
    """In order, each once; a name that the policy does not have (any more) is left out."""
    found = (document.channels.get(name) for name in names)
    return tuple(dict.fromkeys(_addressee(channel) for channel in found if channel is not None))


def _addressee(channel: SlackTarget | EmailTarget) -> Addressee:
    if isinstance(channel, SlackTarget):
        return Addressee(kind="slack", target=channel.channel)
    return Addressee(kind="email", target=", ".join(channel.to))
