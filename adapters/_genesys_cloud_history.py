"""A conversation of the analytics in, the detail events out that its sessions would have sent while it ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters._genesys_cloud_conversation import detail_events
from adapters._genesys_cloud_words import Words, plain
from plugin.contract.event import Event, Json
from plugin.contract.payload import Payload

#: name of a metric of a queue's session --> acdOutcome; of an answered one the agent's session tells
OUTCOMES = {"tAbandon": "ABANDON", "tFlowOut": "FLOW_OUT"}
#: an agent's answer and the end of the queue's session are told by two machines
APART = timedelta(seconds=5)
ADDRESSES = ("ani", "dnis", "addressFrom", "addressTo")
Topics = Iterator[tuple[str, dict[str, Json]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Session:
    conversation: Payload
    purpose: str
    user: str | None
    data: Payload

    @property
    def segments(self) -> Sequence[Payload]:
        """But for the work after it, which is told for itself."""
        return [each for each in self.data["segments"].items() if plain(each["segmentType"]) != "WRAPUP"]

    @property
    def began(self) -> datetime | None:
        return min((each["segmentStart"].iso() for each in self.segments), default=None)

    @property
    def ended(self) -> datetime | None:
        ends = [each["segmentEnd"] for each in self.segments]
        return None if any(end.is_absent for end in ends) else max((end.iso() for end in ends), default=None)

    @property
    def way(self) -> str | None:
        return next((way for each in reversed(self.segments) if (way := each["disconnectType"].text_or())), None)

    @property
    def queue(self) -> str | None:
        return next((queue for each in self.segments if (queue := each["queueId"].text_or())), None)

    def lasted_ms(self, *types: str) -> int | None:
        """How long segments of these types were; None where there were none."""
        found = [_length_ms(each) for each in self.segments if plain(each["segmentType"]) in types]
        return sum(found) if found else None

    def metrics(self, name: str) -> Sequence[Payload]:
        return [each for each in self.data["metrics"].items() if each["name"].text_or() == name]

    def body(self, at: datetime, **told: Json) -> dict[str, Json]:
        names = ("sessionId", "mediaType", "direction", *ADDRESSES)
        said = {name: self.data[name].raw for name in names if name in self.data}
        id_ = self.conversation["conversationId"].raw
        return {"eventTime": at.isoformat(), "conversationId": id_, "queueId": self.queue, **said, **told}


def conversation_events(conversation: Payload, words: Words) -> list[Event]:
    """Of one that still runs only that it began: what is measured of its sessions may still be missing."""
    sessions = [
        _Session(
            conversation=conversation,
            purpose=plain(participant["purpose"]),
            user=participant["userId"].text_or(),
            data=session.object(),
        )
        for participant in conversation["participants"].items()
        for session in participant["sessions"].items()
    ]
    told = [topic for session in sessions if session.began is not None for topic in _topics(session, sessions)]
    if conversation["conversationEnd"].is_absent:
        told = [(topic, body) for topic, body in told if topic == "customer.start"]
    return [event for topic, body in told for event in detail_events(topic, Payload(body, "$"), words)]


def _topics(session: _Session, all_: Sequence[_Session]) -> Topics:
    if session.purpose == "EXTERNAL" and not any(each.purpose == "CUSTOMER" for each in all_):
        yield from _customer(session)
    elif session.purpose == "ACD":
        yield from _queue(session, all_)
    elif session.purpose in _TELLERS:
        yield from _TELLERS[session.purpose](session)


def _customer(session: _Session) -> Topics:
    if session.began is not None:
        yield "customer.start", session.body(session.began)
    if session.ended is not None:
        yield "customer.end", session.body(session.ended, disconnectType=session.way)


def _menu(session: _Session) -> Topics:
    if session.began is not None and not session.data["flow"]["flowType"].is_absent:
        yield "flow.start", session.body(session.began, flowType=session.data["flow"]["flowType"].raw)


def _queue(session: _Session, all_: Sequence[_Session]) -> Topics:
    if session.began is None:
        return
    began = min((each["emitDate"].iso() for each in session.metrics("nOffered")), default=session.began)
    yield "acd.start", session.body(began)
    if session.ended is None:
        return
    waited = next((each["value"].number() for each in session.metrics("tAcd")), None)
    answered = _answered_by(session, session.ended, all_)
    outcome = next((ours for name, ours in OUTCOMES.items() if session.metrics(name)), None)
    yield (
        "acd.end",
        session.body(
            session.ended,
            acdOutcome=outcome or ("ANSWERED" if answered else None),
            answeredUserId=answered,
            connectedDurationMs=_ms(session.ended - began) if waited is None else waited,
        ),
    )


def _answered_by(queue: _Session, ended: datetime, all_: Sequence[_Session]) -> str | None:
    """Whose answer was told when the queue's session ended."""
    found = [
        (abs(metric["emitDate"].iso() - ended), session.user)
        for session in all_
        if session.user is not None and session.queue == queue.queue
        for metric in session.metrics("tAnswered")
    ]
    apart, user = min(found, default=(APART, None))
    return user if apart < APART else None


def _user(session: _Session) -> Topics:
    """Whoever listens in has neither rung nor talked."""
    rang, talked = session.lasted_ms("ALERT"), session.lasted_ms("INTERACT")
    held = session.lasted_ms("HOLD")
    dialled = session.lasted_ms("DIALING", "CONTACTING")
    if session.began is not None and (rang, talked, held, dialled) != (None, None, None, None):
        yield "user.start", session.body(session.began, userId=session.user)
        if session.ended is not None:
            told: dict[str, Json] = {
                "alertingDurationMs": rang,
                "interactingDurationMs": talked,
                "heldDurationMs": held,
            }
            yield "user.end", session.body(session.ended, userId=session.user, disconnectType=session.way, **told)
    yield from _wrap_up(session)


def _wrap_up(session: _Session) -> Topics:
    segments = [each for each in session.data["segments"].items() if plain(each["segmentType"]) == "WRAPUP"]
    if not segments or any(each["segmentEnd"].is_absent for each in segments):
        return
    measured = [int(each["value"].number()) for each in session.metrics("tAcw")]
    wrapped = sum(measured) if measured else sum(map(_length_ms, segments))
    at = max(each["segmentEnd"].iso() for each in segments)
    yield (
        "acw",
        session.body(at, userId=session.user, wrapupCode=segments[-1]["wrapUpCode"].raw, wrapupDurationMs=wrapped),
    )


def _message(session: _Session) -> Topics:
    left = sum(int(each["value"].number()) for each in session.metrics("tVoicemail"))
    if session.ended is not None and left:
        yield "voicemail.end", session.body(session.ended, voicemailDurationMs=left)


def _length_ms(segment: Payload) -> int:
    """Of one that still runs nothing is known yet."""
    end = segment["segmentEnd"]
    return 0 if end.is_absent else _ms(end.iso() - segment["segmentStart"].iso())


def _ms(length: timedelta) -> int:
    return round(length / timedelta(milliseconds=1))


_TELLERS: Mapping[str, Callable[[_Session], Topics]] = {
    "CUSTOMER": _customer,
    "IVR": _menu,
    "AGENT": _user,
    "USER": _user,
    "VOICEMAIL": _message,
}
