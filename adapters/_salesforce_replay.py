"""A case as it is and its field history in, the case as it was after each change out.

CaseHistory has a row for each field that the organisation tracks; a change of the owner has two, of which one holds names.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from plugin.contract.event import Json
from plugin.contract.payload import Payload

#: of a case, as an outbound message holds them
FIELDS = (
    "Id",
    "Status",
    "IsClosed",
    "Priority",
    "Origin",
    "OwnerId",
    "CreatedDate",
    "LastModifiedDate",
    "SystemModstamp",
    "ClosedDate",
    "ContactId",
    "ContactPhone",
    "ContactMobile",
    "ContactEmail",
    "SuppliedPhone",
    "SuppliedEmail",
)
#: `Field` of a row --> field of the case
TRACKED = {"Status": "Status", "Priority": "Priority", "Owner": "OwnerId"}
#: the beginnings of ids of users and of queues
OWNERS = ("005", "00G")
#: an id has 15 characters or 18
IDS = (15, 18)


def states_of(case: Payload, history: Sequence[Payload], closed: frozenset[str]) -> list[Json]:
    """One state for each time at which something tracked changed; the case as it is where no status is in the history.

    `closed` are the statuses that close a case. What stood there at first is what the history says was replaced.
    """
    now: dict[str, Json] = {name: case[name].raw for name in FIELDS}
    rows = sorted(filter(_is_told, history), key=lambda row: (row["CreatedDate"].iso(), row["Id"].text()))
    if not any(row["Field"].text() == "Status" for row in rows):
        return [now]
    values = dict(now)
    for row in reversed(rows):
        values[TRACKED[row["Field"].text()]] = row["OldValue"].raw
    found = [_state(values, case["CreatedDate"].raw, closed)]
    for at, group in groupby(rows, lambda row: row["CreatedDate"].raw):
        for row in group:
            values[TRACKED[row["Field"].text()]] = row["NewValue"].raw
        found.append(_state(values, at, closed))
    if not case["ClosedDate"].is_absent:
        found[-1]["ClosedDate"] = case["ClosedDate"].raw
    return [*found]


def _is_told(row: Payload) -> bool:
    field = row["Field"].text()
    return field in TRACKED and (field != "Owner" or all(_is_owner(row[name]) for name in ("OldValue", "NewValue")))


def _is_owner(value: Payload) -> bool:
    text = value.text_or("") or ""
    return text.startswith(OWNERS) and len(text) in IDS and text.isalnum()


def _state(values: dict[str, Json], at: Json, closed: frozenset[str]) -> dict[str, Json]:
    is_closed = values["Status"] in closed
    return {
        **values,
        "IsClosed": is_closed,
        "ClosedDate": at if is_closed else None,
        "LastModifiedDate": at,
        "SystemModstamp": at,
    }
