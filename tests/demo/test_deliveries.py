"""Every webhook of the demo is one that its adapter proves and reads; and the network does what networks do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from demo_installation import KEYS, as_received, sources

from plugin.contract.signature import Rejected
from plugin.database import open_engine
from plugin.demo.deliveries import fortnight
from plugin.demo.policy import policy_for
from plugin.demo.posting import DemoRequest
from plugin.normalise.sources import SourceConfig

MONDAY = date(2026, 11, 23)
#: what a vendor sends and Deskgauge has no use for
IGNORED = {"zendesk"}


@pytest.fixture(scope="module")
def requests() -> list[DemoRequest]:
    return list(fortnight(MONDAY, days=2))


@pytest.fixture(scope="module")
def known(sqlite_template: Path) -> Mapping[str, SourceConfig]:
    engine = open_engine(f"sqlite:///{sqlite_template}")
    found = sources(policy_for(MONDAY), engine)
    engine.dispose()
    return found


def test_five_vendors_send_in_the_order_of_time(requests: list[DemoRequest]) -> None:
    counted = Counter(request.source for request in requests)
    assert set(counted) == {"twilio", "aircall", "asterisk", "zendesk", "chat"}
    assert min(counted.values()) > 50
    assert [request.sent_at for request in requests] == sorted(request.sent_at for request in requests)


def test_the_same_arguments_give_the_same_requests(requests: list[DemoRequest]) -> None:
    assert list(fortnight(MONDAY, days=2)) == requests


def test_a_fortnight_is_sent_in_a_minute() -> None:
    assert 15_000 < sum(1 for _ in fortnight(MONDAY)) < 30_000


def test_all_but_the_forged_one_are_proven(requests: list[DemoRequest], known: Mapping[str, SourceConfig]) -> None:
    assert [source.problem for source in known.values()] == [None] * 5
    turned_away = [one.expected for one in requests if refused(one, known[one.source], one.sent_at)]
    assert turned_away == ["refused"]


def refused(request: DemoRequest, source: SourceConfig, at: datetime) -> bool:
    try:
        source.adapter.verify(replace(as_received(request), received_at=at), source.settings)
    except Rejected:
        return True
    return False


def test_a_signed_time_is_that_of_sending(requests: list[DemoRequest], known: Mapping[str, SourceConfig]) -> None:
    """A month later the vendors that sign the time are refused, and no others."""
    late = {
        request.source
        for request in requests
        if request.expected != "refused"
        and refused(request, known[request.source], request.sent_at + timedelta(days=30))
    }
    assert late == {"asterisk", "chat", "zendesk"}


def test_with_a_clock_for_signing_the_past_can_be_sent_now(known: Mapping[str, SourceConfig]) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    signed = fortnight(MONDAY, days=1, signed_at=lambda: now)
    assert [one.expected for one in signed if refused(one, known[one.source], now)] == ["refused"]


def test_every_request_can_be_read(requests: list[DemoRequest], known: Mapping[str, SourceConfig]) -> None:
    without_events = Counter(
        request.source
        for request in requests
        if not known[request.source].adapter.parse(as_received(request), known[request.source].settings)
    )
    assert set(without_events) <= IGNORED


def test_a_repeated_delivery_has_the_key_of_the_first(
    requests: list[DemoRequest], known: Mapping[str, SourceConfig]
) -> None:
    seen: dict[tuple[str, object], DemoRequest] = {}
    repeated = []
    for request in requests:
        if request.expected == "refused":
            continue
        source = known[request.source]
        key = source.adapter.delivery_key(as_received(request), source.settings)
        place = (request.source, key if key is not None else request.body)
        if place in seen:
            repeated.append(request)
            assert seen[place].body == request.body
        seen[place] = request
    assert repeated
    assert [request.expected for request in repeated] == ["duplicate"] * len(repeated)
    assert sum(request.expected == "duplicate" for request in requests) == len(repeated)


def test_some_deliveries_come_after_what_followed_them(
    requests: list[DemoRequest], known: Mapping[str, SourceConfig]
) -> None:
    latest: dict[tuple[str, str], object] = {}
    overtaken = 0
    for request in requests:
        source = known[request.source]
        for event in source.adapter.parse(as_received(request), source.settings):
            place = (request.source, event.subject)
            overtaken += place in latest and event.at < latest[place]  # type: ignore[operator]
            latest[place] = max(event.at, latest.get(place, event.at))  # type: ignore[type-var]
    assert overtaken > 10


def test_no_secret_but_the_token_of_aircall_is_in_a_body(requests: list[DemoRequest]) -> None:
    hidden = [KEYS.twilio, KEYS.asterisk, KEYS.zendesk, KEYS.zendesk_triggers, KEYS.chat]
    assert not any(secret.encode() in request.body for request in requests for secret in hidden)
