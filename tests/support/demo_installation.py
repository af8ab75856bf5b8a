"""The demo's centre in an installation of its own, without a web server: requests in by their adapters' checks, numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from plugin.config import Config
from plugin.contract.request import WebhookRequest
from plugin.database import session_scope
from plugin.demo.deliveries import BASE_URL
from plugin.demo.keys import make_keys
from plugin.demo.policy import policy_for
from plugin.demo.posting import DemoRequest
from plugin.demo.world import moment
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.normalise.registry import adapters
from plugin.normalise.sources import SourceConfig, configured_sources
from plugin.policy import revisions
from plugin.policy.document import Document
from plugin.policy.vault import Vault
from plugin.work import settle_inbox

KEYS = make_keys("demo")


def installed(engine: Engine, folder: Path, end_date: date) -> Installation:
    """The demo's policy in a migrated, empty database."""
    with session_scope(engine) as session:
        revisions.apply(session, policy_for(end_date), "test", moment(end_date, 0))
    url = engine.url.render_as_string(hide_password=False)
    config = Config(data_dir=folder, database_url=url, base_url=BASE_URL)
    return Installation(config=config, engine=engine)


def sources(document: Document, engine: Engine) -> Mapping[str, SourceConfig]:
    return configured_sources(document, KEYS.environment(), Vault(engine, None), adapters())


def as_received(request: DemoRequest) -> WebhookRequest:
    """As the server would see it at the moment of sending."""
    return WebhookRequest(
        method=request.method,
        url=f"{BASE_URL}{request.path}",
        headers=request.headers,
        body=request.body,
        received_at=request.sent_at,
    )


def receive(opened: Installation, requests: Iterable[DemoRequest]) -> int:
    """Checks, stores and settles what the vendors sent; how many deliveries were new."""
    known = sources(opened.document, opened.engine)
    rows = []
    for request in requests:
        if request.expected == "refused":
            continue
        source, received = known[request.source], as_received(request)
        source.adapter.verify(received, source.settings)
        key = source.adapter.delivery_key(received, source.settings)
        rows.append(delivery_row(request.source, received, key))
    fresh = insert_deliveries(opened.engine, rows)
    settle_inbox(opened)
    return sum(fresh.values())
