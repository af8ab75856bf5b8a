"""Deliveries that no vendor would send: bodies broken in every place, and what an adapter must keep whatever it is given."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from plugin.contract.adapter import Adapter, Answer, BadPayload, Rejected, Settings
from plugin.contract.event import Channel, Direction, Event, Kind
from plugin.contract.request import WebhookRequest

_T = TypeVar("_T")
ODD_VALUES = (None, "", [], {}, 0, -1, 1e300, 2**70, True, "x" * 3000, "a\x00b", "\ud800", "1" * 400, "12:99", [[]])
ODD_TEXTS = ("", "0", "-1", "x", "a\x00b", "9" * 400, "1e999", "nan", "[]", '{"call_sid":"\\ud800"}', "🙂" * 50)
#: changes of one body; deliveries of a vendor share most fields and each draws others; `tests.fuzz` goes on for as long as asked
CHANGES = 100


def survives(adapter: Adapter, request: WebhookRequest, settings: Settings) -> None:
    try:
        adapter.verify(request, settings)
    except Rejected as refusal:
        assert refusal.reason  # noqa: PT017
    with suppress(Rejected):  # a challenge may carry a proof of its own
        adapter.handshake(request, settings)
    assert isinstance(adapter.acknowledge(request, settings), Answer)
    key = adapter.delivery_key(request, settings)
    assert key is None or (isinstance(key, str) and key)
    try:
        events = adapter.parse(request, settings)
    except BadPayload as problem:
        assert problem.path  # noqa: PT017
        return
    for event in events:
        check_event(event)


def check_event(event: Event) -> None:
    assert isinstance(event, Event)
    assert isinstance(event.kind, Kind)
    assert event.at.utcoffset() == timedelta(0)
    assert event.at.year >= 1970
    assert event.subject
    assert event.dedupe_key
    assert isinstance(event.order, int)
    assert event.channel is None or event.channel in set(Channel)
    assert event.direction is None or event.direction in set(Direction)
    if event.kind is Kind.AGENT_STATE:
        assert event.subject == event.agent
    stored = [event.subject, event.dedupe_key, event.queue, event.agent, event.customer, dict(event.data)]
    assert "\\u0000" not in json.dumps(stored)
    json.dumps(stored, ensure_ascii=False, allow_nan=False).encode()  # a lone surrogate or NaN cannot be stored


def broken_bodies(request: WebhookRequest) -> Iterator[bytes]:
    """Some 140 bodies, the same in every run."""
    body, dice = request.body, random.Random(request.body)
    yield from (b"", b"null", b"[]", b"{}", b"[{}]", b"[null]", b'"x"', b"\xff\xfe", b"[" * 3000, b"=&=&%", b"\x00")
    yield from (body[: len(body) * part // 10] for part in range(10))
    for _ in range(20):
        place = dice.randrange(len(body) + 1)
        yield body[:place] + bytes([dice.randrange(256)]) + body[place + 1 :]
    try:
        value = json.loads(body)
    except ValueError:
        yield from _broken_forms(body, dice)
    else:
        yield from (_as_json(broken) for broken in _broken_values(value, dice))


def _as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def _broken_values(value: Any, dice: random.Random) -> Iterator[Any]:
    """The value with one of its parts replaced by something else."""
    for path, odd in _some([(path, odd) for path in _paths(value) for odd in ODD_VALUES], dice):
        yield _with(value, path, odd)


def _some(changes: list[_T], dice: random.Random) -> list[_T]:
    return changes if len(changes) <= CHANGES else dice.sample(changes, CHANGES)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _paths(part, (*path, name))


def _with(value: Any, path: tuple[str | int, ...], odd: object) -> Any:
    if not path:
        return odd
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = _with(value[path[0]], path[1:], odd)
    return changed


def _broken_forms(body: bytes, dice: random.Random) -> Iterator[bytes]:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    for place, odd in _some([(place, odd) for place in range(len(pairs)) for odd in (None, *ODD_TEXTS)], dice):
        changed = [] if odd is None else [(pairs[place][0], odd)]
        yield urlencode([*pairs[:place], *changed, *pairs[place + 1 :]]).encode()


def random_body(bodies: Sequence[bytes], dice: random.Random) -> bytes:
    """One of the bodies after one to five changes, of its bytes or of what they say."""
    body = dice.choice(bodies)
    if dice.random() < 0.2:
        return _changed_bytes(body, dice)
    try:
        value = json.loads(body)
    except ValueError:
        return _changed_form(body, dice) if dice.random() < 0.8 else _changed_bytes(body, dice)
    for _ in range(dice.randint(1, 5)):
        value = _changed_value(value, dice)
    return _as_json(value)


def with_odd_header(request: WebhookRequest, dice: random.Random) -> WebhookRequest:
    """Mostly the same request; of some, one header is gone or says something else."""
    if not request.headers or dice.random() < 0.7:
        return request
    headers = dict(request.headers)
    name = dice.choice(list(headers))
    value = headers.pop(name)
    if dice.random() < 0.8:
        odd = (
            "",
            "0",
            "-1",
            "9" * 400,
            "1e999",
            "nan",
            "²",
            "é",
            "=" * 50,
            "t=1,v1=",
            "a.b.c",
            value[1:],
            value * 2,
            value.upper(),
        )
        headers[name] = dice.choice(odd)
    return replace(request, headers=headers)


def _changed_bytes(body: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 5)):
        place, end = sorted(dice.randrange(len(body) + 1) for _ in range(2))
        piece = dice.choice(
            (b"", bytes([dice.randrange(256)]), body[place:end], b'"', b"{", b"]", b"\\ud800", b"9" * 30)
        )
        body = (body[:place] + piece + body[dice.choice((place, place + 1, end)) :])[:20_000]
    return body


def _changed_form(body: bytes, dice: random.Random) -> bytes:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    for _ in range(dice.randint(1, 5)):
        if not pairs:
            break
        place = dice.randrange(len(pairs))
        name, value = pairs[place]
        other = dice.choice(pairs)
        changed = dice.choice(
            ([], [(name, other[1])], [(other[0], value)], [(name, _odd_text(value, dice))], [pairs[place]] * 2)
        )
        pairs[place : place + 1] = changed
    return urlencode(pairs, errors="replace").encode()


def _changed_value(value: Any, dice: random.Random) -> Any:
    paths = list(_paths(value))
    path, other = dice.choice(paths), dice.choice(paths)
    there = _at(value, path)
    changes: list[Callable[[], object]] = [lambda: dice.choice(ODD_VALUES), lambda: _at(value, other)]
    if isinstance(there, str):
        changes += [lambda: _odd_text(there, dice)] * 3
    elif isinstance(there, dict) and there:
        gone = dice.choice(list(there))
        changes += [lambda: {name: part for name, part in there.items() if name != gone}] * 3
    elif isinstance(there, list):
        changes += [lambda: there * 2, lambda: there[1:], lambda: dice.sample(there, len(there))]
    elif isinstance(there, int | float):
        changes += [lambda: -there, lambda: there * 1000, lambda: str(there), lambda: there / 7]
    changed = _with(value, path, dice.choice(changes)())
    return value if len(_as_json(changed)) > 200_000 else changed


def _odd_text(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text) + 1)
    letter = dice.choice(("", " ", "\x00", "-", ":", "9", "\ud800", "\U0001f642", "+", "%", "é"))
    return dice.choice(
        (text[:place], text[place:], text[:place] + letter + text[place + 1 :], text.upper(), text * 2, letter)
    )


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for name in path:
        value = value[name]
    return value
