"""The command that lists what digests said, and how it was revised."""

from __future__ import annotations

import json

import click
from sqlmodel import Session

from plugin.cli.terminal import installation
from plugin.database import reading
from plugin.installation import now
from plugin.kpi.catalogue import known_kpis
from plugin.kpi.period import PeriodTextError, parse_period_text
from plugin.report.publications import publication_json, publication_lines, publications, publications_csv


@click.command()
@click.argument("kpi", required=False)
@click.option("--period", help="Only this period: yesterday, 2026-10-05, 2026-W40, 2026-10 …")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--per-page", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def published(kpi: str | None, period: str | None, page: int, per_page: int, form: str) -> None:
    """List the numbers that digests said, newest period first, and every revision of them."""
    if kpi is not None and kpi not in known_kpis():
        raise click.BadParameter(f"{kpi!r} is not a KPI; `deskgauge kpi list` shows them all", param_hint="KPI")
    with installation() as opened:
        try:
            zone, week_start = opened.document.timezone, opened.terms.week_start
            asked = parse_period_text(period, now(), zone, week_start) if period else None
        except PeriodTextError as error:
            raise click.BadParameter(str(error), param_hint="--period") from None
        with reading(opened.engine) as connection, Session(connection) as session:
            total, found = publications(session, kpi, asked, skip=(page - 1) * per_page, most=per_page)
        language = opened.document.language
    if form == "json":
        shown = {"total": total, "published": [publication_json(one) for one in found]}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    if form == "csv":
        click.echo(publications_csv(found), nl=False)
        return
    for one in found:
        click.echo("\n".join(publication_lines(one, language)))
    click.echo(f"{len(found)} of {total} published numbers")
