"""A vendor that never gives up: signed batches of queue_log lines, each sent again until it is acknowledged, some of them twice."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from plugin.contract.signature import standard_webhook_signature

SECRET = "chaos-signing-secret"
_TIMEOUT_S = 10
_PAUSE_S = 0.1
_TWICE = 0.05


@dataclass
class Senders:
    """`acknowledged` holds the ids of deliveries that were answered with 2xx; `sent` all that were begun."""

    port: int
    seed: int
    threads: int = 8
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    refusals: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._running = [threading.Thread(target=self._run, args=(number,)) for number in range(self.threads)]
        for thread in self._running:
            thread.start()

    def finish(self) -> None:
        """Begins no more calls; returns when everything that was begun is acknowledged."""
        self._stop.set()
        for thread in self._running:
            thread.join()

    def wait_for_an_answer(self) -> None:
        seen = len(self.acknowledged)
        wait_for(lambda: len(self.acknowledged) > seen, "an acknowledgement")

    @property
    def calls(self) -> int:
        return sum(name.endswith("-enter") for name in self.sent)

    def _run(self, number: int) -> None:
        chance = random.Random(f"{self.seed}:{number}")
        call = 0
        while not self._stop.is_set():
            call += 1
            for name, body in deliveries(f"{number}-{call}", time.time() - 3600 + call * 0.01):
                self._until_acknowledged(name, body)
                if chance.random() < _TWICE:
                    self._until_acknowledged(name, body)

    def _until_acknowledged(self, name: str, body: bytes) -> None:
        with self._lock:
            self.sent.add(name)
        while True:
            status = self._post(name, body)
            if 200 <= status < 300:
                with self._lock:
                    self.acknowledged.add(name)
                return
            with self._lock:
                self.refusals[status] = self.refusals.get(status, 0) + 1
            time.sleep(_PAUSE_S)

    def _post(self, name: str, body: bytes) -> int:
        """The status; 0 when there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_S)
        try:
            connection.request("POST", "/hooks/asterisk", body=body, headers=signed(name, body))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def signed(name: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": standard_webhook_signature(SECRET, name, timestamp, body),
    }


def deliveries(call: str, began: float) -> list[tuple[str, bytes]]:
    """One answered call in two deliveries: it enters the queue, an agent takes it and it ends."""
    entry = [f"{began:.0f}|{call}|support|NONE|ENTERQUEUE||+4930555{call.replace('-', ''):0>4}|1"]
    rest = [
        f"{began + 5:.0f}|{call}|support|Alice Example|CONNECT|5|{call}|3",
        f"{began + 65:.0f}|{call}|support|Alice Example|COMPLETECALLER|5|60|1",
    ]
    return [(f"{call}-{part}", _body(lines)) for part, lines in (("enter", entry), ("rest", rest))]


def _body(lines: list[str]) -> bytes:
    return json.dumps({"host": "pbx", "lines": lines}).encode()


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s:.0f} s for {what}")
        time.sleep(0.05)
