"""Files into the inbox, through the same path as webhooks: cut into deliveries, stored, drained, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TextIO

from sqlalchemy import select

from plugin.contract.adapter import Adapter
from plugin.contract.request import WebhookRequest
from plugin.database import from_ms, reading, to_ms, writing
from plugin.facts.unseen import unseen_agents
from plugin.inbox.sources import ensure_source, known_sources
from plugin.inbox.store import DELIVERY, DeliveryRow, delivery_row, insert_deliveries
from plugin.inbox.tables import State
from plugin.installation import Installation
from plugin.normalise.input_rows import InputFileProblem, checked_rows, delivery_of, parts_of, rows_of_file
from plugin.normalise.inputs import OWN_SOURCE, InputKind
from plugin.work import settle_cells, settle_inbox

#: deliveries stored and drained in one transaction; each holds hundreds of rows of the file
BATCHES_AT_ONCE = 4
#: the adapter of a source that has nothing but input rows: it takes files only
INPUT_ADAPTER = "csv"
Progress = Callable[[int, int], None]


class ImportProblem(ValueError):
    """Nothing can be imported as asked; the text says why and what to do."""


@dataclass(kw_only=True, slots=True)
class ImportCounts:
    """Deliveries (parts of the files), not rows. `reasons` are the first few of what was bad."""

    accepted: int = 0
    duplicate: int = 0
    ignored: int = 0
    bad: int = 0
    reasons: list[str] = field(default_factory=list)


def import_paths(
    opened: Installation,
    adapter: Adapter,
    source: str,
    paths: Sequence[Path],
    settings: Mapping[str, str],
    at: datetime,
    progress: Progress = lambda done, total: None,
) -> ImportCounts:
    """Imports the files one after the other; raises `ImportProblem`. Interrupted and run again, it stores nothing twice."""
    if adapter.files is None:
        raise ImportProblem(
            f"{adapter.title} has no export file that can be imported; use its webhook or `deskgauge backfill`."
        )
    with writing(opened.engine) as connection:
        try:
            ensure_source(connection, source, adapter.key, at, settings)
        except ValueError as error:
            raise ImportProblem(str(error)) from None
    opened.reload()
    counts, total, done = ImportCounts(), sum(path.stat().st_size for path in paths), 0
    for path in paths:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            for rows in _parts(adapter, source, path, stream, settings, at):
                _take(opened, rows, counts)
                progress(min(done + _position(stream), total), total)
        done += path.stat().st_size
    settle_cells(opened)
    progress(total, total)
    return counts


def _parts(
    adapter: Adapter, source: str, path: Path, stream: TextIO, settings: Mapping[str, str], at: datetime
) -> Iterator[list[DeliveryRow]]:
    if adapter.files is None:
        return
    bodies = adapter.files(stream, settings)
    while part := list(islice(bodies, BATCHES_AT_ONCE)):
        yield [_row(source, path, body, at) for body in part]


def _row(source: str, path: Path, body: bytes, at: datetime) -> DeliveryRow:
    headers = {"content-type": "application/json"}
    request = WebhookRequest(method="IMPORT", url=f"file:{path.name}", headers=headers, body=body, received_at=at)
    return delivery_row(source, request, blake2b(body, digest_size=16).hexdigest())


def _take(opened: Installation, rows: list[DeliveryRow], counts: ImportCounts) -> None:
    fresh = sum(insert_deliveries(opened.engine, rows).values())
    counts.duplicate += len(rows) - fresh
    settle_inbox(opened, cells=False)
    keys = [row["key"] for row in rows]
    query = select(DELIVERY.c.state, DELIVERY.c.error).where(
        DELIVERY.c.source == rows[0]["source"], DELIVERY.c.key.in_(keys)
    )
    with reading(opened.engine) as connection:
        states = connection.execute(query).all()
    dead = [row.error for row in states if row.state == State.DEAD.value]
    ignored = sum(row.state == State.IGNORED.value for row in states)
    counts.bad += len(dead)
    counts.reasons += [reason for reason in dead if reason][: 5 - len(counts.reasons)]
    counts.ignored += min(ignored, fresh)
    counts.accepted += max(0, fresh - len(dead) - ignored)


def _position(stream: TextIO) -> int:
    try:
        return stream.buffer.tell()
    except (OSError, AttributeError):
        return 0


@dataclass(kw_only=True, slots=True)
class RowCounts:
    """Rows of input files; `reasons` name row and column of those that were refused, and the rows of what was stored and could
    not be read (`dead`).

    `unseen`: agents that nothing that happened has ever named, and teams that the policy does not have.
    """

    accepted: int = 0
    unchanged: int = 0
    bad: int = 0
    dead: int = 0
    reasons: list[str] = field(default_factory=list)
    unseen: dict[str, list[str]] = field(default_factory=dict)


def import_inputs(
    opened: Installation,
    kind: InputKind,
    source: str | None,
    paths: Sequence[Path],
    at: datetime,
    progress: Progress = lambda done, total: None,
) -> RowCounts:
    """Imports rows of one kind; raises `ImportProblem`. Good rows are taken, bad ones named; run again, it changes nothing."""
    name = _source_of(opened, kind, source, at)
    counts, at, timezone = RowCounts(), from_ms(to_ms(at)), opened.document.timezone
    named: dict[str, set[str]] = {"agent": set(), "team": set()}
    for number, path in enumerate(paths, 1):
        try:
            rows = rows_of_file(path.read_bytes(), kind)
        except InputFileProblem as error:
            raise ImportProblem(f"{path.name}: {error}") from None
        for first, part in parts_of(rows):
            checked = checked_rows(opened.engine, kind, name, part, timezone, at, first)
            dead = _entered(opened, delivery_of(kind, name, checked.fresh, timezone, at)) if checked.fresh else None
            if dead is not None:
                counts.dead += len(checked.fresh)
                counts.reasons.append(f"{path.name}, {_rows(checked.numbers)}: {dead}")
            lost = 0 if dead is None else len(checked.fresh)
            counts.accepted += len(part) - checked.unchanged - len(checked.problems) - lost
            counts.unchanged += checked.unchanged
            counts.bad += len(checked.problems)
            counts.reasons += [f"{path.name}, row {row}, {problem}" for row, problem in checked.problems]
            for column, names in named.items():
                names |= {str(row.get(column) or "").strip() for row in part} - {""}
        progress(number, len(paths))
    settle_cells(opened)
    counts.unseen = _unseen(opened, named["agent"], named["team"])
    return counts


def _entered(opened: Installation, row: DeliveryRow) -> str | None:
    """Stores and settles a delivery; why it could not be read, None when it could."""
    insert_deliveries(opened.engine, [row])
    settle_inbox(opened, cells=False)
    same = (DELIVERY.c.source == row["source"], DELIVERY.c.key == row["key"])
    with reading(opened.engine) as connection:
        query = select(DELIVERY.c.error).where(*same, DELIVERY.c.state == State.DEAD.value)
        found = connection.execute(query).first()
    return None if found is None else found.error or "could not be read"


def _rows(numbers: Sequence[int]) -> str:
    return f"row {numbers[0]}" if len(numbers) == 1 else f"rows {numbers[0]} to {numbers[-1]}"


def _unseen(opened: Installation, agents: set[str], teams: set[str]) -> dict[str, list[str]]:
    with reading(opened.engine) as connection:
        found = {"agents": unseen_agents(connection, agents), "teams": sorted(teams - set(opened.document.teams))}
    return {what: names for what, names in found.items() if names}


def _source_of(opened: Installation, kind: InputKind, source: str | None, at: datetime) -> str:
    """The source of the rows, which is there afterwards."""
    with writing(opened.engine) as connection:
        known = known_sources(connection)
        if kind.names_contact and source not in known:
            choices = ", ".join(name for name in known if name != OWN_SOURCE) or "none yet"
            raise ImportProblem(
                f"rows of {kind.key} are about contacts of a source: name it with --source; there are: {choices}"
            )
        name = source or OWN_SOURCE
        if name not in known:
            ensure_source(connection, name, INPUT_ADAPTER, at, {})
    opened.reload()
    return name
