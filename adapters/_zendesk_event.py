"""Event webhooks of Zendesk (`zen:event-type:ticket.*`): one change of one ticket in, events out.

https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events (read 2026-11); `author_id`, and `time` with
nanoseconds, were seen in live bodies. The payload of `ticket.csat_received` could not be read there: `satisfaction_score.score` is
what an integration reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

PREFIX = "zen:event-type:"
SCORES = {"good": "good", "bad": "bad", "good_with_comment": "good", "bad_with_comment": "bad"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One delivery, its parts at hand."""

    name: str
    detail: Payload
    event: Payload
    at: datetime
    key: str
    settings: Settings

    @property
    def ticket(self) -> str:
        return self.detail["id"].text()

    @property
    def actor(self) -> str | None:
        return actor_of(self.detail["actor_id"].text_or(), self.settings)


def parse_event(payload: Payload, settings: Settings, received_at: datetime) -> Sequence[Event]:
    name = payload["type"].text().removeprefix(PREFIX)
    handler = HANDLERS.get(name)
    return handler(_change(name, payload, settings, received_at)) if handler else []


def event_key(payload: Payload) -> str | None:
    """The event's id, which a repeated delivery keeps."""
    return payload["id"].text_or()


def _change(name: str, payload: Payload, settings: Settings, received_at: datetime) -> Change:
    detail, event, key = payload["detail"].object(), payload["event"], event_key(payload)
    moment = _moment(name, payload)
    if moment.is_absent and key is None:
        raise BadPayload("$.time", "missing, and so are $.detail.updated_at and the event's id")
    comment = event["comment"]["id"].text_or("") or ""
    return Change(
        name=name,
        detail=detail,
        event=event,
        at=received_at if moment.is_absent else moment.iso(),
        key=key or f"{detail['id'].text()}:{name}:{moment.text()}:{comment}",
        settings=settings,
    )


def _moment(name: str, payload: Payload) -> Payload:
    """Bodies written by hand leave the time out: then the ticket's own times say it, else (absent) the arrival does."""
    detail = payload["detail"]
    told = [payload["time"], detail["updated_at"], *([detail["created_at"]] if name == "ticket.created" else [])]
    return next((moment for moment in told if not moment.is_absent), payload["time"])


def _event(
    change: Change,
    kind: Kind,
    *,
    at: datetime | None = None,
    agent: str | None = None,
    queue: str | None = None,
    actor: str | None = None,
    data: Mapping[str, str | None] | None = None,
) -> Event:
    detail = change.detail
    told: dict[str, Json] = {
        **present({"contact": detail["external_id"].text_or(), "actor": actor or change.actor}),
        **present(data or {}),
    }
    if not detail["created_at"].is_absent:
        told["created_at"] = detail["created_at"].iso().isoformat()
    return Event(
        kind=kind,
        at=at or change.at,
        subject=change.ticket,
        dedupe_key=f"{change.key}:{kind}",
        channel=channel_of(detail["via"]["channel"].text_or()),
        queue=queue,
        agent=agent,
        customer=detail["requester_id"].text_or(),
        data=told,
    )


def _created(change: Change) -> list[Event]:
    """Opened; and assigned, paused, solved or closed where the ticket was created so."""
    detail = change.detail
    at = change.at if detail["created_at"].is_absent else detail["created_at"].iso()
    status, group, assignee = (detail[name].text_or() for name in ("status", "group_id", "assignee_id"))
    about = {
        "priority": lower(detail["priority"].text_or()),
        "type": lower(detail["type"].text_or()),
        "status": lower(status),
        "opened_by": opened_by(detail["submitter_id"].text_or(), detail["requester_id"].text_or(), change.settings),
    }
    found = [_event(change, Kind.TICKET_OPENED, at=at, queue=group, data=about)]
    if assignee:
        found.append(_event(change, Kind.TICKET_ASSIGNED, at=at, agent=assignee, queue=group))
    current = (status or "").upper()
    kinds = [kind for kind in status_change(None, current) if kind is not Kind.TICKET_DELETED]
    found += [_moved(change, kind, current, at) for kind in kinds]
    return [replace(event, dedupe_key=created_key(change.ticket, event.kind)) for event in found]


def _moved(change: Change, kind: Kind, current: str, at: datetime | None = None) -> Event:
    data = {"on": PAUSED_ON.get(current) if kind is Kind.TICKET_PAUSED else None}
    return _event(change, kind, at=at, agent=change.detail["assignee_id"].text_or(), data=data)


def _commented(change: Change) -> list[Event]:
    found, comment = _comment(change), change.event["comment"]["id"].text_or()
    return [replace(event, dedupe_key=comment_key(change.ticket, comment)) for event in found] if comment else found


