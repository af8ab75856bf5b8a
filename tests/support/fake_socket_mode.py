"""The other end of Slack's Socket Mode: a small WebSocket server (RFC 6455) that sends envelopes and keeps what is acknowledged."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


@dataclass
class SocketMode:
    url: str = ""
    #: every connection that was made, the last one is used
    connections: list[socket.socket] = field(default_factory=list)
    #: what came in answer to envelopes, in order
    answers: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    connected: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def wait(self) -> None:
        """Until there is one more connection."""
        assert self.connected.acquire(timeout=20), "nobody connected"

    def send(self, kind: str, payload: dict[str, Any], envelope_id: str = "E1", **more: Any) -> None:
        self.say({"type": kind, "envelope_id": envelope_id, "payload": payload, **more})

    def say(self, message: dict[str, Any]) -> None:
        self.connections[-1].sendall(_frame(_TEXT, json.dumps(message).encode()))

    def answer(self) -> dict[str, Any]:
        return self.answers.get(timeout=20)

    def ask_to_reconnect(self) -> None:
        """As Slack does before it replaces the server of a connection."""
        self.say({"type": "disconnect", "reason": "refresh_requested"})

    def drop(self) -> None:
        with suppress(OSError):
            self.connections[-1].shutdown(socket.SHUT_RDWR)


class _Handler(BaseRequestHandler):
    mode: SocketMode

    def handle(self) -> None:
        with suppress(OSError, EOFError):
            self.request.sendall(_handshake(self._head()))
            self.mode.connections.append(self.request)
            self.mode.say({"type": "hello", "num_connections": 1})
            self.mode.connected.release()
            while (received := self._frame()) is not None:
                opcode, data = received
                if opcode == _PING:
                    self.request.sendall(_frame(_PONG, data))
                elif opcode == _TEXT:
                    self.mode.answers.put(json.loads(data))

    def _head(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._exactly(1)
        return head

    def _frame(self) -> tuple[int, bytes] | None:
        """One whole frame from a client, which masks what it sends."""
        first, second = self._exactly(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", self._exactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._exactly(8))
        mask, data = self._exactly(4), self._exactly(length)
        opcode = first & 15
        return None if opcode == _CLOSE else (opcode, bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self.request.recv(length - len(data))
            if not more:
                raise EOFError
            data += more
        return data


def _handshake(head: bytes) -> bytes:
    lines = head.decode().splitlines()
    (key,) = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("sec-websocket-key:")]
    accept = base64.b64encode(hashlib.sha1(key.encode() + _MAGIC, usedforsecurity=False).digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
    ).encode()


def _frame(opcode: int, data: bytes) -> bytes:
    head = bytes([128 | opcode])
    if len(data) < 126:
        return head + bytes([len(data)]) + data
    if len(data) < 1 << 16:
        return head + bytes([126]) + struct.pack("!H", len(data)) + data
    return head + bytes([127]) + struct.pack("!Q", len(data)) + data


@contextmanager
def running() -> Iterator[SocketMode]:
    mode = SocketMode()
    server = ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"mode": mode}))
    server.daemon_threads = True
    mode.url = f"ws://127.0.0.1:{server.server_address[1]}/link/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mode
    finally:
        mode.drop() if mode.connections else None
        server.shutdown()
        server.server_close()
        thread.join()
