"""Recorded deliveries of tests/adapters/fixtures, the adapters they belong to, and the way to material outside of the project."""

from __future__ import annotations

import base64
import importlib
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import adapters
from plugin.contract.adapter import Adapter, Settings
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "adapters" / "fixtures"
#: what an event is when its fixture does not say otherwise
DEFAULTS: dict[str, Any] = {
    "order": 0,
    "channel": None,
    "direction": None,
    "queue": None,
    "agent": None,
    "customer": None,
    "data": {},
}


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """One delivery and what it means. `handshake`, `answer` and `delivery_key` are expectations only where the file has them."""

    vendor: str
    name: str
    source: str
    settings: Settings
    request: WebhookRequest
    events: list[dict[str, Any]]
    expected: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_handshake(self) -> bool:
        return "handshake" in self.expected

    @property
    def is_imported(self) -> bool:
        """Cut from a file by an adapter that takes no requests, so that there is no proof to check."""
        return "imported" in self.expected

    def __str__(self) -> str:
        return f"{self.vendor}/{self.name}"


def find_adapters() -> dict[str, Adapter]:
    """Every adapter of the package, by key."""
    names = [module.name for module in pkgutil.iter_modules(adapters.__path__) if not module.name.startswith("_")]
    found = [importlib.import_module(f"adapters.{name}").ADAPTER for name in names]
    return {adapter.key: adapter for adapter in found}


def load_fixtures(vendor: str | None = None) -> list[Fixture]:
    """All fixtures, or those of one vendor, sorted by path."""
    return [load_fixture(path) for path in sorted(FIXTURES.glob(f"{vendor or '*'}/*.json"))]


def load_fixture(path: Path) -> Fixture:
    raw = json.loads(path.read_text())
    return Fixture(
        vendor=path.parent.name,
        name=path.stem,
        source=raw["source"],
        settings=raw.get("settings", {}),
        request=build_request(received_at=raw["received_at"], **raw["request"]),
        events=[normalised(event) for event in raw["events"]],
        expected={key: raw[key] for key in ("handshake", "answer", "delivery_key", "imported") if key in raw},
    )


def build_request(
    *,
    url: str,
    body: str | bytes = b"",
    body_base64: str | None = None,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    received_at: str | datetime = "2026-11-24T10:00:00+00:00",
) -> WebhookRequest:
    raw = base64.b64decode(body_base64) if body_base64 is not None else body
    return WebhookRequest(
        method=method,
        url=url,
        headers=dict(headers or {}),
        body=raw.encode() if isinstance(raw, str) else raw,
        received_at=datetime.fromisoformat(received_at) if isinstance(received_at, str) else received_at,
    )


def normalised(event: Mapping[str, Any]) -> dict[str, Any]:
    """A fixture's event with every field, its time in one notation."""
    full = {**DEFAULTS, **event}
    return {**full, "at": datetime.fromisoformat(full["at"]).isoformat()}


def as_dict(event: Event) -> dict[str, Any]:
    """An event in the notation of fixtures, every field named."""
    return {
        "kind": event.kind.value,
        "at": event.at.isoformat(),
        "subject": event.subject,
        "dedupe_key": event.dedupe_key,
        "order": event.order,
        "channel": None if event.channel is None else str(event.channel),
        "direction": None if event.direction is None else str(event.direction),
        "queue": event.queue,
        "agent": event.agent,
        "customer": event.customer,
        "data": dict(event.data),
    }


def parse_all(adapter: Adapter, requests: list[WebhookRequest], settings: Settings) -> list[Event]:
    """The events of several deliveries, each key once, as the event store keeps them."""
    events = {event.dedupe_key: event for request in requests for event in reversed(adapter.parse(request, settings))}
    return list(events.values())


def shared(*parts: str) -> Path:
    """A file of the folder beside the project that holds recorded material; skips the test where there is none."""
    path = ROOT.parent.joinpath("shared", *parts)
    if not path.exists():
        pytest.skip("the recorded material beside the project is not here")
    return path


def shared_payloads(vendor: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and content of every recorded payload of a vendor."""
    return [(path.stem, json.loads(path.read_text())) for path in sorted(shared("payloads", vendor).glob("*.json"))]
