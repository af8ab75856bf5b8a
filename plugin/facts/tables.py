"""What the events add up to. Every row belongs to one subject of one source; `subject_key` finds a subject's rows.

When a fact counts: `counted_at` of a contact (its first queue entry, else its start), which its evaluations share, of a visit (its
entry) and of a leg (the entry of its visit); where the source counts by end, that of each is the end of the contact. `entry_at`,
`entered_at` and `over_at` (`ended_at` of a contact) keep both moments, whatever the setting. A ticket's `created_at`, `solved_at`,
`first_response_at`; `ticket_span.opened_at`; `survey.sent_at`; `survey_answer.answered_at`.
A `_bin` is the logarithmic bucket of the duration beside it, for percentiles.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from plugin.database import Moment


def _key() -> Any:
    return Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


def _moment(index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment, index=index))


def _ms() -> Any:
    return Field(default=None, sa_column=Column(BigInteger))


class Contact(SQLModel, table=True):
    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_customer", "customer", "started_at"),
        Index("ix_contact_subject", "subject"),
        Index("ix_contact_ticket", "ticket"),
        Index("ix_contact_callback_of", "callback_of"),
    )

    subject_key: int = _key()
    source: str
    subject: str
    channel: str
    direction: str
    queue: str = ""
    agent: str = ""
    customer: str | None = None
    entry_number: str | None = None
    started_at: datetime | None = _moment()
    ended_at: datetime | None = _moment(index=True)
    entry_at: datetime | None = _moment()
    counted_at: datetime | None = _moment(index=True)
    outcome: str
    handled: int = 0
    transferred: int = 0
    held: int = 0
    resolved: int | None = None
    ticket: str | None = None
    flaw: str | None = None
    #: 1 when a queue visit of it was offered to agents (`docs/kpi/contacts_offered.md`)
    offered: int = 0
    #: of all its legs together; None when none of them is known
    handle_ms: int | None = _ms()
    hold_ms: int | None = _ms()
    #: the customer hung up while he was on hold
    hold_abandoned: int = 0
    #: how it left the menu that it entered: contained, routed, abandoned, closed; None without a menu or while in it
    ivr: str | None = None
    topic: str | None = None
    #: thousandths, -1000 to 1000
    sentiment_milli: int | None = _ms()
    converted: int = 0
    #: the contact in which the customer asked for this callback
    callback_of: str | None = None


class Evaluation(SQLModel, table=True):
    """Points of a quality evaluation, in thousandths; `agent` is whose work was evaluated."""

    __tablename__ = "evaluation"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    direction: str
    queue: str = ""
    agent: str = ""
    counted_at: datetime | None = _moment(index=True)
    evaluated_at: datetime | None = _moment()
    points_milli: int | None = _ms()
    possible_milli: int | None = _ms()


class QueueVisit(SQLModel, table=True):
    __tablename__ = "queue_visit"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    direction: str
    queue: str = ""
    agent: str = ""
    entered_at: datetime | None = _moment()
    over_at: datetime | None = _moment()
    counted_at: datetime | None = _moment(index=True)
    left_at: datetime | None = _moment()
    outcome: str
    wait_ms: int | None = _ms()
    wait_bin: int | None = None
    #: the part of the wait in opening hours
    wait_business_ms: int | None = _ms()
    wait_business_bin: int | None = None


class AgentLeg(SQLModel, table=True):
    __tablename__ = "agent_leg"
    __table_args__ = (Index("ix_agent_leg_agent_answered_at", "agent", "answered_at"),)

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    visit: int | None = None
    channel: str
    direction: str
    queue: str = ""
    agent: str = ""
    entry_at: datetime | None = _moment()
    over_at: datetime | None = _moment()
    counted_at: datetime | None = _moment(index=True)
    answered_at: datetime | None = _moment()
    ended_at: datetime | None = _moment()
    talk_ms: int | None = _ms()
    talk_bin: int | None = None
    hold_ms: int | None = _ms()
    wrap_ms: int | None = _ms()
    #: 1 when the system ended the wrap-up; None when nobody said
    wrap_timed_out: int | None = None
    #: dialling before the first answer of an outbound contact
    dial_ms: int | None = _ms()
    transferred: int = 0
    #: the first leg of its contact in a tier below the highest, and whether the contact then went on to a higher one
    escalatable: int = 0
    escalated: int = 0


class RingAttempt(SQLModel, table=True):
    __tablename__ = "ring_attempt"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    direction: str
    queue: str = ""
    agent: str = ""
    started_at: datetime | None = _moment(index=True)
    ended_at: datetime | None = _moment()
    result: str
    ring_ms: int | None = _ms()


class AgentState(SQLModel, table=True):
    """`keys` is the state that folding can go on from: the open keys of the track when the interval began."""

    __tablename__ = "agent_state"
    __table_args__ = (
        Index("ix_agent_state_ended_at_started_at", "ended_at", "started_at"),
        Index("ix_agent_state_agent_ended_at", "agent", "ended_at", "started_at"),
    )

    subject_key: int = _key()
    track: str = Field(primary_key=True)
    started_at: datetime | None = Field(default=None, sa_column=Column(Moment, primary_key=True, autoincrement=False))
    source: str
    agent: str
    state: str
    reason: str | None = None
    ended_at: datetime | None = _moment()
    keys: str = "{}"


class RosterShift(SQLModel, table=True):
    """A planned stretch of an agent's time. One with a `flaw` counts nowhere."""

    __tablename__ = "roster_shift"
    __table_args__ = (Index("ix_roster_shift_agent_started_at", "agent", "started_at"),)

    subject_key: int = _key()
    source: str
    subject: str
    agent: str
    started_at: datetime | None = _moment(index=True)
    ended_at: datetime | None = _moment()
    activity: str
    productive: int
    paid: int
    flaw: str | None = None


