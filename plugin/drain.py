"""Pending deliveries to events and facts, a batch in one transaction: a kill at any instant leaves either all of it or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, text

from plugin.contract.adapter import Adapter, Settings
from plugin.contract.event import Event, Kind
from plugin.contract.payload import BadPayload
from plugin.database import from_ms, reading, writing
from plugin.events.store import event_row, insert_customers, insert_events, load_subjects, restarts, subject_key
from plugin.facts.agents import refold_agents
from plugin.facts.basis import next_stale, not_folded_with, note_folded
from plugin.facts.dirty import Dirty, mark_dirty
from plugin.facts.link import relink
from plugin.facts.place import place_surveys
from plugin.facts.reckoning import PLAIN, Reckoning
from plugin.facts.store import open_contacts, refold
from plugin.inbox.sources import add_source, note_supply
from plugin.inbox.store import Outcome, Pending, pending, settle
from plugin.inbox.tables import State
from plugin.normalise.customer import customer_key, masked, plain
from plugin.normalise.inputs import METHOD as INPUT
from plugin.normalise.inputs import parse_inputs
from plugin.normalise.reach import address_of, note_reach, reach_row, without_address
from plugin.normalise.supply import supplied_by

BATCH = 500
FOLDED = ("contact", "ticket", "survey", "roster", "headcount", "customers", "cost")
#: all that an agent ever did is read again, so few of them in a transaction
AGENTS_AT_ONCE = 20
_LOCK_CLASS = 0x6465736B


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How the deliveries of one source are read; `country`: where its customers' numbers without + are dialled from."""

    adapter: Adapter
    settings: Settings
    country: str | None = None


#: a source's name --> its reader; None for a source that nobody configured
Readers = Callable[[str], Reader | None]


@dataclass(kw_only=True, slots=True)
class Parsed:
    """A batch after its adapters: what became of each delivery, and the events, each with its source and delivery."""

    outcomes: list[Outcome] = field(default_factory=list)
    events: list[tuple[str, int, Event]] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)
    first_at: dict[str, datetime] = field(default_factory=dict)

    @property
    def knows(self) -> dict[str, Collection[str]]:
        return {source: reader.adapter.facts for source, reader in self.readers.items()}


def drain(
    engine: Engine,
    readers: Readers,
    customer_secret: bytes,
    limit: int = BATCH,
    reckoning: Reckoning = PLAIN,
    *,
    keep_addresses: bool = False,
) -> int:
    """Turns at most `limit` deliveries into events and facts; returns how many it settled.

    `keep_addresses`: customers' addresses are kept sealed, because somebody will be asked by a survey.
    """
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            batch = pending(connection, limit)
            _store(connection, _prepared(parse_batch(batch, readers), customer_secret, keep_addresses), reckoning)
        return len(batch)
    # SQLite has one writer: adapters run before the lock is taken. Two workers may then parse the same batch; events are
    # stored once.
    with reading(engine) as connection:
        batch = pending(connection, limit)
    prepared = _prepared(parse_batch(batch, readers), customer_secret, keep_addresses)
    if batch:
        with writing(engine) as connection:
            _store(connection, prepared, reckoning)
    return len(batch)


def parse_batch(batch: Sequence[Pending], readers: Readers) -> Parsed:
    """Runs the adapters; a delivery that cannot be read is dead with its reason, one without events is ignored."""
    parsed = Parsed()
    for delivery in batch:
        reader = readers(delivery.source)
        if reader is None:
            reason = f"No source is called {delivery.source}: configure it, then run `deskgauge replay --source {delivery.source}`."
            parsed.outcomes.append(Outcome(id=delivery.id, state=State.DEAD, error=reason))
            continue
        parsed.readers[delivery.source] = reader
        parsed.first_at.setdefault(delivery.source, delivery.request.received_at)
        try:
            is_input = delivery.request.method == INPUT
            events = (
                parse_inputs(delivery.request) if is_input else reader.adapter.parse(delivery.request, reader.settings)
            )
        except BadPayload as error:
            parsed.outcomes.append(_outcome(delivery, State.DEAD, reader, str(error)))
            continue
        parsed.events += [(delivery.source, delivery.id, event) for event in events]
        parsed.outcomes.append(_outcome(delivery, State.DONE if events else State.IGNORED, reader))
    return parsed


