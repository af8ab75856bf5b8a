"""One installation put together: configuration, database, policy, sources. Commands, scheduler and pages start from it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from plugin.config import Config, installation_key, load
from plugin.contract.adapter import Adapter
from plugin.database import open_engine, reading
from plugin.drain import Reader
from plugin.facts.reckoning import Reckoning, reckoning_of
from plugin.inbox.sources import known_sources
from plugin.kpi.terms import Terms, terms_of
from plugin.normalise import own_survey
from plugin.normalise.registry import adapters
from plugin.normalise.sources import SourceConfig, configured_sources
from plugin.policy.document import Document
from plugin.policy.revisions import current
from plugin.policy.vault import Vault

#: A policy that was applied elsewhere is seen after this time.
FRESH_S = 5.0


@dataclass(kw_only=True)
class Installation:
    """`document` and `sources` are read when first asked for; a long-lived process calls `reload` between its turns."""

    config: Config
    engine: Engine

    @cached_property
    def customer_secret(self) -> bytes:
        return installation_key(self.config)

    @cached_property
    def document(self) -> Document:
        with reading(self.engine) as connection, Session(connection) as session:
            return current(session)

    @cached_property
    def terms(self) -> Terms:
        return terms_of(self.document)

    @cached_property
    def reckoning(self) -> Reckoning:
        return reckoning_of(self.document)

    @cached_property
    def adapters(self) -> Mapping[str, Adapter]:
        return adapters()

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.engine, self.config.secret_key)

    @cached_property
    def sources(self) -> Mapping[str, SourceConfig]:
        return configured_sources(self.document, dict(os.environ), self.vault, self.adapters)

    @cached_property
    def readers(self) -> Mapping[str, Reader]:
        """How each source's deliveries are read: as the policy configures it, else as an import described it."""
        found: dict[str, Reader] = {}
        with reading(self.engine) as connection:
            for name, row in known_sources(connection).items():
                if row.adapter in self.adapters:
                    settings = json.loads(row.settings)
                    country = self.document.country_of(name)
                    found[name] = Reader(adapter=self.adapters[row.adapter], settings=settings, country=country)
        for name, source in self.sources.items():
            country = self.document.country_of(name)
            found[name] = Reader(adapter=source.adapter, settings=source.settings, country=country)
        found[own_survey.SOURCE] = Reader(adapter=own_survey.ADAPTER, settings={})
        return found

    @property
    def knows(self) -> Mapping[str, Collection[str]]:
        """source --> the facts that its adapter promises; a source with a mapping of its own supplies what its events show."""
        return {
            name: () if reader.adapter.kind == "generic" else reader.adapter.facts
            for name, reader in self.readers.items()
        }

    def reload(self) -> None:
        for name in ("document", "terms", "reckoning", "sources", "readers"):
            self.__dict__.pop(name, None)


class Latest:
    """The installation as it is now: read anew when what is known is older than a few seconds."""

    def __init__(self, installation: Installation) -> None:
        self._config, self._engine = installation.config, installation.engine
        self._lock = threading.Lock()
        self._known = Installation(config=self._config, engine=self._engine)
        self._read_at = time.monotonic()

    def get(self) -> Installation:
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_S:
                self._known = Installation(config=self._config, engine=self._engine)
                self._read_at = time.monotonic()
            return self._known


def open_installation(config: Config | None = None) -> Installation:
    chosen = config or load()
    return Installation(config=chosen, engine=open_engine(chosen.database_url))


def now() -> datetime:
    """The one clock of the outermost layer."""
    return datetime.now(UTC)
