"""The command that reads mails which came back."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from plugin.cli.terminal import installation
from plugin.database import session_scope
from plugin.installation import now
from plugin.notify.returned import mark
from plugin.notify.returned import returned as read_return


@click.command()
@click.argument("where", type=click.Path(exists=True, allow_dash=True, path_type=Path))
def returned(where: Path) -> None:
    """Mark addresses whose mail came back. WHERE is a mail, a Maildir, or - for standard input."""
    read = marked = 0
    with installation() as opened:
        for raw in _mails(where):
            read += 1
            found = read_return(raw)
            with session_scope(opened.engine) as session:
                address = mark(session, found, now()) if found is not None else None
            if found is not None and address is not None:
                marked += 1
                click.echo(f"{address}: {found.reason}")
    click.echo(f"{read} read, {marked} came back from here.")


def _mails(where: Path) -> Iterator[bytes]:
    if str(where) == "-":
        yield sys.stdin.buffer.read()
    elif where.is_dir():
        yield from (mail.as_bytes() for mail in mailbox.Maildir(where, create=False))
    else:
        yield where.read_bytes()
