"""Incidents that stand in one message go in, the message as it has to read now comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plugin.alert.behind import has_records
from plugin.alert.machine import data_of
from plugin.alert.tables import Incident
from plugin.alert.words import Words, from_json
from plugin.notify.message import Action, Link, Message
from plugin.report import figures
from plugin.report.subject import OWN
from plugin.report.wording import sentences, since_name, text

ACKNOWLEDGE = "alert.ack"
SNOOZE = "alert.snooze."
UNSNOOZE = "alert.unsnooze"
OPENING = "opening"
#: lists what is behind the alert; it changes nothing
BEHIND = "alert.behind"
#: the ends of the buttons' names, and for how long each is
SNOOZES = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}
_BULLET = "• "


@dataclass(frozen=True, kw_only=True, slots=True)
class Snoozed:
    """Who wants to hear nothing of an incident's rule, and until when."""

    until: datetime
    who: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """What the message shows: its incidents, the oldest first; those whose rule is snoozed at this moment by their number.

    `has_opening`: snoozing until opening makes sense.
    """

    members: tuple[Incident, ...]
    now: datetime
    timezone: str
    language: str
    has_opening: bool = False
    snoozed: Mapping[int, Snoozed] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.members if each.closed is None)

    @property
    def unanswered(self) -> tuple[Incident, ...]:
        """Those that go on, and that nobody has acknowledged or snoozed."""
        return tuple(each for each in self.open if each.acknowledged_at is None and each.id not in self.snoozed)


def alert_message(board: Board) -> Message:
    """What stands in the channel, from the first alert to the end."""
    return Message(
        title=_title(board),
        summary=_alone(board, board.members[0]) if len(board.members) == 1 else _lines(board),
        links=_links(board),
        actions=_actions(board),
        footer=_footer(board),
        language=board.language,
        data=data_of(board.members),
    )


def recovered_message(board: Board, title: str) -> Message:
    """The end, as it is told. `title` is that of a single incident."""
    alone = len(board.members) == 1
    count = figures.number(len(board.members), board.language)
    return Message(
        title=title if alone else text("alert.group.recovered", board.language, count=count),
        summary=words(board.members[0]).detail if alone else _ends(board),
        links=_links(board),
        footer=_footer(board),
        language=board.language,
        data=data_of(board.members),
    )


def still_message(board: Board, still: Sequence[Incident], why: str) -> Message:
    """That some of the incidents go on; `why` it is said again."""
    lines = [_still(board, each) for each in still]
    alone = len(still) == 1
    count = figures.number(len(still), board.language)
    return Message(
        title=text("alert.still", board.language, line=lines[0])
        if alone
        else text("alert.group.still", board.language, count=count),
        summary=why if alone else "\n".join([why, *(_BULLET + line for line in lines)]),
        links=_links(replace(board, members=tuple(still))),
        footer=_footer(replace(board, members=tuple(still))),
        language=board.language,
    )


def _still(board: Board, incident: Incident) -> str:
    said = words(incident)
    duration = figures.span((board.now - incident.opened_at).total_seconds(), board.language)
    return text("alert.still.line", board.language, subject=said.subject, latest=said.latest, duration=duration)


def words(incident: Incident) -> Words:
    return from_json(incident.words)


def _title(board: Board) -> str:
    if len(board.members) == 1:
        return words(board.members[0]).title
    count, still = (figures.number(len(some), board.language) for some in (board.members, board.open))
    if not board.open:
        return text("alert.group.over", board.language, count=count)
    if len(board.open) < len(board.members):
        return text("alert.group.some", board.language, open=still, count=count)
    return text("alert.group", board.language, count=count)


def _alone(board: Board, incident: Incident) -> str:
    return sentences([*_answers(board, incident), words(incident).detail], board.language)


def _lines(board: Board) -> str:
    """A line for each; what people did about all that go on is said once, above them."""
    did = {tuple(_answers(board, each)) for each in board.open}
    alike = did.pop() if len(did) == 1 else ()
    lines = []
    for each in board.members:
        own = [said for said in _answers(board, each) if said not in alike]
        title = words(each).title
        lines.append(_BULLET + (f"{title}. {sentences(own, board.language)}" if own else title))
    return "\n".join([*([sentences(alike, board.language)] if alike else []), *lines])


def _ends(board: Board) -> str:
    """For each how long and how bad it was."""
    said = [words(each) for each in board.members]
    lines = [text("alert.group.line", board.language, subject=each.subject, detail=each.detail) for each in said]
    return "\n".join(_BULLET + line for line in lines)


def _answers(board: Board, incident: Incident) -> list[str]:
    """What people did about an incident that goes on."""
    if incident.closed is not None:
        return []
    language, said = board.language, list[str]()
    if incident.acknowledged_at is not None:
        at = _time(board, incident.acknowledged_at)
        said.append(text("alert.acknowledged", language, who=incident.acknowledged_by or "", at=at))
    if snoozed := board.snoozed.get(incident.id or 0):
        said.append(text("alert.snoozed", language, until=_time(board, snoozed.until), who=snoozed.who))
    if incident.escalated_at is not None:
        at = _time(board, incident.escalated_at)
        said.append(text("alert.escalated", language, targets=incident.escalated_to or "", at=at))
    return said


def _time(board: Board, moment: datetime) -> str:
    return since_name(moment, board.now, board.timezone, board.language)


def _links(board: Board) -> tuple[Link, ...]:
    if len(board.members) > 1:
        named = [(words(each).subject, words(each).page) for each in board.members]
    else:
        said = words(board.members[0])
        named = [("link.incident", said.page), ("link.behind", said.records)]
        named = [(text(label, board.language), url) for label, url in named]
    return tuple(Link(label=label, url=url) for label, url in named if url)


def _actions(board: Board) -> tuple[Action, ...]:
    """A button stands for all incidents of the message; its value is the first of them."""
    if not board.open:
        return ()
    language, value = board.language, str(board.members[0].id)
    buttons = []
    if any(each.acknowledged_at is None for each in board.open):
        buttons.append(Action(action_id=ACKNOWLEDGE, label=text("action.ack", language), value=value, primary=True))
    listed = [Action(action_id=BEHIND, label=text("action.behind", language), value=value)]
    listed = listed if any(has_records(each.kpi) for each in board.members) else []
    if all(each.id in board.snoozed for each in board.open):
        return (*buttons, Action(action_id=UNSNOOZE, label=text("action.unsnooze", language), value=value), *listed)
    for name, length in SNOOZES.items():
        duration = figures.span(length.total_seconds(), language)
        snooze = text("action.snooze", language, duration=duration)
        buttons.append(Action(action_id=f"{SNOOZE}{name}", label=snooze, value=value))
    if board.has_opening:
        buttons.append(Action(action_id=SNOOZE + OPENING, label=text("action.snooze.opening", language), value=value))
    return (*buttons, *listed)


def _footer(board: Board) -> str:
    if len(board.members) == 1:
        only = board.members[0]
        key = "alert.footer.own" if only.kpi.startswith(OWN) else "alert.footer"
        return text(key, board.language, rule=words(only).rule, incident=only.id or 0, zone=board.timezone)
    numbers = ", ".join(str(each.id) for each in board.members)
    return text("alert.group.footer", board.language, incidents=numbers, zone=board.timezone)
