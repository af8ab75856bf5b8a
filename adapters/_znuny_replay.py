"""A ticket of Znuny's operations with its history, as the invoker would have sent it after each change.

A line of the history says what it is about in `HistoryType` and holds values between double per cent signs in `Name`, as
https://github.com/znuny/Znuny Kernel/System/Ticket.pm writes them (read 2026-11-27).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from plugin.contract.event import Json
from plugin.contract.payload import Payload

TICKET = ("TicketID", "Created", "CreateBy", "ResponsibleID", "Responsible")
ARTICLE = ("ArticleID", "CreateTime", "CreateBy", "SenderType", "IsVisibleForCustomer")
#: as every installation numbers them
CHANNELS: Mapping[str, str] = {"1": "Email", "2": "Phone", "3": "Internal", "4": "Chat"}
#: states of a new installation --> their types; of others the type is known while a ticket has them
TYPES: Mapping[str, str] = {
    "new": "new",
    "open": "open",
    "closed successful": "closed",
    "closed unsuccessful": "closed",
    "pending reminder": "pending reminder",
    "pending auto close+": "pending auto",
    "pending auto close-": "pending auto",
    "merged": "merged",
    "removed": "removed",
}
#: type of a line --> column of the ticket, and where in the line the old and the new value stand; None where it does not say
CHANGES: Mapping[str, tuple[str, int | None, int]] = {
    "StateUpdate": ("State", 0, 1),
    "Move": ("Queue", 2, 0),
    "PriorityUpdate": ("Priority", 0, 2),
    "OwnerUpdate": ("OwnerID", None, 1),
}
COLUMNS = ("State", "Queue", "Priority", "Owner", "OwnerID")


def types_of(tickets: Sequence[Payload]) -> Mapping[str, str]:
    """State, in small letters --> its type."""
    known = {each["State"].text().casefold(): each["StateType"].text() for each in tickets}
    return {**TYPES, **known}


def body_of(ticket: Payload, history: Sequence[Payload], types: Mapping[str, str]) -> Json:
    return {
        "deskgauge_read": "ticket",
        "states": [*_states(ticket, history, types)],
        "articles": [_article(each) for each in ticket["Article"].items()],
    }


def _article(article: Payload) -> Json:
    """Without what was written."""
    channel = article["CommunicationChannel"].text_or() or CHANNELS.get(
        article["CommunicationChannelID"].text_or("") or ""
    )
    return {**{name: article[name].raw for name in ARTICLE}, "CommunicationChannel": channel}


def _states(ticket: Payload, history: Sequence[Payload], types: Mapping[str, str]) -> Iterator[dict[str, Json]]:
    """What stood there at first is what the history says was replaced; before the first owner that it names, nobody is known."""
    lines = [line for line in history if line["HistoryType"].text_or() in CHANGES and _values(line)]
    values: dict[str, Json] = {name: ticket[name].raw for name in COLUMNS}
    for line in reversed(lines):
        column, old, _ = CHANGES[line["HistoryType"].text()]
        values[column] = None if old is None else _values(line)[old]
    yield {**_state(ticket, values, ticket["Created"].raw, types), "CustomerUser": _customer(ticket)}
    for at, group in groupby(lines, lambda line: line["CreateTime"].raw):
        for line in group:
            column, _, new = CHANGES[line["HistoryType"].text()]
            values[column] = _values(line)[new]
            if column == "OwnerID":
                values["Owner"] = _values(line)[0]
        yield _state(ticket, values, at, types)


def _customer(ticket: Payload) -> Json:
    """Where customers log in with their address, that; at the beginning only, since the invoker may know a number later."""
    login = ticket["CustomerUserID"].text_or("") or ""
    return {"UserEmail": login} if "@" in login else {}


def _values(line: Payload) -> list[str]:
    """Empty where the line is text of somebody's own."""
    parts = (line["Name"].text_or("") or "").removeprefix("%%").removesuffix("%%").split("%%")
    _, old, new = CHANGES[line["HistoryType"].text()]
    return parts if len(parts) > max(old or 0, new) else []


def _state(ticket: Payload, values: Mapping[str, Json], at: Json, types: Mapping[str, str]) -> dict[str, Json]:
    state = str(values["State"] or "")
    return {
        **{name: ticket[name].raw for name in TICKET},
        **values,
        "StateType": types.get(state.casefold(), "open"),
        "Changed": at,
        "CustomerUser": {},
    }
