"""One reading of a Pylon issue in (as it is, its messages, its ratings), the ticket's events out.

Pylon keeps no log of states: what an issue is now has the time of its last change, and its solution the time that Pylon gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload
from plugin.contract.settings import Settings, first
from plugin.contract.status import OVER, PAUSED_ON, Status, status_seen, statuses

STATES: Mapping[str, Status] = {
    "new": Status.OPEN,
    "waiting_on_you": Status.OPEN,
    "waiting_on_customer": Status.PENDING,
    "on_hold": Status.ON_HOLD,
    "closed": Status.SOLVED,
}
CHANNELS: Mapping[str, Channel] = {
    "email": Channel.EMAIL,
    "form": Channel.WEB,
    "chat_widget": Channel.CHAT,
    "slack": Channel.MESSAGING,
    "microsoft_teams": Channel.MESSAGING,
    "microsoft_teams_chat": Channel.MESSAGING,
    "discord": Channel.MESSAGING,
    "whatsapp": Channel.MESSAGING,
    "sms": Channel.MESSAGING,
    "telegram": Channel.MESSAGING,
}
#: a message so near to the beginning is what the issue was made from
OPENING = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Issue:
    """`body` as `adapters._pylon_pull` keeps it."""

    body: Payload
    settings: Settings

    @cached_property
    def shown(self) -> Payload:
        return self.body["issue"].object()

    @cached_property
    def id(self) -> str:
        return self.shown["id"].text()

    @cached_property
    def created_at(self) -> datetime:
        return self.shown["created_at"].iso()

    @cached_property
    def changed_at(self) -> datetime:
        return self.shown["updated_at"].iso()

    @cached_property
    def status(self) -> Status:
        """A state of one's own counts as its category; one that nobody explained is open."""
        known = statuses(self.settings, "statuses", STATES)
        names = (self.shown["state"].text(), self.body["category"].text_or("") or "")
        return next((known[name.casefold()] for name in names if name.casefold() in known), Status.OPEN)

    @cached_property
    def messages(self) -> Sequence[Payload]:
        """By their time."""
        return sorted(self.body["messages"].items(), key=lambda each: (each["timestamp"].iso(), each["id"].text()))

    @cached_property
    def opening(self) -> Payload | None:
        public = next((each for each in self.messages if not each["is_private"].flag_or()), None)
        is_near = public is not None and public["timestamp"].iso() <= self.created_at + OPENING
        return public if is_near else None

    def tell(
        self,
        kind: Kind,
        at: datetime,
        key: str,
        *,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> Event:
        told = {name: value for name, value in (data or {}).items() if value is not None}
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=f"{self.id}:{key}",
            channel=CHANNELS.get(self.shown["source"].text_or("") or "", Channel.OTHER),
            agent=agent,
            queue=queue,
            customer=person(self.shown["requester"]),
            data={**told, "created_at": self.created_at.isoformat()},
        )


def person(who: Payload) -> str | None:
    """By his address; Pylon's id where it has none."""
    return who["email"].text_or() or who["id"].text_or()


def told(issue: Issue) -> Sequence[Event]:
    messages = [event for each in issue.messages for event in _message(issue, each)]
    return [_opened(issue), *_placed(issue), *messages, *_states(issue), *_ratings(issue)]


def _opened(issue: Issue) -> Event:
    by_agent = issue.opening is not None and not issue.opening["author"]["user"].is_absent
    data: Mapping[str, Json] = {
        "opened_by": "agent" if by_agent else None,
        "type": issue.shown["type"].text_or(),
    }
    return issue.tell(Kind.TICKET_OPENED, issue.created_at, "opened", data=data)


def _placed(issue: Issue) -> Iterator[Event]:
    """Where the issue is, at its last change: earlier places are not told."""
    agent, queue = person(issue.shown["assignee"]), issue.body["team"].text_or()
    priority = issue.shown["priority"].text_or()
    if agent or queue or priority:
        key = f"placed:{issue.changed_at.isoformat()}:{queue or ''}:{agent or ''}:{priority or ''}"
        data: Mapping[str, Json] = {"priority": priority}
        yield issue.tell(Kind.TICKET_ASSIGNED, issue.changed_at, key, agent=agent, queue=queue, data=data)


def _message(issue: Issue, message: Payload) -> Iterator[Event]:
    """What opened the issue is no reply, and what neither a contact nor a user wrote is nobody's."""
    author, at, key = message["author"], message["timestamp"].iso(), message["id"].text()
    if issue.opening is not None and key == issue.opening["id"].text():
        return
    if not author["user"].is_absent:
        kind = Kind.TICKET_NOTED if message["is_private"].flag_or() else Kind.TICKET_AGENT_REPLIED
        agent = person(author["user"])
        yield issue.tell(
            kind, at, f"message:{key}", agent=agent, data={"actor": _actor(author["user"], issue.settings)}
        )
    elif not author["contact"].is_absent:
        yield issue.tell(Kind.TICKET_CUSTOMER_REPLIED, at, f"message:{key}")


def _actor(user: Payload, settings: Settings) -> str:
    bots = {name for name in re.split(r"[,\s]+", (first(settings, "bots", "") or "").casefold()) if name}
    names = {user[name].text_or("") or "" for name in ("id", "email")}
    return "bot" if bots & {name.casefold() for name in names} else "human"


def _states(issue: Issue) -> Iterator[Event]:
    """The solution that Pylon tells the time of stays when the issue was opened again since."""
    solved_at = issue.shown["resolution_time"]
    if not solved_at.is_absent:
        yield issue.tell(Kind.TICKET_SOLVED, solved_at.iso(), f"solved:{solved_at.iso().isoformat()}")
    if issue.status is Status.SOLVED and not solved_at.is_absent:
        return
    for kind in status_seen(issue.status):
        data: Mapping[str, Json] = {"on": PAUSED_ON[issue.status]} if kind is Kind.TICKET_PAUSED else {}
        if issue.status in OVER and kind is Kind.TICKET_DELETED:
            data = {"reason": "deleted"}
        yield issue.tell(kind, issue.changed_at, f"{kind}:{issue.changed_at.isoformat()}", data=data)


def _ratings(issue: Issue) -> Iterator[Event]:
    """Without a time of their own: they have that of the change with which they were read first."""
    scale = first(issue.settings, "csat_scale", "1-5")
    for place, rating in enumerate(issue.body["ratings"].items(), start=1):
        yield Event(
            kind=Kind.SURVEY_ANSWERED,
            at=issue.changed_at,
            subject=f"csat:{issue.id}:{place}",
            dedupe_key=f"{issue.id}:csat:{place}",
            agent=person(issue.shown["assignee"]),
            customer=person(issue.shown["requester"]),
            data={"type": "csat", "scale": scale, "score": rating.number(), "ticket": issue.id},
        )
