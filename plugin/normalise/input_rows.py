"""Input rows into the inbox by the path of webhooks; rows that say what is known already are left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Connection, Engine

from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest
from plugin.database import reading
from plugin.events.store import load_subjects, subject_key
from plugin.inbox.store import DeliveryRow, delivery_row
from plugin.normalise.inputs import METHOD, InputKind, InputProblem, Row, body_of, event_of

ROWS_PER_DELIVERY = 1000


class InputFileProblem(ValueError):
    """The file is none of this kind; the text says why and what to do."""


@dataclass(kw_only=True, slots=True)
class Checked:
    """`fresh` say something new, `numbers` are theirs, the first row being 1; `problems` are (number, what is wrong with it)."""

    fresh: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unchanged: int = 0
    problems: list[tuple[int, InputProblem]] = field(default_factory=list)


def checked_rows(
    engine: Engine, kind: InputKind, source: str, rows: Sequence[Row], timezone: str, at: datetime, first: int = 1
) -> Checked:
    found, read = Checked(), list[tuple[int, Row, Event]]()
    for number, row in enumerate(rows, first):
        try:
            read.append((number, row, event_of(kind, row, timezone, at)))
        except InputProblem as error:
            found.problems.append((number, error))
    with reading(engine) as connection:
        known = _known(connection, source, [event for _, _, event in read])
    last = {_identity(event): number for number, _, event in read}
    for number, row, event in read:
        if last[_identity(event)] != number:
            continue  # a later row of the same id replaces it
        if _says(event, at) == known.get(_identity(event)):
            found.unchanged += 1
        else:
            found.fresh.append(row)
            found.numbers.append(number)
    return found


def delivery_of(kind: InputKind, source: str, rows: Sequence[Row], timezone: str, at: datetime) -> DeliveryRow:
    body = body_of(kind.key, rows, timezone)
    request = WebhookRequest(
        method=METHOD, url=f"input:{kind.key}", headers={"content-type": "application/json"}, body=body, received_at=at
    )
    return delivery_row(source, request, f"{at.isoformat()}|{body.hex()}")


_Identity = tuple[str, str, object]


def _identity(event: Event) -> _Identity:
    return event.kind.about, event.subject, event.data.get("evaluation") or _sort(event)


def _sort(event: Event) -> str:
    """A contact has remarks of several sorts; of a shift or an entry there is one last word."""
    return event.kind.value if event.kind.about == "contact" else ""


def _says(event: Event, entered_at: datetime) -> object:
    """What the event says apart from when it was entered."""
    at = None if event.at == entered_at else event.at
    return event.kind, at, event.channel, event.agent, dict(event.data)


def _known(connection: Connection, source: str, events: Iterable[Event]) -> dict[_Identity, object]:
    """What the last event of each said."""
    keys = {subject_key(source, event.kind.about, event.subject) for event in events}
    latest: dict[_Identity, Event] = {}
    for stored in chain.from_iterable(load_subjects(connection, sorted(keys)).values()):
        before = latest.get(_identity(stored))
        if before is None or (stored.order, stored.at) > (before.order, before.at):
            latest[_identity(stored)] = stored
    return {identity: _says(event, _entered(event)) for identity, event in latest.items()}


def _entered(event: Event) -> datetime:
    """When it was entered, as far as `order` tells it."""
    return event.at if int(event.at.timestamp() * 1000) == event.order else datetime.max.replace(tzinfo=event.at.tzinfo)


def rows_of_file(content: bytes, kind: InputKind) -> list[Row]:
    """The rows of a CSV file with comma, semicolon or tab; raises `InputFileProblem`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputFileProblem("the file is not UTF-8; save it as “CSV UTF-8”") from None
    header = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise InputFileProblem(f"line {reader.line_num} cannot be read as CSV: {error}") from None
    names = [name.strip().lower() for name in lines[0]] if lines else []
    _check_header(names, kind)
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(names):
            raise InputFileProblem(
                f"row {number} has {len(line)} columns, the header has {len(names)}; quote values with {delimiter!r}"
            )
    return [dict(zip(names, line, strict=True)) for line in lines[1:]]


def _check_header(names: Sequence[str], kind: InputKind) -> None:
    missing = [column.name for column in kind.columns if column.required and column.name not in names]
    unknown = [name for name in names if name not in kind.names]
    if missing or unknown or len(set(names)) != len(names):
        wrong = (
            f"column {missing[0]} is missing"
            if missing
            else f"column {unknown[0] if unknown else names[0]!r} is unknown or there twice"
        )
        raise InputFileProblem(f"{wrong}; `deskgauge import-template {kind.key}` prints the header")


def parts_of(rows: Sequence[Row]) -> Iterator[tuple[int, list[Row]]]:
    """(number of the first row, rows) of each delivery."""
    rest, first = iter(rows), 1
    while part := list(islice(rest, ROWS_PER_DELIVERY)):
        yield first, part
        first += len(part)
