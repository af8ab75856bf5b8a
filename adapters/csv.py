"""Files of calls or tickets in any column layout: a TOML mapping says which row becomes which events.

The format of the files is RFC 4180, https://www.rfc-editor.org/rfc/rfc4180 (read 2026-11), with any delimiter.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b, sha256
from itertools import chain
from typing import Any, TextIO

from adapters._csv_expression import csv_language
from plugin.contract.adapter import Adapter, Setting, Settings, first
from plugin.contract.event import Channel, Event
from plugin.contract.mapping import Rules, compile_mapping, events_of, read_mapping
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected

ROWS_PER_DELIVERY = 1000
OWN_KEYS = frozenset({"delimiter", "header", "skip_lines"})
DELIMITERS = "\t;,|"
DELIMITER_WORDS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}

Row = list[str]


def verify(request: WebhookRequest, settings: Settings) -> None:
    raise Rejected(
        "This source takes files, not webhooks: run `deskgauge import csv FILE --source NAME` on the machine."
    )


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    payload = parse_json(request.body).object()
    columns = tuple(column.text() for column in payload["columns"].items())
    first_row = int(payload["first_row"].number())
    repeats = payload["repeats"].raw or {}
    rules = _rules(_mapping_text(settings), columns)
    found: list[Event] = []
    for index, row in enumerate(_rows(payload["rows"])):
        try:
            found += _row_events(rules, row, len(columns), repeats, index)
        except BadPayload as error:
            raise BadPayload(error.path, f"row {first_row + index}: {error.reason}") from None
    return found


def files(stream: TextIO, settings: Settings) -> Iterator[bytes]:
    """Bodies of 1000 rows; a row that cannot be read travels alone, so that it takes no others with it."""
    text = _mapping_text(settings)
    document = read_mapping(text, OWN_KEYS)
    columns, lines = _table_of(stream, document)
    rules = _rules(text, tuple(columns))
    counted = _Repeats() if rules.identity is None else None
    head = {"mapping_hash": sha256(text.encode()).hexdigest()[:16], "columns": columns}
    rows: list[Row] = []
    repeats: dict[str, int] = {}
    start = 1
    for number, row in enumerate(lines, 1):
        if not _readable(rules, row, len(columns)):
            yield _body(head, number, [row], {})
            continue
        if counted and (repeat := counted.times_before(row)):
            repeats[str(len(rows))] = repeat
        start = start if rows else number
        rows.append(row)
        if len(rows) == ROWS_PER_DELIVERY:
            yield _body(head, start, rows, repeats)
            rows, repeats = [], {}
    if rows:
        yield _body(head, start, rows, repeats)


class _Repeats:
    """How often the same row stood earlier in the file: 16 bytes are kept of every row."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def times_before(self, row: Row) -> int:
        digest = _digest(row)
        before = self._seen.get(digest, 0)
        self._seen[digest] = before + 1
        return before


def _digest(row: Row) -> bytes:
    return blake2b("\x1f".join(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _body(head: Mapping[str, Any], first_row: int, rows: Sequence[Row], repeats: Mapping[str, int]) -> bytes:
    body = {**head, "first_row": first_row, "rows": rows}
    if repeats:
        body["repeats"] = repeats
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _rows(payload: Payload) -> Iterable[Row]:
    raw = payload.raw
    if not isinstance(raw, list) or not all(isinstance(row, list) for row in raw):
        raise BadPayload(payload.path, "a list of rows expected")
    if not all(set(map(type, row)) <= {str} for row in raw if isinstance(row, list)):
        raise BadPayload(payload.path, "every value of a row is a text")
    return raw  # type: ignore[return-value]


def _row_events(rules: Rules, row: Row, width: int, repeats: object, index: int) -> list[Event]:
    if len(row) != width:
        raise BadPayload("$.rows", f"{len(row)} columns, but the header has {width}")

    def content() -> str:
        repeat = repeats.get(str(index)) if isinstance(repeats, dict) else None
        return _digest(row).hex() + (f"+{repeat}" if repeat else "")

    return events_of(rules, row, content)


def _readable(rules: Rules, row: Row, width: int) -> bool:
    try:
        _row_events(rules, row, width, None, 0)
    except BadPayload:
        return False
    return True


@lru_cache(maxsize=8)
def _rules(text: str, columns: tuple[str, ...]) -> Rules:
    return compile_mapping(read_mapping(text, OWN_KEYS), csv_language(columns))


def _mapping_text(settings: Settings) -> str:
    text = first(settings, "mapping")
    if text is None:
        raise BadPayload(
            "mapping", "no mapping is set: write one as docs/adapters/csv.md shows and pass it with --set mapping=FILE"
        )
    return text


def _table_of(stream: TextIO, document: Mapping[str, Any]) -> tuple[list[str], Iterator[Row]]:
    """The names of the columns and the rows below them, blank lines left out."""
    for _ in range(_skipped(document)):
        next(stream, None)
    top = next((line for line in stream if line.strip()), "").removeprefix("\ufeff")
    rows = _read(chain([top], stream), _delimiter(document, top))
    names = document.get("header")
    if names is None:
        return _unique([name.strip() for name in next(rows, [])]), rows
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise BadPayload("mapping.header", "a list of column names expected")
    return _unique(names), rows


def _unique(names: list[str]) -> list[str]:
    """Column names; one that is empty or repeats is called by its place, so that every column can be named."""
    taken: list[str] = []
    for place, name in enumerate(names, 1):
        taken.append(name if name and name not in taken else f"{name or 'column'}#{place}")
    return taken


def _skipped(document: Mapping[str, Any]) -> int:
    lines = document.get("skip_lines", 0)
    if isinstance(lines, bool) or not isinstance(lines, int) or lines < 0:
        raise BadPayload("mapping.skip_lines", "a number of lines expected")
    return lines


def _delimiter(document: Mapping[str, Any], header: str) -> str:
    """The declared delimiter, else the one that cuts the first line into most columns."""
    given = document.get("delimiter")
    if given is None:
        return max(DELIMITERS, key=lambda candidate: len(next(csv.reader([header], delimiter=candidate), [])))
    delimiter = DELIMITER_WORDS.get(str(given), str(given))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise BadPayload("mapping.delimiter", f"one character, or one of {', '.join(DELIMITER_WORDS)}, expected")
    return delimiter


def _read(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise BadPayload(f"line {reader.line_num}", f"the file cannot be read as CSV: {error}") from None


ADAPTER = Adapter(
    key="csv",
    title="CSV files",
    kind="generic",
    channels=tuple(Channel),
    settings=(
        Setting(
            key="mapping",
            label="Mapping",
            help="A TOML file that says which row becomes which events; docs/adapters/csv.md has examples.",
            required=True,
            file=True,
        ),
    ),
    verify=verify,
    parse=parse,
    files=files,
    # without "hold": only the mapping knows whether a call that tells of no hold had none
    facts=(
        "wait",
        "talk",
        "wrap_up",
        "ring",
        "transfer",
        "abandon",
        "agent",
        "queue",
        "agent_state",
        "ticket",
        "ticket_reply",
        "survey",
        "login",
    ),
    signature_scheme="none: files are imported on the machine, requests are refused",
    docs="docs/adapters/csv.md",
    connect=(
        "Nothing is sent by a vendor. Write a mapping as docs/adapters/csv.md shows, then run:\n"
        "deskgauge import csv FILE --source NAME --set mapping=MAPPING.toml"
    ),
)
