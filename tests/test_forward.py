"""The forwarder against a real HTTP server that fails, drops and repeats, and a queue_log that is rotated under it."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

import plugin.forward
from adapters.asterisk import ADAPTER
from plugin.contract.request import WebhookRequest
from plugin.forward import ForwardFailed, forward, load, retry_after_s

SECRET = "forward-secret"
STARTED_AT = 1795310600


def pause(number: int) -> str:
    """A line of which each number has its own; every seventh is written twice."""
    return f"{STARTED_AT + number // 3}|NONE|support|Agent {number - (number % 7 == 6)}|PAUSE|Lunch"


@dataclass
class Receiver:
    """`plan` says what happens to the next requests: a status, "drop" before or "lose" after it was taken."""

    plan: list[Any] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    seen: list[tuple[str, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    sequence: list[int] = field(default_factory=list)
    largest: int = 10_000
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, request: WebhookRequest) -> tuple[Any, dict[str, str]]:
        ADAPTER.verify(request, {"secret": SECRET})
        rows = json.loads(request.body)["lines"]
        step = self.plan.pop(0) if self.plan else 204
        self.seen.append((request.headers["webhook-id"], len(rows)))
        if len(rows) > self.largest:
            return 413, {}
        status, headers = step if isinstance(step, tuple) else (step, {})
        if status in (204, "lose"):
            self.take(request.headers["webhook-id"], request.body, rows, request)
        return status, headers

    def take(self, identity: str, body: bytes, rows: list[Any], request: WebhookRequest) -> None:
        """As the inbox does: an id that is known already is acknowledged and not stored again."""
        if identity in self.taken:
            assert self.taken[identity] == body, "the same id with another body"
            return
        self.taken[identity] = body
        self.keys += [event.dedupe_key for event in ADAPTER.parse(request, {})]
        self.lines += [row["line"] for row in rows]
        self.sequence += [row["seq"] for row in rows]


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            now, headers = datetime.now(UTC), dict(self.headers.items())
            request = WebhookRequest(method="POST", url=receiver.url, headers=headers, body=body, received_at=now)
            with receiver.lock:
                status, answer = receiver.handle(request)
            if status in ("drop", "lose"):
                self.connection.close()
                return
            self.send_response(status)
            for name, value in answer.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(receiver))
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/pbx"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


class Waits(threading.Event):
    """Stands for time that passes: notes each wait, and runs the steps of a story, one at each end of the file."""

    def __init__(self, *steps: Any) -> None:
        super().__init__()
        self.waited: list[float] = []
        self.steps = list(steps)

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        if timeout != IDLE_S:
            return False
        if not self.steps:
            self.set()
            return True
        self.steps.pop(0)()
        return False


IDLE_S = 0.125


@dataclass
class Pbx:
    """A queue_log and what was written to it."""

    path: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)
    written: list[str] = field(default_factory=list)

    def write(self, count: int, path: Path | None = None) -> None:
        with (path or self.path).open("a") as stream:
            for _ in range(count):
                self.written.append(pause(next(self.numbers)))
                stream.write(self.written[-1] + "\n")

    def rename(self) -> Path:
        return self.path.rename(self.free())

    def copy_and_truncate(self) -> None:
        self.free().write_bytes(self.path.read_bytes())
        os.truncate(self.path, 0)

    def free(self) -> Path:
        """As logrotate does: the older ones move up. A log is never rotated twice within a second."""
        rotated = {int(name.suffix[1:]): name for name in self.path.parent.glob("queue_log.*")}
        for number in sorted(rotated, reverse=True):
            rotated[number].rename(self.path.with_suffix(f".{number + 1}"))
        while next(self.numbers) % 3 != 2:
            pass
        return self.path.with_suffix(".1")


@pytest.fixture
def pbx(tmp_path: Path) -> Pbx:
    folder = tmp_path / "log"
    folder.mkdir()
    return Pbx(path=folder / "queue_log")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "place.json"


def run(pbx: Pbx, receiver: Receiver, state: Path, **options: Any) -> int:
    options.setdefault("once", "stop" not in options)
    with requests.Session() as session:
        session.trust_env = False
        options.setdefault("session", session)
        return forward(pbx.path, receiver.url, SECRET, state, "asterisk", poll_s=IDLE_S, **options)


def assert_all_arrived(receiver: Receiver, pbx: Pbx) -> None:
    assert receiver.lines == pbx.written
    assert len(set(receiver.keys)) == len(pbx.written)
    assert receiver.sequence == list(range(len(pbx.written)))


def test_everything_arrives_once_in_batches_of_five_hundred(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(1201)
    assert run(pbx, receiver, state) == 1201
    assert [count for _, count in receiver.seen] == [500, 500, 201]
    assert_all_arrived(receiver, pbx)


def test_a_second_run_goes_on_where_the_first_one_stopped(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(10)
    run(pbx, receiver, state)
    assert run(pbx, receiver, state) == 0
    pbx.write(5)
    assert run(pbx, receiver, state) == 5
    assert_all_arrived(receiver, pbx)


def test_lines_of_one_second_are_counted_across_runs(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    """The forwarder and an import of the same file must name every line alike."""
    pbx.write(7)
    run(pbx, receiver, state)
    pbx.write(14)
    run(pbx, receiver, state)
    assert ADAPTER.files is not None
    with pbx.path.open() as stream:
        imported = [
            WebhookRequest(method="POST", url="x", body=b, received_at=datetime.now(UTC))
            for b in ADAPTER.files(stream, {})
        ]
    assert receiver.keys == [event.dedupe_key for request in imported for event in ADAPTER.parse(request, {})]


def test_from_the_end_leaves_out_what_was_there(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(10)
    assert run(pbx, receiver, state, from_end=True) == 0
    pbx.written.clear()
    pbx.write(3)
    assert run(pbx, receiver, state, from_end=True) == 3
    assert receiver.lines == pbx.written


def test_a_line_without_its_end_waits_for_it(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(1)
    line = pause(next(pbx.numbers))
    with pbx.path.open("a") as stream:
        stream.write(line[:20])
    assert run(pbx, receiver, state) == 1
    with pbx.path.open("a") as stream:
        stream.write(line[20:] + "\n")
    pbx.written.append(line)
    assert run(pbx, receiver, state) == 1
    assert_all_arrived(receiver, pbx)


def test_a_log_that_is_not_there_yet_is_waited_for(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    run(pbx, receiver, state, stop=Waits(lambda: None, lambda: pbx.write(2)))
    assert_all_arrived(receiver, pbx)


# -- failures


@pytest.mark.parametrize("failure", ["drop", "lose", 500, 503, 429, 401, 404, 302])
def test_a_failed_batch_is_sent_again_with_its_id(failure: Any, pbx: Pbx, receiver: Receiver, state: Path) -> None:
    receiver.plan = [failure, failure]
    pbx.write(3)
    run(pbx, receiver, state, stop=Waits())
    assert len(receiver.seen) == 3
    assert len(set(receiver.seen)) == 1
    assert_all_arrived(receiver, pbx)


def test_pauses_grow_up_to_a_minute(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    receiver.plan = [500] * 9
    pbx.write(1)
    stop = Waits()
    run(pbx, receiver, state, stop=stop)
    assert stop.waited == [1, 2, 4, 8, 16, 32, 60, 60, 60, IDLE_S]


def test_retry_after_is_honoured(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    receiver.plan = [(503, {"Retry-After": "42"})]
    pbx.write(1)
    stop = Waits()
    run(pbx, receiver, state, stop=stop)
    assert stop.waited == [42, IDLE_S]


def test_retry_after_may_be_a_date_and_has_a_limit() -> None:
    assert 20 < retry_after_s(format_datetime(datetime.now(UTC) + timedelta(seconds=30))) <= 30
    assert retry_after_s(format_datetime(datetime.now(UTC) - timedelta(seconds=30))) == 0
    assert retry_after_s("86400") == 600
    assert retry_after_s("soon") == 0


def test_once_gives_up_says_what_to_do_and_keeps_the_place(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    receiver.plan = [401] * 5
    pbx.write(3)
    with pytest.raises(ForwardFailed, match="compare the secret"):
        run(pbx, receiver, state, once=True, stop=Waits())
    assert run(pbx, receiver, state) == 3
    assert len(set(receiver.seen)) == 1
    assert_all_arrived(receiver, pbx)


def test_a_batch_that_is_too_large_is_halved(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    receiver.largest = 130
    pbx.write(500)
    run(pbx, receiver, state)
    assert_all_arrived(receiver, pbx)


def test_a_stop_while_the_receiver_is_down_keeps_the_batch(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    class Stopped(Waits):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    receiver.plan = ["lose"]
    pbx.write(3)
    assert run(pbx, receiver, state, stop=Stopped()) == 0
    pbx.write(2)
    assert run(pbx, receiver, state) == 5
    assert [count for _, count in receiver.seen] == [3, 3, 2]
    assert_all_arrived(receiver, pbx)


def test_a_state_file_of_something_else_is_refused(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    state.write_text("{}")
    with pytest.raises(ForwardFailed, match="delete it"):
        run(pbx, receiver, state)


def test_no_line_can_be_read_from_the_state(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)
    run(pbx, receiver, state)
    assert "Agent" not in state.read_text()
    assert load(state) is not None


# -- rotation


def test_a_renamed_log_is_read_to_its_end_first(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)

    def rotate_while_asterisk_still_writes_to_the_old_file() -> None:
        pbx.write(2)
        old = pbx.rename()
        pbx.write(2, old)
        pbx.path.touch()
        pbx.write(1, old)

    steps = Waits(rotate_while_asterisk_still_writes_to_the_old_file, lambda: pbx.write(4), lambda: None)
    run(pbx, receiver, state, stop=steps)
    assert_all_arrived(receiver, pbx)


def test_lines_after_the_rename_are_not_missed_when_the_new_log_is_empty_for_long(
    pbx: Pbx, receiver: Receiver, state: Path
) -> None:
    pbx.write(1)
    old: list[Path] = []

    def rotate() -> None:
        old.append(pbx.rename())
        pbx.path.touch()

    run(pbx, receiver, state, stop=Waits(rotate, lambda: pbx.write(1, old[0]), lambda: pbx.write(1), lambda: None))
    assert_all_arrived(receiver, pbx)


def test_a_log_that_is_deleted_after_its_rotation_is_still_finished(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(1)

    def rotate_and_delete() -> None:
        pbx.write(600)
        pbx.rename().unlink()
        pbx.write(5)

    run(pbx, receiver, state, stop=Waits(rotate_and_delete))
    assert_all_arrived(receiver, pbx)


def test_a_log_that_is_copied_and_truncated_goes_on_in_the_copy(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)

    def rotate() -> None:
        pbx.write(2)
        pbx.copy_and_truncate()

    run(pbx, receiver, state, stop=Waits(rotate, lambda: pbx.write(40)))
    assert_all_arrived(receiver, pbx)


def test_a_truncated_log_that_has_grown_beyond_the_old_place_is_noticed(
    pbx: Pbx, receiver: Receiver, state: Path
) -> None:
    pbx.write(3)

    def rotate() -> None:
        pbx.copy_and_truncate()
        pbx.write(20)

    run(pbx, receiver, state, stop=Waits(rotate))
    assert_all_arrived(receiver, pbx)


def test_rotations_while_the_forwarder_was_down_are_made_up_for(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)
    run(pbx, receiver, state)
    for _ in range(3):
        pbx.write(2)
        pbx.rename()
        pbx.write(1)
    (pbx.path.parent / "queue_log.4.gz").write_bytes(b"compressed")
    (pbx.path.parent / "queue_log.readme").write_text("not a log\n")
    run(pbx, receiver, state)
    assert_all_arrived(receiver, pbx)


def test_a_rotation_before_the_first_line_was_sent_loses_none(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)
    receiver.plan = ["drop"] * 5
    with pytest.raises(ForwardFailed):
        run(pbx, receiver, state, once=True, stop=Waits())
    pbx.rename()
    pbx.write(2)
    run(pbx, receiver, state)
    assert_all_arrived(receiver, pbx)


def test_a_log_whose_rotated_file_is_gone_begins_anew(pbx: Pbx, receiver: Receiver, state: Path) -> None:
    pbx.write(3)
    run(pbx, receiver, state)
    pbx.rename().unlink()
    pbx.write(2)
    assert run(pbx, receiver, state) == 2
    assert_all_arrived(receiver, pbx)


# -- kills


class Killed(BaseException):
    """Not an Exception: nothing in the forwarder may catch it, as nothing catches SIGKILL."""


class DeadlySession(requests.Session):
    """Kills before a request, or after it was answered and before the forwarder knows."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.trust_env = False
        self.chance = chance

    def post(self, *args: Any, **options: Any) -> requests.Response:
        if self.chance.random() < 0.2:
            raise Killed
        response = super().post(*args, **options)
        if self.chance.random() < 0.2:
            raise Killed
        return response


