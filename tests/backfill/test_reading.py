"""Reading a vendor's history over real HTTP: politely, page by page, and the same whatever interrupts it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event as Flag
from threading import Timer
from typing import Any

import pytest
import requests
from installed import installed
from sqlalchemy import Engine, text
from vendor_api import Asked, Told, VendorApi, serving

from adapters.aircall import ADAPTER as AIRCALL
from plugin.backfill.following import due, follow
from plugin.backfill.reading import Reading, ReadingProblem, lacking, position_of, pull_of
from plugin.contract.api import ApiRequest
from plugin.contract.request import WebhookRequest
from plugin.database import open_engine, reading
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.vendor_api.asking import Pace
from plugin.vendor_api.egress import Forbidden, Sender, origins_of
from plugin.work import settle_inbox

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CALLS = 730
POLICY = '[sources.aircall]\nadapter = "aircall"\nsettings = { api_id = "made-up" }\n'


def call(number: int) -> dict[str, Any]:
    """A call in the shape of Aircall's list of calls, every 43 minutes; every fifth was abandoned."""
    start = int(SINCE.timestamp()) + number * 43 * 60
    missed = number % 5 == 0
    return {
        "id": 1000 + number,
        "direction": "inbound",
        "status": "done",
        "started_at": start,
        "answered_at": None if missed else start + 12,
        "ended_at": start + 100,
        "missed_call_reason": "abandoned_in_classic" if missed else None,
        "raw_digits": f"+371200{number:05}",
        "number": {"name": "Main"},
        "user": None if missed else {"id": 7, "name": "Ann"},
    }


ALL = [call(number) for number in range(CALLS)]


def aircall(asked: Asked) -> Told:
    """https://developer.aircall.io/api-references/#list-all-calls: pages of `per_page`, from `from` on, with a link to the next."""
    if "authorization" not in asked.headers:
        return Told(status=401)
    begin, size, page = int(asked.query["from"]), int(asked.query["per_page"]), int(asked.query.get("page", 1))
    found = [each for each in ALL if each["started_at"] >= begin]
    part = found[(page - 1) * size : page * size]
    more = page * size < len(found)
    link = f"https://api.aircall.io/v1/calls?from={begin}&order=asc&per_page={size}&page={page + 1}" if more else None
    return Told(body={"meta": {"next_page_link": link}, "calls": part})


@dataclasses.dataclass
class Watch:
    """A pace without waiting, which remembers the pauses."""

    at: datetime = NOW
    passed: float = 0
    pauses: list[float] = dataclasses.field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.passed += seconds

    @property
    def pace(self) -> Pace:
        return Pace(now=lambda: self.at, monotonic=lambda: self.passed, sleep=self.sleep)


@pytest.fixture
def opened(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("DESKGAUGE_SOURCE_AIRCALL_API_TOKEN", "test-secret")
    monkeypatch.setenv("DESKGAUGE_SOURCE_AIRCALL_TOKEN", "hook")
    return installed(engine, tmp_path, POLICY)


def _anew(opened: Installation) -> Installation:
    return Installation(config=opened.config, engine=opened.engine)


def history(opened: Installation, api: VendorApi, watch: Watch | None = None, **given: Any) -> Reading:
    source, pull = pull_of(opened, "aircall")
    send = api.sender(source.adapter, source.settings)
    return Reading(
        opened=opened, source=source, pull=pull, purpose="backfill", send=send, pace=(watch or Watch()).pace, **given
    )


def facts(engine: Engine) -> dict[str, Sequence[Any]]:
    tables = {"contact": "subject", "queue_visit": "subject, ordinal", "agent_leg": "subject, ordinal"}
    left_out = {"subject_key"}
    with reading(engine) as connection:
        found = {}
        for table, order in tables.items():
            rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}")).mappings().all()
            found[table] = [{key: value for key, value in row.items() if key not in left_out} for row in rows]
        return found


def clean_run(opened: Installation) -> dict[str, Sequence[Any]]:
    with serving(aircall) as api:
        position = history(opened, api).run(SINCE)
    settle_inbox(opened)
    assert (position.read, position.fresh) == (CALLS, CALLS)
    return facts(opened.engine)


def test_a_history_becomes_facts(opened: Installation) -> None:
    found = clean_run(opened)
    assert len(found["contact"]) == CALLS
    assert sum(row["outcome"] == "abandoned" for row in found["queue_visit"]) == CALLS // 5


