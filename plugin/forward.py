"""A queue_log in, signed batches of its lines out over HTTP; a kill, a failure or a rotation loses and repeats nothing.

A batch gets its id and its end before it is sent, and the place moves only after a 2xx. So whatever happens in between, the same
lines go out again under the same `webhook-id`, which the receiver knows already when it had them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event

import click
import requests

from adapters.asterisk import BATCH, DEFAULT_HOST, Occurrences, queue_log_body
from plugin.config import load as load_config
from plugin.contract.signature import standard_webhook_signature
from plugin.queue_log import Place, QueueLog, end_of, start_of

logger = logging.getLogger(__name__)

POLL_S = 1.0
LONGEST_PAUSE_S = 60.0
LONGEST_RETRY_AFTER_S = 600.0
TIMEOUT_S = (10, 60)
#: `once` is for cron: give up and let the next run go on
TRIES_ONCE = 5

ADVICE = {
    401: "compare the secret with the source's",
    403: "compare the secret with the source's",
    404: "there is no such source: compare the address with what `deskgauge connect asterisk` says",
    413: "a single line is larger than the receiver takes",
}


class ForwardFailed(click.ClickException):
    """The batch could not be delivered; its place is kept, and the next run sends it again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What a killed forwarder needs to go on: no line can be read from it. `batch_end` is an offset in the file of `place`."""

    place: Place = field(default_factory=Place)
    seq: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    batch_id: str | None = None
    batch_end: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    body: bytes
    lines: int
    #: with the id of this batch, to be saved before it is sent
    during: Progress
    after: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    url: str
    secret: str
    session: requests.Session
    stop: Event
    once: bool


def run_forever(
    path: Path,
    *,
    url: str,
    secret: str,
    host: str | None = None,
    state_path: Path | None = None,
    from_end: bool = False,
    once: bool = False,
) -> None:
    """`forward` as a process: until SIGTERM or SIGINT, its place kept in the data directory.

    The default host is the one under which files are imported, so that the same line counts once whichever way it came.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    path = path.absolute()
    state_path = state_path or _default_state(path, url)
    state_path.parent.mkdir(parents=True, exist_ok=True)
    sent = forward(path, url, secret, state_path, host or DEFAULT_HOST, once=once, stop=stop, from_end=from_end)
    logger.info("%d lines delivered", sent)


def _default_state(path: Path, url: str) -> Path:
    """One for each log and receiver."""
    name = hashlib.sha256(f"{path} {url}".encode()).hexdigest()[:12]
    return load_config().data_dir / f"forward-{name}.json"


def forward(
    path: Path,
    url: str,
    secret: str,
    state_path: Path,
    host: str,
    *,
    once: bool = False,
    stop: Event | None = None,
    session: requests.Session | None = None,
    from_end: bool = False,
    poll_s: float = POLL_S,
) -> int:
    """Sends until `stop` is set, or with `once` until the end of the file; returns the number of lines that were delivered.

    `from_end` leaves out, in the first run only, what the file already holds. Raises `ForwardFailed` with `once` only.
    """
    target = Target(url=url, secret=secret, session=session or requests.Session(), stop=stop or Event(), once=once)
    progress = load(state_path) or _begin(path, state_path, from_end)
    sent, limit = 0, BATCH
    with closing(QueueLog(path, progress.place)) as log:
        while not target.stop.is_set():
            batch = next_batch(log, progress, host, limit)
            if batch is None:
                progress = replace(progress, place=log.place)
                if not log.move_on() and _at_end(target, poll_s):
                    break
                continue
            save(state_path, batch.during)
            status = deliver(batch, target)
            if status == 413 and batch.lines > 1:
                limit = batch.lines // 2
                progress = replace(progress, place=log.place, batch_id=None, batch_end=None)
                continue
            if not 200 <= status < 300:
                break
            progress, sent = batch.after, sent + batch.lines
            log.place = progress.place
            save(state_path, progress)
    return sent


