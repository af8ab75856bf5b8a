"""Commands about numbers: report, kpi, digest, rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import click
from sqlmodel import Session

from plugin.cli.terminal import installation, read_moment, read_pairs
from plugin.database import reading
from plugin.installation import Installation, now
from plugin.kpi.answer import STANDARD_KPIS, Ask, AskError, answer
from plugin.kpi.catalogue import METRICS, PLAN_ATTAINMENT, known_kpis
from plugin.kpi.formula import formula
from plugin.kpi.measure import metric_for
from plugin.kpi.metric import Report
from plugin.kpi.period import PeriodTextError, parse_period_text
from plugin.kpi.records import asked_records
from plugin.kpi.terms import Terms
from plugin.notify.text import plain_text
from plugin.policy.localtime import Grain
from plugin.policy.revisions import latest
from plugin.report.compared import Comparison, compared
from plugin.report.due import period_for
from plugin.report.explanation import (
    Basis,
    Explanation,
    definition_lines,
    explanation,
    explanation_json,
    explanation_text,
)
from plugin.report.render_csv import report_csv
from plugin.report.render_html import report_html
from plugin.report.render_json import report_json
from plugin.report.render_records import records_csv, records_json, records_text
from plugin.report.render_text import report_text
from plugin.report.send import send_digest
from plugin.report.wording import label
from plugin.schedule.jobs import composer
from plugin.schedule.trial import TrialError, trial_text, wanted_of
from plugin.work import settle_cells

GRAINS = [grain.value for grain in Grain if grain is not Grain.QUARTER_HOUR]


@click.command()
@click.option("--from", "start", required=True, metavar="TIME", help="Start: a date, a time, or one with an offset.")
@click.option("--to", "end", required=True, metavar="TIME", help="End, not included; a date alone is its midnight.")
@click.option("--grain", type=click.Choice(GRAINS), default="day", show_default=True)
@click.option(
    "--by", default="", metavar="A,B", help="queue, agent, team, channel, campaign, tier, direction, source, hours."
)
@click.option("--kpi", default=",".join(STANDARD_KPIS), metavar="A,B", show_default=True)
@click.option("--timezone", metavar="ZONE", help="IANA zone of the periods; by default the centre's.")
@click.option(
    "--compare", type=click.Choice([item.value for item in Comparison]), help="Show what was before beside it."
)
@click.option("--only", multiple=True, metavar="NAME=VALUE", help="Only this part, such as hours=open.")
@click.option("--records", metavar="KPI", help="List the contacts, tickets or answers behind this KPI instead.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Of the records.")
@click.option("--per-page", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "html"]), default="text", show_default=True)
def report(
    start: str,
    end: str,
    grain: str,
    by: str,
    kpi: str,
    timezone: str | None,
    compare: str | None,
    only: tuple[str, ...],
    records: str | None,
    page: int,
    per_page: int,
    form: str,
) -> None:
    """Measure KPIs over periods and groups, or list what is behind one of them."""
    with installation() as opened:
        zone = timezone or opened.document.timezone
        ask = Ask(
            kpis=_names(kpi),
            start=read_moment(start, zone, "--from"),
            end=read_moment(end, zone, "--to"),
            grain=Grain(grain),
            by=_names(by),
            timezone=zone,
            only=read_pairs(only, "--only"),
        )
        settle_cells(opened)
        try:
            if records:
                click.echo(_records(opened, replace(ask, kpis=(records,)), page, per_page, form))
                return
            click.echo(_render(opened, ask, compare, form))
        except AskError as error:
            raise click.BadParameter(error.message, param_hint=f"--{error.field}") from None


def _render(opened: Installation, ask: Ask, compare: str | None, form: str) -> str:
    found = measured(opened, ask, now())
    if compare:
        earlier = measured(opened, Comparison(compare).earlier(ask), now())
        found = compared(found, earlier, Comparison(compare), opened.document.calendar(), now())
    if form == "json":
        return json.dumps(report_json(found), ensure_ascii=False, indent=1)
    if form == "csv":
        return report_csv(found).rstrip("\r\n")
    return (
        report_html(found, opened.document.language) if form == "html" else report_text(found, opened.document.language)
    )


def measured(opened: Installation, ask: Ask, at: datetime) -> Report:
    with reading(opened.engine) as connection:
        return answer(connection, opened.document, ask, at, opened.knows)


def _records(opened: Installation, ask: Ask, page: int, per_page: int, form: str) -> str:
    if form == "html":
        raise click.BadParameter("records come as text, json or csv", param_hint="--format")
    with reading(opened.engine) as connection:
        # Who has the command has the database, too; he sees customers in their masked form.
        found = asked_records(connection, opened.document, ask, now(), page=page, per_page=per_page, customers=True)
    timezone = ask.timezone or opened.document.timezone
    if form == "json":
        return json.dumps(records_json(found, timezone), ensure_ascii=False, indent=1)
    return records_csv(found, timezone).rstrip("\n") if form == "csv" else records_text(found, timezone)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


@click.group()
def kpi() -> None:
    """The catalogue of KPIs and their definitions."""


@kpi.command("list")
def kpi_list() -> None:
    """Name every KPI with its unit and which way is better."""
    for metric in METRICS.values():
        click.echo(f"{metric.key:34} {label(metric.key):42} {metric.unit.value:8} {metric.better.value}")


@kpi.command("show")
@click.argument("key")
@click.option("--period", help="Also its value and sums in a period: yesterday, 2026-10-05, 2026-W40, 2026-10 …")
@click.option("--by", default="", metavar="A,B", help="Also the value of each queue, agent, team, channel …")
@click.option("--only", multiple=True, metavar="NAME=VALUE", help="Only this part, such as hours=open.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def kpi_show(key: str, period: str | None, by: str, only: tuple[str, ...], form: str) -> None:
    """Say how a KPI is made."""
    if key not in known_kpis() or key == PLAN_ATTAINMENT.key:
        raise click.BadParameter(f"{key!r} is not a KPI; `deskgauge kpi list` shows them all", param_hint="KEY")
    if period is None and form == "text" and not by:
        click.echo(definition_text(key))
        return
    with installation() as opened:
        settle_cells(opened)
        found = _explained(opened, key, period or "yesterday", _names(by), read_pairs(only, "--only"))
    shown = json.dumps(explanation_json(found), ensure_ascii=False, indent=1)
    click.echo(shown if form == "json" else explanation_text(found))


def _explained(
    opened: Installation, key: str, period: str, by: tuple[str, ...], only: Mapping[str, str]
) -> Explanation:
    zone = opened.document.timezone
    try:
        asked = parse_period_text(period, now(), zone, opened.terms.week_start)
        ask = Ask(kpis=(key,), start=asked.start, end=asked.end, by=by, timezone=zone, only=only)
        with reading(opened.engine) as connection, Session(connection) as session:
            revision = latest(session)
            basis = Basis(
                connection=connection,
                document=opened.document,
                now=now(),
                knows=opened.knows,
                policy_revision=revision.id or 0 if revision else 0,
            )
            return explanation(basis, ask, opened.document.language)
    except PeriodTextError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
    except AskError as error:
        raise click.BadParameter(error.message, param_hint=f"--{error.field}") from None


def definition_text(key: str) -> str:
    """What holds of a KPI whatever the period."""
    metric = metric_for(key, Terms())
    head = f"{key}: {label(key)}"
    return "\n".join([head, formula(metric), f"definition version {metric.version}", *definition_lines(metric)])


@click.command()
@click.argument("name")
@click.option(
    "--period", help="yesterday, 2026-10-05, 2026-W40, 2026-10, 2026-Q3 … By default the last one that is complete."
)
@click.option("--preview", is_flag=True, help="Print it; send nothing.")
def digest(name: str, period: str | None, preview: bool) -> None:
    """Build a digest and send it to its channels, once."""
    with installation() as opened:
        chosen = opened.document.digests.get(name)
        if chosen is None:
            known = ", ".join(sorted(opened.document.digests)) or "none yet; add [digests.NAME] to the policy"
            raise click.BadParameter(f"{name!r} is not a digest ({known})", param_hint="NAME")
        zone = chosen.timezone or opened.document.timezone
        try:
            of_campaign = chosen.kind == "campaign"
            asked = (
                period_for(chosen, opened.document, now())
                if of_campaign or period is None
                else parse_period_text(period, now(), zone, opened.terms.week_start)
            )
        except PeriodTextError as error:
            raise click.BadParameter(str(error), param_hint="--period") from None
        settle_cells(opened)
        if preview:
            click.echo(plain_text(composer(opened, now()).message(name, asked)))
            return
        sent = send_digest(opened.engine, composer(opened, now()), name, asked)
    click.echo(
        f"{sent} messages are in the outbox; a worker sends them."
        if sent
        else "It was sent before, or has no channels."
    )


@click.group()
def rules() -> None:
    """Alert rules."""


@rules.command("test")
@click.argument("name")
@click.option("--last", default="30d", show_default=True, metavar="DAYS", help="How far back, such as 30d.")
@click.option("--wanted", metavar="RATE", help="Also propose the limit that alerts about so often, such as 2/week.")
def rules_test(name: str, last: str, wanted: str | None) -> None:
    """Say how often a rule would have fired."""
    with installation() as opened:
        if name not in opened.document.rules:
            known = ", ".join(sorted(opened.document.rules)) or "none yet; add [rules.NAME] to the policy"
            raise click.BadParameter(f"{name!r} is not a rule ({known})", param_hint="NAME")
        days = last.removesuffix("d")
        if not days.isdigit() or not 1 <= int(days) <= 400:
            raise click.BadParameter("write a number of days, such as 30d", param_hint="--last")
        try:
            rate = wanted_of(wanted) if wanted else None
            click.echo(trial_text(opened, name, timedelta(days=int(days)), now(), rate))
        except TrialError as error:
            raise click.BadParameter(str(error), param_hint="--wanted" if wanted else "NAME") from None
