"""What no webhook carries: the kinds of rows that people enter by file or API, their columns, and the events that they become.

A row is the whole of what it names by its id: a later row with the same id replaces it, because `order` is when it was entered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload
from plugin.contract.request import WebhookRequest
from plugin.normalise import input_values as values
from plugin.policy.localtime import zone

#: the method of deliveries that hold input rows; no request of a vendor can have it
METHOD = "INPUT"
#: the source of rows that belong to no vendor's contact
OWN_SOURCE = "inputs"
_LONGEST_SHIFT = timedelta(hours=24)

Row = Mapping[str, Json]
Values = dict[str, Json]


class InputProblem(ValueError):
    """A row that cannot be taken: which column, and what to write instead."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(f"column {column}: {text}")
        self.column = column
        self.text = text


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    name: str
    read: values.Reader
    help: str
    required: bool = False
    examples: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class InputKind:
    """`id_column` names what a row is about; `names_contact`: rows belong to the source that the contact came from."""

    key: str
    event: Kind
    id_column: str
    columns: tuple[Column, ...]
    names_contact: bool = False
    removal: Kind | None = None
    #: refuses values that do not go together
    check: Callable[[Values], None] = lambda found: None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _column(name: str, read: values.Reader, help: str, *examples: str, required: bool = False) -> Column:
    one, two = examples or ("", "")
    return Column(name=name, read=read, help=help, required=required, examples=(one, two))


def _days_in_order(found: Values) -> None:
    if found.get("from") and found.get("to") and str(found["from"]) > str(found["to"]):
        raise InputProblem("to", "must not be before `from`; exchange them")


def _cost(found: Values) -> None:
    if found.get("month") and (found.get("from") or found.get("to")):
        raise InputProblem("month", "give either a month, or from and to")
    if not found.get("month") and not (found.get("from") and found.get("to")):
        raise InputProblem("month", "is empty; give a month, or both from and to")
    _days_in_order(found)


def _evaluation(found: Values) -> None:
    points, possible = found["points"], found["possible"]
    if isinstance(points, (int, float)) and isinstance(possible, (int, float)) and not 0 <= points <= possible:
        raise InputProblem("points", "must be from 0 to `possible`")
    if possible == 0:
        raise InputProblem("possible", "must be above 0")


_REMOVED = _column("removed", values.as_flag, "yes takes the row with this id away", "no", "no")
_CONTACT = _column("contact", values.as_text, "id of the contact at its vendor", "CA-1001", "CA-1002", required=True)
_AT = _column("at", values.as_moment, "when it was said; the time of the import if empty", "2026-11-02 10:30", "")
_FROM = _column("from", values.as_date, "first day", "2026-11-01", "2026-10-01", required=True)
_TO = _column("to", values.as_date, "last day, included", "2026-11-30", "2026-10-31", required=True)

KINDS: dict[str, InputKind] = {
    kind.key: kind
    for kind in (
        InputKind(
            key="roster",
            event=Kind.ROSTER_PLANNED,
            id_column="id",
            removal=Kind.ROSTER_CANCELLED,
            columns=(
                _column("id", values.as_text, "names the shift", "2026-11-02-maija", "2026-11-02-otto", required=True),
                _column(
                    "agent", values.as_text, "as in the vendor's events", "Maija Example", "Otto Example", required=True
                ),
                _column("from", values.as_moment, "start", "2026-11-02 08:00", "2026-11-02 22:00", required=True),
                _column(
                    "until",
                    values.as_text,
                    "end, or its time of day (next day if earlier)",
                    "16:30",
                    "06:00",
                    required=True,
                ),
                _column(
                    "activity", values.activity, f"one of {', '.join(values.ACTIVITIES)}; work if empty", "work", "work"
                ),
                _column("productive", values.as_flag, "yes or no; yes for work if empty", "yes", ""),
                _column("paid", values.as_flag, "yes or no; yes if empty", "yes", ""),
                _column("timezone", values.as_text, "zone of the times; the centre's if empty", "", "Europe/Riga"),
                _REMOVED,
            ),
        ),
        InputKind(
            key="headcount",
            event=Kind.HEADCOUNT_COUNTED,
            id_column="id",
            check=_days_in_order,
            columns=(
                _column("id", values.as_text, "names the count", "2026-11", "2026-10", required=True),
                _FROM,
                _TO,
                _column("headcount", values.between(0, 1e6), "average number of people", "24,5", "23", required=True),
                _column("leavers", values.whole, "how many left; empty: not known", "1", "0"),
                _column("team", values.as_text, "empty: the whole centre", "", ""),
            ),
        ),
        InputKind(
            key="cost",
            event=Kind.COST_ENTERED,
            id_column="id",
            removal=Kind.COST_REMOVED,
            check=_cost,
            columns=(
                _column("id", values.as_text, "names the entry", "wages-2026-11", "rent-2026-q4", required=True),
                _column("category", values.category, "one of the policy's categories", "wages", "rent", required=True),
                _column(
                    "amount", values.between(0, 1e12), "decimal point or comma", "52000,00", "1800.50", required=True
                ),
                _column("currency", values.as_currency, "three letters; the policy's if empty", "EUR", ""),
                _column("month", values.as_month, "like 2026-11; or from and to", "2026-11", ""),
                _column("from", values.as_date, "first day", "", "2026-10-01"),
                _column("to", values.as_date, "last day, included", "", "2026-12-31"),
                _column("channel", values.channel, "empty: shared by all", "", ""),
                _column("team", values.as_text, "empty: shared by all", "", ""),
                _column("note", values.as_text, "for people", "with bonus", ""),
                _REMOVED,
            ),
        ),
        InputKind(
            key="customers",
            event=Kind.CUSTOMERS_COUNTED,
            id_column="id",
            check=_days_in_order,
            columns=(
                _column("id", values.as_text, "names the count", "2026-11", "2026-10", required=True),
                _FROM,
                _TO,
                _column("at_start", values.whole, "customers on the first day", "980", "973", required=True),
                _column("at_end", values.whole, "customers on the last day", "985", "980"),
                _column("new", values.whole, "who came in between", "20", "19"),
                _column("lost", values.whole, "who left in between", "15", "12"),
            ),
        ),
        InputKind(
            key="evaluation",
            event=Kind.CONTACT_EVALUATED,
            id_column="contact",
            names_contact=True,
            check=_evaluation,
            columns=(
                _column("evaluation", values.as_text, "id of the filled form", "E-1", "E-2", required=True),
                _CONTACT,
                _AT,
                _column("points", values.as_number, "points given", "17", "20", required=True),
                _column("possible", values.as_number, "points that could be given", "20", "20", required=True),
                _column("agent", values.as_text, "whose work; the contact's first agent if empty", "Maija Example", ""),
            ),
        ),
        InputKind(
            key="sentiment",
            event=Kind.CONTACT_SENTIMENT,
            id_column="contact",
            names_contact=True,
            columns=(_CONTACT, _AT, _column("score", values.between(-1, 1), "-1 to 1", "0.4", "-0,25", required=True)),
        ),
        InputKind(
            key="topic",
            event=Kind.CONTACT_TAGGED,
            id_column="contact",
            names_contact=True,
            columns=(
                _CONTACT,
                _AT,
                _column("topic", values.as_text, "one topic", "delivery", "invoice", required=True),
            ),
        ),
        InputKind(
            key="sale",
            event=Kind.CONTACT_CONVERTED,
            id_column="contact",
            names_contact=True,
            columns=(
                _CONTACT,
                _AT,
                _column("value", values.between(0, 1e12), "what was sold for", "120,50", ""),
                _column("currency", values.as_currency, "three letters", "EUR", ""),
            ),
        ),
    )
}
#: columns that are fields of the event or say how to read the row, not part of its data
_NOT_DATA = frozenset({"id", "contact", "agent", "channel", "at", "timezone", "removed"})


