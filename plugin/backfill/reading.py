"""One reading of a source's history: asks politely, keeps each page before it asks for the next, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from threading import Event
from typing import cast

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from plugin.backfill.tables import PullPosition
from plugin.contract.api import ApiResponse
from plugin.contract.payload import BadPayload
from plugin.contract.pull import Page, Pull
from plugin.contract.request import WebhookRequest
from plugin.contract.settings import first
from plugin.database import reading, writing
from plugin.inbox.redact import needles
from plugin.inbox.sources import add_source
from plugin.inbox.store import DeliveryRow, delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.normalise.sources import SourceConfig, variable
from plugin.vendor_api.asking import Asking, AskingProblem, Pace, Refused, Send, Stopped
from plugin.vendor_api.egress import Forbidden, Sender, origins_of

POSITION = cast(Table, PullPosition.__table__)  # type: ignore[attr-defined]
#: the method of a kept delivery that nobody sent us
METHOD = "PULL"
Progress = Callable[[PullPosition], None]


class ReadingProblem(ValueError):
    """A history cannot be read, or no further for now; the text says why and what to do."""


def pull_of(opened: Installation, name: str) -> tuple[SourceConfig, Pull]:
    """The source and how it is read; raises `ReadingProblem` when it cannot be."""
    source = opened.sources.get(name)
    if source is None:
        raise ReadingProblem(f"There is no source {name}. Known are: {', '.join(sorted(opened.sources)) or 'none'}.")
    if source.adapter.pull is None:
        raise ReadingProblem(f"{source.adapter.title} has no history that can be read; `deskgauge import` takes files.")
    missing = lacking(source, source.adapter.pull)
    if missing:
        ways = " and ".join(f"{key} (variable {variable(name, key)}, or `deskgauge secret set`)" for key in missing)
        raise ReadingProblem(f"To read the history of {name}, enter {ways}.")
    return source, source.adapter.pull


def lacking(source: SourceConfig, pull: Pull) -> list[str]:
    return [key for key in pull.needs if not first(source.settings, key)]


def position_of(connection: Connection, source: str, purpose: str) -> PullPosition | None:
    row = connection.execute(select(POSITION).where(POSITION.c.source == source, POSITION.c.purpose == purpose)).first()
    return None if row is None else PullPosition(**row._mapping)


def positions(connection: Connection) -> list[PullPosition]:
    query = select(POSITION).order_by(POSITION.c.source, POSITION.c.purpose)
    return [PullPosition(**row._mapping) for row in connection.execute(query)]


@dataclass(kw_only=True)
class Reading:
    """`stop`, or `turn_s` seconds, end it after the page at hand; the next reading with the same `since` goes on."""

    opened: Installation
    source: SourceConfig
    pull: Pull
    purpose: str
    send: Send
    pace: Pace = field(default_factory=Pace)
    stop: Event = field(default_factory=Event)
    turn_s: float = inf
    kept: Callable[[], object] = lambda: None
    progress: Progress = lambda position: None

    def run(self, since: datetime, *, anew: bool = False) -> PullPosition:
        """Reads to the end, or until `stop`; raises `ReadingProblem`, and leaves the position where it stopped."""
        position, began = self._begin(since, anew), self.pace.monotonic()
        try:
            for page in self._pages(position):
                self._keep(position, page)
                self.kept()
                self.progress(position)
                if self.stop.is_set() or self.pace.monotonic() - began > self.turn_s:
                    return position
        except Stopped:
            return position
        except (AskingProblem, BadPayload, Forbidden) as error:
            position.problem = str(error)
            if isinstance(error, Refused):
                position.cursor = None  # it may be the cursor that the vendor no longer knows
            self._store(position)
            raise ReadingProblem(f"{position.problem} What was read is kept; run it again to go on.") from None
        position.finished_at, position.problem, position.cursor = self.pace.now(), None, None
        self._store(position)
        return position

    def _begin(self, since: datetime, anew: bool) -> PullPosition:
        with reading(self.opened.engine) as connection:
            found = position_of(connection, self.source.name, self.purpose)
        if found is not None and found.since == since and found.finished_at is None and not anew:
            return found
        now = self.pace.now()
        position = PullPosition(
            source=self.source.name, purpose=self.purpose, since=since, started_at=now, stored_at=now
        )
        with writing(self.opened.engine) as connection:
            add_source(connection, self.source.name, self.source.adapter.key, now)
        self._store(position)
        return position

    def _pages(self, position: PullPosition) -> Iterator[Page]:
        ask = Asking(
            send=self.send, per_minute=self.pull.per_minute, needs=self.pull.needs, pace=self.pace, stop=self.stop
        )
        steps = self.pull.steps(self.source.settings, position.since, position.cursor)
        answer = None
        while True:
            try:
                step = next(steps) if answer is None else steps.send(answer)
            except StopIteration:
                return
            if isinstance(step, Page):
                yield step
                answer = answer or ApiResponse(status=200, headers={}, body=b"")
            else:
                answer = replace(ask(step), received_at=self.pace.now())

    def _keep(self, position: PullPosition, page: Page) -> None:
        """First the deliveries, then the cursor: what a kill between the two repeats is recognised."""
        rows = [self._row(body) for body in page.bodies]
        fresh = sum(insert_deliveries(self.opened.engine, rows).values()) if rows else 0
        position.cursor, position.problem = page.cursor, None
        position.until = page.until or position.until
        position.read += len(rows)
        position.fresh += fresh
        self._store(position)

    def _row(self, body: bytes) -> DeliveryRow:
        headers = {"content-type": "application/json"}
        request = WebhookRequest(
            method=METHOD, url=f"api:{self.source.name}", headers=headers, body=body, received_at=self.pace.now()
        )
        key = self.source.adapter.delivery_key(request, self.source.settings)
        return delivery_row(self.source.name, request, key, needles(self.source.secret_values))

    def _store(self, position: PullPosition) -> None:
        position.stored_at = self.pace.now()
        values = {name: getattr(position, name) for name in PullPosition.model_fields}
        with writing(self.opened.engine) as connection:
            made = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            statement = made(POSITION).values(**values)
            connection.execute(statement.on_conflict_do_update(index_elements=["source", "purpose"], set_=values))


def sender(source: SourceConfig, pull: Pull) -> Sender:
    """Raises `ReadingProblem` for settings that give no address."""
    try:
        return Sender(origins=origins_of(pull.origins, source.settings))
    except Forbidden as error:
        raise ReadingProblem(str(error)) from None
