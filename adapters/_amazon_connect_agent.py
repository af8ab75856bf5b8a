"""An event of the agent event stream in, the agent's state and his rings out.

https://docs.aws.amazon.com/connect/latest/adminguide/agent-event-stream-model.html: each event has the whole picture of the
agent before and after, and one comes every two minutes where nothing happens, so a state that is told again has the same key.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters._amazon_connect_words import Words, read_contact
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

SESSIONS = {"LOGIN": "login", "LOGOUT": "logout"}
#: state of a contact at an agent --> result of the ring, None while it rings
RINGS = {"CONNECTING": None, "INCOMING": None, "MISSED": "missed", "REJECTED": "declined", "ERROR": "cancelled"}
ON_HOLD = "CONNECTED_ONHOLD"


def agent_events(body: Payload, words: Words, *, with_holds: bool) -> list[Event]:
    """`with_holds`: where calls are told by contact events, which know no holds."""
    agent = _name(body, words)
    now, before = body["CurrentAgentSnapshot"], body["PreviousAgentSnapshot"]
    return [
        *_session(body, agent),
        *_status(now["AgentStatus"], agent, words),
        *(event for contact in now["Contacts"].items() for event in _ring(contact, agent, words)),
        *(_holds(body, before, now, agent) if with_holds else ()),
    ]


def _name(body: Payload, words: Words) -> str:
    for snapshot in ("CurrentAgentSnapshot", "PreviousAgentSnapshot"):
        user = body[snapshot]["Configuration"]["Username"].text_or()
        if user is not None:
            return words.named(user, None) or user
    name = words.named(None, body["AgentARN"].text())
    if not name:
        raise BadPayload("$.AgentARN", "the ARN of an agent expected")
    return name


def _session(body: Payload, agent: str) -> list[Event]:
    kind = body["EventType"].text().upper()
    if kind not in SESSIONS:
        return []
    data: dict[str, Json] = {"session": SESSIONS[kind]}
    if kind == "LOGOUT":
        data["activity"] = "offline"
    return [_state(agent, body["EventTimestamp"], kind, data)]


def _status(status: Payload, agent: str, words: Words) -> list[Event]:
    name, begun = status["Name"].text_or(), status["StartTimestamp"]
    if name is None or begun.is_absent:
        return []
    return [_state(agent, begun, f"status:{name}", {"activity": words.state(name), "reason": name})]


def _state(agent: str, stamp: Payload, key: str, data: dict[str, Json]) -> Event:
    at = stamp.iso()
    return Event(
        kind=Kind.AGENT_STATE,
        at=at,
        subject=agent,
        dedupe_key=f"{agent}:{key}:{at.isoformat()}",
        agent=agent,
        data=data,
    )


def _ring(body: Payload, agent: str, words: Words) -> Iterator[Event]:
    state = (body["State"].text_or() or "").upper()
    if state not in RINGS or body["StateStartTimestamp"].is_absent:
        return
    contact = read_contact(body["ContactId"], body["InitialContactId"], body["InitiationMethod"], body["Channel"])
    queue = body["Queue"]
    name = words.named(queue["Name"].text_or(), queue["ARN"].text_or()) if contact.waits else None
    result = RINGS[state]
    data: dict[str, Json] = {} if result is None else {"result": result}
    yield contact.tell(Kind.CONTACT_RINGING, body["StateStartTimestamp"].iso(), data, queue=name, agent=agent)


def _holds(body: Payload, before: Payload, now: Payload, agent: str) -> Iterator[Event]:
    """Contacts that were not on hold and are now, and the other way round; the moment is that of the event."""
    was, is_ = _held(before), _held(now)
    for contacts, others, kind in ((is_, was, Kind.CONTACT_HELD), (was, is_, Kind.CONTACT_RESUMED)):
        for id_ in sorted(contacts.keys() - others.keys()):
            contact = contacts[id_]
            read = read_contact(
                contact["ContactId"], contact["InitialContactId"], contact["InitiationMethod"], contact["Channel"]
            )
            yield read.tell(kind, body["EventTimestamp"].iso(), agent=agent)


def _held(snapshot: Payload) -> dict[str, Payload]:
    return {
        contact["ContactId"].text(): contact
        for contact in snapshot["Contacts"].items()
        if (contact["State"].text_or() or "").upper() == ON_HOLD
    }
