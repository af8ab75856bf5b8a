"""The demo's deliveries as the inbox holds them, and how they are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from plugin.contract.request import WebhookRequest
from plugin.demo.deliveries import fortnight
from plugin.demo.policy import policy_for
from plugin.drain import Reader
from plugin.inbox.store import DeliveryRow, delivery_row
from plugin.normalise.registry import adapters

LAST_DAY = date(2026, 11, 22)
RECEIVED_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@cache
def readers() -> dict[str, Reader]:
    known = adapters()
    return {
        name: Reader(
            adapter=known[source.adapter], settings={key: str(value) for key, value in source.settings.items()}
        )
        for name, source in policy_for(LAST_DAY).sources.items()
    }


def rows(scale: float) -> list[DeliveryRow]:
    """Five vendors' deliveries of two weeks, one to a few events each."""
    found = []
    for sent in fortnight(LAST_DAY, scale=scale):
        if sent.expected == "refused":
            continue
        reader = readers()[sent.source]
        request = WebhookRequest(
            method=sent.method, url=sent.path, headers=sent.headers, body=sent.body, received_at=RECEIVED_AT
        )
        found.append(delivery_row(sent.source, request, reader.adapter.delivery_key(request, reader.settings)))
    return found
