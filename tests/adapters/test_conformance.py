"""What every adapter must keep, checked over all adapters and all recorded deliveries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from adapter_fixtures import ROOT, Fixture, as_dict, find_adapters, load_fixtures
from rough_handling import broken_bodies, check_event, survives

from plugin.contract.adapter import FACTS, Adapter, Answer, Rejected
from plugin.contract.event import Channel

ADAPTERS = find_adapters()
FIXTURES = load_fixtures()
HEADINGS = [
    "Set up",
    "What it sends",
    "What can be computed",
    "How it is verified",
    "Limitations and quirks",
    "Removal",
]
#: the words that docs/events.md allows where it lists them
WORDS = {
    ("contact.ringing", "result"): {"missed", "declined", "cancelled"},
    ("contact.overflowed", "reason"): {
        "timeout",
        "key",
        "flow_out",
        "withdrawn",
        "leave_empty",
        "join_empty",
        "full",
        "divert",
        "closed",
        "error",
    },
    ("contact.abandoned", "stage"): {"queue", "ivr"},
    ("contact.transferred", "mode"): {"blind", "attended"},
    ("contact.ended", "by"): {"customer", "agent", "system"},
    ("agent.state", "session"): {"login", "logout"},
    ("agent.state", "activity"): {
        "available",
        "break",
        "wrap_up",
        "meeting",
        "training",
        "on_contact",
        "offline",
        "other",
    },
}
DOCUMENTED = set(re.findall(r"`(?:data\.)?([a-z_]+)`", (ROOT / "docs" / "events.md").read_text()))
ORDINARY_HEADERS = ("content-type", "user-agent", "accept")

each_adapter = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=list(ADAPTERS))
each_fixture = pytest.mark.parametrize("fixture", FIXTURES, ids=str)
each_request = pytest.mark.parametrize(
    "fixture", [f for f in FIXTURES if not f.is_handshake and not f.is_imported], ids=str
)
each_delivery = pytest.mark.parametrize("fixture", [f for f in FIXTURES if not f.is_handshake], ids=str)


def adapter_of(fixture: Fixture) -> Adapter:
    return ADAPTERS[fixture.vendor]


@each_adapter
def test_an_adapter_describes_itself_in_known_words(adapter: Adapter) -> None:
    keys = [setting.key for setting in adapter.settings]
    assert len(keys) == len(set(keys))
    assert set(adapter.facts) <= FACTS
    assert set(adapter.channels) <= {channel.value for channel in Channel}
    assert adapter.title
    assert adapter.signature_scheme
    assert not [setting.key for setting in adapter.settings if setting.secret and setting.default is not None]


@each_adapter
def test_an_adapter_has_a_fixture_that_yields_events(adapter: Adapter) -> None:
    assert [fixture.name for fixture in FIXTURES if fixture.vendor == adapter.key and fixture.events]


@each_adapter
def test_an_adapter_has_its_page_of_documentation(adapter: Adapter) -> None:
    assert adapter.docs == f"docs/adapters/{adapter.key}.md"
    page = (ROOT / adapter.docs).read_text()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS
    assert not [setting.key for setting in adapter.settings if f"`{setting.key}`" not in page]


@each_adapter
def test_an_adapter_says_what_to_paste_where(adapter: Adapter) -> None:
    told = adapter.connect.format(url="https://kpi.example.com/hooks/one", secret="made-up")
    assert "https://kpi.example.com/hooks/one" in told or "{url}" not in adapter.connect
    assert told.strip()


def test_fixtures_belong_to_adapters_and_use_their_settings() -> None:
    assert {fixture.vendor for fixture in FIXTURES} <= set(ADAPTERS)
    for fixture in FIXTURES:
        assert set(fixture.settings) <= {setting.key for setting in adapter_of(fixture).settings}, str(fixture)


@each_request
def test_a_recorded_delivery_is_accepted(fixture: Fixture) -> None:
    adapter_of(fixture).verify(fixture.request, fixture.settings)


@each_delivery
def test_a_delivery_without_proof_is_refused(fixture: Fixture) -> None:
    if not _live_secrets(fixture):
        pytest.skip("this vendor offers no proof")
    headers = {name: value for name, value in fixture.request.headers.items() if name in ORDINARY_HEADERS}
    bare = replace(fixture.request, headers=headers, body=b"{}", url=_without_query(fixture.request.url))
    with pytest.raises(Rejected):
        adapter_of(fixture).verify(bare, fixture.settings)


@each_delivery
def test_a_delivery_is_refused_when_the_secret_is_another(fixture: Fixture) -> None:
    secrets = _live_secrets(fixture)
    if not secrets:
        pytest.skip("this vendor offers no proof")
    settings = {**fixture.settings, **dict.fromkeys(secrets, "another-secret")}
    with pytest.raises(Rejected):
        adapter_of(fixture).verify(fixture.request, settings)


@each_delivery
def test_a_delivery_is_refused_while_no_secret_is_configured(fixture: Fixture) -> None:
    secrets = _live_secrets(fixture)
    if not secrets:
        pytest.skip("this vendor offers no proof")
    settings = {key: value for key, value in fixture.settings.items() if key not in secrets}
    with pytest.raises(Rejected):
        adapter_of(fixture).verify(fixture.request, settings)


@each_request
def test_a_delivery_is_accepted_under_the_old_secret_while_two_are_live(fixture: Fixture) -> None:
    settings = dict(fixture.settings)
    for key in _live_secrets(fixture):
        value = settings[key]
        settings[key] = ["a-newer-secret", *([value] if isinstance(value, str) else value)]
    adapter_of(fixture).verify(fixture.request, settings)


@each_fixture
def test_a_challenge_is_answered_and_an_ordinary_delivery_is_none(fixture: Fixture) -> None:
    answer = adapter_of(fixture).handshake(fixture.request, fixture.settings)
    assert _told(answer) == fixture.expected.get("handshake")


@each_delivery
def test_a_delivery_parses_to_the_recorded_events(fixture: Fixture) -> None:
    events = adapter_of(fixture).parse(fixture.request, fixture.settings)
    assert [as_dict(event) for event in events] == fixture.events


@each_delivery
def test_a_delivery_has_the_recorded_key_and_answer(fixture: Fixture) -> None:
    adapter = adapter_of(fixture)
    key = adapter.delivery_key(fixture.request, fixture.settings)
    later = replace(fixture.request, received_at=fixture.request.received_at + timedelta(seconds=30))
    assert key == adapter.delivery_key(later, fixture.settings)
    assert key == fixture.expected.get("delivery_key", key)
    answer = adapter.acknowledge(fixture.request, fixture.settings)
    assert 200 <= answer.status < 300
    assert _told(answer) == fixture.expected.get("answer", _told(answer))


@each_delivery
def test_parsing_twice_gives_the_same_events(fixture: Fixture) -> None:
    adapter = adapter_of(fixture)
    assert list(adapter.parse(fixture.request, fixture.settings)) == list(
        adapter.parse(fixture.request, fixture.settings)
    )


@each_delivery
def test_events_speak_the_common_words(fixture: Fixture) -> None:
    for event in adapter_of(fixture).parse(fixture.request, fixture.settings):
        check_event(event)
        assert set(event.data) <= DOCUMENTED, f"docs/events.md does not know {set(event.data) - DOCUMENTED}"
        for name, value in event.data.items():
            allowed = WORDS.get((event.kind.value, name))
            assert allowed is None or value in allowed, f"{event.kind} {name}={value}"


@each_delivery
def test_a_customer_is_named_nowhere_but_in_customer(fixture: Fixture) -> None:
    for event in adapter_of(fixture).parse(fixture.request, fixture.settings):
        told = json.dumps([event.subject, event.dedupe_key, event.queue, event.agent, dict(event.data)])
        assert event.customer is None or event.customer not in told


@each_adapter
def test_an_equal_key_means_an_equal_event(adapter: Adapter) -> None:
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for fixture in FIXTURES:
        if fixture.vendor != adapter.key or fixture.is_handshake:
            continue
        told = [as_dict(event) for event in adapter.parse(fixture.request, fixture.settings)]
        assert len({event["dedupe_key"] for event in told}) == len(told), str(fixture)
        settings = json.dumps(dict(fixture.settings), sort_keys=True)
        for event in told:
            assert known.setdefault((settings, event["dedupe_key"]), event) == event, str(fixture)


@each_delivery
def test_broken_bodies_are_refused_or_understood_but_never_crash(fixture: Fixture) -> None:
    adapter = adapter_of(fixture)
    for body in broken_bodies(fixture.request):
        survives(adapter, fixture.request.with_body(body), fixture.settings)


def _live_secrets(fixture: Fixture) -> list[str]:
    return [
        setting.key for setting in adapter_of(fixture).settings if setting.secret and setting.key in fixture.settings
    ]


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=""))


def _told(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {"status": answer.status, "headers": dict(answer.headers), "body": answer.body.decode()}
