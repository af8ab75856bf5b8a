"""A vendor's history as its made-up API shows it, and its facts: read cleanly, and with everything that interrupts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from threading import Event as Flag
from typing import Any

from sqlalchemy import Connection, Engine, text
from vendor_api import Routes, Told, VendorApi, serving

from plugin.backfill.reading import Reading, ReadingProblem, pull_of
from plugin.backfill.tables import PullPosition
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.database import reading
from plugin.installation import Installation
from plugin.vendor_api.asking import Pace
from plugin.work import settle_inbox

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: facts that histories are made of
TABLES = (
    "contact",
    "queue_visit",
    "agent_leg",
    "ticket",
    "ticket_span",
    "ticket_reply",
    "survey",
    "survey_answer",
)
#: what a vendor's API does now and then: number of the request --> what happens to it
TROUBLE: Mapping[int, Told] = {
    3: Told(status=429, headers={"Retry-After": "7"}),
    8: Told(hang_up=True),
    9: Told(status=503),
    14: Told(body=b'{"cut": '),
    21: Told(status=429, headers={"Retry-After": "30"}),
    33: Told(body=b"<html>try later</html>"),
    40: Told(status=500),
}


class Killed(BaseException):
    """The process ended in the middle of a reading."""


@dataclass(frozen=True, kw_only=True)
class History:
    """`secrets`: setting --> value, entered by environment. `policy` names one source, `source`."""

    adapter: str
    policy: str
    routes: Routes
    secrets: Mapping[str, str]
    #: name of a table of facts --> how many rows there must be
    expected: Mapping[str, int]
    source: str = "desk"
    #: of three readings so many are killed, the others stopped after a page
    kills: int = 1

    def variables(self) -> dict[str, str]:
        return {f"DESKGAUGE_SOURCE_{self.source.upper()}_{key.upper()}": value for key, value in self.secrets.items()}


def facts(engine: Engine) -> dict[str, Sequence[Any]]:
    """Every row of every table, sorted, without the keys that say in which order subjects were seen first."""
    with reading(engine) as connection:
        return {table: sorted(_rows(connection, table), key=repr) for table in TABLES}


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
    return [{name: value for name, value in row.items() if not name.endswith("_key")} for row in rows]


def read_once(
    opened: Installation, history: History, api: VendorApi, since: datetime = SINCE, **given: Any
) -> PullPosition:
    source, pull = pull_of(opened, history.source)
    send = given.pop("send", None) or api.sender(source.adapter, source.settings)
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    pace = Pace(now=lambda: NOW, monotonic=lambda: passed[0], sleep=sleep)
    return Reading(opened=opened, source=source, pull=pull, purpose="backfill", send=send, pace=pace, **given).run(
        since
    )


def clean_facts(opened: Installation, history: History) -> dict[str, Sequence[Any]]:
    with serving(history.routes) as api:
        assert read_once(opened, history, api).finished_at is not None
    settle_inbox(opened)
    return facts(opened.engine)


def interrupted_facts(opened: Installation, history: History, seed: int = 4) -> tuple[dict[str, Sequence[Any]], int]:
    """Facts after stops, kills in the middle of a page and the vendor's own failures, and how many interruptions there were."""
    random, interruptions = Random(seed), 0
    with serving(history.routes, TROUBLE) as api:
        for turn in range(80):
            try:
                position = _interrupted(opened, history, api, random, turn)
            except (ReadingProblem, Killed):
                interruptions += 1
                continue
            if position.finished_at is not None:
                settle_inbox(opened)
                return facts(opened.engine), interruptions
            interruptions += 1
    raise AssertionError("the reading never came to its end")


def _interrupted(opened: Installation, history: History, api: VendorApi, random: Random, turn: int) -> PullPosition:
    if turn % 3 >= 3 - history.kills:
        return read_once(opened, history, api, send=_dying(opened, history, api, random.randrange(2, 14)))
    stop = Flag()
    return read_once(opened, history, api, stop=stop, kept=stop.set)


def _dying(opened: Installation, history: History, api: VendorApi, requests: int) -> Any:
    source, _ = pull_of(opened, history.source)
    send, left = api.sender(source.adapter, source.settings), [requests]

    def sent(request: ApiRequest) -> ApiResponse:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return send(request)

    return sent
