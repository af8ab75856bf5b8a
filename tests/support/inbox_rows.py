"""Requests and delivery rows for tests of the inbox."""

from __future__ import annotations

from datetime import UTC, datetime

from plugin.contract.request import WebhookRequest
from plugin.inbox.store import DeliveryRow, delivery_row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def request(
    body: bytes = b"{}",
    *,
    url: str = "https://desk.example.org/hooks/acme",
    headers: dict[str, str] | None = None,
    at: datetime = NOON,
) -> WebhookRequest:
    return WebhookRequest(method="POST", url=url, headers=headers or {}, body=body, received_at=at)


def row(number: int, *, source: str = "acme", at: datetime = NOON) -> DeliveryRow:
    return delivery_row(source, request(b'{"n":%d}' % number, at=at), None)
