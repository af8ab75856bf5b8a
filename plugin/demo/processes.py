"""The web server and the worker of the demo, each in a process of its own, as `deskgauge serve` has them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plugin.config import Config
from plugin.demo.keys import Keys

START_S, END_S = 60.0, 20.0
LOOPBACK = "127.0.0.1"
#: settings of another installation that must not reach the demo
FOREIGN = ("DESKGAUGE_", "SLACK_", "SMTP_")


class NotStarted(Exception):
    """A process ended at once or does not answer; the text names its log."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        if not self.runs:
            return
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def usable_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises `NotStarted` for what cannot be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            return int(listener.getsockname()[1])
    except OSError as error:
        raise NotStarted(
            f"Nothing can listen at {host}, port {port}: {error.strerror}. Choose another one with --port, or --port 0 for any."
        ) from None


def environment(config: Config, keys: Keys) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {
        **kept,
        **keys.environment(),
        "DESKGAUGE_DATA_DIR": str(config.data_dir),
        "DESKGAUGE_DATABASE_URL": config.database_url,
        "DESKGAUGE_BASE_URL": config.base_url,
    }


def start(config: Config, keys: Keys, name: str, *arguments: str) -> Process:
    """`deskgauge <name>`; what it says goes into a log in the demo's folder."""
    log = config.data_dir / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "plugin.cli", name, *arguments],
            env=environment(config, keys),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    return Process(name=name, process=process, log=log)


def wait_until_healthy(web: Process, host: str, port: int) -> None:
    deadline = time.monotonic() + START_S
    while web.runs and time.monotonic() < deadline:
        if _answers(host, port):
            return
        time.sleep(0.1)
    raise NotStarted(f"The web server does not answer. What it says, in {web.log}:\n{last_lines(web)}")


def last_lines(process: Process, number: int = 8) -> str:
    return "\n".join(process.log.read_text(encoding="utf-8", errors="replace").splitlines()[-number:])


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
