"""HubSpot's tickets through its API, with every value that their properties had, as the webhooks tell them.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm and .../crm/objects/tickets/batch/get-tickets.md (read
2026-11-27). A search ends at 10,000 results, so that each page begins after the last id instead. Histories are given for 50 tickets
at a time: https://github.com/activepieces/activepieces/pull/9359. A ticket that was merged into another is no longer found and not
archived; the one that is left names it in `hs_merged_object_ids`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from adapters._hubspot_ticket import PROPERTIES, TICKETS
from plugin.contract.api import ApiRequest, Asked, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api.hubapi.com"
OBJECTS = f"{ORIGIN}/crm/v3/objects/tickets"
PER_PAGE = 50
PER_LIST = 100
MERGED = "hs_merged_object_ids"
FOUND, ARCHIVED, END = "found", "archived", "end"


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets that changed, by their ids; then those that were deleted. A cursor says the part and where in it."""
    if cursor == END:
        return
    headers = {"Authorization": f"Bearer {first(settings, 'access_token', '') or ''}"}
    part, place = (cursor or f"{FOUND}|0").split("|")
    if part == FOUND:
        yield from _tickets(headers, since, place)
        place = ""
    yield from _deleted(headers, since, place)


def _tickets(headers: Mapping[str, str], since: datetime, last: str) -> PullSteps:
    while True:
        page = yield from _search(headers, since, last)
        ids = [each["id"].text() for each in page["results"].items()]
        bodies: list[bytes] = []
        if ids:
            read = yield from _histories(headers, ids)
            bodies = [body for ticket in read["results"].items() for body in bodies_of(ticket)]
            last = ids[-1]
        is_last = not ids or page["paging"]["next"].is_absent
        yield Page(bodies=bodies, cursor=f"{ARCHIVED}|" if is_last else f"{FOUND}|{last}")
        if is_last:
            return


def _search(headers: Mapping[str, str], since: datetime, last: str) -> Asked:
    body = {
        "filterGroups": [
            {
                "filters": [
                    {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": str(_ms(since))},
                    {"propertyName": "hs_object_id", "operator": "GT", "value": last},
                ]
            }
        ],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": ["hs_object_id"],
        "limit": PER_PAGE,
    }
    return ask(_post(f"{OBJECTS}/search", headers, body))


def _histories(headers: Mapping[str, str], ids: Sequence[str]) -> Asked:
    """207 where a ticket went away since it was found."""
    body = {
        "inputs": [{"id": each} for each in ids],
        "properties": ["hs_object_id"],
        "propertiesWithHistory": [*PROPERTIES, MERGED],
    }
    return ask(_post(f"{OBJECTS}/batch/read", headers, body, 207))


def _post(url: str, headers: Mapping[str, str], body: object, *expects: int) -> ApiRequest:
    return ApiRequest(
        url=url,
        method="POST",
        headers={**headers, "Content-Type": "application/json"},
        body=json.dumps(body).encode(),
        expects=(200, *expects),
    )


def bodies_of(ticket: Payload) -> Iterator[bytes]:
    """As the action of a workflow sends it, and a notification for each time that others were merged into it."""
    number, histories = ticket["id"].text(), ticket["propertiesWithHistory"]
    properties: dict[str, Json] = {
        name: {"versions": [_version(each) for each in histories[name].items()]} for name in PROPERTIES
    }
    yield delivery({"objectTypeId": TICKETS, "objectId": number, "properties": properties})
    yield from _merges(number, histories[MERGED])


def _version(version: Payload) -> Json:
    return {"value": version["value"].raw, "timestamp": _ms(version["timestamp"].iso())}


def _merges(number: str, versions: Payload) -> Iterator[bytes]:
    known: set[str] = set()
    for version in sorted(versions.items(), key=lambda each: each["timestamp"].iso()):
        listed = {part.strip() for part in (version["value"].text_or("") or "").split(";")} - {"", number}
        merged: list[Json] = [*sorted(listed - known)]
        known |= listed
        if merged:
            told: dict[str, Json] = {"primaryObjectId": number, "newObjectId": number, "mergedObjectIds": merged}
            yield _notification("ticket.merge", _ms(version["timestamp"].iso()), told)


def _deleted(headers: Mapping[str, str], since: datetime, place: str) -> PullSteps:
    while True:
        query = {"archived": "true", "limit": PER_LIST, **({"after": place} if place else {})}
        page = yield from ask(ApiRequest(url=f"{OBJECTS}?{urlencode(query)}", headers=headers))
        gone = [each for each in page["results"].items() if each["archivedAt"].iso() >= since]
        bodies = [
            _notification("ticket.deletion", _ms(each["archivedAt"].iso()), {"objectId": each["id"].raw})
            for each in gone
        ]
        place = page["paging"]["next"]["after"].text_or("") or ""
        yield Page(bodies=bodies, cursor=f"{ARCHIVED}|{place}" if place else END)
        if not place:
            return


def _notification(name: str, occurred_at: int, told: Mapping[str, Json]) -> bytes:
    return delivery([{"subscriptionType": name, "occurredAt": occurred_at, **told}])


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


#: of a search five in a second are allowed
PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("access_token",), per_minute=120)
