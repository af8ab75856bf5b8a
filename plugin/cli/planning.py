"""Commands about why numbers move and how many agents are needed: why, staffing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import click

from plugin.cli.numbers import measured
from plugin.cli.terminal import installation
from plugin.installation import Installation, now
from plugin.kpi.answer import Ask, AskError
from plugin.kpi.measure import GROUPINGS
from plugin.kpi.metric import Report
from plugin.kpi.period import PeriodTextError, parse_period_text
from plugin.kpi.plan import PlannedHour
from plugin.kpi.staffing import Load, Need, StaffingError, Target, needed
from plugin.kpi.staffing_text import seconds_of, target_of
from plugin.policy.localtime import Weekday
from plugin.report.compared import Comparison
from plugin.report.moved import HOUR
from plugin.report.render_why import why_json, why_text
from plugin.report.staffing import week_of
from plugin.report.why import why
from plugin.web.choice import choose
from plugin.web.errors import BadQuery
from plugin.work import settle_cells


@click.command("why")
@click.argument("kpi")
@click.option("--period", default="yesterday", show_default=True, help="yesterday, 2026-10-05, 2026-W40, 2026-10 …")
@click.option("--against", type=click.Choice([item.value for item in Comparison]), help="What to compare it with.")
@click.option("--by", type=click.Choice([*GROUPINGS, HOUR]), default="queue", show_default=True)
@click.option("--queue", help="Only this queue.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def why_command(kpi: str, period: str, against: str | None, by: str, queue: str | None, form: str) -> None:
    """Say which groups moved a KPI, and what volume, handle time and agents did to the waiting."""
    with installation() as opened:
        settle_cells(opened)
        at = now()

        def ask(question: Ask) -> Report:
            return measured(opened, question, at)

        try:
            choice = choose({"period": period, "compare": against or ""}, opened.document, at)
            only = {"queue": queue} if queue else {}
            found = why(ask, kpi, choice.period, choice.before, opened.terms, by, only)
        except BadQuery as error:
            raise click.BadParameter(str(error), param_hint=f"--{error.body['error']['field']}") from None
        except AskError as error:
            raise click.BadParameter(error.message, param_hint=error.field) from None
        if form == "json":
            click.echo(json.dumps(why_json(found), ensure_ascii=False, indent=1))
        else:
            click.echo(why_text(found, opened.document.language, opened.document.currency))


@click.command()
@click.option("--contacts", type=float, help="How many arrive in an interval.")
@click.option("--interval", default="30m", show_default=True, help="30m, 1h, 900s.")
@click.option("--aht", help="Average handle time: 180, 3m.")
@click.option("--target", "goal", default="80/20", show_default=True, help="80/20: 80 per cent within 20 seconds.")
@click.option("--patience", help="How long customers wait before they give up; without it for ever.")
@click.option("--shrinkage", type=float, default=0.0, show_default=True, help="Paid but not there, such as 0.3.")
@click.option("--max-occupancy", type=float, default=1.0, show_default=True, help="Such as 0.85.")
@click.option("--queue", help="With --period: only this queue.")
@click.option("--period", help="Take volumes and handle times from history: last month, 2026-W40 …")
def staffing(
    contacts: float | None,
    interval: str,
    aht: str | None,
    goal: str,
    patience: str | None,
    shrinkage: float,
    max_occupancy: float,
    queue: str | None,
    period: str | None,
) -> None:
    """Say how many agents a load needs, or each hour of the week of a past period."""
    try:
        target = target_of(goal, max_occupancy)
        patience_s = seconds_of(patience, "patience") if patience else math.inf
        if period is not None:
            with installation() as opened:
                found = _planned(opened, period, queue, target, shrinkage, patience_s)
            for line in _table(found):
                click.echo(line)
            return
        if contacts is None or aht is None:
            raise click.UsageError("write --contacts and --aht, or --period to take them from history")
        load = Load(
            contacts=contacts,
            interval_s=seconds_of(interval, "interval"),
            aht_s=seconds_of(aht, "aht"),
            patience_s=patience_s,
        )
        click.echo(_told(load, needed(load, target, shrinkage), target))
    except (StaffingError, AskError) as error:
        raise click.BadParameter(
            error.message, param_hint=f"--{error.field.removesuffix('_s').replace('_', '-')}"
        ) from None


def _planned(
    opened: Installation, period: str, queue: str | None, target: Target, shrinkage: float, patience_s: float
) -> tuple[PlannedHour, ...]:
    at = now()
    try:
        asked = parse_period_text(period, at, opened.document.timezone, opened.terms.week_start)
    except PeriodTextError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
    settle_cells(opened)
    only = {"queue": queue} if queue else {}
    return week_of(lambda ask: measured(opened, ask, at), asked, only, target, shrinkage, patience_s)


def _told(load: Load, need: Need, target: Target) -> str:
    found = need.outlook
    lines = [
        f"{found.agents} agents for {load.erlangs:.2f} erlangs; {need.scheduled} on the roster",
        f"answered within {target.threshold_s:g} s  {found.answered_in_time:8.2%}",
        f"have to wait         {found.p_wait:8.2%}",
        f"give up              {found.abandoned:8.2%}",
        f"average wait         {found.asa_s or 0:8.1f} s",
        f"occupancy            {found.occupancy:8.2%}",
    ]
    return "\n".join(lines)


def _table(hours: tuple[PlannedHour, ...]) -> Iterator[str]:
    yield f"{'hour':16} {'contacts':>9} {'AHT s':>7} {'needed':>7} {'roster':>7} {'there':>7} {'in time':>8}"
    days = [day.value.capitalize() for day in Weekday]
    for one in hours:
        day, hour = divmod(one.slot, 24)
        there = "–" if one.hour.agents is None else f"{one.hour.agents:.1f}"
        level = "–" if one.expected is None else f"{one.expected:.1%}"
        yield (
            f"{days[day]:9} {hour:02}:00  {one.hour.contacts:9.1f} {one.hour.aht_s or 0:7.0f} "
            f"{one.need.outlook.agents:7} {one.need.scheduled:7} {there:>7} {level:>8}"
        )
