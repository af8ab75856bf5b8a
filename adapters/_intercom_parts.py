"""The parts of an Intercom conversation or ticket in, events out.

A part (a message, a note, an assignment, a closing …) has an id that every notification repeats, so each counts once however
many tell of it: conversations bring the part that set the notification off, tickets all parts they ever had. Seen in Intercom's own
samples and in a recorded `ticket.closed`;
https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/conversation_part
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters._intercom_words import (
    ALSO_MESSAGES,
    ASSIGNMENTS,
    CHANGES,
    CUSTOMERS,
    NOTES,
    TOPIC_PARTS,
    actor_of,
    channel_of,
    state_change,
)
from plugin.contract.adapter import Settings, first
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import Payload

LARGEST_ORDER = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """The conversation or ticket of one notification. `at` and `key` are the notification's own."""

    topic: str
    item: Payload
    at: datetime
    key: str
    settings: Settings

    @property
    def subject(self) -> str:
        return self.item["id"].text()

    @property
    def is_ticket(self) -> bool:
        return self.topic.startswith("ticket.")

    @property
    def customer(self) -> str | None:
        """The id of the first contact: `contacts` is a list, or a list inside of an object; API 1.x has `user`."""
        contacts = self.item["contacts"]
        listed = contacts["contacts"] if isinstance(contacts.raw, dict) else contacts
        found = next((contact["id"].text_or() for contact in listed.items()), None)
        return found or self.item["user"]["id"].text_or()

    def event(
        self,
        kind: Kind,
        key: str,
        at: datetime,
        *,
        order: int = 0,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told: dict[str, Json] = {name: value for name, value in (data or {}).items() if value}
        if not self.item["created_at"].is_absent:
            told["created_at"] = self.item["created_at"].epoch_s().isoformat()
        return Event(
            kind=kind,
            at=at,
            subject=self.subject,
            dedupe_key=f"{self.subject}:{key}:{kind}",
            order=order,
            channel=channel_of(self.item),
            queue=queue,
            agent=agent,
            customer=self.customer,
            data=told,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part, or what stands for it in a notification that has none."""

    of: Item
    part: Payload
    type: str
    key: str
    at: datetime

    @property
    def author(self) -> Payload:
        return self.part["author"]

    @property
    def agent(self) -> str | None:
        return self.author["id"].text_or() if self.author["type"].text_or() == "admin" else None

    def event(
        self,
        kind: Kind,
        *,
        agent: str | None = None,
        queue: str | None = None,
        data: Mapping[str, str | None] | None = None,
    ) -> Event:
        told = {**(data or {}), "actor": actor_of(self.author, self.of.settings)}
        return self.of.event(kind, self.key, self.at, order=self._order, agent=agent, queue=queue, data=told)

    @property
    def _order(self) -> int:
        """Ids of parts grow, times are whole seconds."""
        digits = self.part["id"].text_or("") or ""
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0
        return min(number, LARGEST_ORDER)


def part_events(item: Item) -> list[Event]:
    return [event for part in _parts(item) for event in _events(part)]


def _parts(item: Item) -> Iterator[Part]:
    found = False
    for name in ("conversation_part", "ticket_part"):
        listed = item.item[f"{name}s"]
        for part in (listed[f"{name}s"] if isinstance(listed.raw, dict) else listed).items():
            found = True
            yield Part(
                of=item,
                part=part,
                type=part["part_type"].text(),
                key=part["id"].text(),
                at=part["created_at"].epoch_s(),
            )
    if not found and item.topic in TOPIC_PARTS:
        yield Part(of=item, part=_stand_in(item), type=TOPIC_PARTS[item.topic], key=item.key, at=item.at)


def _stand_in(item: Item) -> Payload:
    """Who must have written the part that the topic speaks of; which admin it was is not told."""
    role = next((role for role in ("admin", "operator", "user", "contact") if f".{role}." in item.topic), None)
    return Payload({"author": {"type": role}}, item.item.path)


def _events(part: Part) -> list[Event]:
    return [*_message(part), *_assignment(part), *_change(part), *_state(part)]


def _message(part: Part) -> list[Event]:
    """A customer's message takes a closed or snoozed conversation up again; of a ticket its state says so."""
    if part.type != "comment" and (part.type not in ALSO_MESSAGES or part.part["body"].is_absent):
        return []
    if part.author["type"].text_or() in CUSTOMERS:
        again = () if part.type == "open" or part.of.is_ticket else (Kind.TICKET_REOPENED,)
        return [part.event(kind) for kind in (Kind.TICKET_CUSTOMER_REPLIED, *again, Kind.TICKET_RESUMED)]
    return [part.event(Kind.TICKET_AGENT_REPLIED, agent=part.agent)]


def _assignment(part: Part) -> list[Event]:
    """Assigned to nobody is no assignment. API 1.x calls a team an admin, too."""
    to = part.part["assigned_to"]
    name, kind = to["id"].text_or(), to["type"].text_or()
    if part.type not in ASSIGNMENTS or name in (None, "0"):
        return []
    if kind == "team":
        return [part.event(Kind.TICKET_ASSIGNED, queue=name)]
    return [part.event(Kind.TICKET_ASSIGNED, agent=name)] if kind == "admin" else []


def _change(part: Part) -> list[Event]:
    kind = CHANGES.get(part.type)
    if kind is None:
        return []
    if kind is Kind.TICKET_PAUSED:
        on = first(part.of.settings, "snoozed", "customer")
        return [part.event(kind, data={"on": on})] if on in ("customer", "other") else []
    noted = [part.event(Kind.TICKET_NOTED, agent=part.agent)] if part.type in NOTES else []
    return noted if kind is Kind.TICKET_NOTED else [*noted, part.event(kind, agent=part.agent)]


def _state(part: Part) -> list[Event]:
    if not part.type.startswith("ticket_state_updated"):
        return []
    kinds = state_change(part.part["previous_ticket_state"].text_or(), part.part["ticket_state"].text_or())
    on = {Kind.TICKET_PAUSED: "customer"}
    return [part.event(kind, agent=part.agent, data={"on": on.get(kind)}) for kind in kinds]
