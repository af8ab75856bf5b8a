"""A real web server in a process group of its own, over any database, with any application factory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from plugin.receive.server import THREADS

SUPPORT = Path(__file__).parent
PROJECT = SUPPORT.parent.parent
_START = (
    "import sys; from plugin.receive.server import serve_web; "
    "serve_web(host='127.0.0.1', port=int(sys.argv[1]), database_url=sys.argv[2], workers=int(sys.argv[3]), "
    "threads=int(sys.argv[4]), factory=sys.argv[5])"
)


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]
    log: Path | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signal_group(self, number: int) -> None:
        """To the server and all of its processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def wait_ready(self, timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text() if self.log else "the server did not start")
            time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether a worker answers: the kernel accepts connections before one does."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"GET /hooks/ready-probe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1")
    except OSError:
        return False


def start(
    database_url: str,
    *,
    port: int | None = None,
    workers: int = 1,
    threads: int = THREADS,
    factory: str = "hooks_app:create_app",
    environ: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Server:
    chosen = port or free_port()
    path = os.pathsep.join([str(PROJECT), str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "DESKGAUGE_DATABASE_URL": database_url, **(environ or {})}
    with log.open("ab") if log else contextlib.nullcontext(subprocess.DEVNULL) as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(chosen), database_url, str(workers), str(threads), factory],
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Server(port=chosen, process=process, log=log)


@contextlib.contextmanager
def running(database_url: str, **options: object) -> Iterator[Server]:
    server = start(database_url, **options)  # type: ignore[arg-type]
    try:
        server.wait_ready()
        yield server
    finally:
        server.signal_group(signal.SIGKILL)
        server.process.wait(10)
