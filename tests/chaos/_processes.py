"""The real commands `web` and `work`, each in a process group of its own, killed without a warning and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@dataclass
class Command:
    """One long-running command of `deskgauge`."""

    arguments: list[str]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "plugin.cli", *self.arguments],
                env={**os.environ, **self.environ},
                cwd=PROJECT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Every process of the group at once, as a power cut would."""
        if self.process is not None:
            self.kills += self._signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def _signal(self, number: int) -> bool:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return False
        return True


@dataclass
class Processes:
    """A web and a worker process over one database."""

    environ: Mapping[str, str]
    port: int
    folder: Path
    commands: dict[str, Command] = field(default_factory=dict)

    def __post_init__(self) -> None:
        arguments = {"web": ["web", "--port", str(self.port)], "work": ["work"]}
        for name, given in arguments.items():
            self.commands[name] = Command(arguments=given, environ=self.environ, log=self.folder / f"{name}.log")

    def run(self, *arguments: str) -> str:
        """A command that ends by itself; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "plugin.cli", *arguments],
            env={**os.environ, **self.environ},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"deskgauge {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def kill_all(self) -> None:
        for command in self.commands.values():
            command.kill()
