"""The command that puts our numbers beside a vendor's: reconcile."""

from __future__ import annotations

import json
from pathlib import Path

import click

from plugin.cli.terminal import installation, read_moment, read_pairs
from plugin.database import reading
from plugin.inbox.sources import known_sources
from plugin.installation import Installation, now
from plugin.kpi.answer import AskError
from plugin.kpi.period import Grain, Period
from plugin.report.reconcile import Basis, Sheet, VendorSettings, reconcile
from plugin.report.render_reconcile import reconcile_csv, reconcile_json, reconcile_text
from plugin.report.vendor_file import Stated, VendorFileError, read_figures, template
from plugin.report.vendor_rules import VENDORS, Vendor, vendor_of
from plugin.work import settle_cells


@click.command("reconcile")
@click.argument("source")
@click.option("--from", "start", required=True, metavar="TIME", help="Start: a date, a time, or one with an offset.")
@click.option("--to", "end", required=True, metavar="TIME", help="End, not included; a date alone is its midnight.")
@click.option(
    "--vendor", type=click.Choice(list(VENDORS)), help="Whose rules; by default those of the source's adapter."
)
@click.option(
    "--vendor-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its own figures: CSV of date, kpi, value, queue.",
)
@click.option(
    "--vendor-threshold", type=float, metavar="S", help="Answered in time, as the vendor is set up; else ours."
)
@click.option("--vendor-short", type=float, metavar="S", help="Short abandons, as the vendor is set up; else ours.")
@click.option(
    "--vendor-only", multiple=True, metavar="NAME=VALUE", help="A filter of its screen: queue=Support, hours=open …"
)
@click.option("--timezone", metavar="ZONE", help="IANA zone of the dates; by default the centre's.")
@click.option("--template", "as_template", is_flag=True, help="Print an empty file for --vendor-file instead.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def reconcile_command(
    source: str,
    start: str,
    end: str,
    vendor: str | None,
    vendor_file: Path | None,
    vendor_threshold: float | None,
    vendor_short: float | None,
    vendor_only: tuple[str, ...],
    timezone: str | None,
    as_template: bool,
    form: str,
) -> None:
    """Put the numbers of a source beside the vendor's, by our definitions and by its, and say why they differ."""
    with installation() as opened:
        zone = timezone or opened.document.timezone
        whole = Period(
            grain=Grain.DAY, start=read_moment(start, zone, "--from"), end=read_moment(end, zone, "--to"), timezone=zone
        )
        if whole.end <= whole.start:
            raise click.BadParameter("must be later than --from", param_hint="--to")
        adapter = _adapter(opened, source)
        chosen = VENDORS[vendor] if vendor else vendor_of(adapter)
        if as_template:
            click.echo(template(chosen, start), nl=False)
            return
        stated = _figures(opened, vendor_file, whole)
        settle_cells(opened)
        try:
            only = read_pairs(vendor_only, "--vendor-only")
            settings = VendorSettings(threshold_s=vendor_threshold, short_s=vendor_short, only=only)
            sheet = _sheet(opened, source, adapter, chosen, whole, stated, settings)
        except AskError as error:
            raise click.BadParameter(error.message, param_hint=f"--vendor-{error.field}") from None
        click.echo(_rendered(sheet, form))


def _adapter(opened: Installation, source: str) -> str:
    with reading(opened.engine) as connection:
        known = {name: row.adapter for name, row in known_sources(connection).items()}
    if source not in known:
        names = ", ".join(known) or "none has sent anything yet"
        raise click.BadParameter(f"{source!r} is not a source that has sent anything ({names})", param_hint="SOURCE")
    return str(known[source])


def _figures(opened: Installation, path: Path | None, whole: Period) -> list[Stated]:
    if path is None:
        return []
    try:
        return read_figures(path.read_text(encoding="utf-8"), whole, now(), opened.terms.week_start)
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path} is not UTF-8; save it as CSV UTF-8", param_hint="--vendor-file") from None
    except VendorFileError as error:
        raise click.BadParameter(f"{path}:\n{error}", param_hint="--vendor-file") from None


def _sheet(
    opened: Installation,
    source: str,
    adapter: str,
    vendor: Vendor,
    whole: Period,
    stated: list[Stated],
    settings: VendorSettings,
) -> Sheet:
    with reading(opened.engine) as connection:
        basis = Basis(connection=connection, document=opened.document, now=now(), knows=opened.knows)
        return reconcile(basis, source, adapter, vendor, whole, stated, settings)


def _rendered(sheet: Sheet, form: str) -> str:
    if form == "json":
        return json.dumps(reconcile_json(sheet), ensure_ascii=False, indent=1)
    return reconcile_csv(sheet).rstrip("\n") if form == "csv" else reconcile_text(sheet)
