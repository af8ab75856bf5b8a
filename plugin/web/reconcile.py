"""The API's reconciliation sheet: a range and, in the body, the vendor's own figures."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from plugin.database import reading
from plugin.inbox.sources import known_sources
from plugin.kpi.answer import AskError
from plugin.kpi.period import Grain, Period
from plugin.policy.document import Document
from plugin.report.reconcile import Basis, VendorSettings, reconcile
from plugin.report.render_reconcile import reconcile_csv, reconcile_json
from plugin.report.vendor_file import Stated, VendorFileError, read_figures
from plugin.report.vendor_rules import VENDORS, Vendor, vendor_of
from plugin.web.errors import BadQuery
from plugin.web.query import Forms, ReportQuery, ask_of, parsed
from plugin.web.site import site


class ReconcileQuery(BaseModel):
    """Either `from` and `to`, or `period`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    source: str = Field(description="The name of a source, see /api/v1/sources")
    vendor: str = Field("", description=f"Whose rules; those of the source's adapter when empty: {', '.join(VENDORS)}")
    start: str = Field("", alias="from", description="Start: a date, a time, or one with an offset")
    end: str = Field("", alias="to", description="End, not included; a date alone is its midnight")
    period: str = Field("", description="Instead of from and to: last month, 2026-W40 …")
    vendor_threshold: float | None = Field(None, description="Answered in time, in seconds, as the vendor is set up")
    vendor_short: float | None = Field(None, description="Short abandons, in seconds, as the vendor is set up")
    vendor_only: str = Field("", description="Filters of the vendor's screen: queue=Support,hours=open")
    timezone: str = Field("", description="IANA zone of the dates; the centre's when empty")
    format: Forms = Field("json", description="json, or csv for a spreadsheet")


def reconciled() -> Response:
    """Our numbers beside a vendor's, by our definitions and by its

    POST a CSV file of date, kpi, value, queue as the body to have its own figures in it; nothing is stored.
    """
    query, here = parsed(ReconcileQuery), site()
    document, now = here.document(), here.now()
    words = {"from": query.start, "to": query.end, "period": query.period, "timezone": query.timezone}
    ask = ask_of(ReportQuery.model_validate(words), document, now)
    if ask.end <= ask.start:
        raise BadQuery("to", "must be later than from", "exchange from and to")
    whole = Period(grain=Grain.DAY, start=ask.start, end=ask.end, timezone=ask.timezone or document.timezone)
    stated = _figures(whole, document)
    with reading(here.engine) as connection:
        adapters = {name: str(row.adapter) for name, row in known_sources(connection).items()}
        adapter = _known(query.source, adapters)
        basis = Basis(connection=connection, document=document, now=now, knows=here.knows())
        vendor = _vendor(query.vendor, adapter)
        try:
            sheet = reconcile(basis, query.source, adapter, vendor, whole, stated, _settings(query))
        except AskError as error:
            raise BadQuery(f"vendor_{error.field}", error.message, "correct it or leave it out") from None
    if query.format == "csv":
        attached = {"Content-Disposition": 'attachment; filename="deskgauge-reconcile.csv"'}
        return Response(reconcile_csv(sheet), mimetype="text/csv", headers=attached)
    return jsonify(reconcile_json(sheet))


def _settings(query: ReconcileQuery) -> VendorSettings:
    pairs = [pair.partition("=") for pair in query.vendor_only.split(",") if pair.strip()]
    if any(not equals for _, equals, _ in pairs):
        raise AskError("only", "is a list of NAME=VALUE, such as queue=Support")
    only = {name.strip(): value.strip() for name, _, value in pairs}
    return VendorSettings(threshold_s=query.vendor_threshold, short_s=query.vendor_short, only=only)


def _known(source: str, adapters: dict[str, str]) -> str:
    if source not in adapters:
        choices = ", ".join(adapters) or "none has sent anything yet"
        raise BadQuery("source", f"{source[:60]!r} is not a source", f"choose from: {choices}", status=404)
    return adapters[source]


def _vendor(key: str, adapter: str) -> Vendor:
    if key and key not in VENDORS:
        raise BadQuery("vendor", f"{key[:60]!r} is not a vendor", f"choose from: {', '.join(VENDORS)}")
    return VENDORS[key] if key else vendor_of(adapter)


def _figures(whole: Period, document: Document) -> Sequence[Stated]:
    body = request.get_data(cache=False)
    if not body:
        return ()
    try:
        return read_figures(body.decode("utf-8"), whole, site().now(), document.week_starts_on.number)
    except UnicodeDecodeError:
        raise BadQuery("body", "is not UTF-8", "send the file as CSV in UTF-8") from None
    except VendorFileError as error:
        raise BadQuery("body", error.problems[0], "correct the file and send it again") from None
