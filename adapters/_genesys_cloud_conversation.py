"""A detail event of a conversation in, its part of a contact out.

Fields: the *DetailEventTopic* models of https://github.com/MyPureCloud/platform-client-sdk-python (build/docs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters._genesys_cloud_words import BY, CHANNELS, RINGS, TRANSFERS, Words, moment, plain, seconds
from plugin.contract.event import Direction, Event, Json, Kind
from plugin.contract.payload import Payload

NO_NUMBER = ("anonymous", "unknown", "unavailable", "restricted", "private")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Detail:
    """`topic` is what stands behind the conversation's id in the name of the topic: acd.start."""

    topic: str
    body: Payload
    at: datetime
    words: Words

    @property
    def direction(self) -> Direction:
        return Direction.OUTBOUND if plain(self.body["direction"]) == "OUTBOUND" else Direction.INBOUND

    @property
    def is_inbound(self) -> bool:
        return self.direction is Direction.INBOUND

    @property
    def subject(self) -> str:
        """Calls out of a conversation that came in (a callback, a consultation) are not that contact."""
        id_ = self.body["conversationId"].text()
        return id_ if self.is_inbound else f"{id_}:outbound"

    @property
    def queue(self) -> str | None:
        return self.words.of(self.body["queueId"]) if self.is_inbound else None

    def tell(
        self,
        kind: Kind,
        data: Mapping[str, Json] | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        customer: str | None = None,
    ) -> Event:
        # Without the time: the analytics, which tell the same of a session, may differ by milliseconds.
        part = self.body["sessionId"].text_or() or self.body["participantId"].text_or() or self.at.isoformat()
        return Event(
            kind=kind,
            at=self.at,
            subject=self.subject,
            dedupe_key=f"{self.subject}:{self.topic}:{part}:{kind.value}",
            channel=CHANNELS.get(plain(self.body["mediaType"])),
            direction=self.direction,
            queue=queue,
            agent=agent,
            customer=customer,
            data=data or {},
        )


def detail_events(topic: str, body: Payload, words: Words) -> list[Event]:
    read = _READERS.get(topic)
    if read is None or plain(body["mediaType"]) not in CHANNELS:
        return []
    detail = _Detail(topic=topic, body=body, at=moment(body["eventTime"]), words=words)
    if plain(body["mediaType"]) == "CALLBACK":
        return _callback(detail)
    return read(detail)


def _callback(detail: _Detail) -> list[Event]:
    """A callback lives in the conversation in which it was asked for; the call that it leads to is an outbound one."""
    if detail.topic != "acd.start":
        return []
    return [detail.tell(Kind.CONTACT_CALLBACK_REQUESTED)]


def _began(detail: _Detail) -> list[Event]:
    from_, to = _address(detail.body, "ani", "addressFrom"), _address(detail.body, "dnis", "addressTo")
    if not detail.is_inbound:
        return [detail.tell(Kind.CONTACT_OFFERED, customer=to)]
    entry: dict[str, Json] = {} if to is None else {"entry_number": to}
    return [detail.tell(Kind.CONTACT_OFFERED, entry, customer=from_)]


def _address(body: Payload, *names: str) -> str | None:
    """tel:+49…, sip:+49…@… or a bare number; None for a number that is withheld."""
    text = next((text for name in names if (text := body[name].text_or())), None)
    if text is None:
        return None
    scheme, colon, rest = text.partition(":")
    number = (rest if colon and scheme.lower() in ("tel", "sip", "sips") else text).partition(";")[0]
    number = number.partition("@")[0] if colon and scheme.lower() != "tel" else number
    return None if number.lower() in NO_NUMBER else number or None


def _flowed(detail: _Detail) -> list[Event]:
    """A flow for whoever comes in is a menu; one that plays in the queue, or asks afterwards, is none."""
    kind = plain(detail.body["flowType"])
    menu = detail.is_inbound and (not kind or kind.startswith("INBOUND"))
    return [detail.tell(Kind.CONTACT_OFFERED, {"ivr": True})] if menu else []


