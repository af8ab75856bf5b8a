"""ServiceNow's incidents with their audit through the Table API, each update as the business rule would have sent it.

https://www.servicenow.com/docs/r/washingtondc/platform-security/c_UnderstandingTheSysAuditTable.html (columns of sys_audit, times
in UTC, journal entries included) and .../exploring-auditing.html (read 2026-11-27). Pages begin after the last sys_id: with an
offset ServiceNow skips rows that move meanwhile. A page lacks the rows that the user may not see, down to none; whether another
one follows is told by a link. The column with the number of the update, `record_checkpoint`, is from memory.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlencode

from adapters._servicenow_replay import FIELDS, JOURNALS, Names, Record, bodies_of
from plugin.contract.api import ApiRequest, ApiResponse, basic
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

PER_PAGE = 50
#: how many keys a query may name, for the length of an address
KEYS = 100
END = "end"
NEXT = re.compile(r'<[^>]*sysparm_offset=(\d+)[^>]*>;\s*rel="next"')
INCIDENT = (
    "sys_id",
    "sys_mod_count",
    "sys_created_on",
    "sys_created_by",
    "opened_at",
    "opened_by",
    "contact_type",
    "caller_id",
    "caller_id.phone",
    "caller_id.email",
    *FIELDS,
)
AUDIT = ("sys_id", "documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on", "record_checkpoint")
NO_AUDIT = (
    "nothing of these incidents: let the user read the table sys_audit, and see that the table incident is audited"
)
Read: TypeAlias = Generator[ApiRequest | Page, ApiResponse, list[Payload]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """After the record with the sys_id `last`, and so many rows further."""

    last: str = ""
    offset: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """`offset` is that of the next page; None where there is none."""

    records: list[Payload]
    offset: int | None

    @property
    def is_last(self) -> bool:
        return self.offset is None

    def following(self, place: Place, last: str | None) -> Place:
        """After the last record; a page without any may lie before others."""
        return Place(last=last) if last else Place(last=place.last, offset=self.offset or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    base: str
    headers: Mapping[str, str]

    def page(
        self, table: str, query: str, fields: Sequence[str], place: Place, display: str = "false"
    ) -> Generator[ApiRequest | Page, ApiResponse, Listed]:
        after = f"^sys_id>{place.last}" if place.last else ""
        parameters = {
            "sysparm_query": f"{query}{after}^ORDERBYsys_id",
            "sysparm_fields": ",".join(fields),
            "sysparm_display_value": display,
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": PER_PAGE,
            "sysparm_offset": place.offset,
        }
        response = yield ApiRequest(
            url=f"{self.base}/api/now/table/{table}?{urlencode(parameters)}", headers=self.headers
        )
        records = list(parse_json(response.body)["result"].items())
        return Listed(records=records, offset=_next_offset(response.headers.get("link", "")))

    def all(self, table: str, query: str, fields: Sequence[str]) -> Read:
        found: list[Payload] = []
        place = Place()
        while True:
            page = yield from self.page(table, query, fields, place)
            found += page.records
            if page.is_last:
                return found
            place = page.following(place, page.records[-1]["sys_id"].text() if page.records else None)

    def named(self, table: str, column: str, keys: Sequence[str], fields: Sequence[str]) -> Read:
        found: list[Payload] = []
        for start in range(0, len(keys), KEYS):
            chunk = yield from self.all(table, f"{column}IN{','.join(keys[start : start + KEYS])}", fields)
            found += chunk
        return found


def _next_offset(link: str) -> int | None:
    found = NEXT.search(link)
    return int(found[1]) if found else None


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Incidents that changed, by their sys_id. A cursor is the last one that was read, and how many rows after it."""
    if cursor == END:
        return
    instance = Instance(
        base=(first(settings, "base_url", "") or "").rstrip("/"),
        headers={
            "Accept": "application/json",
            **basic(first(settings, "api_user", "") or "", first(settings, "api_password", "") or ""),
        },
    )
    query = f"sys_updated_on>={since.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S')}"
    last, offset = (cursor or "|0").split("|")
    place, is_last = Place(last=last, offset=int(offset)), False
    while not is_last:
        page = yield from instance.page("incident", query, INCIDENT, place, "all")
        records = [Record(shown=record) for record in page.records]
        bodies = yield from _bodies(instance, records)
        place, is_last = page.following(place, records[-1].id if records else None), page.is_last
        yield Page(bodies=bodies, cursor=END if is_last else f"{place.last}|{place.offset}")


def _bodies(instance: Instance, records: Sequence[Record]) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    if not records:
        return []
    ids = ",".join(record.id for record in records)
    columns = ",".join((*FIELDS, *JOURNALS))
    query = f"tablename=incident^documentkeyIN{ids}^fieldnameIN{columns}"
    audits = yield from instance.all("sys_audit", query, AUDIT)
    if not audits and all(record.updates for record in records):
        raise BadPayload("sys_audit", NO_AUDIT)
    names = yield from _names(instance, records, audits)
    found = []
    for record in records:
        own = [audit for audit in audits if audit["documentkey"].text() == record.id]
        found += [delivery(body) for body in bodies_of(record, own, names)]
    return found


def _names(
    instance: Instance, records: Sequence[Record], audits: Sequence[Payload]
) -> Generator[ApiRequest | Page, ApiResponse, Names]:
    """Users by sys_id and by what they log in with, groups by sys_id."""
    logins = {audit["user"].text_or() for audit in audits} | {record.creator for record in records}
    people = yield from instance.named("sys_user", "user_name", _keys(logins), ("sys_id", "user_name", "name"))
    known = {person["sys_id"].text() for person in people}
    others = _keys(set(_values(records, audits, "assigned_to")) - known)
    people += yield from instance.named("sys_user", "sys_id", others, ("sys_id", "user_name", "name"))
    keys = _keys(_values(records, audits, "assignment_group"))
    groups = yield from instance.named("sys_user_group", "sys_id", keys, ("sys_id", "name"))
    return Names(
        people={person["sys_id"].text(): person["name"].text_or() for person in people},
        logins={person["user_name"].text(): person["sys_id"].text() for person in people},
        groups={group["sys_id"].text(): group["name"].text_or() for group in groups},
    )


def _values(records: Sequence[Record], audits: Sequence[Payload], field: str) -> Iterator[str | None]:
    for record in records:
        yield record.value(field)
    for audit in audits:
        if audit["fieldname"].text() == field:
            yield audit["oldvalue"].text_or()
            yield audit["newvalue"].text_or()


def _keys(found: Iterator[str | None] | set[str | None]) -> list[str]:
    """Those that a query can name."""
    return sorted({key for key in found if key and not set(key) & {",", "^"}})


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "api_user", "api_password"), per_minute=60)
