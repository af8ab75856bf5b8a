"""A ticket of Zendesk's API with its audits in, its events out.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/ and
https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference (read 2026-11): an audit is one
update of a ticket at one moment, so that only what it changed in the end counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters._zendesk_update import CHANGES, State, Update, of_type, updates_of
from adapters._zendesk_words import (
    PAUSED_ON,
    SYSTEM_USER,
    actor_of,
    channel_of,
    comment_key,
    created_key,
    lower,
    opened_by,
    present,
    status_change,
    survey_key,
)
from plugin.contract.adapter import Settings
from plugin.contract.event import Event, Kind
from plugin.contract.payload import Payload

COMMENTS = frozenset({"Comment", "VoiceComment", "FacebookComment", "Tweet"})
RATING, RATING_FIELD = "SatisfactionRating", "satisfaction_score"
#: what is kept of changes
FIELDS = frozenset({"status", "assignee_id", "group_id", "priority", "type", "requester_id", RATING_FIELD})
#: from an administrator's page of Zendesk, as its users report it: what a merge leaves behind on the ticket that it closes
MERGED = "closed_by_merge"
SCORES = {"good": "good", "goodwithcomment": "good", "bad": "bad", "badwithcomment": "bad"}
OFFERED = "offered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """`body`: `ticket`, its `audits`, and as `staff` which authors of comments are agents or administrators."""

    body: Payload
    settings: Settings

    @property
    def shown(self) -> Payload:
        return self.body["ticket"]

    @property
    def id(self) -> str:
        return self.shown["id"].text()

    def event(
        self,
        kind: Kind,
        at: datetime,
        key: str,
        *,
        agent: str | None = None,
        queue: str | None = None,
        **data: str | None,
    ) -> Event:
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=key,
            channel=channel_of(self.shown["via"]["channel"].text_or()),
            queue=queue,
            agent=agent,
            customer=self.shown["requester_id"].text_or(),
            data=dict(present(data)),
        )


def told(body: Payload, settings: Settings) -> list[Event]:
    ticket = Ticket(body=body, settings=settings)
    updates = list(updates_of(ticket.body["audits"]))
    found = [_opened(ticket, updates)]
    for update in updates:
        found += [*_steps(ticket, update), *_ratings(ticket, update)]
    found += _ended(ticket, updates)
    return [replace(event, order=order) for order, event in enumerate(found)]


def _opened(ticket: Ticket, updates: Sequence[Update]) -> Event:
    """As the first audit left it; whoever asked for it then is its requester of then."""
    shown = ticket.shown
    first = updates[0] if updates and updates[0].is_creation else None
    state = first.after if first else State()
    changes = of_type(first.audit, CHANGES) if first else []
    made = {event["field_name"].text(): event["value"].text_or() for event in changes}
    requester, submitter = made.get("requester_id") or shown["requester_id"].text_or(), shown["submitter_id"].text_or()
    return ticket.event(
        Kind.TICKET_OPENED,
        shown["created_at"].iso(),
        created_key(ticket.id, Kind.TICKET_OPENED),
        queue=state.queue,
        priority=state.priority,
        type=lower(made.get("type")),
        status=lower(state.status),
        opened_by=opened_by(submitter, requester, ticket.settings) if submitter else None,
        contact=shown["external_id"].text_or(),
    )


def _steps(ticket: Ticket, update: Update) -> list[Event]:
    """An assignment first, a reopening before the reply that came with it, a solution after it."""
    kinds = status_change(update.before.status, update.after.status) if update.after.status else []
    moved = [_moved(ticket, update, kind) for kind in kinds if kind is not Kind.TICKET_DELETED]
    reopened = [event for event in moved if event.kind is Kind.TICKET_REOPENED]
    rest = [event for event in moved if event.kind is not Kind.TICKET_REOPENED]
    replies = [] if update.is_creation else _comments(ticket, update)
    return [*_assigned(ticket, update), *reopened, *replies, *rest]


def _key(ticket: Ticket, update: Update, kind: Kind) -> str:
    return created_key(ticket.id, kind) if update.is_creation else f"{ticket.id}:{update.audit['id'].text()}:{kind}"


def _assigned(ticket: Ticket, update: Update) -> list[Event]:
    """Taking the assignee away is no assignment; a new priority is told by one."""
    before, after = update.before, update.after
    if update.is_creation:
        is_told = after.agent is not None
    else:
        news = [(before.agent, after.agent), (before.queue, after.queue), (before.priority, after.priority)]
        is_told = any(new is not None and new != old for old, new in news)
    kind = Kind.TICKET_ASSIGNED
    if not is_told:
        return []
    key, actor = _key(ticket, update, kind), actor_of(update.audit["author_id"].text_or(), ticket.settings)
    data = {"actor": actor, "priority": after.priority}
    return [ticket.event(kind, update.at, key, agent=after.agent, queue=after.queue, **data)]


def _moved(ticket: Ticket, update: Update, kind: Kind) -> Event:
    on = PAUSED_ON.get(update.after.status or "") if kind is Kind.TICKET_PAUSED else None
    actor = actor_of(update.audit["author_id"].text_or(), ticket.settings)
    return ticket.event(kind, update.at, _key(ticket, update, kind), agent=update.after.agent, actor=actor, on=on)


def _comments(ticket: Ticket, update: Update) -> list[Event]:
    """Not that of the creation, which is what was asked."""
    found = [_comment(ticket, update, comment) for comment in of_type(update.audit, COMMENTS)]
    return [event for event in found if event is not None]


def _comment(ticket: Ticket, update: Update, comment: Payload) -> Event | None:
    author = comment["author_id"].text_or() or update.audit["author_id"].text_or()
    via = comment["via"]["channel"].text_or() or update.audit["via"]["channel"].text_or()
    key, actor = comment_key(ticket.id, comment["id"].text()), actor_of(author, ticket.settings, via)
    if not comment["public"].flag():
        return ticket.event(Kind.TICKET_NOTED, update.at, key, agent=author, actor=actor)
    if author == SYSTEM_USER:
        return ticket.event(Kind.TICKET_AGENT_REPLIED, update.at, key, actor="bot")
    if author is None:
        return None
    if _is_customer(ticket, author):
        return ticket.event(Kind.TICKET_CUSTOMER_REPLIED, update.at, key, actor=actor)
    return ticket.event(Kind.TICKET_AGENT_REPLIED, update.at, key, agent=author, actor=actor)


def _is_customer(ticket: Ticket, author: str) -> bool:
    """Whoever asked for the ticket or is in copy and is no agent now; others are agents, also those who left since."""
    if author in {member.text() for member in ticket.body["staff"].items()}:
        return False
    copied = {member.text() for name in ("collaborator_ids", "email_cc_ids") for member in ticket.shown[name].items()}
    return author in copied | _requesters(ticket)


def _requesters(ticket: Ticket) -> set[str | None]:
    changes = [event for audit in ticket.body["audits"].items() for event in of_type(audit, CHANGES)]
    earlier = {event["value"].text_or() for event in changes if event["field_name"].text() == "requester_id"}
    return earlier | {ticket.shown["requester_id"].text_or()}


def _ratings(ticket: Ticket, update: Update) -> list[Event]:
    """The rating stands in an event of its own, or in the change of a field, or in both."""
    words = [event["score"].text_or() for event in of_type(update.audit, frozenset({RATING}))]
    fields = [event for event in of_type(update.audit, CHANGES) if event["field_name"].text() == RATING_FIELD]
    words += [event["value"].text_or() for event in fields]
    known = [word.lower().replace("_", "") for word in words if word]
    scores = dict.fromkeys(SCORES.get(word) for word in known if word in SCORES or word == OFFERED)
    return [_survey(ticket, update, score) for score in scores]


def _survey(ticket: Ticket, update: Update, score: str | None) -> Event:
    return Event(
        kind=Kind.SURVEY_ANSWERED if score else Kind.SURVEY_SENT,
        at=update.at,
        subject=f"csat:{ticket.id}",
        dedupe_key=survey_key(ticket.id, score, update.at),
        agent=update.after.agent,
        customer=ticket.shown["requester_id"].text_or(),
        data=dict(present({"type": "csat", "scale": "good_bad", "ticket": ticket.id, "score": score})),
    )


def _ended(ticket: Ticket, updates: Sequence[Update]) -> list[Event]:
    """A merge closes one of the two; of a deleted ticket the API shows no audits."""
    shown = ticket.shown
    if shown["deleted_at"].text_or():
        at, key = shown["deleted_at"].iso(), f"{ticket.id}:deleted:{Kind.TICKET_DELETED}"
        return [ticket.event(Kind.TICKET_DELETED, at, key, reason="deleted")]
    closed = [update.at for update in updates if update.after.status == "CLOSED"]
    if not shown["merged"].flag_or() or not closed:
        return []
    return [ticket.event(Kind.TICKET_MERGED, closed[0], f"{ticket.id}:merged:{Kind.TICKET_MERGED}")]
