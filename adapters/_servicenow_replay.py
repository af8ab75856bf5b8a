"""An incident as it is and its audit in, one body for each of its updates out, in the form of the business rule's script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from plugin.contract.event import Json
from plugin.contract.payload import Payload

#: columns that decide what an update means
FIELDS = ("state", "hold_reason", "priority", "assignment_group", "assigned_to")
JOURNALS = ("comments", "work_notes")
#: of a new instance; of an incident's own priority the words are known
PRIORITIES: Mapping[str, str] = {
    "1": "1 - Critical",
    "2": "2 - High",
    "3": "3 - Moderate",
    "4": "4 - Low",
    "5": "5 - Planning",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """`people` and `groups` by sys_id; `logins`: what a user logs in with --> his sys_id."""

    people: Mapping[str, str | None]
    logins: Mapping[str, str]
    groups: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An incident of the Table API, each column with its value and what is shown of it."""

    shown: Payload

    @property
    def id(self) -> str:
        return self.shown["sys_id"]["value"].text()

    @property
    def updates(self) -> int:
        return int(self.shown["sys_mod_count"]["value"].number())

    @property
    def creator(self) -> str | None:
        return self.value("sys_created_by")

    def value(self, column: str) -> str | None:
        return self.shown[column]["value"].text_or()


def bodies_of(record: Record, audits: Sequence[Payload], names: Names) -> Iterator[Json]:
    """The insert, then each update that changed one of the columns; what stood there before is what the audit says was replaced."""
    entries = sorted(audits, key=lambda audit: (_number(audit), audit["sys_created_on"].text(), audit["sys_id"].text()))
    values = {column: record.value(column) or "" for column in FIELDS}
    for entry in reversed(entries):
        _put(values, entry, "oldvalue")
    first = [entry for entry in entries if _number(entry) == 0]
    for entry in first:
        _put(values, entry, "newvalue")
    at = record.shown["sys_created_on"]["value"].raw
    yield _body(record, names, values, {}, first, "insert", (0, at, record.creator))
    for number, group in groupby((entry for entry in entries if _number(entry)), _number):
        update, before = list(group), dict(values)
        for entry in update:
            _put(values, entry, "newvalue")
        told = (number, update[-1]["sys_created_on"].raw, update[-1]["user"].text_or())
        yield _body(record, names, values, before, update, "update", told)


def _number(entry: Payload) -> int:
    return int(entry["record_checkpoint"].number())


def _put(values: dict[str, str], entry: Payload, name: str) -> None:
    column = entry["fieldname"].text()
    if column in FIELDS:
        values[column] = entry[name].text_or("") or ""


def _body(
    record: Record,
    names: Names,
    values: Mapping[str, str],
    before: Mapping[str, str],
    entries: Sequence[Payload],
    operation: str,
    told: tuple[int, Json, str | None],
) -> Json:
    number, at, login = told
    touched = {entry["fieldname"].text() for entry in entries}
    actor = names.logins.get(login or "")
    agent, group = values["assigned_to"], values["assignment_group"]
    return {
        "deskgauge": 1,
        "operation": operation,
        "sys_id": record.id,
        "update": str(number),
        "updated_at": at,
        "opened_at": record.shown["opened_at"]["value"].raw,
        "state": values["state"],
        "state_before": before.get("state", ""),
        "hold_reason": values["hold_reason"],
        "hold_reason_before": before.get("hold_reason", ""),
        "priority": _priority(record, values["priority"]),
        "contact_type": record.value("contact_type"),
        "group": names.groups.get(group) or group,
        "agent": names.people.get(agent) or agent,
        "opened_by": record.value("opened_by"),
        "caller": record.value("caller_id"),
        "caller_phone": record.value("caller_id.phone"),
        "caller_email": record.value("caller_id.email"),
        "actor": actor,
        "actor_name": names.people.get(actor or "") or login,
        "comment": "comments" in touched,
        "work_note": "work_notes" in touched,
    }


def _priority(record: Record, value: str) -> str:
    if value and value == record.value("priority"):
        return record.shown["priority"]["display_value"].text_or(value) or value
    return PRIORITIES.get(value, value)
