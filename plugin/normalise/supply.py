"""Which facts a source's events supply: what decides whether a KPI is available."""

from __future__ import annotations

from functools import lru_cache

from plugin.contract.event import Direction, Event, Kind

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
    Kind.CONTACT_SENTIMENT: ("sentiment",),
    Kind.CONTACT_EVALUATED: ("evaluation",),
    Kind.CONTACT_CONVERTED: ("sale",),
    Kind.TICKET_AGENT_REPLIED: ("ticket", "ticket_reply"),
    Kind.SURVEY_SENT: ("survey_sent",),
    Kind.TICKET_PAUSED: ("ticket", "ticket_pause"),
    Kind.TICKET_ESCALATED: ("ticket", "tier"),
    Kind.CUSTOMERS_COUNTED: ("customer_count",),
    Kind.ROSTER_PLANNED: ("roster",),
    Kind.HEADCOUNT_COUNTED: ("headcount",),
}

#: kind of event --> the fact that it proves for its type of survey
SURVEYS = {Kind.SURVEY_SENT: "survey_sent", Kind.SURVEY_ANSWERED: "survey"}

#: key of an event's data --> the fact that it proves to be supplied
BY_DATA = {
    "talk_s": "talk",
    "hold_s": "hold",
    "session": "login",
    "activity": "agent_state",
    "resolved": "disposition",
    "resolvable_at_level_1": "level_1",
    "contained": "ivr",
    "timed_out": "wrap_up_end",
    "by": "ended_by",
}


def supplied_by(event: Event) -> frozenset[str]:
    """Names of the facts that this event supplies; `survey:csat` for an answered survey, `survey_sent:csat` for a sent one."""
    survey = str(event.data.get("type") or "csat") if event.kind.about == "survey" else None
    return _supplied(
        event.kind, tuple(event.data), event.agent is not None, _names_customer(event), _dials(event), survey
    )


def _names_customer(event: Event) -> bool:
    return event.kind.about == "contact" and bool(event.customer)


def _dials(event: Event) -> bool:
    return event.kind is Kind.CONTACT_OFFERED and event.direction == Direction.OUTBOUND


@lru_cache(maxsize=1024)
def _supplied(
    kind: Kind, data: tuple[str, ...], has_agent: bool, names_customer: bool, dials: bool, survey: str | None
) -> frozenset[str]:
    """Remembered, because a vendor sends few shapes of events."""
    facts = {*BY_KIND.get(kind, ()), *(BY_DATA[key] for key in data if key in BY_DATA)}
    if kind.about == "ticket":
        facts.add("ticket")
    if names_customer:
        facts.add("customer")
    if dials:
        facts.add("dialling")
    if kind is Kind.CONTACT_ENDED and has_agent:
        facts.add("talk")
    if survey is not None:
        facts.add(f"{SURVEYS[kind]}:{survey}")
    return frozenset(facts)
