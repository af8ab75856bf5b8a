"""Makes our webhook at a vendor's side, and removes it. What was made is written down at once, so that none is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from plugin.connecting.making import Made, keep
from plugin.connecting.tables import Registered
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.payload import BadPayload
from plugin.contract.registration import Learned, Registration, Thing, Wanted
from plugin.contract.settings import Settings, first
from plugin.database import reading, session_scope
from plugin.inbox.redact import needles, redacted
from plugin.installation import Installation
from plugin.normalise.sources import SourceConfig, vault_name
from plugin.vendor_api.asking import Asking, AskingProblem, Pace, Refused, Send
from plugin.vendor_api.egress import Forbidden, Sender, origins_of

T = TypeVar("T")
#: how much of a refusal's text is shown, characters
REASON = 300
AGAIN = "What was made is written down; run it again to go on."


class RegistrationProblem(ValueError):
    """The vendor's side could not be changed as asked; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """`things` are at the vendor's side now. `is_foreign` says that somebody else made them, `is_new` that this call did."""

    things: Sequence[Thing]
    learned: Sequence[Made] = ()
    is_new: bool = False
    is_foreign: bool = False


def lacking(source: SourceConfig, registration: Registration) -> list[str]:
    return [key for key in registration.needs if not first(source.settings, key)]


def sender(source: SourceConfig, registration: Registration) -> Send:
    """Raises `RegistrationProblem` for settings that give no address."""
    try:
        return Sender(origins=origins_of(registration.origins, source.settings))
    except Forbidden as error:
        raise RegistrationProblem(str(error)) from None


def registered(opened: Installation, name: str) -> Registered | None:
    with reading(opened.engine) as connection, Session(connection, expire_on_commit=False) as session:
        return session.get(Registered, name)


def all_registered(connection: Connection) -> Sequence[Registered]:
    with Session(connection, expire_on_commit=False) as session:
        return session.exec(select(Registered).order_by(col(Registered.source))).all()


def things_of(row: Registered) -> list[Thing]:
    return [Thing(kind=kind, id=id) for kind, id in json.loads(row.things)]


@dataclass(kw_only=True)
class Registering:
    """One source's webhook at its vendor. Every method raises `RegistrationProblem`, and may be called again after it."""

    opened: Installation
    source: SourceConfig
    registration: Registration
    send: Send
    pace: Pace = field(default_factory=Pace)
    settings: Settings = field(init=False)
    _ask: Asking = field(init=False)

    def __post_init__(self) -> None:
        self.settings = self.source.settings
        self._ask = Asking(
            send=self.send, per_minute=self.registration.per_minute, needs=self.registration.needs, pace=self.pace
        )

    def make(self, wanted: Wanted, at: datetime) -> Outcome:
        """Makes what is missing. What stands there already is left as it is, unless an earlier call made it and was interrupted."""
        row, there = registered(self.opened, self.source.name), self._find(wanted)
        if row is None and there:
            return Outcome(things=there, is_foreign=True)
        if row is not None:
            ours = things_of(row)
            if row.finished_at and row.url == wanted.url and set(ours) <= set(there):
                return Outcome(things=ours)
            self._remove_all(row, ours, wanted)
        return self._create(wanted, at)

    def remove(self, wanted: Wanted) -> Sequence[Thing]:
        """Removes what was made and forgets what the vendor gave; empty when nothing was made."""
        row = registered(self.opened, self.source.name)
        if row is None:
            return ()
        things = self._remove_all(row, things_of(row), wanted)
        forget_all(self.opened, row)
        return things

    def test(self, things: Sequence[Thing]) -> bool:
        """Whether the vendor was made to send something."""
        if self.registration.test is None:
            return False
        self._run(self.registration.test(self.settings, things))
        return True

    def _create(self, wanted: Wanted, at: datetime) -> Outcome:
        row = Registered(source=self.source.name, url=wanted.url, begun_at=at)
        things, learned = list[Thing](), list[Made]()
        _store(self.opened, row, things)

        def note(step: Thing | Learned) -> None:
            if isinstance(step, Thing):
                things.append(step)
            else:
                learned.append(self._keep(step))
                row.learned = json.dumps([made.setting.key for made in learned])
            _store(self.opened, row, things)

        self._run(self.registration.create(self.settings, wanted), note)
        row.finished_at = at
        _store(self.opened, row, things)
        return Outcome(things=things, learned=learned, is_new=True)

    def _keep(self, step: Learned) -> Made:
        (setting,) = [each for each in self.source.adapter.settings if each.key == step.key]
        return keep(self.opened, self.source.name, setting, step.value)

    def _find(self, wanted: Wanted) -> Sequence[Thing]:
        return self._run(self.registration.find(self.settings, wanted))

    def _remove_all(self, row: Registered, ours: Sequence[Thing], wanted: Wanted) -> Sequence[Thing]:
        """The newest first, since a trigger holds on to its webhook. What an interrupted call left unwritten has our address."""
        unwritten = [] if row.finished_at else self._find(replace(wanted, url=row.url))
        things = [*ours, *(thing for thing in unwritten if thing not in ours)]
        row.finished_at = None
        for number in reversed(range(len(things))):
            _store(self.opened, row, things[: number + 1])
            self._run(self.registration.remove(self.settings, things[number]))
        _store(self.opened, row, [])
        return things

    def _run(
        self,
        steps: Generator[ApiRequest | Thing | Learned, ApiResponse, T],
        note: Callable[[Thing | Learned], object] = lambda step: None,
    ) -> T:
        answer = None
        try:
            while True:
                step = next(steps) if answer is None else steps.send(answer)
                if isinstance(step, ApiRequest):
                    answer = replace(self._ask(step), received_at=self.pace.now())
                else:
                    note(step)
                    answer = answer or ApiResponse(status=200, headers={}, body=b"")
        except StopIteration as end:
            return cast(T, end.value)
        except (AskingProblem, BadPayload, Forbidden) as error:
            raise RegistrationProblem(f"{error}{self._reason(error)} {AGAIN}") from None

    def _reason(self, error: ValueError) -> str:
        """What the vendor said of it, without our secrets."""
        if not isinstance(error, Refused):
            return ""
        told = redacted(error.body, needles(self.source.secret_values)).decode("utf-8", "replace")
        words = " ".join("".join(sign if sign.isprintable() else " " for sign in told).split())
        return f" It said: {words[:REASON]}" if words else ""


def forget_all(opened: Installation, row: Registered) -> None:
    """Drops what is written down of it, and the values that the vendor gave."""
    for key in json.loads(row.learned):
        opened.vault.delete(vault_name(row.source, key))
    with session_scope(opened.engine) as session:
        session.delete(session.merge(row))


def _store(opened: Installation, row: Registered, things: Sequence[Thing]) -> None:
    row.things = json.dumps([(thing.kind, thing.id) for thing in things])
    with session_scope(opened.engine) as session:
        session.merge(row)