class AgentTime(SQLModel, table=True):
    """One timeline per agent over all sources: segments that do not overlap, each within a quarter of an hour.

    `state`: busy, idle, break, meeting, training, other, off. `scheduled`, `productive` and `paid` are those of the plan. The one
    row that is `lasting` has no end.
    """

    __tablename__ = "agent_time"
    __table_args__ = (
        Index(
            "ix_agent_time_lasting",
            "started_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    agent: str = Field(primary_key=True)
    started_at: datetime | None = Field(
        default=None, sa_column=Column(Moment, primary_key=True, autoincrement=False, index=True)
    )
    #: that of the agent over all sources
    subject_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    lasting: int = Field(primary_key=True)
    ended_at: datetime | None = _moment()
    state: str
    logged_in: int
    talking: int
    scheduled: str
    productive: int
    paid: int


class Headcount(SQLModel, table=True):
    """How many agents a team (empty: the whole centre) had on average from one date to another, both included."""

    __tablename__ = "headcount"

    subject_key: int = _key()
    source: str
    subject: str
    team: str = ""
    first_day: str
    last_day: str
    headcount: float
    leavers: int | None = None


class Ticket(SQLModel, table=True):
    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_customer", "customer"),
        Index("ix_ticket_contact", "contact"),
        Index("ix_ticket_subject", "subject"),
    )

    subject_key: int = _key()
    source: str
    subject: str
    channel: str
    queue: str = ""
    agent: str = ""
    customer: str | None = None
    priority: str | None = None
    status: str
    created_at: datetime | None = _moment(index=True)
    first_response_at: datetime | None = _moment(index=True)
    first_response_ms: int | None = _ms()
    first_response_bin: int | None = None
    first_response_business_ms: int | None = _ms()
    first_response_business_bin: int | None = None
    first_solved_at: datetime | None = _moment(index=True)
    solved_at: datetime | None = _moment(index=True)
    closed_at: datetime | None = _moment()
    resolution_ms: int | None = _ms()
    resolution_bin: int | None = None
    resolution_business_ms: int | None = _ms()
    resolution_business_bin: int | None = None
    first_resolution_ms: int | None = _ms()
    first_resolution_bin: int | None = None
    first_resolution_business_ms: int | None = _ms()
    first_resolution_business_bin: int | None = None
    #: unsolved and not waiting for the customer
    requester_wait_ms: int | None = _ms()
    requester_wait_bin: int | None = None
    requester_wait_business_ms: int | None = _ms()
    requester_wait_business_bin: int | None = None
    agent_replies: int = 0
    customer_replies: int = 0
    reopens: int = 0
    regroups: int = 0
    #: distinct ones
    groups: int = 0
    escalations: int = 0
    escalatable: int = 1
    #: 1 when the first level could not have solved it; None when nobody says
    beyond_level_1: int | None = None
    at_first_contact: int = 0
    excluded: str | None = None
    flaw: str | None = None
    contact: str | None = None


class TicketSpan(SQLModel, table=True):
    """A stretch in which a ticket was not solved; every span after the first began with a reopening.

    From `waiting_from` to `waiting_until` the customer waited in it for the first response of all. `thanks`: solved again without
    an agent's reply.
    """

    __tablename__ = "ticket_span"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    queue: str = ""
    agent: str = ""
    opened_at: datetime | None = _moment(index=True)
    solved_at: datetime | None = _moment(index=True)
    waiting_from: datetime | None = _moment(index=True)
    waiting_until: datetime | None = _moment(index=True)
    reopened: int = 0
    thanks: int = 0
    #: the agent of its solution
    solved_by: str = ""


class TicketReply(SQLModel, table=True):
    """A customer's question after the first response and its answer by `agent`."""

    __tablename__ = "ticket_reply"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    queue: str = ""
    agent: str = ""
    asked_at: datetime | None = _moment()
    replied_at: datetime | None = _moment(index=True)
    reply_ms: int | None = _ms()
    reply_bin: int | None = None
    reply_business_ms: int | None = _ms()
    reply_business_bin: int | None = None


class TicketTimer(SQLModel, table=True):
    """A promised time, `kind` first_response or resolution. `counted_at`: when it was kept or broken; None while that is open.

    `due_at`: when it was or will be broken. An open timer that is overdue is settled by `plugin.facts.timers`.
    """

    __tablename__ = "ticket_timer"
    __table_args__ = (
        Index(
            "ix_ticket_timer_open",
            "due_at",
            sqlite_where=text("counted_at IS NULL"),
            postgresql_where=text("counted_at IS NULL"),
        ),
    )

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    subject: str
    channel: str
    queue: str = ""
    agent: str = ""
    kind: str
    started_at: datetime | None = _moment()
    target_ms: int | None = _ms()
    due_at: datetime | None = _moment()
    counted_at: datetime | None = _moment(index=True)
    met: int = 0


class Survey(SQLModel, table=True):
    """What was asked, with its last answer. `own_queue` and `own_channel` are what the survey itself said; without them `queue` and
    `channel` are those of its ticket or contact.
    """

    __tablename__ = "survey"
    __table_args__ = (Index("ix_survey_ticket", "ticket"), Index("ix_survey_contact", "contact"))

    subject_key: int = _key()
    source: str
    subject: str
    type: str
    scale: str
    channel: str
    queue: str = ""
    own_channel: str = ""
    own_queue: str = ""
    agent: str = ""
    positive: int | None = None
    sent_at: datetime | None = _moment(index=True)
    answered_at: datetime | None = _moment()
    ticket: str | None = None
    contact: str | None = None


class SurveyAnswer(SQLModel, table=True):
    """One answer; a changed rating has several, each replaced by the next. `score_milli`: a thousandth of the survey's scale."""

    __tablename__ = "survey_answer"

    subject_key: int = _key()
    ordinal: int = Field(primary_key=True)
    source: str
    type: str
    scale: str
    channel: str
    queue: str = ""
    agent: str = ""
    score_milli: int | None = _ms()
    positive: int | None = None
    negative: int | None = None
    answered_at: datetime | None = _moment(index=True)
    replaced_at: datetime | None = _moment()


class CustomerCount(SQLModel, table=True):
    """Customers from `first_on` to `last_on`: ISO dates of the centre's calendar, both included."""

    __tablename__ = "customer_count"

    subject_key: int = _key()
    source: str
    subject: str
    first_on: str
    last_on: str
    at_start: int = Field(sa_column=Column(BigInteger, nullable=False))
    at_end: int | None = Field(default=None, sa_column=Column(BigInteger))
    joined: int | None = Field(default=None, sa_column=Column(BigInteger))
    lost: int | None = Field(default=None, sa_column=Column(BigInteger))


class CostEntry(SQLModel, table=True):
    """A cost from `first_on` to `last_on`, both included; channel or team None: borne by all of them. Amounts in thousandths."""

    __tablename__ = "cost_entry"

    subject_key: int = _key()
    source: str
    subject: str
    category: str
    first_on: str
    last_on: str = Field(index=True)
    amount_milli: int = Field(sa_column=Column(BigInteger, nullable=False))
    #: None: that of the policy
    currency: str | None = None
    channel: str | None = None
    team: str | None = None
    note: str | None = None


class Link(SQLModel, table=True):
    """The contact that a ticket came from; `how` is reference (an id of the vendor) or customer (same customer, close in time)."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_contact_key", "contact_key"),)

    ticket_key: int = _key()
    contact_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    how: str


class FactBasis(SQLModel, table=True):
    """What the facts about contacts or tickets were folded with. `folded_to`: up to which subject, None when it is all of them."""

    __tablename__ = "fact_basis"

    about: str = Field(primary_key=True)
    basis: str
    folded_to: int | None = Field(default=None, sa_column=Column(BigInteger))


class DirtySlot(SQLModel, table=True):
    """A quarter of an hour (milliseconds since 1970 / 900 000) whose facts changed since its cells were computed."""

    __tablename__ = "dirty_slot"

    slot: int = _key()


class DirtyAgentDay(SQLModel, table=True):
    """A day (milliseconds since 1970 / 86 400 000) of an agent whose timeline is stale; with `onwards` all days after it, too."""

    __tablename__ = "dirty_agent_day"

    agent: str = Field(primary_key=True)
    day: int = Field(primary_key=True)
    onwards: int = Field(primary_key=True)
