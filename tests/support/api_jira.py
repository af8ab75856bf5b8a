"""Jira's API over a made-up history of issues, as Cloud and as Data Center answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

ISSUES = 25
#: Jira gives fewer than it is asked for when it likes to
PER_PAGE = 2
ANN = {"accountId": "5c5f-ann", "key": "JIRAUSER1", "displayName": "Ann Agent", "accountType": "atlassian"}
STATUSES = {"1": ("Open", "new"), "2": ("Waiting for customer", "indeterminate"), "3": ("Erledigt", "done")}
ZONE_H = 2


def _time(number: int, minutes: int) -> str:
    at = SINCE + timedelta(hours=7 * number, minutes=minutes)
    return (at + timedelta(hours=ZONE_H)).strftime("%Y-%m-%dT%H:%M:%S.000+0200")


def _status(key: str) -> dict[str, Any]:
    name, category = STATUSES[key]
    return {"id": key, "name": name, "statusCategory": {"key": category}}


def _move(number: int, entry: int, minutes: int, old: str, new: str) -> dict[str, Any]:
    """Every other issue is in a project that sets a resolution with the solved status, and clears it."""
    items: list[dict[str, Any]] = [
        {"field": "status", "fieldId": "status", "from": old, "fromString": STATUSES[old][0], "to": new}
    ]
    if number % 2 and "3" in (old, new):
        items.append({"field": "resolution", "fieldId": "resolution", "from": "10000" if old == "3" else None})
    return {"id": str(number * 100 + entry), "author": ANN, "created": _time(number, minutes), "items": items}


def issue(number: int) -> dict[str, Any]:
    """Answered after 9 minutes, waited from 20 to 50, solved after an hour; every fifth was reopened for half an hour."""
    bob = {"accountId": f"qm:{number}", "key": f"JIRAUSER{number}", "displayName": "Bob", "accountType": "customer"}
    moves = [(20, "1", "2"), (50, "2", "1"), (60, "1", "3")] + (
        [(90, "3", "1"), (120, "1", "3")] if number % 5 == 0 else []
    )
    histories = [_move(number, entry, *move) for entry, move in enumerate(moves)]
    assigned = {"field": "assignee", "fieldId": "assignee", "from": None, "to": "5c5f-ann", "toString": "Ann Agent"}
    histories.insert(0, {"id": f"{number}99", "author": ANN, "created": _time(number, 5), "items": [assigned]})
    return {
        "id": str(10_000 + number),
        "key": f"SUP-{number}",
        "fields": {
            "created": _time(number, 0),
            "updated": histories[-1]["created"],
            "status": _status("3"),
            "resolution": {"name": "Done"} if number % 2 else None,
            "resolutiondate": _time(number, 60) if number % 2 else None,
            "assignee": ANN,
            "reporter": bob,
            "creator": bob,
            "priority": {"name": "Medium"},
            "project": {"name": "Support", "projectTypeKey": "service_desk"},
            "issuetype": {"name": "Service Request"},
        },
        "histories": histories[::-1],
        "comments": [
            {"id": f"{number}1", "author": ANN, "created": _time(number, 3), "body": "made up", "is_internal": True},
            {"id": f"{number}2", "author": ANN, "created": _time(number, 9), "body": "made up", "is_internal": False},
            {"id": f"{number}3", "author": bob, "created": _time(number, 50), "body": "made up", "is_internal": False},
        ],
    }


ALL = [issue(number) for number in range(ISSUES)]
BY_ID = {each["id"]: each for each in ALL}


def answer(asked: Asked, *, cloud: bool) -> Told:
    scheme = "Basic " if cloud else "Bearer "
    if not asked.headers.get("authorization", "").startswith(scheme):
        return Told(status=401)
    parts = asked.path.strip("/").split("/")
    if asked.path.endswith("/myself"):
        return Told(body={"timeZone": "Europe/Riga"})
    if asked.path.endswith("/status"):
        return Told(body=[_status(key) for key in STATUSES])
    if "/search" in asked.path:
        return _search(asked, cloud)
    if parts[0] == "rest" and parts[1] == "servicedeskapi":
        number = int(parts[3]) - 10_000
        return Told(body={"type": "csat", "rating": 1 + number % 5}) if number % 3 else Told(status=404)
    found = BY_ID[parts[4]]
    return _part(asked, parts[5], _comments(found, cloud) if parts[5] == "comment" else found["histories"][::-1])


def _comments(found: dict[str, Any], cloud: bool) -> list[dict[str, Any]]:
    """Data Center tells by a property what Cloud tells by `jsdPublic`."""
    told = []
    for comment in found["comments"]:
        plain = {name: value for name, value in comment.items() if name != "is_internal"}
        mark = [{"key": "sd.public.comment", "value": {"internal": True}}] if comment["is_internal"] else []
        told.append({**plain, "jsdPublic": not comment["is_internal"]} if cloud else {**plain, "properties": mark})
    return told


def _part(asked: Asked, name: str, entries: list[Any]) -> Told:
    start = int(asked.query["startAt"])
    assert name == "changelog" or asked.query["expand"] == "properties"
    key = "values" if name == "changelog" else "comments"
    return Told(body={"startAt": start, "total": len(entries), key: entries[start : start + 2]})


def _search(asked: Asked, cloud: bool) -> Told:
    jql = asked.query["jql"]
    assert jql.startswith("(project = SUP) AND updated >= ")
    assert jql.endswith(" ORDER BY created ASC, key ASC")
    begin = datetime.strptime(jql.split('"')[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - timedelta(hours=ZONE_H)
    found = [each for each in ALL if datetime.fromisoformat(each["fields"]["updated"]) >= begin]
    assert cloud is asked.path.endswith("/search/jql")
    start = int(asked.query.get("nextPageToken" if cloud else "startAt", 0))
    body: dict[str, Any] = {"issues": [_shown(each, asked, cloud) for each in found[start : start + PER_PAGE]]}
    if not cloud:
        body |= {"startAt": start, "total": len(found)}
    elif start + PER_PAGE < len(found):
        body["nextPageToken"] = str(start + PER_PAGE)
    return Told(body=body)


def _shown(each: dict[str, Any], asked: Asked, cloud: bool) -> dict[str, Any]:
    """Cloud shows the first comment and the last three changes only, as it does beyond 20 and 40."""
    wanted = asked.query["fields"].split(",")
    comments = each["comments"][:1] if cloud else each["comments"]
    comment = {"comments": [{"id": c["id"]} | c for c in comments], "total": len(each["comments"])}
    histories = each["histories"][:3] if cloud else each["histories"]
    fields = {**each["fields"], "comment": comment}
    return {
        "id": each["id"],
        "key": each["key"],
        "fields": {name: value for name, value in fields.items() if name in wanted},
        "changelog": {"histories": histories, "total": len(each["histories"])},
    }


EXPECTED = {
    "ticket": ISSUES,
    "ticket_span": ISSUES + ISSUES // 5,
    "ticket_reply": 0,
    # solved by a resolution, and rated
    "survey": sum(number % 2 and number % 3 > 0 for number in range(ISSUES)),
}
POLICY = """\
[sources.desk]
adapter = "jira"
settings = {{ base_url = "{base}", jql = "project = SUP"{more} }}
"""
SECRETS = {"secret": "test-secret", "api_token": "test-token"}
CLOUD = History(
    adapter="jira",
    policy=POLICY.format(base="https://yours.atlassian.net", more=', api_user = "bot@example.com"'),
    routes=partial(answer, cloud=True),
    secrets=SECRETS,
    expected=EXPECTED,
)
DATA_CENTER = History(
    adapter="jira",
    policy=POLICY.format(base="https://jira.example.org/tracker", more=""),
    routes=lambda asked: answer(_without_folder(asked), cloud=False),
    secrets=SECRETS,
    expected=EXPECTED,
)


def _without_folder(asked: Asked) -> Asked:
    assert asked.path.startswith("/tracker/")
    return replace(asked, path=asked.path.removeprefix("/tracker"))