def test_interrupted_ten_times_and_resumed_it_gives_the_facts_of_a_clean_run(
    opened: Installation, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    trouble = {
        2: Told(status=429, headers={"Retry-After": "7"}),
        5: Told(hang_up=True),
        6: Told(status=503),
        9: Told(body=b'{"cut": '),
    }
    random, interruptions = Random(4), 0
    with serving(aircall, trouble) as api:
        for _ in range(40):
            stop, pages = Flag(), random.choice((1, 1, 2))

            def kept(stop: Flag = stop, left: list[int] = [pages]) -> None:  # noqa: B006 (made anew with each function)
                left[0] -= 1
                if left[0] <= 0:
                    stop.set()

            try:
                position = history(opened, api, stop=stop, kept=kept).run(SINCE)
            except ReadingProblem:
                interruptions += 1
                continue
            if position.finished_at is not None:
                break
            interruptions += 1
    assert interruptions >= 10
    assert position.finished_at is not None
    settle_inbox(opened)
    again = facts(opened.engine)
    other = open_engine(new_database(opened.engine.dialect.name))
    assert again == clean_run(installed(other, tmp_path, POLICY))
    other.dispose()


def test_read_again_it_stores_nothing_twice(opened: Installation) -> None:
    before = clean_run(opened)
    with serving(aircall) as api:
        position = history(opened, api).run(SINCE)
    settle_inbox(opened)
    assert (position.read, position.fresh) == (CALLS, 0)
    assert facts(opened.engine) == before


def test_the_vendor_is_asked_no_faster_than_it_allows_and_waited_for_as_long_as_it_says(opened: Installation) -> None:
    watch = Watch()
    with serving(aircall, {3: Told(status=429, headers={"Retry-After": "41"})}) as api:
        history(opened, api, watch).run(SINCE)
        requests_made = len(api.asked)
    assert 41 in watch.pauses
    assert watch.passed >= 41 + (requests_made - 3) * 1.0


def test_a_date_to_wait_for_is_understood(opened: Installation) -> None:
    watch = Watch()
    until = (NOW + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    with serving(aircall, {1: Told(status=503, headers={"Retry-After": until})}) as api:
        history(opened, api, watch).run(SINCE)
    assert 90 in watch.pauses


def test_pauses_grow_while_a_vendor_fails_and_then_it_stops_with_what_it_has(opened: Installation) -> None:
    watch = Watch()
    with (
        serving(aircall, {number: Told(status=502) for number in range(4, 40)}) as api,
        pytest.raises(ReadingProblem, match="answered 502"),
    ):
        history(opened, api, watch).run(SINCE)
    waits = [pause for pause in watch.pauses if pause > 1]
    assert waits == sorted(waits)
    assert waits[-1] >= 32 * waits[0]
    with reading(opened.engine) as connection:
        position = position_of(connection, "aircall", "backfill")
    assert position is not None
    assert (position.read, position.finished_at) == (150, None)
    assert "502" in (position.problem or "")


def test_a_stop_during_a_pause_ends_it_at_once_and_is_no_problem(opened: Installation) -> None:
    stop = Flag()
    source, pull = pull_of(opened, "aircall")
    with serving(aircall, {1: Told(status=429, headers={"Retry-After": "900"})}) as api:
        send = api.sender(source.adapter, source.settings)
        one = Reading(opened=opened, source=source, pull=pull, purpose="backfill", send=send, stop=stop)
        Timer(0.3, stop.set).start()
        position = one.run(SINCE)
        asked = len(api.asked)
    assert (position.finished_at, position.problem, asked) == (None, None, 1)


def test_a_cursor_that_the_vendor_no_longer_knows_is_given_up(opened: Installation) -> None:
    with serving(aircall, {3: Told(status=410)}) as api, pytest.raises(ReadingProblem, match="410"):
        history(opened, api).run(SINCE)
    with reading(opened.engine) as connection:
        position = position_of(connection, "aircall", "backfill")
    assert position is not None
    assert position.cursor is None
    with serving(aircall) as api:
        assert history(opened, api).run(SINCE).finished_at is not None


def test_a_source_gives_way_to_the_others_when_its_turn_is_over(opened: Installation) -> None:
    with serving(aircall) as api:
        position = history(opened, api, turn_s=2.5).run(SINCE)
    assert position.finished_at is None
    assert 50 < position.read < CALLS


@pytest.mark.parametrize("asked", ["nan", "inf", "-5", "soon", ""])
def test_a_wait_that_makes_no_sense_is_a_short_one(opened: Installation, asked: str) -> None:
    watch = Watch()
    with serving(aircall, {1: Told(status=503, headers={"Retry-After": asked})}) as api:
        assert history(opened, api, watch).run(SINCE).finished_at is not None
    assert max(watch.pauses) <= 2


def test_a_refused_login_names_the_settings(opened: Installation) -> None:
    with (
        serving(aircall, {1: Told(status=401)}) as api,
        pytest.raises(ReadingProblem, match=r"401.*api_id, api_token"),
    ):
        history(opened, api).run(SINCE)
    assert len(api.asked) == 1


def test_missing_settings_are_named_with_their_variables(opened: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKGAUGE_SOURCE_AIRCALL_API_TOKEN")
    with pytest.raises(ReadingProblem, match="DESKGAUGE_SOURCE_AIRCALL_API_TOKEN"):
        pull_of(_anew(opened), "aircall")


# -- where requests may go


def test_nothing_but_the_api_is_asked(opened: Installation) -> None:
    source, pull = pull_of(opened, "aircall")
    send = Sender(origins=origins_of(pull.origins, source.settings), look_up=lambda host: ["93.184.215.14"])
    for url in ("https://evil.example/v1", "http://api.aircall.io/v1", "https://api.aircall.io:8443/v1", "file:///etc"):
        with pytest.raises(Forbidden):
            send(ApiRequest(url=url))


def test_a_name_that_leads_into_the_own_network_is_refused(opened: Installation) -> None:
    source, pull = pull_of(opened, "aircall")
    send = Sender(origins=origins_of(pull.origins, source.settings), look_up=lambda host: ["169.254.169.254"])
    with pytest.raises(Forbidden, match="private"):
        send(ApiRequest(url="https://api.aircall.io/v1/calls"))


def test_a_link_that_leads_away_stops_the_reading(opened: Installation) -> None:
    away = Told(body={"meta": {"next_page_link": "https://evil.example/v1/calls?page=2"}, "calls": []})
    with serving(aircall, {1: away}) as api, pytest.raises(ReadingProblem, match="leads to another place"):
        history(opened, api).run(SINCE)


def test_a_redirect_is_not_followed(opened: Installation) -> None:
    moved = Told(status=302, headers={"Location": "https://evil.example/"})
    with serving(aircall, {1: moved}) as api, pytest.raises(ReadingProblem, match="302"):
        history(opened, api).run(SINCE)


@pytest.mark.parametrize("value", ["a.b/c", "", "x@y", "a:1", "-a", "../x"])
def test_a_setting_that_is_no_part_of_a_name_makes_no_address(value: str) -> None:
    assert AIRCALL.pull is not None
    pull = dataclasses.replace(AIRCALL.pull, origins=("https://{subdomain}.example.com",))
    with pytest.raises(Forbidden, match="subdomain"):
        origins_of(pull.origins, {"subdomain": value})


def test_an_address_that_the_administrator_entered_may_be_in_his_network() -> None:
    assert AIRCALL.pull is not None
    pull = dataclasses.replace(AIRCALL.pull, origins=("{base_url}",))
    assert origins_of(pull.origins, {"base_url": "HTTP://Help.Local:8080/app"}) == {"http://help.local:8080": True}


# -- a running installation


def test_what_a_webhook_lost_is_read_every_hour(opened: Installation) -> None:
    watch = Watch()
    with serving(aircall) as api:
        source, _ = pull_of(opened, "aircall")
        send = api.sender(source.adapter, source.settings)
        first = follow(opened, NOW, Flag(), send, watch.pace)
        assert first == sum(each["started_at"] >= (NOW - timedelta(days=1)).timestamp() for each in ALL)
        assert list(due(opened, NOW + timedelta(minutes=59))) == []
        ((_, _, since),) = due(opened, NOW + timedelta(minutes=60))
    assert since == NOW - timedelta(minutes=15)


def test_a_call_without_an_end_is_asked_for_again(opened: Installation) -> None:
    lost = ALL[-2] | {"started_at": int((NOW - timedelta(hours=20)).timestamp()), "ended_at": None}
    body = json.dumps(
        {"event": "call.created", "timestamp": lost["started_at"], "token": "hook", "data": lost}
    ).encode()
    request = WebhookRequest(method="POST", url="/hooks/aircall", headers={}, body=body, received_at=NOW)
    with serving(aircall) as api:
        source, _ = pull_of(opened, "aircall")
        follow(opened, NOW, Flag(), api.sender(source.adapter, source.settings), Watch().pace)
    insert_deliveries(opened.engine, [delivery_row("aircall", request, None)])
    settle_inbox(opened)
    ((_, _, since),) = due(opened, NOW + timedelta(hours=1))
    assert since == NOW - timedelta(hours=20, minutes=15)


def test_a_source_that_cannot_be_read_rests_and_says_why(opened: Installation) -> None:
    with serving(lambda asked: Told(status=403)) as api:
        source, _ = pull_of(opened, "aircall")
        assert follow(opened, NOW, Flag(), api.sender(source.adapter, source.settings), Watch().pace) == 0
    assert list(due(opened, NOW + timedelta(minutes=4))) == []
    assert len(list(due(opened, NOW + timedelta(minutes=5)))) == 1


def test_a_source_without_a_login_is_left_alone(opened: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKGAUGE_SOURCE_AIRCALL_API_TOKEN")
    alone = _anew(opened)
    source = alone.sources["aircall"]
    assert source.adapter.pull is not None
    assert lacking(source, source.adapter.pull) == ["api_token"]
    assert list(due(alone, NOW)) == []


def test_no_answer_at_all_is_tried_again(opened: Installation) -> None:
    calls: list[int] = []

    def send(request: ApiRequest) -> Any:
        calls.append(1)
        raise requests.ConnectionError

    source, pull = pull_of(opened, "aircall")
    one = Reading(opened=opened, source=source, pull=pull, purpose="backfill", send=send, pace=Watch().pace)
    with pytest.raises(ReadingProblem, match="no answer"):
        one.run(SINCE)
    assert len(calls) == 8
