"""Aircall's user events in, agent states out; wrap-up is told of the agent, without the call that it follows."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

#: event --> session and activity; an activity of "" is read from the user's own status
USER_EVENTS: Mapping[str, Mapping[str, str]] = {
    "user.connected": {"session": "login", "activity": ""},
    "user.disconnected": {"session": "logout", "activity": "offline"},
    "user.deleted": {"session": "logout", "activity": "offline"},
    "user.opened": {"activity": "available"},
    "user.closed": {"activity": ""},
    "user.wut_start": {"activity": "wrap_up"},
    "user.wut_end": {"activity": ""},
}
#: substatus or availability_status --> our activity; any other status that keeps calls away is "other"
STATUSES = {
    "available": "available",
    "custom": "available",
    "in_call": "on_contact",
    "after_call_work": "wrap_up",
    "on_a_break": "break",
    "on_break": "break",
    "out_for_lunch": "break",
    "in_training": "training",
    "in_meeting": "meeting",
    "in_a_meeting": "meeting",
    "offline": "offline",
}


def agent_name(user: Payload) -> str | None:
    """The same name in call and user events: an agent is known by it."""
    return user["name"].text_or() or user["id"].text_or()


def user_events(name: str, body: Payload) -> list[Event]:
    """With substatuses switched on Aircall sends user.closed twice; the one that knows the substatus is taken last."""
    user = body["data"].object()
    agent = agent_name(user)
    if agent is None:
        raise BadPayload("$.data.name", "text expected, but it is missing")
    substatus = user["substatus"].text_or()
    stamp = body["timestamp"].text()
    return [
        Event(
            kind=Kind.AGENT_STATE,
            at=body["timestamp"].epoch_s(),
            subject=agent,
            dedupe_key=f"user:{user['id'].text_or(agent)}:{name}:{stamp}:{substatus or ''}",
            order=1 if substatus else 0,
            agent=agent,
            data=_state(name, user, substatus),
        )
    ]


def _state(name: str, user: Payload, substatus: str | None) -> dict[str, Json]:
    state = dict(USER_EVENTS[name])
    state["activity"] = state["activity"] or _activity(name, user, substatus)
    return {**state, "reason": substatus} if substatus else {**state}


def _activity(name: str, user: Payload, substatus: str | None) -> str:
    status = substatus or user["availability_status"].text_or("available") or ""
    activity = STATUSES.get(status.lower(), "other")
    if name == "user.closed":
        return activity if activity != "available" else "other"
    return "available" if user["available"].flag_or(activity == "available") else activity
