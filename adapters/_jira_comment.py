"""Comments of Jira in, replies and notes out."""

from __future__ import annotations

from adapters._jira_issue import Issue, moment
from adapters._jira_words import actor_of, id_of, is_portal_customer, name_of, present
from plugin.contract.adapter import first
from plugin.contract.event import Event, Kind
from plugin.contract.payload import Payload

#: the property in which Service Management keeps that a comment is internal
INTERNAL = "sd.public.comment"


def commented(issue: Issue, comment: Payload) -> list[Event]:
    """A comment at its creation, however often it was edited; nothing where the body does not tell what it is."""
    author, is_public = comment["author"], _is_public(issue, comment)
    if is_public is None:
        return []
    if not is_public:
        return [_event(issue, comment, Kind.TICKET_NOTED, name_of(author))]
    of_customer = _is_of_customer(issue, author)
    if of_customer is None:
        return []
    if of_customer:
        return [_event(issue, comment, Kind.TICKET_CUSTOMER_REPLIED, None)]
    return [_event(issue, comment, Kind.TICKET_AGENT_REPLIED, name_of(author))]


def _event(issue: Issue, comment: Payload, kind: Kind, agent: str | None) -> Event:
    actor = actor_of(comment["author"], issue.settings)
    key = f"comment:{comment['id'].text()}"
    return issue.event(kind, moment(comment["created"]), key, agent=agent, data=present({"actor": actor}))


def _is_public(issue: Issue, comment: Payload) -> bool | None:
    """None in a project of Service Management on a server of one's own, whose webhooks do not say it."""
    if not comment["visibility"].is_absent:
        return False  # for a role or group of the project only
    if not comment["jsdPublic"].is_absent:
        return comment["jsdPublic"].flag()
    if "properties" in comment:
        hidden = [entry["value"]["internal"].flag_or() for entry in comment["properties"].items() if _is_mark(entry)]
        return not any(hidden)
    return None if issue.fields["project"]["projectTypeKey"].text_or() == "service_desk" else True


def _is_mark(entry: Payload) -> bool:
    return entry["key"].text_or() == INTERNAL


def _is_of_customer(issue: Issue, author: Payload) -> bool | None:
    """Whoever has an account of the portal, or reported the issue; None where the reporter is not told (comments of Cloud)."""
    if is_portal_customer(author):
        return True
    if actor_of(author, issue.settings) == "bot":
        return False
    if first(issue.settings, "customers", "reporter") == "portal" and not author["accountType"].is_absent:
        return False
    reporter, writer = id_of(issue.fields["reporter"]), id_of(author)
    return None if reporter is None or writer is None else reporter == writer
