"""The JSON form of Deskgauge's own events, for senders that can write it: no mapping is needed then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from adapters._generic_envelope import digest
from plugin.contract.event import Channel, Direction, Event, Json, Kind
from plugin.contract.mapping_field import conversion
from plugin.contract.payload import BadPayload, Payload

FIELDS = frozenset(
    {"kind", "at", "subject", "dedupe_key", "order", "channel", "direction", "queue", "agent", "customer", "data"}
)
HINT = (
    "the source has no mapping, so Deskgauge's own form of event is expected: "
    "write a mapping, or send what docs/adapters/generic.md shows"
)


#: Fields that together tell an envelope: a CloudEvent, a Standard Webhook
ENVELOPES = (frozenset({"specversion", "id", "source", "type"}), frozenset({"type", "timestamp", "data"}))
#: the only key of a body by which a sender tries an address out
PROBES = frozenset({"test", "ping"})


def own_events(payload: Payload) -> Iterator[Event]:
    """From an event, a list of events, `{"events": […]}`, or an envelope that holds one of these in `data`.

    None from a probe, and from an envelope around something else: its sender tells of more than what is of interest here.
    """
    enveloped = _is_envelope(payload.raw)
    if enveloped and isinstance(payload.raw, list):
        yield from (event for item in payload.items() for event in own_events(item))
    elif _is_own(payload.raw) and not enveloped:
        yield from _own(payload)
    elif _is_own(payload["data"].raw):
        yield from _own(payload["data"])
    elif not enveloped and not _is_probe(payload.raw):
        raise BadPayload(f"{payload.path}.kind", HINT)


def _own(payload: Payload) -> Iterator[Event]:
    if isinstance(payload.raw, list):
        yield from map(_event, payload.items())
    elif "events" in payload and "kind" not in payload:
        yield from map(_event, payload["events"].items())
    else:
        yield _event(payload)


def _is_own(value: Json) -> bool:
    """In Deskgauge's form, if with mistakes: one of the parts that nobody else would write like this is there."""
    if isinstance(value, list):
        return not value or any(isinstance(item, dict) and _is_own(item) for item in value)
    return isinstance(value, dict) and ("kind" in value or "events" in value or {"at", "subject"} <= value.keys())


def _is_envelope(value: Json) -> bool:
    """A list that is sent without the content type of a batch is one of envelopes when all of its elements are."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) and _is_envelope(item) for item in value)
    return isinstance(value, dict) and any(fields <= value.keys() for fields in ENVELOPES)


def _is_probe(value: Json) -> bool:
    return isinstance(value, dict) and len(value) == 1 and value.keys() <= PROBES


def _event(payload: Payload) -> Event:
    raw = payload.object().raw
    for name in raw if isinstance(raw, dict) else ():
        if name not in FIELDS:
            raise BadPayload(
                f"{payload.path}.{ascii(name)[1:-1]}", f"unknown field; known are {', '.join(sorted(FIELDS))}"
            )
    kind, subject = Kind(_word(payload["kind"], Kind) or ""), payload["subject"].text()
    return Event(
        kind=kind,
        at=payload["at"].iso(),
        subject=subject,
        dedupe_key=payload["dedupe_key"].text_or() or digest(raw, payload.path),
        order=_order(payload["order"]),
        channel=_word(payload["channel"], Channel),
        direction=_word(payload["direction"], Direction),
        queue=payload["queue"].text_or(),
        agent=subject if kind is Kind.AGENT_STATE else payload["agent"].text_or(),
        customer=payload["customer"].text_or(),
        data=_data(payload["data"]),
    )


def _word(payload: Payload, words: type[Kind] | type[Channel] | type[Direction]) -> str | None:
    if payload.is_absent and words is not Kind:
        return None
    word = payload.text()
    if word not in set(words):
        raise BadPayload(payload.path, f"none of {', '.join(words)}")
    return word


def _order(payload: Payload) -> int:
    order = payload.number_or(0.0) or 0.0
    if not order.is_integer():
        raise BadPayload(payload.path, "a whole number expected")
    return int(order)


def _data(payload: Payload) -> dict[str, Json]:
    if payload.is_absent:
        return {}
    found: dict[str, Json] = {}
    for name, value in cast("dict[str, Json]", payload.object().raw).items():
        try:
            plain = conversion(name)(value)
            name.encode()
        except (ValueError, TypeError, OverflowError) as error:
            raise BadPayload(f"{payload.path}.{ascii(name)[1:-1]}", str(error)) from None
        if plain is not None:
            found[name.replace("\x00", "")] = plain
    return found
