"""`python -m tests.bench._drainer URL`: a process that drains an inbox as the worker does, and prints how fast, how large."""

# ruff: noqa: T201
from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from plugin.database import open_engine
from plugin.drain import BATCH, Reader, drain

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Drained:
    deliveries: int
    seconds: float
    memory_mb: float

    @property
    def rate(self) -> float:
        return self.deliveries / self.seconds


def drain_elsewhere(url: str) -> Drained:
    """In a process of its own, whose memory is nobody else's."""
    command = [sys.executable, "-m", "tests.bench._drainer", url]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Drained(**json.loads(done.stdout))


def main(url: str) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from acme_adapter import acme

    from tests.bench._demo import readers

    known = {**readers(), "acme": Reader(adapter=acme(), settings={})}
    engine = open_engine(url)
    began, deliveries = time.perf_counter(), 0
    while settled := drain(engine, known.get, b"bench", BATCH):
        deliveries += settled
    seconds = time.perf_counter() - began
    print(json.dumps({"deliveries": deliveries, "seconds": seconds, "memory_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Of this program alone: what `getrusage` says was inherited from the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1])