def _outcome(delivery: Pending, state: State, reader: Reader, error: str | None = None) -> Outcome:
    return Outcome(id=delivery.id, state=state, error=error, adapter_version=reader.adapter.version)


@dataclass(kw_only=True, slots=True)
class _Touched:
    """The subjects whose events changed: key --> (source, subject), per thing they are about; and agents' earliest change."""

    names: dict[str, dict[int, tuple[str, str]]] = field(default_factory=lambda: defaultdict(dict))
    agents: dict[int, datetime] = field(default_factory=dict)
    restarted: dict[str, datetime] = field(default_factory=dict)
    #: what surveys speak of, which must not change while they are placed
    asked_about: set[int] = field(default_factory=set)

    def note(self, source: str, about: str, key: int, event: Event) -> None:
        if event.kind is Kind.SOURCE_RESTARTED:
            self.restarted[source] = max(event.at, self.restarted.get(source, event.at))
            return
        self.names[about][key] = (source, event.subject)
        if about == "agent":
            self.agents[key] = min(event.at, self.agents.get(key, event.at))
        if about == "survey":
            named = ((thing, event.data.get(thing)) for thing in ("ticket", "contact"))
            self.asked_about |= {subject_key(source, thing, str(name)) for thing, name in named if name}


@dataclass(kw_only=True, slots=True)
class _Prepared:
    """A parsed batch as it is stored. `masks` are the masked customers by their keys, `reach` sealed addresses."""

    parsed: Parsed
    rows: list[dict[str, Any]] = field(default_factory=list)
    masks: dict[str, str] = field(default_factory=dict)
    reach: list[dict[str, Any]] = field(default_factory=list)
    touched: _Touched = field(default_factory=_Touched)
    supply: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _prepared(parsed: Parsed, customer_secret: bytes, keep_addresses: bool = False) -> _Prepared:
    found = _Prepared(parsed=parsed)
    customers: dict[tuple[str | None, str | None], str | None] = {}
    for source, delivery_id, told in parsed.events:
        event = without_address(told)
        reader = parsed.readers.get(source)
        customer = event.customer, reader.country if reader else None
        if customer not in customers:
            customers[customer] = _known_as(*customer, customer_secret, found.masks)
        about = event.kind.about
        key = subject_key(source, about, event.subject)
        if keep_addresses and (address := address_of(told)) is not None:
            found.reach.append(reach_row(key, address, parsed.first_at.get(source, event.at), customer_secret))
        found.rows.append(event_row(source, key, event, customers[customer], delivery_id))
        found.touched.note(source, about, key, event)
        found.supply[source] |= supplied_by(event)
    # One order of rows in every worker, so that two batches with common events cannot wait for each other.
    found.rows.sort(key=itemgetter("source", "dedupe"))
    return found


def _known_as(customer: str | None, country: str | None, secret: bytes, masks: dict[str, str]) -> str | None:
    """The customer's key, None for a withheld number; its masked form joins the others."""
    number = plain(customer or "", country)
    if not number:
        return None
    key = customer_key(number, secret)
    masks[key] = masked(number)
    return key


def _store(connection: Connection, prepared: _Prepared, reckoning: Reckoning = PLAIN) -> None:
    parsed = prepared.parsed
    insert_customers(connection, prepared.masks)
    note_reach(connection, prepared.reach)
    insert_events(connection, prepared.rows)
    dirty = Dirty()
    _fold_touched(connection, prepared.touched, parsed.knows, reckoning, dirty)
    mark_dirty(connection, dirty)
    for source, reader in sorted(parsed.readers.items()):
        add_source(connection, source, reader.adapter.key, parsed.first_at[source])
    note_supply(connection, prepared.supply)
    settle(connection, parsed.outcomes)


def _fold_touched(
    connection: Connection,
    touched: _Touched,
    knows: Mapping[str, Collection[str]],
    reckoning: Reckoning,
    dirty: Dirty,
) -> None:
    for source, before in touched.restarted.items():
        for key, subject in open_contacts(connection, source, before):
            touched.names["contact"][key] = (source, subject)
    _lock(connection, touched)
    began_anew = restarts(connection, knows)
    for about in FOLDED:
        names = touched.names.get(about)
        if names:
            refold(
                connection, about, load_subjects(connection, list(names)), names, began_anew, knows, dirty, reckoning
            )
    if touched.agents:
        refold_agents(connection, touched.agents, touched.names["agent"], dirty, reckoning)
    contacts, tickets, surveys = (list(touched.names.get(about, ())) for about in ("contact", "ticket", "survey"))
    relink(connection, contacts, tickets)
    place_surveys(connection, contacts, tickets, surveys, dirty)


