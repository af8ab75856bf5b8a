"""The sources as the web process knows them: read again every few seconds, so that a new one works without a restart."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from plugin.normalise.sources import SourceConfig

log = logging.getLogger(__name__)


class SourceBook:
    """`load` reads the configuration; one thread reads it while the others go on with what was known."""

    def __init__(self, load: Callable[[], Mapping[str, SourceConfig]], *, fresh_s: float = 5.0, seek_s: float = 1.0):
        self._load = load
        self._fresh_s = fresh_s
        self._seek_s = seek_s
        self._reading = threading.Lock()
        self._sources: Mapping[str, SourceConfig] | None = None
        self._read_at = 0.0

    def get(self, name: str) -> SourceConfig | None:
        found = self._known(self._fresh_s).get(name)
        # A name that is not known may have been added a moment ago.
        return found if found is not None else self._known(self._seek_s).get(name)

    def _known(self, fresh_s: float) -> Mapping[str, SourceConfig]:
        if self._sources is None:
            with self._reading:
                return self._sources if self._sources is not None else self._read()
        if time.monotonic() - self._read_at > fresh_s and self._reading.acquire(blocking=False):
            try:
                return self._read()
            except SQLAlchemyError as error:
                log.warning("The sources could not be read again: %s", type(error).__name__)
            finally:
                self._reading.release()
        return self._sources

    def _read(self) -> Mapping[str, SourceConfig]:
        self._read_at = time.monotonic()
        self._sources = self._load()
        return self._sources
