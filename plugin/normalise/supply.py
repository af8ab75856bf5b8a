"""Which facts a source's events supply: what decides whether a KPI is available."""

from __future__ import annotations

from collections.abc import Callable

from plugin.contract.event import Event, Kind

#: kind of event --> the facts that it proves to be supplied
BY_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.CONTACT_OFFERED: ("contact",),
    Kind.CONTACT_QUEUED: ("contact", "queue"),
    Kind.CONTACT_RINGING: ("contact", "ring"),
    Kind.CONTACT_ANSWERED: ("contact", "agent"),
    Kind.CONTACT_HELD: ("contact", "hold"),
    Kind.CONTACT_RESUMED: ("contact", "hold"),
    Kind.CONTACT_TRANSFERRED: ("contact", "talk", "agent", "transfer"),
    Kind.CONTACT_ABANDONED: ("contact", "queue"),
    Kind.CONTACT_OVERFLOWED: ("contact", "queue"),
    Kind.CONTACT_VOICEMAIL: ("contact", "queue"),
    Kind.CONTACT_CALLBACK_REQUESTED: ("contact", "queue"),
    Kind.CONTACT_ENDED: ("contact",),
    Kind.CONTACT_WRAPPED_UP: ("contact", "wrap_up"),
    Kind.TICKET_AGENT_REPLIED: ("ticket", "ticket_reply"),
}

_BY_DATA: tuple[tuple[Callable[[Event], bool], str], ...] = (
    (lambda event: "talk_s" in event.data or (event.kind is Kind.CONTACT_ENDED and event.agent is not None), "talk"),
    (lambda event: "hold_s" in event.data, "hold"),
    (lambda event: "session" in event.data, "login"),
    (lambda event: "activity" in event.data, "agent_state"),
    (lambda event: "resolved" in event.data, "disposition"),
)


def supplied_by(event: Event) -> set[str]:
    """Names of the facts that this event supplies; `survey:csat` and the like for answered surveys."""
    facts = set(BY_KIND.get(event.kind, ()))
    if event.kind.about == "ticket":
        facts.add("ticket")
    if event.kind is Kind.SURVEY_ANSWERED:
        facts.add(f"survey:{event.data.get('type', 'csat')}")
    facts.update(name for applies, name in _BY_DATA if applies(event))
    return facts
