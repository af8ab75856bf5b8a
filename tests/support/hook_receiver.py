"""A receiver of signed webhooks over real HTTP: it verifies by the official package, answers what it is told, and may hang up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#: taken, and the connection ends before the answer
CUT = 0


@dataclass
class HookReceiver:
    """`answers` are the statuses of the next requests, then 204; `headers` go with each of them."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        """The package compares with the time of this machine."""
        return datetime.now(UTC)

    def taken(self) -> dict[str, dict[str, Any]]:
        """By id, as a receiver keeps them that knows repeats."""
        return dict(zip(self._ids, self.bodies, strict=True))

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.asked.append((headers, body))
        status = self.answers.pop(0) if self.answers else 204
        if status == CUT or 200 <= status < 300:
            signed = "webhook-id" in headers
            self.bodies.append(Webhook(SECRET).verify(body, headers) if signed else json.loads(body))
            self._ids.append(headers.get("webhook-id", str(len(self._ids))))
        return status


@contextmanager
def running() -> Iterator[HookReceiver]:
    receiver = HookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            if status == CUT:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
