"""What sources call agents and queues, from the facts, and which of these names are likely one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from plugin.database import from_ms

_PARTS = re.compile(r"[^\W_]+")
#: what is named --> the facts that name it, each with the moment of it
_NAMED_BY = {
    "agents": {
        "agent_leg": "answered_at",
        "ring_attempt": "started_at",
        "agent_state": "started_at",
        "ticket": "created_at",
        "ticket_reply": "replied_at",
    },
    "queues": {"queue_visit": "entered_at", "ticket": "created_at"},
}
_COLUMN = {"agents": "agent", "queues": "queue"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A name that a source uses (or got by an alias), how many facts have it and the moment of the latest."""

    name: str
    source: str
    facts: int
    last_at: datetime | None


def names_in_use(connection: Connection, what: str) -> list[Called]:
    """All names of `what` ("agents" or "queues") by name and source."""
    column = _COLUMN[what]
    each = " UNION ALL ".join(
        f"SELECT {column} AS name, source, COUNT(*) AS facts, MAX({moment}) AS last_at FROM {table} "  # noqa: S608
        f"WHERE {column} <> '' GROUP BY {column}, source"
        for table, moment in _NAMED_BY[what].items()
    )
    query = (
        f"SELECT name, source, SUM(facts), MAX(last_at) FROM ({each}) AS each_table GROUP BY name, source "  # noqa: S608
        "ORDER BY name, source"
    )
    return [
        Called(name=name, source=source, facts=int(facts), last_at=None if last is None else from_ms(last))
        for name, source, facts, last in connection.execute(text(query))
    ]


def look_alikes(found: Iterable[Called]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The name to read --> source --> what it calls the one of that name, where two sources' names differ in spelling only.

    Spelling is: accents, small and capital letters, what separates words and their order, and what follows an @. Two names of one
    source are two agents.
    """
    groups: dict[tuple[str, ...], list[Called]] = defaultdict(list)
    for one in found:
        words = _words(one.name)
        if any(word.isalpha() for word in words):
            groups[words].append(one)
    alike: dict[str, dict[str, list[str]]] = {}
    for group in groups.values():
        sources = [one.source for one in group]
        names = {one.name for one in group}
        if len(names) > 1 and len(set(sources)) == len(sources):
            best = max(names, key=_readable)
            alike[best] = {one.source: [one.name] for one in group if one.name != best}
    return dict(sorted(alike.items()))


def _words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", name.partition("@")[0])
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(sorted(_PARTS.findall(letters.casefold())))


def _readable(name: str) -> tuple[bool, bool, bool, bool, int, str]:
    """How well a name reads: no address, words apart and in order, capitals, and of those the one with more accents."""
    return (
        "@" not in name,
        " " in name,
        "," not in name,
        not (name.islower() or name.isupper()),
        len(name.encode()),
        name,
    )
