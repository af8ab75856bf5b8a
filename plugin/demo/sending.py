"""Requests of many vendors out over real HTTP, each vendor over connections of its own that stay open."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from plugin.demo.deliveries import signed
from plugin.demo.keys import Keys
from plugin.demo.posting import Posting

CONNECTIONS = 12
#: so many postings are handed to a connection at once
PORTION = 40
TRIES = 5
TIMEOUT_S = 30
SERVER_ERROR = 500

Progress = Callable[[int, int], None]


class SendFailed(Exception):
    """The server does not answer; the text says what was tried."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    host: str
    port: int
    #: the origin that vendors sign
    base_url: str


@dataclass(kw_only=True, slots=True)
class Sent:
    """Answers by status, and those that were not what the posting expects."""

    statuses: Counter[int] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(number for status, number in self.statuses.items() if 200 <= status < 300)

    @property
    def total(self) -> int:
        return sum(self.statuses.values())


def send_all(postings: Sequence[Posting], keys: Keys, target: Target, progress: Progress) -> Sent:
    """Sends all, roughly in their order, and signs each at the moment at which it goes out. Raises `SendFailed`."""
    portions = [postings[start : start + PORTION] for start in range(0, len(postings), PORTION)]
    shared = _Shared(waiting=iter(portions), total=len(postings), progress=progress)
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="sender") as pool:
        senders = [pool.submit(_sender, shared, keys, target) for _ in range(CONNECTIONS)]
        try:
            for sender in senders:
                sender.result()
        finally:
            shared.ended = True
    return shared.sent


@dataclass(kw_only=True, slots=True)
class _Shared:
    """What the senders have in common; `lock` guards all of it."""

    waiting: Iterator[Sequence[Posting]]
    total: int
    progress: Progress
    sent: Sent = field(default_factory=Sent)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False

    def next_portion(self) -> Sequence[Posting]:
        with self.lock:
            return () if self.ended else next(self.waiting, ())

    def note(self, answers: Sequence[tuple[Posting, int]]) -> None:
        with self.lock:
            for posting, status in answers:
                _note(self.sent, posting, status)
            self.progress(self.sent.total, self.total)


def _sender(shared: _Shared, keys: Keys, target: Target) -> None:
    with closing(http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT_S)) as connection:
        while portion := shared.next_portion():
            shared.note([(posting, _send(connection, posting, keys, target)) for posting in portion])


def _note(sent: Sent, posting: Posting, status: int) -> None:
    sent.statuses[status] += 1
    if (200 <= status < 300) == (posting.expected == "refused"):
        sent.surprises.append(f"{posting.source} answered {status}")


def _send(connection: http.client.HTTPConnection, posting: Posting, keys: Keys, target: Target) -> int:
    """Like a vendor: what was not taken is sent again."""
    for _ in range(TRIES):
        request = signed(posting, keys, target.base_url, datetime.now(UTC))
        try:
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            continue
        if answer.status < SERVER_ERROR:
            return answer.status
    raise SendFailed(f"The server at {target.base_url} took no request for {posting.source} in {TRIES} tries.")
