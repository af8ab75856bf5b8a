"""The Home tab: today's numbers against their targets and the open incidents with their buttons, for one person."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from plugin.alert import thread
from plugin.alert.board import Board, alert_message
from plugin.alert.store import open_incidents
from plugin.alert.tables import Incident
from plugin.alert.tell import snoozed_of
from plugin.database import reading
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Action, Cell, Message, Section, Tone
from plugin.notify.slack_blocks import Block, button_rows, header, section, slack_blocks, small_print
from plugin.notify.text import BAD_MARK
from plugin.policy.document import Document
from plugin.report.wording import clock_time
from plugin.web.choice import choose
from plugin.web.slack.desk import SlackApp, may_see
from plugin.web.slack.numbers import usual_numbers
from plugin.web.wording import say

REFRESH = "home.refresh"
_INCIDENTS = 10
_log = logging.getLogger(__name__)


def publish_home(app: SlackApp, user: str, note: str = "") -> None:
    """`note` is what came of a button that was pressed there. What fails is logged: the next opening tries again."""
    if app.notifier is None:
        _log.warning("the Home tab stays empty: set SLACK_BOT_TOKEN")
        return
    try:
        app.notifier.publish_home(user, home_view(app, user, note))
    except DeliveryFailed as failure:
        _log.warning("the Home tab was not shown: %s", failure.reason)


def home_view(app: SlackApp, user: str, note: str = "") -> dict[str, Any]:
    """https://docs.slack.dev/reference/views/home-tab-views: at most 100 blocks."""
    document = app.document()
    if not may_see(document, user):
        blocks = [
            header(say("slack.forbidden", document.language)),
            *section(say("slack.forbidden.do", document.language)),
        ]
        return {"type": "home", "blocks": blocks}
    with reading(app.engine) as connection:
        return {"type": "home", "blocks": list(_blocks(connection, app, document, note))}


def _blocks(connection: Connection, app: SlackApp, document: Document, note: str) -> Iterator[Block]:
    language, now = document.language, app.now()
    yield from section(note)
    with Session(connection) as session:
        yield from _incidents(list(_boards(session, document, now)), language)
    yield from _numbers(usual_numbers(connection, app, choose({}, document, now, usual="today")))
    yield from button_rows([Action(action_id=REFRESH, label=say("slack.refresh", language))])
    yield from small_print(
        say("slack.as_of", language, moment=clock_time(now, document.timezone), zone=document.timezone)
    )


def _numbers(message: Message) -> list[Block]:
    """A line for each row: a table block is for messages only, https://docs.slack.dev/reference/block-kit/blocks/table-block

    Columns of text would break on a phone.
    """
    if message.table is None:
        return slack_blocks(message)
    lines = "\n".join(_line(message.table.columns, row) for row in message.table.rows)
    return slack_blocks(replace(message, table=None, sections=(Section(text=lines),)))


def _line(columns: Sequence[str], row: Sequence[Cell]) -> str:
    """`• Service level: 77.4% ! · n 53 · Target ≥ 80% · Change −0.2 pp`"""
    name, value, *others = row
    mark = f" {BAD_MARK}" if value.tone is Tone.BAD else ""
    told = [f"{column} {cell.text}" for column, cell in zip(columns[2:], others, strict=True) if cell.text]
    return " · ".join([f"• {name.text}: {value.text}{mark}", *told])


def _boards(session: Session, document: Document, now: datetime) -> Iterator[Board]:
    """Every message about open incidents once, the newest first; those that were held back stand alone."""
    seen: set[int | None] = set()
    for one in open_incidents(session):
        if one.leader is not None and one.leader in seen:
            continue
        seen.add(one.leader)
        members = thread.members_of(session, one.leader) if one.leader is not None else (one,)
        yield Board(
            members=members,
            now=now,
            timezone=document.timezone,
            language=document.language,
            has_opening=_has_opening(document, members[0]),
            snoozed=snoozed_of(session, members, now),
        )


def _has_opening(document: Document, incident: Incident) -> bool:
    rule = document.rules.get(incident.rule)
    return document.calendar(rule.calendar if rule else None) is not None


def _incidents(boards: list[Board], language: str) -> Iterator[Block]:
    count = sum(len(board.open) for board in boards)
    yield header(say("slack.incidents", language, count=count) if boards else say("slack.no_incidents", language))
    for board in boards[:_INCIDENTS]:
        message = alert_message(board)
        yield from section(f"{message.title or board.members[0].rule}\n{message.summary}".strip())
        yield from button_rows(message.actions)
    if len(boards) > _INCIDENTS:
        left = sum(len(board.open) for board in boards[_INCIDENTS:])
        yield from section(say("slack.more_incidents", language, count=left))