@pytest.mark.parametrize("seed", range(8))
def test_kills_at_any_point_lose_and_repeat_nothing(
    seed: int, pbx: Pbx, receiver: Receiver, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    pbx.write(1)
    run(pbx, receiver, state, stop=Waits())

    def deadly_replace(*names: Path) -> None:
        if chance.random() < 0.1:
            raise Killed
        os.rename(*names)
        if chance.random() < 0.1:
            raise Killed

    monkeypatch.setattr(plugin.forward.os, "replace", deadly_replace)
    receiver.plan = chance.choices([204, "drop", "lose", 503], weights=[5, 1, 1, 1], k=60)
    for _ in range(40):
        writing = partial(pbx.write, chance.randrange(1, 700))
        happening = chance.choice([writing, pbx.rename, pbx.copy_and_truncate, bool])
        if pbx.path.exists() and pbx.path.stat().st_size:
            happening()
        else:
            writing()
        with DeadlySession(chance) as session:
            survive(pbx, receiver, state, session)
    monkeypatch.undo()
    run(pbx, receiver, state, stop=Waits())
    assert_all_arrived(receiver, pbx)


def survive(pbx: Pbx, receiver: Receiver, state: Path, session: requests.Session) -> None:
    try:
        run(pbx, receiver, state, stop=Waits(), session=session)
    except Killed:
        return


CHILD = """
import sys, requests
from pathlib import Path
from plugin.forward import forward
session = requests.Session()
session.trust_env = False
log, url, state = sys.argv[1:]
forward(Path(log), url, "forward-secret", Path(state), "asterisk", poll_s=0.01, session=session)
"""


def test_a_process_that_is_killed_again_and_again_delivers_everything_once(
    pbx: Pbx, receiver: Receiver, state: Path
) -> None:
    command = [sys.executable, "-c", CHILD, str(pbx.path), receiver.url, str(state)]
    for turn in range(4):
        before = len(receiver.seen)
        child = subprocess.Popen(command, cwd=Path(__file__).parents[1])
        for _ in range(30):
            pbx.write(400)
        wait_until(lambda before=before, turn=turn: len(receiver.seen) > before + 2 * turn)
        child.send_signal(signal.SIGKILL)
        child.wait()
    run(pbx, receiver, state)
    assert_all_arrived(receiver, pbx)


SERVICE = """
import sys
from pathlib import Path
from plugin.forward import run_forever
run_forever(Path(sys.argv[1]), url=sys.argv[2], secret="forward-secret")
"""


def test_a_service_ends_at_sigterm_and_keeps_its_place_in_the_data_directory(
    pbx: Pbx, receiver: Receiver, tmp_path: Path
) -> None:
    environment = {**os.environ, "DESKGAUGE_DATA_DIR": str(tmp_path / "data"), "NO_PROXY": "127.0.0.1"}
    for _ in range(2):
        pbx.write(5)
        command = [sys.executable, "-c", SERVICE, str(pbx.path), receiver.url]
        child = subprocess.Popen(command, cwd=Path(__file__).parents[1], env=environment)
        wait_until(lambda: len(receiver.lines) == len(pbx.written))
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
    assert_all_arrived(receiver, pbx)
    assert len(list((tmp_path / "data").glob("forward-*.json"))) == 1


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.002)
