"""A vendor's API over real HTTP: pages, limits and failures as a test plans them, and a `Sender` that reaches it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

from plugin.contract.adapter import Adapter
from plugin.contract.settings import Settings
from plugin.vendor_api.egress import Sender, origins_of


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it came in. `origin` is where the program meant to send it."""

    method: str
    origin: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Told:
    """`body` is made JSON; `hang_up` closes the connection without a word."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False


Routes = Callable[[Asked], Told]


@dataclass(kw_only=True)
class VendorApi:
    """Answers by `routes`; `trouble` maps the number of a request (from 1) to what happens to it instead."""

    routes: Routes
    trouble: Mapping[int, Told] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, asked: Asked) -> Told:
        with self._lock:
            self.asked.append(asked)
            number = len(self.asked)
        return self.trouble.get(number) or self.routes(asked)

    def sender(self, adapter: Adapter, settings: Settings) -> Sender:
        """What the program sends with, but every request reaches this server and no name is looked up."""
        assert adapter.pull is not None
        return self.sender_to(adapter.pull.origins, settings)

    def sender_to(self, origins: Sequence[str], settings: Settings) -> Sender:
        session = requests.Session()
        session.mount("https://", _Diverted(self.port))
        session.mount("http://", _Diverted(self.port))
        return Sender(origins=origins_of(origins, settings), session=session, look_up=lambda host: [])


class _Diverted(HTTPAdapter):
    def __init__(self, port: int) -> None:
        self._port = port
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.headers["X-Meant-For"] = f"{parts.scheme}://{parts.netloc}"
        request.url = urlunsplit(("http", f"127.0.0.1:{self._port}", parts.path, parts.query, ""))
        return super().send(request, *args, **kwargs)


@contextmanager
def serving(routes: Routes, trouble: Mapping[int, Told] | None = None) -> Iterator[VendorApi]:
    api = VendorApi(routes=routes, trouble=trouble or {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer is written in two parts, the second of which would wait 40 ms for the acknowledgement of the first.
        disable_nagle_algorithm = True

        def _do(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(
                method=self.command,
                origin=self.headers["X-Meant-For"],
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(self.headers.get("content-length", 0))),
            )
            told = api.answer(asked)
            if told.hang_up:
                self.close_connection = True
                return
            body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            body = b"" if told.status == 204 else body
            self.send_response(told.status)
            for name, value in {"Content-Type": "application/json", **told.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
