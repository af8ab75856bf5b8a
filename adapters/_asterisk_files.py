"""A queue_log, or the raw record of a manager connection, as a text stream in; the bodies of deliveries out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TextIO

from adapters._asterisk_ami import HANDLERS
from adapters._asterisk_pbx import DEFAULT_HOST, amount
from plugin.contract.adapter import Settings, first
from plugin.contract.payload import BadPayload

BATCH = 500
AMI_BANNER = "Asterisk Call Manager"

#: Identical lines are told apart within this many seconds; further apart, a repeat is a copy of the same line.
SAME_WITHIN_S = 2


class Occurrences:
    """Counts identical lines, so that a line that was really written twice is not taken for one that was sent twice."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self._counts = {int(second): dict(lines) for second, lines in (counts or {}).items()}

    def next_of(self, line: str) -> int:
        """0 for the first such line of its second, 1 for the second, ..."""
        second = int(amount(line.partition("|")[0]) or 0)
        for old in [other for other in self._counts if abs(other - second) > SAME_WITHIN_S]:
            del self._counts[old]
        lines = self._counts.setdefault(second, {})
        name = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        lines[name] = lines.get(name, -1) + 1
        return lines[name]

    def as_json(self) -> dict[str, dict[str, int]]:
        """What a restarted process gives back to `Occurrences`; no line can be read from it."""
        return {str(second): dict(lines) for second, lines in self._counts.items()}


def cut_files(stream: TextIO, settings: Settings) -> Iterator[bytes]:
    host = first(settings, "host") or DEFAULT_HOST
    opening = stream.readline()
    lines = chain([opening] if opening else [], stream)
    return _cut_record(lines, host) if opening.startswith(AMI_BANNER) else _cut_queue_log(lines, host)


def queue_log_body(host: str, rows: Iterable[tuple[int, int, str]]) -> bytes:
    """One batch; a row is (sequence number, occurrence, line)."""
    lines = [{"seq": seq, "n": occurrence, "line": line} for seq, occurrence, line in rows]
    return json.dumps({"host": host, "lines": lines}).encode()


def _cut_queue_log(lines: Iterable[str], host: str) -> Iterator[bytes]:
    seen = Occurrences()
    texts = ((seq, line.rstrip("\r\n")) for seq, line in enumerate(lines, start=1))
    rows = ((seq, seen.next_of(text), text) for seq, text in texts if text)
    while batch := list(islice(rows, BATCH)):
        yield queue_log_body(host, batch)


def _cut_record(lines: Iterable[str], host: str) -> Iterator[bytes]:
    events = (event for event in blocks(lines) if event.get("Event", "").lower() in HANDLERS)
    while batch := list(islice(events, BATCH)):
        for index, event in enumerate(batch):
            if "Timestamp" not in event:
                raise BadPayload(
                    f"$.events[{index}].Timestamp", "missing: record with timestampevents = yes in manager.conf"
                )
        yield json.dumps({"host": host, "events": batch}).encode()


def blocks(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """`Key: value` lines up to an empty one; the banner and the responses are blocks without an Event."""
    block: dict[str, str] = {}
    for line in chain(lines, ["\n"]):
        key, colon, value = line.rstrip("\r\n").partition(":")
        if colon:
            block[key] = value.removeprefix(" ")
        elif not key and block:
            yield block
            block = {}
