"""From a signed webhook to `chat.postMessage`: web, worker and a Slack of our own over HTTP, beside a small and a large history.

`python -m tests.bench alerts SQLite 10000` measures one database beside one history.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from uuid import uuid4

import fake_slack
import throwaway_postgres
from installed import installed
from running_server import answers, free_port
from sqlalchemy import Engine, text

from plugin.database import writing
from plugin.facts.basis import note_folded
from plugin.facts.reckoning import reckoning_of
from plugin.forward import signed_headers
from plugin.installation import Installation, now
from plugin.kpi.cells import rebuild_cells
from plugin.kpi.terms import terms_of
from plugin.policy.text import parse
from plugin.schedule import jobs
from tests.bench._clock import seconds_of
from tests.bench._copied import copy
from tests.bench._databases import fresh
from tests.bench._report import Report
from tests.bench._year import fill

ROOT = Path(__file__).parents[2]
HISTORIES = (10_000, 100_000)
DATABASES = ("SQLite", "PostgreSQL")
INCIDENTS = 32
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#: the goals of one alert, in seconds
MEDIAN_S, P95_S = 1.0, 2.0
WAIT_S = 90.0
#: Slack takes one message a second into a channel
PAUSE_S = (1.1, 2.3)
POLICY = """
timezone = "Europe/Riga"
[sources.pbx]
adapter = "asterisk"
[alerting]
group_window = "0s"
[channels.floor]
kind = "slack"
channel = "C0SUPPORT"
"""
#: KPIs of rules that stay quiet beside those that fire: a share, a percentile, a stock, a time
QUIET = ("abandonment_rate", "service_level", "asa.p90", "backlog", "occupancy")
RULES = INCIDENTS + len(QUIET)


def run(report: Report) -> None:
    cost: dict[str, dict[int, float]] = {database: {} for database in DATABASES if report.wants(database)}
    server = throwaway_postgres.start(durable=True) if "PostgreSQL" in cost else ""
    for contacts in HISTORIES:
        if not report.wants(str(contacts)):
            continue
        with fresh(server) as engines:
            _fill(engines, contacts)
            for database in cost:
                cost[database][contacts] = _measure(report, f"{database}, {contacts:,} contacts", engines[database])
    few, many = HISTORIES
    for database, found in cost.items():
        if len(found) == len(HISTORIES):
            name = f"{database}: evaluating {RULES} rules, {many:,} contacts / {few:,}"
            report.at_most(name, found[many] / found[few], 1.5)


def _fill(engines: dict[str, Engine], contacts: int) -> None:
    """Facts and cells as a worker with this policy leaves them: it finds nothing of theirs to do."""
    document = parse(_policy())
    fill(engines["SQLite"], contacts)
    rebuild_cells(engines["SQLite"], terms_of(document))
    if "PostgreSQL" in engines:
        copy(engines["SQLite"], engines["PostgreSQL"])
    for engine in engines.values():
        with writing(engine) as connection:
            for about, basis in reckoning_of(document).bases.items():
                note_folded(connection, about, basis, None)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE"))


def _measure(report: Report, name: str, engine: Engine) -> float:
    with tempfile.TemporaryDirectory(prefix="dg-bench-") as folder:
        opened = installed(engine, Path(folder), _policy())
        with fake_slack.running() as slack, _serving(opened, slack.url) as port:
            times = sorted(_alerts(slack, port))
        took = seconds_of(partial(_evaluated, opened), times=7)
    report.figure(f"{name}: evaluating {RULES} rules", f"{1000 * took:.0f} ms")
    p95 = times[-(-95 * len(times) // 100) - 1]
    report.at_most(f"{name}: webhook to Slack, median of {len(times)}", median(times), MEDIAN_S, "s")
    report.at_most(f"{name}: webhook to Slack, p95", p95, P95_S, "s")
    return took


def _policy() -> str:
    return POLICY + "".join(_rules())


def _rules() -> Iterator[str]:
    for number in range(INCIDENTS):
        scope = f'scope = {{queue = "line {number}"}}'
        yield f'[rules.lost_{number}]\nkpi = "abandoned"\n{scope}\nfire_above = 0\ntargets = ["floor"]\n'
    for number, kpi in enumerate(QUIET):
        yield f'[rules.quiet_{number}]\nkpi = "{kpi}"\nfire_above = 1e9\ntargets = ["floor"]\n'


@contextmanager
def _serving(opened: Installation, slack_url: str) -> Iterator[int]:
    """`deskgauge serve`: a web process and a worker."""
    port = free_port()
    environ = {
        **os.environ,
        "DESKGAUGE_DATABASE_URL": opened.config.database_url,
        "DESKGAUGE_DATA_DIR": str(opened.config.data_dir),
        "DESKGAUGE_SECRET_KEY": opened.config.secret_key or "",
        "DESKGAUGE_SOURCE_PBX_SECRET": SECRET,
        "SLACK_BOT_TOKEN": fake_slack.TOKEN,
        "SLACK_API_URL": slack_url,
    }
    log = opened.config.data_dir / "serve.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "plugin.cli", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait(lambda: answers(port), log)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _alerts(slack: fake_slack.FakeSlack, port: int) -> Iterator[float]:
    """Seconds from sending a webhook until the message about its queue is there, one rule after the other."""
    random = Random(1)
    sent = slack.messages["C0SUPPORT"]
    for number in range(INCIDENTS):
        body = _abandoned_call(f"line {number}", number)
        began = time.perf_counter()
        _post(port, body)
        _wait(lambda wanted=number + 1: len(sent) >= wanted)  # type: ignore[misc]
        yield time.perf_counter() - began
        if f"line {number} " not in sent[-1]["text"]:
            raise RuntimeError(f"another alert came: {sent[-1]['text']}")
        time.sleep(random.uniform(*PAUSE_S))


def _abandoned_call(queue: str, number: int) -> bytes:
    second = int(time.time()) - 30
    call = f"{second}.{number}"
    lines = [f"{second}|{call}|{queue}|NONE|ENTERQUEUE||+49305550{number:03}|1"]
    lines.append(f"{second + 20}|{call}|{queue}|NONE|ABANDON|1|1|20")
    return json.dumps({"host": "pbx", "lines": lines}).encode()


def _post(port: int, body: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/hooks/pbx", body, signed_headers(uuid4().hex, body, SECRET))
    status = connection.getresponse().status
    connection.close()
    if status // 100 != 2:
        raise RuntimeError(f"the webhook was answered with {status}")


def _wait(happened: Callable[[], bool], log: Path | None = None) -> None:
    deadline = time.monotonic() + WAIT_S
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError(log.read_text() if log else "no alert came")
        time.sleep(0.002)


def _evaluated(opened: Installation) -> int:
    """As the worker does it, with an installation of its own."""
    return jobs.evaluate(Installation(config=opened.config, engine=opened.engine), now())
