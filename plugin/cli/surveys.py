"""The command about follow-up surveys."""

from __future__ import annotations

import click

from plugin.cli.terminal import installation
from plugin.database import reading
from plugin.notify.follow_up.due import counts


@click.command()
def surveys() -> None:
    """Show how many customers each survey asked, and how many it did not ask and why."""
    with installation() as opened, reading(opened.engine) as connection:
        found = counts(connection)
        for name in dict.fromkeys([*opened.document.surveys, *found]):
            told = ", ".join(f"{decision} {number}" for decision, number in found.get(name, {}).items())
            click.echo(f"{name}: {told or 'nothing was due yet'}")
