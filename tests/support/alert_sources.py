"""Two telephone systems that send calls, fall silent, and send late; and what a rule sees of one of them, by a model of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alert_hearing import Sees
from alert_ledger import Call, Ledger, Observer
from sqlalchemy import Engine

from plugin.contract.request import WebhookRequest
from plugin.database import writing
from plugin.inbox.heard import Slot, note
from plugin.inbox.store import delivery_row, insert_deliveries

SILENT_AFTER = timedelta(minutes=20)
WINDOW = timedelta(minutes=15)
_SECOND = timedelta(seconds=1)


@dataclass(kw_only=True)
class Pbx:
    """One source, which feeds one queue."""

    source: str
    queue: str
    ledger: Ledger = field(default_factory=Ledger)
    heard_at: datetime | None = None

    def send(self, engine: Engine, calls: Sequence[Call], now: datetime, *, by_itself: bool = True) -> None:
        """As the inbox takes it: what was imported is no sign of life."""
        first = len(self.ledger.calls)
        lines = [line for number, call in enumerate(calls) for line in self._lines(first + number, call)]
        self.ledger.calls += calls
        body = json.dumps({"host": self.source, "lines": lines}).encode()
        request = WebhookRequest(method="POST", url=f"/hooks/{self.source}", headers={}, body=body, received_at=now)
        insert_deliveries(engine, [delivery_row(self.source, request, None)])
        if by_itself:
            self.heard_at = now
            with writing(engine) as connection:
                note(connection, self.source, [Slot(first_at=now, last_at=now)])

    def _lines(self, number: int, call: Call) -> list[str]:
        entered = int(call.at.timestamp())
        name = f"{entered}.{number}|{self.queue}"
        lines = [f"{entered}|{name}|NONE|ENTERQUEUE||+49305551000|1"]
        if call.lost:
            return [*lines, f"{entered + 9}|{name}|NONE|ABANDON|1|1|9"]
        connected, over = (f"{entered + wait}|{name}|Alice" for wait in (2, 9))
        return [*lines, f"{connected}|CONNECT|2|{entered}.9{number}|2", f"{over}|COMPLETECALLER|2|7|1"]


@dataclass(kw_only=True)
class Silence:
    """Begins when nothing was heard for longer than `SILENT_AFTER`, and is over once something was heard again."""

    pbx: Pbx
    since: datetime | None = None
    until: datetime | None = None
    is_open: bool = False

    def sees(self, now: datetime) -> Sees:
        if self.pbx.heard_at is None:
            return None
        lasts = now - self.pbx.heard_at
        if lasts > SILENT_AFTER and not self.is_open:
            self.since, self.until, self.is_open = self.pbx.heard_at, None, True
            return "bad"
        if lasts <= SILENT_AFTER / 2 and self.is_open:
            self.until, self.is_open = now, False
            return "good"
        return "between"

    def mutes(self, now: datetime) -> bool:
        """What it fed in the week before; afterwards as long as the window of the rule reaches into the silence."""
        if self.since is None or (self.until is not None and now - self.until >= WINDOW):
            return False
        return self.pbx.ledger.count(self.since - timedelta(days=7), self.since, now).offered > 0


@dataclass(kw_only=True)
class Lost(Observer):
    """More than 30 % of at least 5 calls lost, and calm at 10 %; nothing while the source is silent."""

    silence: Silence

    def verdict(self, now: datetime) -> Sees:
        lost, offered = self.counted(now)
        if self.silence.mutes(now) or offered < 5:
            return None
        return "bad" if lost / offered > 0.3 else "good" if lost / offered <= 0.1 else "between"
