"""Billing works with Asterisk: lines of its queue_log, in the signed batches of `deskgauge forward asterisk`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby

from adapters.asterisk import Occurrences, queue_log_body
from plugin.contract.signature import standard_webhook_signature
from plugin.demo.chance import number, token
from plugin.demo.keys import Keys
from plugin.demo.posting import JSON, Posting
from plugin.demo.world import Contact, Day, Shift

QUEUE = "Billing"
HOST = "pbx-riga"
#: one batch holds what was written in this time
EVERY_S = 300
CONTEXT = "from-internal"

Line = tuple[int, str]


def call_id(contact: Contact) -> str:
    return f"{_epoch(contact.entered_at)}.{number('asterisk call', contact.id, digits=6)}"


def postings(day: Day, keys: Keys) -> Iterator[Posting]:
    lines = [line for shift in day.shifts if shift.queue == QUEUE for line in _member(shift)]
    lines += [line for contact in day.contacts if contact.queue == QUEUE for line in _call(contact)]
    # Sorting is stable: what a call or a member did within one second stays in its order.
    lines.sort(key=lambda line: line[0])
    seen, first = Occurrences(), day.date.toordinal() % 1000 * 100_000
    rows = [(first + place, seen.next_of(text), text) for place, (_, text) in enumerate(lines)]
    numbered = zip((at for at, _ in lines), rows, strict=True)
    for period, batch in groupby(numbered, key=lambda entry: entry[0] // EVERY_S):
        sent_at = datetime.fromtimestamp((period + 1) * EVERY_S, UTC) + timedelta(milliseconds=200)
        body = queue_log_body(HOST, [row for _, row in batch])
        headers = {"Content-Type": JSON, "webhook-id": f"msg_{token('asterisk', day.date, period)}"}
        yield Posting(source="asterisk", body=body, sent_at=sent_at, headers=headers)


def sign(posting: Posting, keys: Keys, at: datetime, base_url: str) -> Mapping[str, str]:
    stamp = str(_epoch(at))
    signature = standard_webhook_signature(keys.asterisk, posting.headers["webhook-id"], stamp, posting.body)
    return {"webhook-timestamp": stamp, "webhook-signature": signature}


def _member(shift: Shift) -> Iterator[Line]:
    yield _line(shift.started_at, "MANAGER", shift.agent, "ADDMEMBER", "")
    for pause in shift.pauses:
        yield _line(pause.started_at, "NONE", shift.agent, "PAUSE", pause.reason)
        yield _line(pause.ended_at, "NONE", shift.agent, "UNPAUSE", "")
    yield _line(shift.ended_at, "MANAGER", shift.agent, "REMOVEMEMBER", "")


def _call(contact: Contact) -> Iterator[Line]:
    call, wait_s = call_id(contact), contact.wait_s
    yield _line(contact.entered_at, call, "NONE", "ENTERQUEUE", "", contact.customer, 1)
    if contact.answered_at is None:
        yield _line(contact.ended_at, call, "NONE", "ABANDON", 1, 1, wait_s)
        return
    for ring in contact.rings:
        length_s = round((ring.ended_at - ring.started_at).total_seconds())
        if not ring.answered:
            yield _line(ring.ended_at, call, ring.agent, "RINGNOANSWER", length_s * 1000)
        else:
            yield _line(contact.answered_at, call, ring.agent, "CONNECT", wait_s, f"{call}1", length_s)
    if contact.handed_at is not None:
        moved = (contact.handed_to, CONTEXT, wait_s, contact.talk_s, 1)
        yield _line(contact.handed_at, call, contact.agent, "BLINDTRANSFER", *moved)
        return
    over = "COMPLETECALLER" if number("by", contact.id, digits=1) > 3 else "COMPLETEAGENT"
    yield _line(contact.ended_at, call, contact.agent, over, wait_s, contact.talk_s, 1)


def _line(at: datetime, call: str, agent: str, event: str, *data: object) -> Line:
    fields = [str(_epoch(at)), call, QUEUE, agent, event, *map(str, data)]
    return _epoch(at), "|".join(fields)


def _epoch(at: datetime) -> int:
    return round(at.timestamp())
