"""Surveys that name no queue or channel get those of the ticket or contact that they ask about, whichever was seen first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from plugin.database import execute_given
from plugin.facts.dirty import Dirty
from plugin.facts.store import SURVEY

_ABOUT = (
    "SELECT survey.subject_key FROM :given CROSS JOIN {thing} CROSS JOIN survey "
    "WHERE {thing}.subject_key = given.key AND survey.{thing} = {thing}.subject AND survey.source = {thing}.source"
)
_PLACES = (
    "SELECT survey.subject_key, survey.sent_at, survey.queue, survey.channel, "
    "COALESCE(NULLIF(survey.own_queue, ''), NULLIF(ticket.queue, ''), contact.queue, '') AS new_queue, "
    "COALESCE(NULLIF(survey.own_channel, ''), NULLIF(ticket.channel, ''), contact.channel, '') AS new_channel "
    "FROM :given JOIN survey ON survey.subject_key = given.key "
    "LEFT JOIN ticket ON ticket.subject = survey.ticket AND ticket.source = survey.source "
    "LEFT JOIN contact ON contact.subject = survey.contact AND contact.source = survey.source"
)


def place_surveys(
    connection: Connection, contacts: Sequence[int], tickets: Sequence[int], surveys: Sequence[int], dirty: Dirty
) -> None:
    """Works out the places of these surveys anew, and of all that ask about these contacts and tickets."""
    keys = {*surveys, *_asked_about(connection, "contact", contacts), *_asked_about(connection, "ticket", tickets)}
    if not keys:
        return
    for key, sent_ms, queue, channel, new_queue, new_channel in execute_given(connection, _PLACES, key=sorted(keys)):
        if (queue, channel) == (new_queue, new_channel):
            continue
        dirty.at_ms(sent_ms)
        for table in ("survey", "survey_answer"):
            connection.execute(
                text(f"UPDATE {table} SET queue = :queue, channel = :channel WHERE subject_key = :key"),  # noqa: S608
                {"queue": new_queue, "channel": new_channel, "key": key},
            )


def _asked_about(connection: Connection, thing: str, keys: Sequence[int]) -> set[int]:
    if not keys or not connection.execute(select(SURVEY.c.subject_key).limit(1)).first():
        return set()
    return {key for (key,) in execute_given(connection, _ABOUT.format(thing=thing), key=keys)}
