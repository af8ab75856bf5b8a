"""A ticket of GLPI's REST API with its log, in the form of the webhooks: its state after each change of status, and its follow-ups.

The log holds numbers of statuses: src/Log.php writes what the ticket's own column held (https://github.com/glpi-project/glpi, read
2026-11-27). Who was assigned when is in it by names only, so that the ticket of now says who has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload

STATUS = "12"
SOLVED, CLOSED = "5", "6"
#: `type` of a member of a ticket
ROLES = {"1": "requester", "2": "assigned", "3": "observer"}
#: "User 7" or "Group 3" --> its name
Names: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    item: Payload
    zone: ZoneInfo
    log: Sequence[Payload]
    followups: Sequence[Payload]
    users: Sequence[Payload]
    groups: Sequence[Payload]

    def time(self, value: Payload) -> str:
        """`2026-11-24 10:00:00` of the server's zone, with its offset."""
        try:
            return datetime.strptime(value.text(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=self.zone).isoformat()
        except ValueError:
            raise BadPayload(value.path, "a time like 2026-11-24 10:00:00 expected") from None

    def people(self) -> set[str]:
        """Whose names are needed: members, and authors of follow-ups."""
        members = {f"User {_id(each['users_id'])}" for each in (*self.users, *self.followups)}
        found = members | {f"Group {_id(each['groups_id'])}" for each in self.groups}
        return found - {"User 0", "Group 0"}


def body_of(shown: Shown, names: Names) -> Json:
    team: list[Json] = [*_members(shown.users, "User", names), *_members(shown.groups, "Group", names)]
    return {
        "deskgauge_read": "ticket",
        "states": [*_states(shown, team)],
        "followups": [_followup(shown, each, names) for each in shown.followups],
        "team": team,
    }


def _id(value: Payload) -> str:
    return value.text_or("0") or "0"


def _members(members: Sequence[Payload], itemtype: str, names: Names) -> Iterator[Json]:
    column = "users_id" if itemtype == "User" else "groups_id"
    for member in members:
        number, role = _id(member[column]), ROLES.get(member["type"].text(), "")
        if number != "0":
            yield {"type": itemtype, "id": number, "name": names.get(f"{itemtype} {number}"), "role": role}


def _states(shown: Shown, team: list[Json]) -> Iterator[dict[str, Json]]:
    """From its opening on; with whom it is stands in the last one. Without a log it is known when it was solved and closed."""
    item, status = shown.item, shown.item["status"].text()
    moves = [row for row in shown.log if row["id_search_option"].text() == STATUS and row["itemtype_link"].is_absent]
    moves.sort(key=lambda row: (row["date_mod"].text(), row["id"].number()))
    told = [(row["new_value"].text(), shown.time(row["date_mod"])) for row in moves]
    told = [(moves[0]["old_value"].text(), shown.time(item["date"])), *told] if moves else list(_ends(shown))
    if not told or told[-1][0] != status:
        told.append((status, shown.time(item["date_mod"])))
    for before, at in told[:-1]:
        yield _state(shown, before, at, [], None)
    yield _state(shown, *told[-1], team, item["priority"].raw)


def _ends(shown: Shown) -> Iterator[tuple[str, str]]:
    status = shown.item["status"].text()
    for end, column in ((SOLVED, "solvedate"), (CLOSED, "closedate")):
        if status in (end, CLOSED) and not shown.item[column].is_absent:
            yield end, shown.time(shown.item[column])


def _state(shown: Shown, status: str, at: str, team: list[Json], priority: Json) -> dict[str, Json]:
    item = shown.item
    return {
        "id": item["id"].raw,
        "type": item["type"].raw,
        "status": {"id": status},
        "date": shown.time(item["date"]),
        "date_mod": at,
        "request_type": {"id": item["requesttypes_id"].raw},
        "priority": priority,
        "is_deleted": item["is_deleted"].text() == "1",
        "team": team,
    }


def _followup(shown: Shown, each: Payload, names: Names) -> Json:
    number = _id(each["users_id"])
    return {
        "id": each["id"].raw,
        "itemtype": "Ticket",
        "items_id": each["items_id"].raw,
        "is_private": each["is_private"].text() == "1",
        "user": {"id": number, "name": names.get(f"User {number}")},
        "date_creation": shown.time(each["date_creation"]),
    }
