"""Names of channels in the policy go in, (kind, target) of the outbox come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugin.policy.document import Document
from plugin.policy.sending import EmailTarget, SlackTarget, Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    kind: str
    target: str


def addressees(document: Document, names: Iterable[str]) -> tuple[Addressee, ...]:
    """In order, each once; a name that the policy does not have (any more) is left out."""
    found = (document.channels.get(name) for name in names)
    return tuple(dict.fromkeys(one for channel in found if channel is not None for one in addressees_of(channel)))


def addressees_of(channel: Target) -> tuple[Addressee, ...]:
    """An e-mail address by itself, so that one that is refused or wants no more mail concerns nobody else."""
    if isinstance(channel, SlackTarget):
        return (Addressee(kind="slack", target=channel.channel),)
    if isinstance(channel, EmailTarget):
        return tuple(Addressee(kind="email", target=address) for address in channel.to)
    return (Addressee(kind=channel.kind, target=channel.name),)
