from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from acme_adapter import sign
from hooks_app import SECRET
from running_server import Server, running
from sqlalchemy import Engine, text

from plugin.config import ConfigError
from plugin.database import open_engine, writing
from plugin.inbox.store import counts
from plugin.receive.server import serve_web


def post(server: Server, number: int) -> int:
    body = b'{"call":"c%d"}' % number
    headers = {"X-Acme-Signature": sign(SECRET, body), "Content-Type": "application/json"}
    return requests.post(f"{server.url}/hooks/acme", data=body, headers=headers, timeout=20).status_code


def until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_several_processes_on_sqlite_are_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match="--workers 1"):
        serve_web(host="127.0.0.1", port=0, database_url="sqlite:///x.db", workers=2)


def test_concurrent_deliveries_over_http_are_all_there(database_url: str, engine: Engine, tmp_path: Path) -> None:
    workers = 1 if database_url.startswith("sqlite") else 2
    with running(database_url, workers=workers, log=tmp_path / "log") as server:
        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(lambda number: post(server, number), range(200))) == {204}
        assert counts(engine).pending == 200


def test_a_chunked_body_is_taken_whole_or_refused(sqlite_url: str, tmp_path: Path) -> None:
    with running(sqlite_url, log=tmp_path / "log") as server:
        short, long = b'{"call":"chunked"}', b"x" * (2 * 1024 * 1024)
        assert _chunked(server.port, short) == 204
        # Who refuses need not read to the end: a sender that is still at it may find the connection closed before the answer.
        assert _chunked(server.port, long) in (413, None)
    engine = open_engine(sqlite_url)
    assert counts(engine).pending == 1
    engine.dispose()


def _chunked(port: int, body: bytes) -> int | None:
    """The status; None where the connection was closed while the body was sent."""
    parts = [body[start : start + 65536] for start in range(0, len(body), 65536)]
    headers = {
        "X-Acme-Signature": sign(SECRET, body),
        "Content-Type": "text/plain",
        "Transfer-Encoding": "chunked",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        try:
            connection.request("POST", "/hooks/acme", body=iter(parts), headers=headers, encode_chunked=True)
            return connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            return None


def test_a_body_that_breaks_off_is_not_stored(sqlite_url: str, tmp_path: Path) -> None:
    whole = b'{"call":"c1"}'
    head = b"POST /hooks/acme HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n"
    with running(sqlite_url, log=tmp_path / "log") as server:
        with socket.create_connection(("127.0.0.1", server.port), 20) as connection:
            connection.sendall(head + b"X-Acme-Signature: " + sign(SECRET, whole).encode() + b"\r\n\r\n" + whole)
            connection.shutdown(socket.SHUT_WR)
            assert not connection.recv(100).startswith(b"HTTP/1.1 2")
        assert post(server, 2) == 204
    engine = open_engine(sqlite_url)
    assert counts(engine).pending == 1
    engine.dispose()


def test_a_stop_answers_what_has_begun(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    with running(sqlite_url, log=tmp_path / "log") as server, ThreadPoolExecutor(8) as pool:
        assert post(server, 0) == 204
        with writing(engine) as lock:
            lock.execute(text("UPDATE source SET supplied = supplied"))
            begun = [pool.submit(post, server, number) for number in range(1, 9)]
            time.sleep(0.5)
            os.kill(server.process.pid, signal.SIGTERM)
            time.sleep(0.3)
        assert [future.result() for future in begun] == [204] * 8
        assert server.process.wait(20) == 0
    assert counts(engine).pending == 9
    engine.dispose()


def test_no_web_process_outlives_the_one_that_started_it(sqlite_url: str, tmp_path: Path) -> None:
    with running(sqlite_url, log=tmp_path / "log") as server:
        server.process.kill()
        server.process.wait(10)
        until(lambda: not server.is_listening())


def test_a_database_that_is_away_is_answered_with_come_again(sqlite_url: str, tmp_path: Path) -> None:
    with running(sqlite_url, log=tmp_path / "log") as server:
        assert post(server, 1) == 204
        engine = open_engine(sqlite_url)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE delivery RENAME TO delivery_away"))
        assert post(server, 2) == 503
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE delivery_away RENAME TO delivery"))
        assert post(server, 3) == 204
        engine.dispose()
