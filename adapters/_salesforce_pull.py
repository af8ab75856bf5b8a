"""Salesforce's cases with their history and e-mails through its REST API, each state as an outbound message would have told it.

https://developer.salesforce.com/docs/atlas.en-us.262.0.chatterapi.meta/chatterapi/quickstart_connecting.htm (token of the client
credentials flow), https://developer.salesforce.com/docs/atlas.en-us.264.0.object_reference.meta/object_reference/ pages of Case,
CaseHistory, CaseStatus and EmailMessage (read 2026-11-27). `queryAll` also shows what lies in the recycle bin. A token is asked for
with every page, so that none is used for longer than a session lasts.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlencode

from adapters._salesforce_replay import FIELDS, states_of
from plugin.contract.api import ApiRequest, ApiResponse, ask, same_place
from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

VERSION = "/services/data/v62.0"
PER_PAGE = 100
END = "end"
HISTORY = "Id, CaseId, Field, OldValue, NewValue, CreatedDate"
EMAIL = "Id, ParentId, Incoming, Status, MessageDate, CreatedById"
#: a kind of record that the organisation has not switched on
UNKNOWN = "INVALID_TYPE"
Read: TypeAlias = Generator[ApiRequest | Page, ApiResponse, list[Payload]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    base: str
    headers: Mapping[str, str]

    def query(self, soql: str, way: str = "query") -> Read:
        """All records; none of a kind that is not there."""
        found: list[Payload] = []
        following: str | None = f"{self.base}{VERSION}/{way}?{urlencode({'q': soql})}"
        while following is not None:
            response = yield ApiRequest(url=following, headers=self.headers, expects=(200, 400))
            answer = parse_json(response.body)
            if response.status == 400:
                return _refused(answer)
            found += answer["records"].items()
            path = answer["nextRecordsUrl"].text_or()
            following = same_place(f"{self.base}{path}", self.base) if path else None
        return found


def _refused(answer: Payload) -> list[Payload]:
    errors = list(answer.items())
    if errors and all(error["errorCode"].text_or() == UNKNOWN for error in errors):
        return []
    said = "; ".join(error["errorCode"].text_or("") or "" for error in errors)
    raise BadPayload("query", f"Salesforce refuses it ({said}): let the user of the app read cases and their fields")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Cases that changed, by their ids. A cursor is the last one that was read."""
    base, last = (first(settings, "base_url", "") or "").rstrip("/"), cursor or ""
    while last != END:
        organisation = yield from _login(settings, base)
        cases = yield from organisation.query(_cases(since, last), "queryAll")
        bodies = yield from _bodies(organisation, cases)
        last = cases[-1]["Id"].text() if cases else END
        yield Page(bodies=bodies, cursor=last)


def _login(settings: Settings, base: str) -> Generator[ApiRequest | Page, ApiResponse, Organisation]:
    form = {
        "grant_type": "client_credentials",
        "client_id": first(settings, "client_id", "") or "",
        "client_secret": first(settings, "client_secret", "") or "",
    }
    answer = yield from ask(
        ApiRequest(
            url=f"{base}/services/oauth2/token",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
    )
    return Organisation(base=base, headers={"Authorization": f"Bearer {answer['access_token'].text()}"})


def _cases(since: datetime, last: str) -> str:
    after = f" AND Id > '{last}'" if last else ""
    begin = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = ", ".join((*FIELDS, "IsDeleted"))
    return f"SELECT {fields} FROM Case WHERE SystemModstamp >= {begin}{after} ORDER BY Id LIMIT {PER_PAGE}"  # noqa: S608


def _bodies(
    organisation: Organisation, cases: Sequence[Payload]
) -> Generator[ApiRequest | Page, ApiResponse, list[bytes]]:
    """One for each case; of one that was deleted no more than that."""
    kept = [case for case in cases if not case["IsDeleted"].flag()]
    bodies = [delivery(_deleted(case)) for case in cases if case["IsDeleted"].flag()]
    if not kept:
        return bodies
    ids = ", ".join(f"'{case['Id'].text()}'" for case in kept)
    closed = yield from organisation.query("SELECT ApiName, MasterLabel FROM CaseStatus WHERE IsClosed = true")
    words = frozenset(each[name].text() for each in closed for name in ("ApiName", "MasterLabel") if name in each)
    changes = yield from organisation.query(f"SELECT {HISTORY} FROM CaseHistory WHERE CaseId IN ({ids})")  # noqa: S608
    mails = yield from organisation.query(f"SELECT {EMAIL} FROM EmailMessage WHERE ParentId IN ({ids})")  # noqa: S608
    for case in kept:
        own = [change for change in changes if change["CaseId"].text() == case["Id"].text()]
        told: dict[str, Json] = {
            "deskgauge": 1,
            "event": "read",
            "cases": states_of(case, own, words),
            "emails": [_plain(mail) for mail in mails if mail["ParentId"].text() == case["Id"].text()],
        }
        bodies.append(delivery(told))
    return bodies


def _deleted(case: Payload) -> Json:
    number = case["Id"].text()
    return {
        "deskgauge": 1,
        "event": "deleted",
        "Id": f"deleted:{number}",
        "CaseId": number,
        "at": case["SystemModstamp"].raw,
    }


def _plain(record: Payload) -> Json:
    return {name: record[name].raw for name in EMAIL.split(", ")}


PULL = Pull(steps=steps, origins=("{base_url}",), needs=("base_url", "client_id", "client_secret"), per_minute=60)
