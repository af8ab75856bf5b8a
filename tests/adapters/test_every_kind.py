"""Every kind of event with all that `docs/events.md` allows it, through a mapping of a JSON webhook and of a CSV file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from adapter_fixtures import ROOT, build_request, find_adapters

from plugin.contract.event import Event, Kind

#: what may stand in `data`, as a file has it --> what it becomes
SECONDS = {"12.5": 12.5}
COUNT = {"7": 7}
NUMBER = {"0.25": 0.25}
FLAG = {"no": False}
WORD = {"4711": "4711"}  # an id may look like a number
DATE = {"2026-10-01": "2026-10-01"}
MOMENT = {"2026-03-02T17:00:00+00:00": "2026-03-02T17:00:00+00:00"}
Type = Mapping[str, object]

_TICKET: dict[str, Type] = {
    "actor": WORD,
    "email": WORD,
    "created_at": MOMENT,
    "priority": WORD,
    "resolvable_at_level_1": FLAG,
    "contact": WORD,
}
_SURVEY: dict[str, Type] = {"type": WORD, "scale": WORD, "ticket": WORD, "contact": WORD}
#: kind --> its data. A kind or a key that is new in docs/events.md belongs here, too.
DATA: dict[Kind, dict[str, Type]] = {
    Kind.CONTACT_OFFERED: {"entry_number": WORD, "ivr": FLAG, "ticket": WORD, "callback_of": WORD},
    Kind.CONTACT_QUEUED: {"position": COUNT, "wait_s": SECONDS},
    Kind.CONTACT_RINGING: {"result": WORD, "ring_s": SECONDS},
    Kind.CONTACT_ANSWERED: {"wait_s": SECONDS, "ring_s": SECONDS, "is_state": FLAG},
    Kind.CONTACT_HELD: {},
    Kind.CONTACT_RESUMED: {},
    Kind.CONTACT_TRANSFERRED: {"mode": WORD, "to": WORD, "talk_s": SECONDS, "hold_s": SECONDS, "wait_s": SECONDS},
    Kind.CONTACT_ABANDONED: {"wait_s": SECONDS, "stage": WORD},
    Kind.CONTACT_OVERFLOWED: {"reason": WORD, "wait_s": SECONDS, "to": WORD},
    Kind.CONTACT_VOICEMAIL: {"wait_s": SECONDS},
    Kind.CONTACT_CALLBACK_REQUESTED: {"wait_s": SECONDS},
    Kind.CONTACT_ENDED: {
        "talk_s": SECONDS,
        "hold_s": SECONDS,
        "wait_s": SECONDS,
        "by": WORD,
        "contained": FLAG,
        "talk_includes_hold": FLAG,
        "is_state": FLAG,
        "result": WORD,
    },
    Kind.CONTACT_WRAPPED_UP: {"wrap_s": SECONDS, "timed_out": FLAG},
    Kind.CONTACT_TAGGED: {"tag": WORD, "resolved": FLAG, "topic": WORD},
    Kind.CONTACT_SENTIMENT: {"score": NUMBER},
    Kind.CONTACT_EVALUATED: {"points": NUMBER, "possible": COUNT, "evaluation": WORD},
    Kind.CONTACT_CONVERTED: {"value": NUMBER, "currency": WORD},
    Kind.TICKET_OPENED: {**_TICKET, "type": WORD, "status": WORD, "opened_by": WORD},
    Kind.TICKET_ASSIGNED: _TICKET,
    Kind.TICKET_CUSTOMER_REPLIED: _TICKET,
    Kind.TICKET_AGENT_REPLIED: _TICKET,
    Kind.TICKET_NOTED: _TICKET,
    Kind.TICKET_SOLVED: _TICKET,
    Kind.TICKET_REOPENED: _TICKET,
    Kind.TICKET_PAUSED: {**_TICKET, "on": WORD},
    Kind.TICKET_RESUMED: _TICKET,
    Kind.TICKET_CLOSED: _TICKET,
    Kind.TICKET_ESCALATED: _TICKET,
    Kind.TICKET_MERGED: {**_TICKET, "into": WORD},
    Kind.TICKET_DELETED: {**_TICKET, "reason": WORD},
    Kind.SURVEY_SENT: _SURVEY,
    Kind.SURVEY_ANSWERED: {**_SURVEY, "score": COUNT},
    Kind.AGENT_STATE: {"session": WORD, "activity": WORD, "reason": WORD, "of": WORD, "session_s": SECONDS},
    Kind.CUSTOMERS_COUNTED: {
        "from": DATE,
        "to": DATE,
        "at_start": COUNT,
        "at_end": COUNT,
        "new": COUNT,
        "lost": COUNT,
    },
    Kind.ROSTER_PLANNED: {"until": MOMENT, "activity": WORD, "productive": FLAG, "paid": FLAG},
    Kind.ROSTER_CANCELLED: {},
    Kind.HEADCOUNT_COUNTED: {"from": DATE, "to": DATE, "headcount": NUMBER, "leavers": COUNT, "team": WORD},
    Kind.COST_ENTERED: {
        "category": WORD,
        "amount": NUMBER,
        "currency": WORD,
        "month": {"2026-10": "2026-10"},
        "from": DATE,
        "to": DATE,
        "team": WORD,
        "note": WORD,
    },
    Kind.COST_REMOVED: {},
    Kind.SOURCE_RESTARTED: {},
}
#: an event's own fields, as both kinds of record have them
FIELDS = {
    "at": "2026-03-02T09:00:00+02:00",
    "subject": "S-1",
    "channel": "chat",
    "direction": "outbound",
    "queue": "Billing",
    "agent": "Ann",
    "customer": "+15550177",
    "order": "3",
}
ADAPTERS = find_adapters()
each_kind = pytest.mark.parametrize("kind", list(Kind), ids=str)


def mapping(kind: Kind, expression: str) -> str:
    """`expression`: how the language names a field."""
    fields = "".join(f"{name} = '{expression.format(name)}'\n" for name in FIELDS)
    data = ", ".join(f"{name} = '{expression.format(name + '_')}'" for name in DATA[kind])
    return f"[[events]]\nkind = '{kind}'\n{fields}data = {{ {data} }}\n"


def record(kind: Kind, which: int = 0) -> dict[str, Any]:
    """`which`: 0 as a file has the values, 1 as JSON has them. Names of data end in `_`, apart from those of the event."""
    told = {f"{name}_": next(iter(values.items()))[which] for name, values in DATA[kind].items()}
    return {**FIELDS, **{name: int(value) if value == "4711" and which else value for name, value in told.items()}}


def by_webhook(kind: Kind, body: Mapping[str, Any]) -> Sequence[Event]:
    request = build_request(url="/hooks/x", body=json.dumps(body), headers={"content-type": "application/json"})
    return ADAPTERS["generic"].parse(request, {"mapping": mapping(kind, "{}")})


def by_file(kind: Kind, row: Mapping[str, str]) -> Sequence[Event]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([list(row), list(row.values())])
    settings = {"mapping": mapping(kind, "{{{}}}")}
    adapter = ADAPTERS["csv"]
    assert adapter.files is not None
    return [
        event
        for body in adapter.files(io.StringIO(text.getvalue(), newline=""), settings)
        for event in adapter.parse(build_request(url="file:x", method="IMPORT", body=body), settings)
    ]


def typed(values: Mapping[str, Any]) -> dict[str, tuple[type, Any]]:
    """False is not 0, and "7" is not 7."""
    return {name: (type(value), value) for name, value in values.items()}


def check(kind: Kind, events: Sequence[Event]) -> None:
    [event] = events
    assert (event.kind, event.subject, event.at.isoformat(), event.order) == (
        kind,
        "S-1",
        "2026-03-02T07:00:00+00:00",
        3,
    )
    assert (event.channel, event.direction, event.queue, event.customer) == (
        "chat",
        "outbound",
        "Billing",
        "+15550177",
    )
    assert event.agent == ("S-1" if kind is Kind.AGENT_STATE else "Ann")
    assert typed(event.data) == typed({name: next(iter(values.values())) for name, values in DATA[kind].items()})


@each_kind
def test_a_mapping_of_a_webhook_reaches_a_kind_with_all_its_data(kind: Kind) -> None:
    check(kind, by_webhook(kind, record(kind)))
    check(kind, by_webhook(kind, record(kind, 1)))


@each_kind
def test_a_mapping_of_a_file_reaches_a_kind_with_all_its_data(kind: Kind) -> None:
    check(kind, by_file(kind, record(kind)))


@each_kind
def test_an_event_of_our_own_form_has_the_same_types(kind: Kind) -> None:
    told = record(kind, 1)
    data = {name.removesuffix("_"): value for name, value in told.items() if name not in FIELDS}
    body = {**FIELDS, "order": 3, "kind": kind, "dedupe_key": "k", "data": data}
    check(kind, ADAPTERS["generic"].parse(build_request(url="/hooks/x", body=json.dumps(body)), {}))


def test_the_table_has_what_the_documentation_lists() -> None:
    page = (ROOT / "docs" / "events.md").read_text()
    for line in page.splitlines():
        cells = line.strip("|").split("|")
        kinds = re.findall(r"`(contact\.[a-z_]+)`", cells[0]) if line.startswith("|") else []
        for kind in kinds:
            words = set(re.findall(r"`([a-z_]+)`", cells[2])) - {"to", "at", "agent"}
            assert words - set(DATA[Kind(kind)]) <= {"ivr"}, kind
    assert set(DATA) == set(Kind)
    for kind, data in DATA.items():
        assert kind.value in page, kind
        missing = [name for name in data if not re.search(rf"`(data\.)?{name}`", page)]
        assert missing == [], kind


def test_a_time_of_data_follows_the_format_of_the_mapping() -> None:
    text = "time_format = '%d.%m.%Y %H:%M'\ntimezone = 'Europe/Riga'\n" + mapping(Kind.ROSTER_PLANNED, "{}")
    body = record(Kind.ROSTER_PLANNED) | {"at": "02.03.2026 09:00", "until_": "02.03.2026 17:00"}
    request = build_request(url="/hooks/x", body=json.dumps(body), headers={"content-type": "application/json"})
    [event] = ADAPTERS["generic"].parse(request, {"mapping": text})
    assert event.data["until"] == "2026-03-02T15:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Kind.HEADCOUNT_COUNTED, "headcount", "many"),
        (Kind.ROSTER_PLANNED, "productive", "perhaps"),
        (Kind.ROSTER_PLANNED, "until", "evening"),
        (Kind.COST_ENTERED, "amount", [1]),
        (Kind.CONTACT_OFFERED, "ticket", {"id": 1}),
    ],
)
def test_data_of_another_type_is_named_by_the_key_of_the_mapping(kind: Kind, name: str, value: object) -> None:
    with pytest.raises(Exception, match=rf"mapping\.events\[0\]\.data\.{name}"):
        by_webhook(kind, record(kind) | {f"{name}_": value})