def _lock(connection: Connection, touched: _Touched) -> None:
    """On PostgreSQL a subject is folded by one worker at a time, which then sees every event that others committed."""
    if connection.dialect.name != "postgresql":
        return
    subjects = {key for names in touched.names.values() for key in names} | touched.asked_about
    keys = sorted({key & 0x7FFFFFFF for key in subjects})
    if keys:
        statement = "SELECT pg_advisory_xact_lock(:class, key) FROM unnest(CAST(:keys AS int[])) AS key"
        connection.execute(text(statement), {"class": _LOCK_CLASS, "keys": keys})


def refold_all(
    engine: Engine,
    knows: Mapping[str, Collection[str]],
    progress: Callable[[int, int], None],
    reckoning: Reckoning = PLAIN,
) -> int:
    """Throws all facts away and folds them again from the events."""
    with writing(engine) as connection:
        for table in (
            "contact",
            "queue_visit",
            "agent_leg",
            "ring_attempt",
            "evaluation",
            "agent_state",
            "ticket",
            "ticket_span",
            "ticket_reply",
            "ticket_timer",
            "survey",
            "survey_answer",
            "customer_count",
            "roster_shift",
            "headcount",
            "cost_entry",
            "agent_time",
            "dirty_agent_day",
            "link",
        ):
            connection.execute(text(f"DELETE FROM {table}"))
        for about, basis in reckoning.bases.items():
            note_folded(connection, about, basis, None)
    done = 0
    with reading(engine) as connection:
        total = connection.execute(text("SELECT COUNT(DISTINCT subject_key) FROM event")).scalar_one()
    for touched in _all_subjects(engine):
        with writing(engine) as connection:
            dirty = Dirty()
            _fold_touched(connection, touched, knows, reckoning, dirty)
            mark_dirty(connection, dirty)
        done += sum(len(names) for names in touched.names.values())
        progress(done, total)
    return done


def refold_stale(engine: Engine, knows: Mapping[str, Collection[str]], reckoning: Reckoning, size: int = BATCH) -> int:
    """Folds subjects anew whose facts depend on a part of the policy that changed, at most `size` of each; returns how many.

    The place that was reached is kept, so that it goes on after a restart. A worker that still has the policy of before puts its
    own basis there, and the one that has the new policy begins again: the last word is that of the policy in force.
    """
    done = 0
    for about in not_folded_with(engine, reckoning.bases):
        basis = reckoning.bases[about]
        with writing(engine) as connection:
            stale, last = next_stale(connection, about, basis, size if about in FOLDED else AGENTS_AT_ONCE)
            touched, dirty = _Touched(), Dirty()
            touched.names[about] = {key: each.of for key, each in stale.items()}
            if about == "agent":
                touched.agents = {key: each.first_at for key, each in stale.items()}
            _fold_touched(connection, touched, knows, reckoning, dirty)
            mark_dirty(connection, dirty)
            note_folded(connection, about, basis, last)
        done += len(stale)
    return done


def _all_subjects(engine: Engine, size: int = 1000) -> Iterator[_Touched]:
    query = (
        "SELECT subject_key, MIN(source) AS source, MIN(subject) AS subject, MIN(kind) AS kind, MIN(at) AS at FROM event "
        "WHERE kind <> 'source.restarted' AND subject_key > :after GROUP BY subject_key ORDER BY subject_key LIMIT :size"
    )
    after = -1
    while True:
        with _rows(engine, query, {"after": after, "size": size}) as rows:
            page = list(rows)
        if not page:
            return
        yield _touched(page)
        after = page[-1].subject_key


def _touched(page: Sequence[Any]) -> _Touched:
    touched = _Touched()
    for row in page:
        about = Kind(row.kind).about
        touched.names[about][row.subject_key] = (row.source, row.subject)
        if about == "agent":
            touched.agents[row.subject_key] = from_ms(row.at)
    return touched


@contextmanager
def _rows(engine: Engine, query: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
    with reading(engine) as connection:
        yield connection.execute(text(query), parameters)