def _comment(change: Change) -> list[Event]:
    comment = change.event["comment"].object()
    author = comment["author"]["id"].text_or() or comment["author_id"].text_or()
    actor = actor_of(author, change.settings, comment["via"]["channel"].text_or())
    if not comment["is_public"].flag():
        return [_event(change, Kind.TICKET_NOTED, agent=author, actor=actor)]
    of_agent = _is_of_agent(change, comment, author)
    if of_agent is None:
        return []
    if not of_agent:
        return [_event(change, Kind.TICKET_CUSTOMER_REPLIED, actor=actor)]
    if author == SYSTEM_USER:
        return [_event(change, Kind.TICKET_AGENT_REPLIED, actor="bot")]
    return [_event(change, Kind.TICKET_AGENT_REPLIED, agent=author, actor=actor)]


def _is_of_agent(change: Change, comment: Payload, author: str | None) -> bool | None:
    """`author.is_staff` where it is sent; else whoever is not the requester is taken for an agent; None: nobody can tell."""
    if not comment["author"]["is_staff"].is_absent:
        return comment["author"]["is_staff"].flag()
    requester = change.detail["requester_id"].text_or()
    if author == SYSTEM_USER:
        return True
    return None if author is None or requester is None else author != requester


def _status_changed(change: Change) -> list[Event]:
    current, previous = change.event["current"].text().upper(), change.event["previous"].text_or()
    kinds = status_change(previous and previous.upper(), current)
    if Kind.TICKET_DELETED in kinds:
        return _removed(change, "deleted")
    return [_moved(change, kind, current) for kind in kinds]


def _assigned(change: Change) -> list[Event]:
    """Taking the assignee away is no assignment."""
    agent = change.event["current"].text_or()
    return (
        [_event(change, Kind.TICKET_ASSIGNED, agent=agent, queue=change.detail["group_id"].text_or())] if agent else []
    )


def _regrouped(change: Change) -> list[Event]:
    group = change.event["current"].text_or()
    return (
        [_event(change, Kind.TICKET_ASSIGNED, agent=change.detail["assignee_id"].text_or(), queue=group)]
        if group
        else []
    )


def _merged(change: Change) -> list[Event]:
    into = change.event["target_ticket_id"].text_or() or _plain(change.event["current"])
    return [_event(change, Kind.TICKET_MERGED, data={"into": into})]


def _plain(payload: Payload) -> str | None:
    return payload.text_or() if isinstance(payload.raw, (str, int)) else None


def _removed(change: Change, reason: str) -> list[Event]:
    return [_event(change, Kind.TICKET_DELETED, data={"reason": reason})]


def _survey(change: Change, kind: Kind, score: str | None) -> list[Event]:
    data = {"type": "csat", "scale": "good_bad", "ticket": change.ticket, "score": score}
    return [
        Event(
            kind=kind,
            at=change.at,
            subject=f"csat:{change.ticket}",
            dedupe_key=survey_key(change.ticket, score, change.at),
            agent=change.detail["assignee_id"].text_or(),
            customer=change.detail["requester_id"].text_or(),
            data=present(data),
        )
    ]


def _rated(change: Change) -> list[Event]:
    score = change.event["satisfaction_score"]
    word = _plain(score["score"]) or _plain(score) or _plain(change.event["current"])
    if word is None or word.lower() not in SCORES:
        raise BadPayload(f"{score.path}.score", "good or bad expected")
    return _survey(change, Kind.SURVEY_ANSWERED, SCORES[word.lower()])


def _ignored(change: Change) -> list[Event]:
    return []


MAPPED: Mapping[str, Callable[[Change], list[Event]]] = {
    "ticket.created": _created,
    "ticket.comment_added": _commented,
    "ticket.status_changed": _status_changed,
    "ticket.agent_assignment_changed": _assigned,
    "ticket.group_assignment_changed": _regrouped,
    "ticket.merged": _merged,
    "ticket.marked_as_spam": lambda change: _removed(change, "spam"),
    "ticket.soft_deleted": lambda change: _removed(change, "deleted"),
    "ticket.permanently_deleted": lambda change: _removed(change, "deleted"),
    "ticket.csat_requested": lambda change: _survey(change, Kind.SURVEY_SENT, None),
    "ticket.csat_received": _rated,
}
#: every ticket event that can be subscribed; what is not listed is ignored as well
HANDLERS = {
    **MAPPED,
    **dict.fromkeys(
        (
            "ticket.attachment_linked_to_comment",
            "ticket.attachment_redacted_from_comment",
            "ticket.brand_changed",
            "ticket.comment_made_private",
            "ticket.comment_redacted",
            "ticket.custom_field_changed",
            "ticket.custom_status_changed",
            "ticket.description_changed",
            "ticket.email_ccs_changed",
            "ticket.external_id_changed",
            "ticket.followers_changed",
            "ticket.form_changed",
            "ticket.next_sla_breach_changed",
            "ticket.ola_policy_changed",
            "ticket.organization_changed",
            "ticket.priority_changed",
            "ticket.problem_link_changed",
            "ticket.requester_changed",
            "ticket.schedule_changed",
            "ticket.sla_policy_changed",
            "ticket.subject_changed",
            "ticket.submitter_changed",
            "ticket.tags_changed",
            "ticket.task_due_at_changed",
            "ticket.type_changed",
            "ticket.undeleted",
            "messaging_ticket.message_added",
        ),
        _ignored,
    ),
}