def _begin(path: Path, state_path: Path, from_end: bool) -> Progress:
    progress = Progress(place=end_of(path) if from_end else start_of(path))
    save(state_path, progress)
    return progress


def _at_end(target: Target, poll_s: float) -> bool:
    return target.once or target.stop.wait(poll_s)


def next_batch(log: QueueLog, progress: Progress, host: str, limit: int = BATCH) -> Batch | None:
    """The batch that was begun, else the next lines; None at the end of the file."""
    begun = progress.batch_end if log.place == progress.place else None
    lines, place = log.read(limit, begun)
    if begun is not None and log.place.first != progress.place.first:  # that file is gone, with the batch
        begun, (lines, place) = None, log.read(limit)
    if place == log.place:
        return None
    seen = Occurrences(progress.counts)
    texts = [text for line in lines if (text := line.rstrip("\r"))]
    rows = [(progress.seq + index, seen.next_of(text), text) for index, text in enumerate(texts)]
    identity = progress.batch_id if begun is not None else None
    return Batch(
        body=queue_log_body(host, rows),
        lines=len(rows),
        during=replace(
            progress, place=log.place, batch_id=identity or f"msg_{uuid.uuid4().hex}", batch_end=place.offset
        ),
        after=Progress(place=place, seq=progress.seq + len(rows), counts=seen.as_json()),
    )


def deliver(batch: Batch, target: Target) -> int:
    """The status that ended it: a 2xx, 413 for a batch that can be cut, or 0 when `stop` was set before the receiver took it."""
    for tries in range(1_000_000):
        status, pause_s = attempt(batch, target, tries)
        if 200 <= status < 300 or (status == 413 and batch.lines > 1):
            return status
        advice = ADVICE.get(status, "the receiver cannot be reached or is busy")
        if target.once and tries + 1 >= TRIES_ONCE:
            raise ForwardFailed(f"Status {status or 'none'} from {target.url}: {advice}")
        logger.warning("Status %s: %s; trying again in %.0f s", status or "none", advice, pause_s)
        if target.stop.wait(pause_s):
            break
    return 0


def attempt(batch: Batch, target: Target, tries: int) -> tuple[int, float]:
    """Status (0: no answer) and the seconds to wait before the next try."""
    pause_s = min(2.0**tries, LONGEST_PAUSE_S)
    headers = signed_headers(batch.during.batch_id or "", batch.body, target.secret)
    try:
        response = target.session.post(
            target.url, data=batch.body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False
        )
    except requests.RequestException:
        return 0, pause_s
    return response.status_code, max(pause_s, retry_after_s(response.headers.get("Retry-After")))


def signed_headers(message_id: str, body: bytes, secret: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": standard_webhook_signature(secret, message_id, timestamp, body),
    }


def retry_after_s(value: str | None) -> float:
    """Seconds from a number or an HTTP date; 0 for anything else."""
    if not value:
        return 0.0
    if value.strip().isdecimal():
        return min(float(value), LONGEST_RETRY_AFTER_S)
    try:
        wait = parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return min(max(wait.total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def load(state_path: Path) -> Progress | None:
    """None before the first run; raises `ForwardFailed` for a state file that is not ours."""
    try:
        state = json.loads(state_path.read_text())
        return Progress(
            place=Place(first=state["first"], offset=state["offset"]),
            seq=state["seq"],
            counts=state["counts"],
            batch_id=state["batch_id"],
            batch_end=state["batch_end"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise ForwardFailed(f"{state_path} is not a state of the forwarder: delete it to begin anew") from None


def save(state_path: Path, progress: Progress) -> None:
    """Whole or not at all, and on the disk when it returns."""
    state = {
        "first": progress.place.first,
        "offset": progress.place.offset,
        "seq": progress.seq,
        "counts": progress.counts,
        "batch_id": progress.batch_id,
        "batch_end": progress.batch_end,
    }
    draft = state_path.with_name(state_path.name + ".new")
    with draft.open("w") as stream:
        json.dump(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, state_path)
    folder = os.open(state_path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