def _queued(detail: _Detail) -> list[Event]:
    queue = detail.queue
    return [] if queue is None else [detail.tell(Kind.CONTACT_QUEUED, queue=queue)]


def _left_queue(detail: _Detail) -> list[Event]:
    queue = detail.queue
    if queue is None:
        return []
    waited = seconds(detail.body["connectedDurationMs"])
    wait: dict[str, Json] = {} if waited is None else {"wait_s": waited}
    outcome = plain(detail.body["acdOutcome"])
    if outcome == "ANSWERED":
        agent = detail.words.of(detail.body["answeredUserId"])
        return [] if agent is None else [detail.tell(Kind.CONTACT_ANSWERED, wait, queue=queue, agent=agent)]
    if outcome == "ABANDON":
        return [detail.tell(Kind.CONTACT_ABANDONED, wait, queue=queue)]
    reason = "flow_out" if outcome == "FLOWOUT" else "error"
    return [detail.tell(Kind.CONTACT_OVERFLOWED, {**wait, "reason": reason}, queue=queue)]


def _rings(detail: _Detail) -> list[Event]:
    agent = detail.words.of(detail.body["userId"])
    if agent is None or not detail.is_inbound:
        return []
    return [detail.tell(Kind.CONTACT_RINGING, queue=detail.queue, agent=agent)]


def _agent_left(detail: _Detail) -> list[Event]:
    """Interacting is without hold. Whoever never interacted was rung, or dialled, in vain."""
    agent = detail.words.of(detail.body["userId"])
    talk, hold = seconds(detail.body["interactingDurationMs"]), seconds(detail.body["heldDurationMs"])
    if agent is None:
        return []
    if not talk and not hold:
        return _rang_in_vain(detail, agent) if detail.is_inbound else []
    data: dict[str, Json] = {"talk_s": talk or 0, "hold_s": hold or 0}
    way = plain(detail.body["disconnectType"])
    if way in TRANSFERS:
        return [detail.tell(Kind.CONTACT_TRANSFERRED, {**data, "mode": TRANSFERS[way]}, agent=agent)]
    return [detail.tell(Kind.CONTACT_ENDED, data, agent=agent)]


def _rang_in_vain(detail: _Detail, agent: str) -> list[Event]:
    rang = seconds(detail.body["alertingDurationMs"])
    data: dict[str, Json] = {"result": RINGS.get(plain(detail.body["disconnectType"]), "missed")}
    if rang is not None:
        data["ring_s"] = rang
    return [detail.tell(Kind.CONTACT_RINGING, data, queue=detail.queue, agent=agent)]


def _wrapped_up(detail: _Detail) -> list[Event]:
    agent, wrap = detail.words.of(detail.body["userId"]), seconds(detail.body["wrapupDurationMs"])
    code = detail.words.of(detail.body["wrapupCode"])
    tagged = [] if code is None else [detail.tell(Kind.CONTACT_TAGGED, {"tag": code})]
    if agent is None or wrap is None:
        return tagged
    return [detail.tell(Kind.CONTACT_WRAPPED_UP, {"wrap_s": wrap}, agent=agent), *tagged]


def _left_message(detail: _Detail) -> list[Event]:
    if not seconds(detail.body["voicemailDurationMs"]) or not detail.is_inbound:
        return []
    return [detail.tell(Kind.CONTACT_VOICEMAIL, queue=detail.queue)]


def _ended(detail: _Detail) -> list[Event]:
    by = BY.get(plain(detail.body["disconnectType"]))
    return [detail.tell(Kind.CONTACT_ENDED, {"by": by} if by else {})]


_READERS: Mapping[str, Callable[[_Detail], list[Event]]] = {
    "customer.start": _began,
    "flow.start": _flowed,
    "acd.start": _queued,
    "acd.end": _left_queue,
    "user.start": _rings,
    "user.end": _agent_left,
    "acw": _wrapped_up,
    "voicemail.end": _left_message,
    "customer.end": _ended,
}
