"""The body of a delivery in, lines of queue_log and AMI events out, whichever way a PBX's administrator posts them.

Our envelope; an AMI event as a bare object, or a list of them; lines of queue_log as text; its realtime table as psql prints it;
the raw record of a manager connection. Dumps of CEL and CDR are known, and hold nothing for us.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters._asterisk_ami import HANDLERS
from adapters._asterisk_files import AMI_BANNER, blocks
from plugin.contract.payload import BadPayload, Payload, parse_json

UNKNOWN = "neither JSON, nor lines or a table of queue_log, nor AMI events"
NO_TIME = "missing: record with timestampevents = yes in manager.conf"

#: Columns that tell a table, in psql's output; https://docs.asterisk.org/Configuration/Reporting/ (read 2026-11-24)
QUEUE_LOG_COLUMNS = frozenset({"time", "callid", "event"})
CEL_COLUMNS = frozenset({"eventtype", "eventtime"})
PLACES = ("callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")

#: What says nothing of a call, so that it may lack a time: replies to a login or an Originate are full of it.
_STARTS = frozenset({"newchannel", "fullybooted", "shutdown"})

_QUEUE_LOG = re.compile(r"[0-9]+(?:\.[0-9]+)?\|")
_AMI = re.compile(rf"{AMI_BANNER}|(?:Event|Response|Action): ")
_CEL_LINE = re.compile(r'"?[A-Z_]+"?,"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d')
_CDR_LINE = re.compile(r'.*,"(?:ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION)","?(?:OMIT|BILLING|DOCUMENTATION|[0-3])"?,')


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    host: str | None = None
    lines: Payload
    events: Sequence[Payload] = ()


NOTHING = Contents(lines=Payload(None))


def read_body(body: bytes) -> Contents:
    if body.lstrip()[:1] not in (b"{", b"["):
        return _read_text(body.decode("utf-8", "replace"))
    payload = parse_json(body)
    if isinstance(payload.raw, list):
        return Contents(lines=Payload(None), events=_bare(payload))
    if isinstance(payload["Event"].raw, str):
        return Contents(lines=Payload(None), events=[payload])
    if not any(name in payload for name in ("lines", "events", "event")):
        raise BadPayload("$", "an AMI event, or an object with `lines`, `events` or `event` expected")
    single = [payload["event"]] if "event" in payload else []
    return Contents(
        host=payload["host"].text_or(), lines=payload["lines"], events=[*single, *payload["events"].items()]
    )


def _bare(payload: Payload) -> list[Payload]:
    events = list(payload.items())
    if not events:
        raise BadPayload(payload.path, "AMI events expected, but the list is empty")
    for event in events:
        event.object()["Event"].text()
    return events


def _read_text(text: str) -> Contents:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    told = [line for line in lines if line.strip(" \t\\+-=")]
    opening = told[0].lstrip() if told else ""
    if _AMI.match(opening):
        return Contents(lines=Payload(None), events=_transcript(lines))
    if any(_QUEUE_LOG.match(line) for line in told):
        return Contents(lines=Payload(told, "$"))
    columns = [name.lower() for name in _cells(opening)]
    if frozenset(columns) >= QUEUE_LOG_COLUMNS:
        return Contents(lines=Payload(_rows(columns, told[1:]), "$"))
    if frozenset(columns) >= CEL_COLUMNS or _CEL_LINE.match(opening) or _CDR_LINE.match(opening):
        return NOTHING
    raise BadPayload("$", UNKNOWN)


def _transcript(lines: Iterable[str]) -> list[Payload]:
    """Without a time nobody knows when a recorded event was: for one that tells of a call that is an error."""
    events = [event for event in blocks(lines) if _tells(event)]
    for index, event in enumerate(events):
        if "Timestamp" not in event:
            raise BadPayload(f"$[{index}].Timestamp", NO_TIME)
    return [Payload(event, f"$[{index}]") for index, event in enumerate(events)]


def _tells(event: dict[str, str]) -> bool:
    name = event.get("Event", "").lower()
    if name == "varset" and event.get("Variable") != "QUEUESTATUS":
        return False
    return name in HANDLERS and ("Timestamp" in event or name not in _STARTS)


def _cells(line: str) -> list[str]:
    """Of a row of psql, with or without a frame."""
    row = line.strip()
    framed = row.startswith("|") and row.endswith("|")
    return [cell.strip() for cell in (row[1:-1] if framed else line).split("|")]


def _rows(columns: Sequence[str], lines: Iterable[str]) -> list[str]:
    """Each row as the line that queue_log would hold; what has other columns (a count of rows, a rule) is none."""
    found = [(place, _cells(line)) for place, line in enumerate(lines, start=1)]
    return [_line(dict(zip(columns, row, strict=True)), place) for place, row in found if len(row) == len(columns)]


def _line(row: dict[str, str], place: int) -> str:
    """The table keeps fractions of a second. A time without an offset is of a zone that the dump does not name."""
    time = row["time"]
    seconds = time if _QUEUE_LOG.match(f"{time}|") else f"{Payload(time, f'$[{place}].time').iso().timestamp():.6f}"
    return "|".join([seconds, *(row.get(name, "") or ("NONE" if name == "agent" else "") for name in PLACES)])
