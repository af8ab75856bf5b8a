"""Commands about the policy document: show, check, apply, export, diff, history, rollback."""

from __future__ import annotations

import getpass
import os
from datetime import timedelta
from pathlib import Path

import click

from plugin.cli.terminal import installation
from plugin.database import session_scope
from plugin.installation import Installation, now
from plugin.kpi.catalogue import METRICS, known_kpis
from plugin.kpi.metric import Unit
from plugin.normalise.sources import settings_of
from plugin.policy import revisions
from plugin.policy.changes import diff as changes
from plugin.policy.document import Document
from plugin.policy.ical import IcalError, exceptions_of
from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.text import from_data, parse, to_data
from plugin.report.subject import is_share, is_volume

#: how far ahead an event that repeats is written out
REPEATED_FOR = timedelta(days=3 * 366)
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def known(opened: Installation) -> Known:
    """What the names in a policy may refer to."""
    ratios = frozenset(key for key, metric in METRICS.items() if metric.unit is Unit.RATIO)
    settings = {key: settings_of(adapter) for key, adapter in opened.adapters.items()}
    shares = frozenset(filter(is_share, known_kpis()))
    volumes = frozenset(filter(is_volume, known_kpis()))
    return Known(kpis=known_kpis(), ratios=ratios, shares=shares, volumes=volumes, adapters=settings)


def _read(opened: Installation, file: Path) -> Document:
    try:
        return parse(file.read_text(encoding="utf-8"), known=known(opened))
    except PolicyError as error:
        raise click.ClickException(f"{file}:\n{error}") from None


@click.group()
def policy() -> None:
    """What the centre decided: calendars, teams, targets, costs, sources, rules, digests."""


@policy.command()
@FILE
def check(file: Path) -> None:
    """Say whether a file could be applied."""
    with installation() as opened:
        _read(opened, file)
    click.echo(f"{file} is in order.")


@policy.command()
@FILE
@click.option("--author", default=lambda: os.environ.get("USER") or getpass.getuser(), help="Who decided it.")
def apply(file: Path, author: str) -> None:
    """Make a file the policy. Running processes take it over within seconds."""
    with installation() as opened:
        _apply(opened, _read(opened, file), author)


def _apply(opened: Installation, document: Document, author: str) -> None:
    with session_scope(opened.engine) as session:
        revision = revisions.apply(session, document, author, now(), known=known(opened))
    if revision is None:
        click.echo("Nothing differs from the policy in force.")
        return
    click.echo(f"Revision {revision.id}:\n{revision.diff}")


@policy.command("calendar-import")
@click.argument("name")
@FILE
@click.option("--author", default=lambda: os.environ.get("USER") or getpass.getuser(), help="Who decided it.")
def calendar_import(name: str, file: Path, author: str) -> None:
    """Take the events of an iCalendar file as dated exceptions of the calendar NAME.

    A whole day is closed; an event with times is what its day is open instead. What repeats is written out for three years.
    What is there for other days stays.
    """
    with installation() as opened:
        hours = opened.document.calendars.get(name)
        if hours is None:
            raise click.BadParameter(f'"{name}" does not exist; add [calendars.{name}] first', param_hint="NAME")
        try:
            text, timezone = file.read_text(encoding="utf-8"), hours.timezone or opened.document.timezone
            found = exceptions_of(text, timezone, until=now().date() + REPEATED_FOR)
        except (IcalError, UnicodeDecodeError) as error:
            raise click.ClickException(f"{file}: {error}") from None
        data = to_data(opened.document)
        exceptions = data["calendars"][name].setdefault("exceptions", {})
        exceptions |= {str(day): [str(each) for each in intervals] or "closed" for day, intervals in found.items()}
        _apply(opened, from_data(data, known=known(opened)), author)


@policy.command()
def export() -> None:
    """Print the policy as TOML."""
    with installation() as opened, session_scope(opened.engine) as session:
        click.echo(revisions.export(session), nl=False)


@policy.command("diff")
@FILE
def diff_file(file: Path) -> None:
    """Say what applying a file would change."""
    with installation() as opened:
        lines = changes(to_data(opened.document), to_data(_read(opened, file)))
    click.echo("\n".join(lines) or "Nothing differs from the policy in force.")


@policy.command()
@click.option("--limit", default=20, show_default=True)
def history(limit: int) -> None:
    """List the last revisions, the newest first."""
    with installation() as opened, session_scope(opened.engine) as session:
        for revision in revisions.history(session, limit):
            click.echo(f"{revision.id:4}  {revision.at:%Y-%m-%d %H:%M}Z  {revision.author}")
            click.echo("".join(f"        {line}\n" for line in revision.diff.splitlines()), nl=False)


@policy.command()
@click.argument("number", type=int)
@click.option("--author", default=lambda: os.environ.get("USER") or getpass.getuser(), help="Who decided it.")
def rollback(number: int, author: str) -> None:
    """Make an earlier revision the policy again, as a new revision."""
    with installation() as opened, session_scope(opened.engine) as session:
        try:
            revision = revisions.rollback(session, number, author, now())
        except revisions.UnknownRevision as error:
            raise click.ClickException(str(error)) from None
        click.echo(
            "Nothing differs from the policy in force."
            if revision is None
            else f"Revision {revision.id}:\n{revision.diff}"
        )
