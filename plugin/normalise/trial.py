"""An adapter goes in, what it breaks of the contract comes out: what anybody can try without knowing the vendor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from plugin.contract.adapter import FACTS, Adapter, BadPayload, Rejected
from plugin.contract.event import Channel, Event
from plugin.contract.request import WebhookRequest

_BARE = WebhookRequest(
    method="POST", url="https://kpi.example.com/hooks/trial", body=b"{}", received_at=datetime(2026, 1, 1, tzinfo=UTC)
)
#: bodies that somebody will send one day
ODD_BODIES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"0",
    b'"text"',
    b"\xff\x00",
    b"a=1&a=2",
    b"<x/>",
    b'{"event": null}',
    b'{"data": []}',
    b"[" * 2000,
    b'{"event": "' + b"x" * 5000 + b'"}',
)


def faults(adapter: Adapter) -> list[str]:
    """Sentences about what is wrong; none when nothing was found."""
    return [*_words(adapter), *_connect(adapter), *_proof(adapter), *_reading(adapter)]


def _words(adapter: Adapter) -> Iterator[str]:
    if unknown := sorted(set(adapter.facts) - FACTS):
        yield f"facts: {unknown[0]!r} is none of {', '.join(sorted(FACTS))}"
    if unknown := sorted(set(adapter.channels) - set(Channel)):
        yield f"channels: {unknown[0]!r} is none of {', '.join(Channel)}"
    keys = [setting.key for setting in adapter.settings]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        yield f"settings: {twice[0]} is there twice"
    yield from (
        f"settings: the secret {setting.key} has a default, which everybody would know"
        for setting in adapter.settings
        if setting.secret and setting.default is not None
    )


def _connect(adapter: Adapter) -> Iterator[str]:
    try:
        adapter.connect.format(url="https://kpi.example.com/hooks/trial", secret="made-up")  # noqa: S106
    except (LookupError, ValueError) as error:
        yield f"connect: only {{url}} and {{secret}} can be filled in ({type(error).__name__}: {error})"


def _proof(adapter: Adapter) -> Iterator[str]:
    """Whoever can sign must not believe a request that carries nothing, above all not while no secret is set."""
    secrets = [setting.key for setting in adapter.settings if setting.secret and setting.required]
    for settings in ({}, dict.fromkeys(secrets, "made-up")):
        try:
            adapter.verify(_BARE, settings)
        except Rejected:
            continue
        except Exception as error:  # foreign code may raise anything, which is the finding
            yield f"verify: raises {type(error).__name__} instead of Rejected at a request without any proof"
            return
        if secrets:
            yield "verify: accepts a request without any proof" + ("" if settings else " while no secret is set")


def _reading(adapter: Adapter) -> Iterator[str]:
    for body in ODD_BODIES:
        try:
            found = list(adapter.parse(replace(_BARE, body=body), {}))
        except BadPayload:
            continue
        except Exception as error:
            yield f"parse: raises {type(error).__name__} instead of BadPayload at the body {body[:20]!r}"
            return
        if not all(isinstance(event, Event) for event in found):
            yield f"parse: gives something else than events of plugin.contract.event at the body {body[:20]!r}"
            return
