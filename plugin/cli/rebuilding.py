"""The command that computes everything anew, and says why and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlmodel import Session

from plugin.cli.terminal import installation, progress_bar
from plugin.database import reading
from plugin.drain import refold_all
from plugin.facts.basis import folded_with
from plugin.facts.timers import settle_overdue
from plugin.installation import Installation, now
from plugin.kpi.answer import STANDARD_KPIS
from plugin.kpi.cells import computed_with, rebuild_cells
from plugin.policy.basis import HASHED, changed_parts
from plugin.report.goals import only_of
from plugin.report.publications import revision_text
from plugin.report.published import Revision, last_said
from plugin.report.wording import period_name
from plugin.schedule.jobs import composer

_NAMES = {
    "contact": "facts of contacts",
    "ticket": "facts of tickets",
    "survey": "facts of surveys",
    "roster": "planned shifts",
    "agent": "states of agents",
}


@click.command()
@click.option("--facts/--cells-only", default=True, show_default=True, help="Fold the facts from the events, too.")
@click.option("--dry-run", is_flag=True, help="Only say what has changed since facts and cells were made.")
def rebuild(facts: bool, dry_run: bool) -> None:
    """Throw away facts and cells and compute them again from the events."""
    with installation() as opened:
        for line in changes(opened):
            click.echo(line)
        if dry_run:
            return
        if facts:
            with progress_bar("Folding facts") as show:
                refold_all(opened.engine, opened.knows, show, opened.reckoning)
            settle_overdue(opened.engine, now())
        with progress_bar("Computing cells") as show:
            slots = rebuild_cells(opened.engine, opened.terms, show)
        click.echo(f"{slots} quarters of an hour computed")
        for line in moved(opened):
            click.echo(line)


def changes(opened: Installation) -> Iterator[str]:
    """What differs between the policy and release in force and those that facts and cells were made with."""
    made = {
        _NAMES[about]: (folded_with(opened.engine, about), basis) for about, basis in opened.reckoning.bases.items()
    }
    made["cells"] = (computed_with(opened.engine), opened.terms.cell_basis)
    told = [
        f"{what}: {_told(name, *values)}"
        for what, bases in made.items()
        for name, values in changed_parts(*bases).items()
    ]
    yield from told or ["Facts and cells were made with the policy and the release in force."]


def _told(name: str, before: str | None, after: str) -> str:
    if before is None:
        return f"nothing was noted of {name}"
    return f"{name} changed" if after.startswith(HASHED) else f"{name} was {before or 'empty'}, is {after or 'empty'}"


def moved(opened: Installation) -> Iterator[str]:
    """The numbers of each digest's last periods that read differently now."""
    at = now()
    making = composer(opened, at)
    for name, digest in opened.document.digests.items():
        with reading(opened.engine) as connection, Session(connection) as session:
            said = last_said(session, name, at)
        for one in making.revised(digest.kpis or STANDARD_KPIS, only_of(digest.scope), said):
            yield _line(name, one, opened.document.language)


def _line(digest: str, one: Revision, language: str) -> str:
    return f"{digest}, {period_name(one.period, language)}: {revision_text(one, language)}"
