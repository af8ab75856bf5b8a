"""One database, one web process, one worker, and a number of kills; what came of it."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import fake_slack
import throwaway_postgres
from running_server import free_port
from sqlalchemy import Engine

from plugin.database import open_engine
from tests.chaos._processes import Processes
from tests.chaos._senders import SECRET, Senders, wait_for
from tests.chaos._state import column, digest_of, let_claims_expire, one

DAILY = tuple(f"daily-{number}" for number in range(1, 9))
HOURLY = ("hourly-1", "hourly-2")
CHANNEL = "C0SUPPORT"
_PENDING = "SELECT COUNT(*) FROM delivery WHERE state = 'pending'"
_UNSENT = "SELECT COUNT(*) FROM message WHERE state <> 'sent'"
_SENT = "SELECT COUNT(*) FROM message WHERE state = 'sent'"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    summary: str
    broken: list[str]


@dataclass(kw_only=True)
class Scene:
    engine: Engine
    slack: fake_slack.FakeSlack
    processes: Processes
    senders: Senders


def policy() -> str:
    parts = ['timezone = "UTC"\n[channels.desk]\nkind = "slack"\nchannel = "C0SUPPORT"\n']
    for grain, names in (("day", DAILY), ("hour", HOURLY)):
        parts += [f'[digests.{name}]\ngrain = "{grain}"\nat = "00:00"\nchannels = ["desk"]\n' for name in names]
    return "\n".join(parts)


def storm(kind: str, kills: int, seed: int) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="dg-chaos-"))
    url = throwaway_postgres.start() if kind == "postgresql" else f"sqlite:///{folder / 'deskgauge.db'}"
    began = time.monotonic()
    with _scene(url, folder, seed) as scene:
        _kill_under_load(scene, kills, random.Random(seed))
        broken = [*_settle(scene), *_broken(scene)]
        summary = f"{_summary(scene)}, {time.monotonic() - began:.0f} s"
    if broken:
        return Outcome(summary=f"{summary}; the logs are in {folder}", broken=broken)
    shutil.rmtree(folder, ignore_errors=True)
    return Outcome(summary=summary, broken=[])


@contextmanager
def _scene(url: str, folder: Path, seed: int) -> Iterator[Scene]:
    port = free_port()
    with fake_slack.running() as slack:
        slack.started_at = datetime.now(UTC)
        processes = Processes(environ=_environ(url, folder, port, slack.url), port=port, folder=folder)
        (folder / "policy.toml").write_text(policy())
        processes.run("policy", "apply", str(folder / "policy.toml"), "--author", "chaos")
        engine = open_engine(url)
        try:
            yield Scene(engine=engine, slack=slack, processes=processes, senders=Senders(port=port, seed=seed))
        finally:
            processes.kill_all()
            engine.dispose()


def _environ(url: str, folder: Path, port: int, slack_url: str) -> dict[str, str]:
    return {
        "DESKGAUGE_DATABASE_URL": url,
        "DESKGAUGE_DATA_DIR": str(folder),
        "DESKGAUGE_BASE_URL": f"http://127.0.0.1:{port}",
        "DESKGAUGE_SECRET_KEY": "chaos",
        "DESKGAUGE_SOURCE_ASTERISK_SECRET": SECRET,
        "SLACK_BOT_TOKEN": fake_slack.TOKEN,
        "SLACK_API_URL": slack_url,
    }


def _kill_under_load(scene: Scene, kills: int, chance: random.Random) -> None:
    for command in scene.processes.commands.values():
        command.start()
    scene.senders.start()
    for _ in range(kills):
        name = chance.choice(("web", "work"))
        if name == "web":
            # Not while it starts: something was acknowledged by this very process.
            scene.senders.wait_for_an_answer()
            time.sleep(chance.uniform(0, 0.5))
        else:
            time.sleep(chance.uniform(0, 6))
        _kill_and_start(scene, name)


def _kill_and_start(scene: Scene, name: str) -> None:
    command = scene.processes.commands[name]
    command.kill()
    if name == "work":
        let_claims_expire(scene.engine)
    command.start()


def _settle(scene: Scene) -> list[str]:
    """Waits until everything is acknowledged, worked off and said; then both processes end by SIGTERM."""
    engine = scene.engine
    scene.senders.finish()
    _kill_and_start(scene, "work")
    wait_for(lambda: one(engine, _PENDING) == 0, "an empty inbox", 300)
    wait_for(lambda: one(engine, "SELECT COUNT(*) FROM dirty_slot") == 0, "computed cells", 120)
    wait_for(lambda: one(engine, _SENT) >= len(DAILY) + len(HOURLY), "sent digests", 300)
    wait_for(lambda: one(engine, _UNSENT) == 0, "an empty outbox", 300)
    codes = {name: command.stop() for name, command in scene.processes.commands.items()}
    return [f"{name} ended with exit code {code} after SIGTERM" for name, code in codes.items() if code != 0]


def _broken(scene: Scene) -> Iterator[str]:
    """The promises that were broken."""
    engine, senders, said = scene.engine, scene.senders, scene.slack.sent_ids(CHANNEL)
    stored = one(engine, "SELECT COUNT(*) FROM delivery")
    if senders.acknowledged != senders.sent or stored != len(senders.sent):
        yield f"{len(senders.sent)} sent, {len(senders.acknowledged)} acknowledged, {stored} stored"
    if unread := one(engine, "SELECT COUNT(*) FROM delivery WHERE state <> 'done'"):
        yield f"{unread} deliveries were not read"
    for table in ("contact", "queue_visit", "agent_leg"):
        rows = one(engine, f"SELECT COUNT(*) FROM {table}")
        if rows != senders.calls:
            yield f"{senders.calls} calls, but {rows} rows in {table}"
    if len(said) != len(set(said)):
        yield f"digests were sent twice: {len(said)} messages of {len(set(said))} digests"
    if set(said) != set(column(engine, "SELECT id FROM message")):
        yield "what Slack has and what the outbox says was sent differ"
    before = digest_of(engine)
    scene.processes.run("rebuild")
    after = digest_of(engine)
    for table in before:
        if before[table] != after[table]:
            yield f"a rebuild changed {table}: {before[table]} to {after[table]}"


def _summary(scene: Scene) -> str:
    killed = {name: command.kills for name, command in scene.processes.commands.items()}
    senders = scene.senders
    return (
        f"{sum(killed.values())} kills ({killed['web']} web, {killed['work']} worker), {len(senders.sent)} deliveries of "
        f"{senders.calls} calls, tries that got no answer or another than 2xx: {dict(sorted(senders.refusals.items()))}, "
        f"{len(scene.slack.sent_ids(CHANNEL))} digests"
    )
