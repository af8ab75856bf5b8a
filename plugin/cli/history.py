"""The command about a vendor's history: backfill."""

from __future__ import annotations

import signal
from threading import Event

import click

from plugin.backfill.reading import Reading, ReadingProblem, pull_of, sender
from plugin.backfill.tables import PullPosition
from plugin.cli.terminal import installation, progress_bar, read_moment
from plugin.installation import now
from plugin.work import settle_cells, settle_inbox


@click.command()
@click.argument("source")
@click.option("--since", required=True, metavar="DATE", help="A date, or a time with or without an offset.")
@click.option("--timezone", help="The zone of a date without an offset; by default that of the policy.")
@click.option("--restart", is_flag=True, help="Begin anew instead of going on where the last reading stopped.")
def backfill(source: str, since: str, timezone: str | None, restart: bool) -> None:
    """Read what a source's vendor has kept, through its API. Interrupted and run again it goes on; what is there stays."""
    stop = Event()
    with installation() as opened:
        begin = read_moment(since, timezone or opened.document.timezone, "--since")
        started = now()
        if begin >= started:
            raise click.BadParameter("lies in the future", param_hint="--since")
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        try:
            found, pull = pull_of(opened, source)
            if pull.kept is not None and begin < started - pull.kept:
                click.echo(
                    f"{found.adapter.title} keeps {pull.kept.days} days; what is older cannot be read.", err=True
                )
            with progress_bar(f"Reading {source}") as bar:

                def show(position: PullPosition) -> None:
                    reached = position.until or begin
                    bar(max(0, round((reached - begin).total_seconds())), round((started - begin).total_seconds()))

                position = Reading(
                    opened=opened,
                    source=found,
                    pull=pull,
                    purpose="backfill",
                    send=sender(found, pull),
                    stop=stop,
                    kept=lambda: settle_inbox(opened, cells=False),
                    progress=show,
                ).run(begin, anew=restart)
        except ReadingProblem as error:
            raise click.ClickException(str(error)) from None
        finally:
            settle_cells(opened)
    click.echo(f"{position.read} read, {position.fresh} new, {position.read - position.fresh} known already")
    if position.finished_at is None:
        raise click.ClickException("Stopped before the end; run it again to go on.")