def body_of(kind: str, rows: Sequence[Row], timezone: str) -> bytes:
    """The body of a delivery of these rows, which keeps the values as they were written."""
    return json.dumps({"kind": kind, "timezone": timezone, "rows": rows}, ensure_ascii=False, sort_keys=True).encode()


def parse_inputs(request: WebhookRequest) -> list[Event]:
    """The events of one stored delivery; raises `BadPayload`."""
    try:
        body: dict[str, Any] = json.loads(request.body)
        kind, timezone = KINDS[body["kind"]], str(body["timezone"])
        return [event_of(kind, row, timezone, request.received_at) for row in body["rows"]]
    except InputProblem as error:
        raise BadPayload(f"$.rows.{error.column}", error.text) from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadPayload("$", f"no input rows: {type(error).__name__}") from None


def event_of(kind: InputKind, row: Row, timezone: str, entered_at: datetime) -> Event:
    """The event of one row; raises `InputProblem`."""
    if unknown := sorted(set(row) - set(kind.names)):
        raise InputProblem(unknown[0], f"is no column of {kind.key}; those are {', '.join(kind.names)}")
    local = _zone(row, timezone)
    found: Values = {column.name: value for column in kind.columns if (value := _value(column, row, local)) is not None}
    kind.check(found)
    at = _at(found, entered_at)
    if "until" in found:
        found["until"] = _until(str(found["until"]), at, local)
        found.pop("from")
    removed = found.get("removed") is True and kind.removal is not None
    order = int(entered_at.timestamp() * 1000)
    identity = ":".join(str(found[name]) for name in dict.fromkeys((kind.names[0], kind.id_column)))
    return Event(
        kind=kind.removal if removed and kind.removal else kind.event,
        at=at,
        subject=str(found[kind.id_column]),
        dedupe_key=f"{kind.key}:{identity}:{order}",
        order=order,
        channel=_word(found, "channel"),
        agent=_word(found, "agent"),
        data={name: value for name, value in found.items() if name not in _NOT_DATA},
    )


def _word(found: Values, name: str) -> str | None:
    value = found.get(name)
    return None if value is None else str(value)


def _zone(row: Row, timezone: str) -> ZoneInfo:
    name = str(row.get("timezone") or timezone).strip()
    try:
        return zone(name)
    except ValueError:
        raise InputProblem("timezone", f"{name!r} is not a time zone; write it like Europe/Riga") from None


def _value(column: Column, row: Row, local: ZoneInfo) -> Json:
    raw = row.get(column.name)
    if isinstance(raw, (list, dict)):
        raise InputProblem(column.name, "must be one value, not a list or an object")
    written = "" if raw is None else str(raw).strip()
    if not written:
        if column.required:
            raise InputProblem(column.name, f"is empty; {column.help}")
        return None
    try:
        return column.read(written, local)
    except ValueError as error:
        raise InputProblem(column.name, str(error)) from None


def _at(found: Values, entered_at: datetime) -> datetime:
    """A shift begins at its start; a remark is made when it says; all else when it is entered."""
    stated = found.get("from") if "until" in found else found.get("at")
    return datetime.fromisoformat(str(stated)) if stated else entered_at.astimezone(UTC)


def _until(written: str, start: datetime, local: ZoneInfo) -> str:
    try:
        end = values.end_of(written, start, local)
    except ValueError as error:
        raise InputProblem("until", str(error)) from None
    if not start < end <= start + _LONGEST_SHIFT:
        raise InputProblem("until", "must be after `from`, by at most 24 hours; enter longer ones day by day")
    return end.isoformat()
