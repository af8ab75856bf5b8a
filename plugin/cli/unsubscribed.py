"""The command about readers who left a digest."""

from __future__ import annotations

import click

from plugin.cli.terminal import installation
from plugin.database import reading, writing
from plugin.report.leaving import Recipient, come_back, gone


@click.command()
@click.option("--again", nargs=2, metavar="DIGEST ADDRESS", help="Send this digest to this address again.")
def unsubscribed(again: tuple[str, str] | None) -> None:
    """List who left which digest by the link in its mails, or take one back."""
    with installation() as opened:
        if again is None:
            with reading(opened.engine) as connection:
                lines = [
                    f"{row.digest}: {row.address}, {row.at:%Y-%m-%d %H:%M} UTC ({row.by})" for row in gone(connection)
                ]
            click.echo("\n".join(lines) or "Nobody has left a digest.")
            return
        digest, address = again
        with writing(opened.engine) as connection:
            was_gone = come_back(connection, Recipient(digest=digest, address=address))
        if not was_gone:
            raise click.ClickException(f"{address} has not left {digest}; `deskgauge unsubscribed` lists who did")
        click.echo(f"{address} gets {digest} again.")
