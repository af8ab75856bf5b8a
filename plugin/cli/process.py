"""Commands that run processes: serve, web, work, migrate, demo."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click

from plugin.cli.terminal import installation
from plugin.config import ConfigError, installation_key
from plugin.database import schema_state
from plugin.normalise.registry import AdapterError, check_package_owner
from plugin.notify.registry import notifiers
from plugin.schedule.listening import slack_listener
from plugin.schedule.worker import Worker


def _start_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _prepare() -> str:
    """Brings the schema up to date and makes the key before several processes need them; the database's URL."""
    try:
        check_package_owner()
    except AdapterError as error:
        raise click.ClickException(str(error)) from None
    with installation() as opened:
        installation_key(opened.config)
        return opened.config.database_url


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Web processes; one on SQLite, by default up to four on PostgreSQL."
)
def web(host: str, port: int, workers: int | None) -> None:
    """Receive webhooks and serve the pages."""
    from plugin.receive.server import serve_web

    _start_logging()
    database_url = _prepare()
    try:
        serve_web(host=host, port=port, database_url=database_url, workers=workers)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


@click.command()
def work() -> None:
    """Turn deliveries into numbers, and send digests and alerts. Several may run; one of them schedules."""
    _start_logging()
    _prepare()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with installation() as opened:
        try:
            ways = notifiers(opened.config)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        Worker(opened=opened, notifiers=ways, listener=slack_listener(opened)).run(stop)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
def serve(host: str, port: int) -> None:
    """Run everything on this machine: web and worker, each in a process of its own."""
    _prepare()
    commands = (["web", "--host", host, "--port", str(port)], ["work"])
    children = [subprocess.Popen([sys.executable, "-m", "plugin.cli", *command]) for command in commands]
    ended = threading.Event()

    def end(*_: object) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ended.wait(0.5):
        if any(child.poll() is not None for child in children):
            break
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    codes = [child.wait() for child in children]
    if not ended.is_set():
        raise click.ClickException(f"a process ended by itself (exit codes {codes}); its last lines say why")


@click.command("migrate")
def migrate_schema() -> None:
    """Bring the database's schema to this release."""
    with installation() as opened:
        current, newest = schema_state(opened.engine)
    click.echo(f"The schema is at {current} (newest: {newest}).")


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the digest was printed.")
@click.option("--folder", default="demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, help="0 chooses a free one.")
def demo(no_serve: bool, folder: Path, host: str, port: int) -> None:
    """Show it all: a fortnight of signed webhooks, yesterday's digest, an alert, the pages. Needs no account."""
    from plugin.demo.run import run_demo

    os.environ.pop("DESKGAUGE_DATABASE_URL", None)
    raise SystemExit(run_demo(folder, serve=not no_serve, host=host, port=port, echo=click.echo))
