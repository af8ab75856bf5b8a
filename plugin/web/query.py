"""The parameters of a report as a caller writes them go in, a question comes out; the same words as on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugin.kpi.answer import STANDARD_KPIS, Ask
from plugin.kpi.measure import GROUPINGS
from plugin.kpi.period import Grain
from plugin.policy.document import Document
from plugin.policy.localtime import UnknownZone, instant_of, zone
from plugin.web.choice import read_period
from plugin.web.errors import BadQuery

_Query = TypeVar("_Query", bound=BaseModel)
#: An hour for more than two years.
MOST_PERIODS = 20_000
_SHORTEST = {Grain.HOUR: timedelta(hours=1), Grain.DAY: timedelta(days=1)}
_EARLIEST, _LATEST = 1900, 2999
Forms = Literal["json", "csv"]
_GRAINS = Literal["hour", "day", "week", "month", "quarter", "year"]
_COMPARISONS = Literal["previous", "weekday", "year"]


class ReportQuery(BaseModel):
    """Either `from` and `to`, or `period`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    start: str = Field(
        "", alias="from", description="Start: a date, a time, or one with an offset", examples=["2026-10-05"]
    )
    end: str = Field(
        "", alias="to", description="End, not included; a date alone is its midnight", examples=["2026-10-12"]
    )
    period: str = Field("", description="Instead of from and to: yesterday, last week, 2026-10-05, 2026-W40, 2026-10 …")
    grain: _GRAINS | None = Field(None, description="One row for each; without it one row for the whole range")
    by: str = Field("", description=f"Groups, separated by commas: {', '.join(GROUPINGS)}")
    kpi: str = Field(",".join(STANDARD_KPIS), description="Keys of KPIs, separated by commas; see /api/v1/kpis")
    timezone: str = Field("", description="IANA zone of the periods; the centre's when empty", examples=["Europe/Riga"])
    compare: _COMPARISONS | None = Field(None, description="Adds what was measured before: period, weekday or year")
    format: Forms = Field("json", description="json, or csv for a spreadsheet")

    queue: str = Field("", description="Only this queue")
    team: str = Field("", description="Only this team")
    channel: str = Field("", description="Only this channel")
    hours: str = Field("", description="Only while the calendar of the queue is open, or closed", examples=["open"])


class RecordsQuery(ReportQuery):
    """The same range, groups and filters as a report; `kpi`, `grain` and `compare` mean nothing here."""

    page: int = Field(1, ge=1, description="The first page is 1")
    per_page: int = Field(100, ge=1, le=1000, description="Records on a page")


def parsed(model: type[_Query]) -> _Query:
    """The parameters of the request; raises `BadQuery`."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0]) if first["loc"] else "query"
        known = ", ".join(each.alias or name for name, each in model.model_fields.items())
        unknown = first["type"] == "extra_forbidden"
        message = "is not a parameter" if unknown else first["msg"]
        raise BadQuery(field, message, f"the parameters are {known}") from None


def ask_of(query: ReportQuery, document: Document, now: datetime) -> Ask:
    """Raises `BadQuery`."""
    timezone = query.timezone or document.timezone
    start, end = _range(query, timezone, document, now)
    named = (("queue", query.queue), ("team", query.team), ("channel", query.channel), ("hours", query.hours))
    grain = Grain(query.grain) if query.grain else None
    _check_number(grain, start, end)
    return Ask(
        kpis=names(query.kpi),
        start=start,
        end=end,
        grain=grain,
        by=names(query.by),
        timezone=timezone,
        only={name: value for name, value in named if value},
    )


def names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _range(query: ReportQuery, timezone: str, document: Document, now: datetime) -> tuple[datetime, datetime]:
    if query.period and (query.start or query.end):
        raise BadQuery("period", "stands beside from or to", "write either period, or both from and to")
    if query.period:
        # The zone is that of the question, as for from and to.
        period = read_period(query.period, document.model_copy(update={"timezone": _zone(timezone)}), now)
        return period.start, period.end
    return _moment(query.start, timezone, "from"), _moment(query.end, timezone, "to")


def _zone(name: str) -> str:
    try:
        return zone(name).key
    except UnknownZone as error:
        raise BadQuery("timezone", f"{name!r} {error}", "write a name such as Europe/Riga") from None


def _moment(text: str, timezone: str, field: str) -> datetime:
    """Without an offset it is a wall clock of the zone."""
    remedy = "write a date or a time like 2026-10-05 or 2026-10-05T14:00"
    if not text:
        raise BadQuery(field, "is missing", f"{remedy}, or give a period instead")
    try:
        # In an address + stands for a space, and an offset begins with one.
        moment = datetime.fromisoformat(text.replace(" ", "+", 1) if text[-6:-5] == " " else text)
    except ValueError:
        raise BadQuery(field, f"{text[:40]!r} is not a date or time", remedy) from None
    if not _EARLIEST <= moment.year <= _LATEST:
        raise BadQuery(field, "is too far away", f"write a year from {_EARLIEST} to {_LATEST}")
    return moment if moment.tzinfo is not None else instant_of(moment, zone(_zone(timezone)))


def _check_number(grain: Grain | None, start: datetime, end: datetime) -> None:
    """A question that nobody reads the answer of must not keep the database busy."""
    if grain in _SHORTEST and (end - start) / _SHORTEST[grain] > MOST_PERIODS:
        raise BadQuery(
            "grain", f"a {grain} divides this range into more than {MOST_PERIODS} rows", "choose a coarser one"
        )
