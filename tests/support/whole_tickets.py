"""From recorded deliveries of one adapter to the facts of a ticket or a survey, in any order of arrival and with repeats."""

from __future__ import annotations

import random
from collections.abc import Sequence

from adapter_fixtures import find_adapters, parse_all
from whole_calls import recorded

from plugin.contract.request import WebhookRequest
from plugin.facts.fold import SurveyFacts, TicketFacts, fold_survey, fold_ticket, in_order


def fold_ticket_of(vendor: str, *names: str, **settings: str) -> TicketFacts:
    """The facts of the one ticket that these recorded deliveries tell of; the same for every order of arrival, or it fails."""
    return fold_requests(vendor, recorded(vendor, *names), **settings)


def fold_requests(vendor: str, requests: Sequence[WebhookRequest], **settings: str) -> TicketFacts:
    facts = _fold(vendor, requests, settings)
    dice = random.Random(7)
    for _ in range(8):
        mixed = [*requests, *dice.sample(requests, k=(len(requests) + 1) // 2)]
        dice.shuffle(mixed)
        assert _fold(vendor, mixed, settings) == facts
    return facts


def _fold(vendor: str, requests: Sequence[WebhookRequest], settings: dict[str, str]) -> TicketFacts:
    events = [e for e in parse_all(find_adapters()[vendor], list(requests), settings) if e.kind.about == "ticket"]
    assert len({event.subject for event in events}) == 1, "one ticket expected"
    return fold_ticket(in_order(events))


def fold_survey_of(vendor: str, *names: str, **settings: str) -> SurveyFacts:
    """The facts of the one survey that these recorded deliveries tell of."""
    events = parse_all(find_adapters()[vendor], recorded(vendor, *names), settings)
    surveys = [event for event in events if event.kind.about == "survey"]
    assert len({event.subject for event in surveys}) == 1, "one survey expected"
    return fold_survey(in_order(surveys))


def seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
