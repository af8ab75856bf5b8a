"""What an alert was made of, for the one person who asks: the newest calls, tickets or answers of each of its incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection
from sqlmodel import Session

from plugin.alert import thread
from plugin.alert.behind import has_records, latest_behind, latest_lines
from plugin.alert.board import words
from plugin.alert.tables import Incident
from plugin.database import reading
from plugin.notify.message import Link, Message, Section
from plugin.report.wording import text
from plugin.web.slack.desk import SlackApp, may_see
from plugin.web.wording import say

_INCIDENTS, _RECORDS = 5, 10


def behind_alert(app: SlackApp, number: int, user: str, channel: str = "") -> Message:
    """Without any trace of customers."""
    document, language = app.document(), app.document().language
    if not may_see(document, user, channel):
        title, remedy = say("slack.forbidden", language), say("slack.forbidden.do", language)
        return Message(title=title, summary=remedy, language=language)
    with reading(app.engine) as connection, Session(connection) as session:
        members = _members(session, number)
        if not members:
            return Message(title=text("alert.answer.unknown", language), language=language)
        return Message(
            title=say("slack.behind", language),
            sections=tuple(_sections(connection, app, members)),
            links=tuple(_links(members, language)),
            language=language,
        )


def _members(session: Session, number: int) -> Sequence[Incident]:
    found = session.get(Incident, number)
    if found is None or found.leader is None:
        return [found] if found is not None else []
    return thread.members_of(session, found.leader)[:_INCIDENTS]


def _sections(connection: Connection, app: SlackApp, members: Sequence[Incident]) -> Iterator[Section]:
    document = app.document()
    for each in members:
        lines = []
        if has_records(each.kpi):
            found = latest_behind(connection, document, each, app.now(), most=_RECORDS)
            lines = latest_lines(found, document.timezone)
        said = "\n".join(lines) or say("slack.behind.none", document.language)
        yield Section(title=words(each).title or each.rule, text=said)


def _links(members: Sequence[Incident], language: str) -> Iterator[Link]:
    """The page with all of them."""
    for each in members:
        if url := words(each).records:
            label = text("link.behind", language) if len(members) == 1 else words(each).subject
            yield Link(label=label, url=url)
