"""A load generator: signed requests over connections that stay open, each sending the next when it has its answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from acme_adapter import sign
from hooks_app import SECRET

_PADDING = (
    '"queue":"support","agent":"agent.%02d@example.org","direction":"inbound","status":"answered","tags":["billing","%x"],'
    '"customer":"+4930555%05d","wait":%d,"talk":%d,"notes":"'
)


@dataclass
class Load:
    """`seconds` of wall time, latencies in seconds, answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def bodies(run: str, size: int = 1024) -> Iterator[bytes]:
    """Different JSON bodies of about 1 kB."""
    for number in count():
        head = f'{{"call":"{run}-{number}",' + _PADDING % (
            number % 40,
            number * 7919,
            number % 99999,
            number % 90,
            number % 600,
        )
        yield (head + "x" * (size - len(head) - 2) + '"}').encode()


def requests_of(run: str, number: int) -> list[bytes]:
    found = []
    for body, _ in zip(bodies(run), range(number), strict=False):
        head = (
            "POST /hooks/acme HTTP/1.1\r\nHost: desk.example.org\r\nContent-Type: application/json\r\n"
            f"X-Acme-Signature: {sign(SECRET, body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        found.append(head.encode() + body)
    return found


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], load: Load, until: float, finished: asyncio.Future[None]) -> None:
        self.requests, self.load, self.until, self.finished = requests, load, until, finished
        self.sent = 0.0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None) if time.perf_counter() < self.until else None
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self.buffer = b""
        self.load.latencies.append(time.perf_counter() - self.sent)
        status = int(head[9:12])
        self.load.statuses[status] = self.load.statuses.get(status, 0) + 1
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_result(None)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def _drive(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    load, source = Load(), iter(requests)
    began = time.perf_counter()
    finished = [loop.create_future() for _ in range(connections)]
    for future in finished:
        await loop.create_connection(
            lambda future=future: _Connection(source, load, began + seconds, future),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.wait(finished)
    load.seconds = time.perf_counter() - began
    return load


def drive(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    return asyncio.run(_drive(port, requests, connections, seconds))
