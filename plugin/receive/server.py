"""The web server: granian with the Flask application, one process on SQLite, several on PostgreSQL."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.engine import make_url

from plugin.config import ConfigError

FACTORY_VARIABLE = "DESKGAUGE_APP_FACTORY"
FACTORY = "plugin.app:create_watching_app"
#: A request waits in its thread for the disk, so there are many more threads than processors.
THREADS = 64
#: Requests that a process holds at once; more wait in the kernel's queue.
_AT_ONCE = 512
_DRAIN_S = 20
_WATCH_S = 1.0


def default_workers(database_url: str) -> int:
    return 1 if _is_sqlite(database_url) else min(4, os.cpu_count() or 1)


def serve_web(
    *,
    host: str,
    port: int,
    database_url: str,
    workers: int | None = None,
    threads: int = THREADS,
    factory: str = FACTORY,
) -> None:
    """Serves until SIGTERM or SIGINT, then answers what has begun; each process makes its application with `factory`.

    Raises `ConfigError` for several processes on SQLite.
    """
    number = default_workers(database_url) if workers is None else workers
    if number > 1 and _is_sqlite(database_url):
        raise ConfigError(
            f"SQLite has one writer, so {number} web processes would wait for each other. Use one process (--workers 1), "
            "or set DESKGAUGE_DATABASE_URL to a PostgreSQL database."
        )
    os.environ[FACTORY_VARIABLE] = factory
    logging.getLogger("_granian").addFilter(_is_not_about_threads)
    Granian(
        f"{__name__}:make_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=number,
        blocking_threads=threads,
        backpressure=_AT_ONCE,
        backlog=2 * _AT_ONCE,
        workers_kill_timeout=_DRAIN_S,
        respawn_failed_workers=number > 1,
        websockets=False,
        log_access=False,
    ).serve()


def _is_not_about_threads(record: logging.LogRecord) -> bool:
    return "Python threads" not in record.getMessage()


def make_app() -> Any:
    """The application of one web process, which ends when the process that started it is gone."""
    _end_with(os.getppid())
    module, _, name = os.environ[FACTORY_VARIABLE].partition(":")
    create: Callable[[], Any] = getattr(importlib.import_module(module), name)
    return create()


def _end_with(parent: int) -> None:
    """Without this, a web process would outlive a killed parent and keep the port."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _is_sqlite(database_url: str) -> bool:
    return make_url(database_url).get_backend_name() == "sqlite"
