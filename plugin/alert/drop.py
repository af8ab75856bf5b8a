"""Rules that are gone, or are about something else now: what was open of them is closed, and said in the place of its alert."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from plugin.alert.answer import show
from plugin.alert.board import words
from plugin.alert.rule import Watch
from plugin.alert.store import forget_others
from plugin.alert.tables import Incident
from plugin.alert.thread import Enqueue, lock_group, members_of
from plugin.alert.words import to_json
from plugin.policy.document import Document
from plugin.report.wording import text


def drop_others(
    session: Session,
    document: Document,
    watches: Collection[Watch],
    now: datetime,
    enqueue: Enqueue,
    *,
    own: bool = False,
) -> None:
    """No recovery is told, since nobody knows of one: where the alert cannot be changed, it stays as it is.

    `own`: among Deskgauge's own troubles, else among the rules of the policy.
    """
    for incident in forget_others(session, watches, now, own=own):
        if incident.leader is not None:
            lock_group(session, incident.group_key)
            _say_dropped(incident, document.language)
            session.add(incident)
            show(session, document, members_of(session, incident.leader), "dropped", now, enqueue)


def _say_dropped(incident: Incident, language: str) -> None:
    told = words(incident)
    title = text("alert.dropped", language, subject=told.subject)
    incident.words = to_json(replace(told, title=title, detail=text("alert.dropped.detail", language)))
