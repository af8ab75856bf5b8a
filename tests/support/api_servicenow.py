"""ServiceNow's Table API over made-up incidents, their audit, users and groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

TICKETS = 30
PER_PAGE = 5
#: may not be seen: a whole page of them, and more
HIDDEN = range(8, 20)
ANN, SYSTEM = ("a" * 32, "ann", "Ann Example"), ("5" * 32, "system", "System Administrator")
DESK, NETWORK = ("d" * 32, "Service Desk"), ("e" * 32, "Network")
REOPENED = [number for number in range(1, TICKETS + 1) if number % 4 == 1]


def time_of(number: int, minutes: float) -> str:
    return (SINCE + timedelta(hours=3 * number, minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")


def caller_of(number: int) -> tuple[str, str, str]:
    return f"c{number:031}", f"caller{number}", f"Caller {number}"


def _steps(number: int) -> list[tuple[float, str, dict[str, tuple[str, str]]]]:
    """Minute, who, column --> old and new value."""
    caller = caller_of(number)[1]
    told: list[tuple[float, str, dict[str, tuple[str, str]]]] = [
        (5, "ann", {"state": ("1", "2"), "assigned_to": ("", ANN[0]), "assignment_group": ("", DESK[0])}),
        (9, "ann", {"comments": ("", "made up")}),
        (10, "ann", {"state": ("2", "3"), "hold_reason": ("", "1"), "work_notes": ("", "made up")}),
        (30, caller, {"comments": ("", "made up"), "state": ("3", "2"), "hold_reason": ("1", "")}),
        (40, "ann", {"comments": ("", "made up"), "assignment_group": (DESK[0], NETWORK[0])}),
        (60, "ann", {"state": ("2", "6"), "priority": ("3", "2")}),
    ]
    if number in REOPENED:
        told += [(90, caller, {"state": ("6", "2")}), (120, "ann", {"state": ("2", "6")})]
    return [*told, (24 * 60, "system", {"state": ("6", "7")})]


def audits(number: int) -> list[dict[str, Any]]:
    return [
        {
            "sys_id": f"{9 - count}{place}{number:030}",
            "documentkey": incident_id(number),
            "fieldname": column,
            "oldvalue": old,
            "newvalue": new,
            "user": who,
            "sys_created_on": time_of(number, minutes),
            "record_checkpoint": str(count),
        }
        for count, (minutes, who, changes) in enumerate(_steps(number), start=1)
        for place, (column, (old, new)) in enumerate(changes.items())
    ]


def incident_id(number: int) -> str:
    return f"1{number:031}"


def incident(number: int) -> dict[str, Any]:
    caller = caller_of(number)
    last = _steps(number)[-1]
    values = {
        "sys_id": (incident_id(number), incident_id(number)),
        "sys_mod_count": (str(len(_steps(number))), ""),
        "sys_created_on": (time_of(number, 0), ""),
        "sys_created_by": (caller[1], caller[1]),
        "sys_updated_on": (time_of(number, last[0]), ""),
        "opened_at": (time_of(number, 0), ""),
        "opened_by": (caller[0], caller[2]),
        "contact_type": ("self-service", "Self-service"),
        "caller_id": (caller[0], caller[2]),
        "caller_id.phone": ("", ""),
        "caller_id.email": (f"caller{number}@example.net", f"caller{number}@example.net"),
        "state": ("7", "Closed"),
        "hold_reason": ("", ""),
        "priority": ("2", "2 - High"),
        "assignment_group": NETWORK,
        "assigned_to": (ANN[0], ANN[2]),
    }
    return {name: {"value": value, "display_value": shown} for name, (value, shown) in values.items()}


ALL = [incident(number) for number in range(1, TICKETS + 1)]


def answer(asked: Asked) -> Told:
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Told(status=401)
    query = asked.query["sysparm_query"].split("^")
    assert query[-1] == "ORDERBYsys_id"
    [after] = [part.removeprefix("sys_id>") for part in query if part.startswith("sys_id>")] or [""]
    records = TABLES[asked.path.removeprefix("/api/now/table/")](query)
    shown = sorted((each for each in records if _id(each) > after), key=_id)
    names = asked.query["sysparm_fields"].split(",")
    kept = [{name: each[name] for name in names if name in each} for each in shown]
    start, size = int(asked.query["sysparm_offset"]), int(asked.query["sysparm_limit"])
    end = start + min(size, PER_PAGE * 2 if "tablename=incident" in query else PER_PAGE)
    following = f"https://acme.service-now.com{asked.path}?sysparm_fields=a,b&sysparm_offset={end}&sysparm_limit={size}"
    link = {"Link": f'<{following}&x=1>;rel="next",<{following}9>;rel="last"'} if end < len(kept) else {}
    return Told(body={"result": [each for each in kept[start:end] if not _is_hidden(each)]}, headers=link)


def _is_hidden(record: dict[str, Any]) -> bool:
    return _id(record) in {incident_id(number) for number in HIDDEN}


def _id(record: dict[str, Any]) -> str:
    value = record["sys_id"]
    return str(value["value"] if isinstance(value, dict) else value)


def _incidents(query: list[str]) -> list[dict[str, Any]]:
    assert query[0] == f"sys_updated_on>={SINCE:%Y-%m-%d %H:%M:%S}"
    return ALL


def _audits(query: list[str]) -> list[dict[str, Any]]:
    assert query[0] == "tablename=incident"
    ids, columns = (part.split("IN", 1)[1].split(",") for part in query[1:3])
    return [each for key in ids for each in audits(int(key[1:])) if each["fieldname"] in columns]


def _users(query: list[str]) -> list[dict[str, Any]]:
    column, keys = query[0].split("IN", 1)
    users = [ANN, SYSTEM, *map(caller_of, range(1, TICKETS + 1))]
    told = [{"sys_id": user[0], "user_name": user[1], "name": user[2]} for user in users]
    return [each for each in told if each[column] in keys.split(",")]


def _groups(query: list[str]) -> list[dict[str, Any]]:
    keys = query[0].split("IN", 1)[1].split(",")
    return [{"sys_id": key, "name": name} for key, name in (DESK, NETWORK) if key in keys]


TABLES: dict[str, Callable[[list[str]], list[dict[str, Any]]]] = {
    "incident": _incidents,
    "sys_audit": _audits,
    "sys_user": _users,
    "sys_user_group": _groups,
}

HISTORY = History(
    adapter="servicenow",
    policy='[sources.desk]\nadapter = "servicenow"\n'
    'settings = { base_url = "https://acme.service-now.com", api_user = "deskgauge" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "api_password": "test-password"},
    expected={
        "ticket": TICKETS - len(HIDDEN),
        "ticket_span": TICKETS - len(HIDDEN) + len(set(REOPENED) - set(HIDDEN)),
        "ticket_reply": TICKETS - len(HIDDEN),
    },
)
