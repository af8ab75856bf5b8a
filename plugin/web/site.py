"""What the pages are given by the application: the database, the policy in force, the clock, and what others may supply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy import Connection, Engine

from plugin.inbox.store import DeliveryRow
from plugin.normalise.sources import SourceConfig
from plugin.policy.document import Document

EXTENSION = "deskgauge-site"


def _no_heartbeats(connection: Connection) -> Mapping[str, datetime]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """`secret` signs sessions; `knows` gives the facts that each source's adapter supplies."""

    engine: Engine
    secret: bytes
    base_url: str
    document: Callable[[], Document]
    now: Callable[[], datetime]
    knows: Callable[[], Mapping[str, Collection[str]]] = dict
    sources: Callable[[], Mapping[str, SourceConfig]] = dict
    heartbeats: Callable[[Connection], Mapping[str, datetime]] = _no_heartbeats
    trusted_proxies: tuple[str, ...] = ()
    #: returns when a delivery, for a source of this adapter if it is new, is durable
    accept: Callable[[DeliveryRow, str], None] | None = None

    @property
    def over_tls(self) -> bool:
        return self.base_url.startswith("https://")


def site() -> Site:
    return cast(Site, current_app.extensions[EXTENSION])
