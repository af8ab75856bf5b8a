"""From recorded deliveries of one adapter to the facts of a call, in any order of arrival and with repeats."""

from __future__ import annotations

import random

from adapter_fixtures import FIXTURES, find_adapters, load_fixture, parse_all

from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.facts.fold import ContactFacts, Interval, fold_agent, fold_contact, in_order


def recorded(vendor: str, *names: str) -> list[WebhookRequest]:
    return [load_fixture(FIXTURES / vendor / f"{name}.json").request for name in names]


def subjects(vendor: str, requests: list[WebhookRequest], **settings: str) -> dict[str, list[Event]]:
    """The events of each contact, ordered as the fold wants them."""
    groups: dict[str, list[Event]] = {}
    for event in in_order(parse_all(find_adapters()[vendor], requests, settings)):
        if event.kind.about == "contact":
            groups.setdefault(event.subject, []).append(event)
    return groups


def fold_call(vendor: str, *names: str, **settings: str) -> ContactFacts:
    """The facts of the one call that these deliveries tell of; the same for every order in which they may come, or it fails."""
    requests = recorded(vendor, *names)
    facts = _fold(vendor, requests, settings)
    dice = random.Random(7)
    for _ in range(8):
        mixed = [*requests, *dice.sample(requests, k=len(requests) // 2)]
        dice.shuffle(mixed)
        assert _fold(vendor, mixed, settings) == facts
    return facts


def _fold(vendor: str, requests: list[WebhookRequest], settings: dict[str, str]) -> ContactFacts:
    groups = subjects(vendor, requests, **settings)
    assert len(groups) == 1, f"one call expected, but these deliveries tell of {sorted(groups)}"
    return fold_contact(next(iter(groups.values())), knows=find_adapters()[vendor].facts)


def fold_states(vendor: str, *names: str, **settings: str) -> list[Interval]:
    """The state intervals of the one agent that these deliveries tell of."""
    events = in_order(parse_all(find_adapters()[vendor], recorded(vendor, *names), settings))
    assert len({event.subject for event in events}) == 1
    return fold_agent(events)


def visits(facts: ContactFacts) -> list[tuple[str, str, float | None]]:
    """Queue, outcome and wait in seconds of each visit."""
    return [(visit.queue, visit.outcome, _seconds(visit.wait_ms)) for visit in facts.visits]


def legs(facts: ContactFacts) -> list[tuple[str, float | None, float | None, float | None]]:
    """Agent, talk, hold and wrap-up in seconds of each leg."""
    return [(leg.agent, _seconds(leg.talk_ms), _seconds(leg.hold_ms), _seconds(leg.wrap_ms)) for leg in facts.legs]


def rings(facts: ContactFacts) -> list[tuple[str, str, float | None]]:
    return [(ring.agent, ring.result, _seconds(ring.ring_ms)) for ring in facts.rings]


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
