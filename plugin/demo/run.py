"""`deskgauge demo`: a fortnight over HTTP into an empty installation, then its alert, its digest and its pages."""

from __future__ import annotations

import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from plugin.config import Config, installation_key
from plugin.database import migrate, session_scope
from plugin.demo.centre import DAYS, simulate
from plugin.demo.deliveries import postings
from plugin.demo.folder import FolderTaken, fresh_folder
from plugin.demo.keys import Keys, make_keys
from plugin.demo.policy import DIGEST, policy_for
from plugin.demo.processes import LOOPBACK, NotStarted, Process, last_lines, start, usable_port, wait_until_healthy
from plugin.demo.sending import SendFailed, Sent, Target, send_all
from plugin.demo.world import HOUR_S, TIMEZONE, moment
from plugin.installation import Installation, now, open_installation
from plugin.notify.files import FileNotifier
from plugin.notify.notifier import Notifiers
from plugin.notify.text import plain_text
from plugin.policy import revisions
from plugin.policy.localtime import zone
from plugin.policy.text import render
from plugin.report.due import period_for
from plugin.schedule import jobs
from plugin.work import settle_inbox

MESSAGES = "messages"
ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
DIGEST_S = 8 * HOUR_S
#: rules are tried on the last two days
RULE_DAYS = 2
MINUTE = timedelta(minutes=1)

Echo = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """One run. `shown` is the folder as it was given, `reach` the host at which the server that listens at `host` is found."""

    folder: Path
    shown: Path
    host: str
    reach: str
    port: int
    end_date: date
    keys: Keys
    config: Config
    echo: Echo

    @property
    def digest_at(self) -> datetime:
        """The morning after the last day."""
        return moment(self.end_date + timedelta(days=1), DIGEST_S)


def run_demo(
    folder: Path,
    *,
    serve: bool,
    host: str,
    port: int,
    echo: Echo,
    end_date: date | None = None,
    days: int = DAYS,
    scale: float = 1.0,
) -> int:
    """The exit code. `end_date` is the last full day, by default yesterday in the centre; it needs nothing but loopback.

    `scale`: how much of the centre's volume there is.
    """
    try:
        demo = _prepare(folder, host, port, end_date or _yesterday(), echo)
        with _ended_by_signals():
            return _run(demo, days, scale, serve=serve)
    except (FolderTaken, NotStarted, SendFailed) as problem:
        echo(f"Error: {problem}")
        return 1
    except KeyboardInterrupt:
        echo("Ended before it was done.")
        return 130


def _yesterday() -> date:
    return now().astimezone(zone(TIMEZONE)).date() - timedelta(days=1)


def _prepare(folder: Path, host: str, port: int, end_date: date, echo: Echo) -> Demo:
    chosen = usable_port(host, port)
    path = fresh_folder(folder)
    reach = LOOPBACK if host in ANYWHERE else host
    return Demo(
        folder=path,
        shown=folder,
        host=host,
        reach=reach,
        port=chosen,
        end_date=end_date,
        keys=make_keys(secrets.token_hex(16)),
        config=Config(
            data_dir=path,
            database_url=f"sqlite:///{path / 'deskgauge.db'}",
            base_url=f"http://[{reach}]:{chosen}" if ":" in reach else f"http://{reach}:{chosen}",
        ),
        echo=echo,
    )


def _run(demo: Demo, days: int, scale: float, *, serve: bool) -> int:
    with ExitStack() as stack:
        opened = open_installation(demo.config)
        stack.callback(opened.engine.dispose)
        _install(demo, opened, days)
        web = start(demo.config, demo.keys, "web", "--host", demo.host, "--port", str(demo.port))
        stack.callback(web.stop)
        wait_until_healthy(web, demo.reach, demo.port)
        sent = _send(demo, days, scale)
        stored = _work(demo, opened, days)
        _report(demo, opened, sent, stored)
        if serve:
            worker = start(demo.config, demo.keys, "work")
            stack.callback(worker.stop)
            _serve(demo, web)
    return 1 if sent.surprises else 0


def _install(demo: Demo, opened: Installation, days: int) -> None:
    """Schema, key and policy, before several processes need them."""
    migrate(opened.engine)
    installation_key(demo.config)
    policy = policy_for(demo.end_date, days)
    with session_scope(opened.engine) as session:
        revisions.apply(session, policy, "demo", now())
    (demo.folder / "policy.toml").write_text(render(policy), encoding="utf-8")


def _send(demo: Demo, days: int, scale: float) -> Sent:
    centre = simulate(demo.end_date, days=days, scale=scale)
    waiting = postings(centre, demo.keys)
    demo.echo(f"{len(waiting)} webhooks of {days} days, up to {demo.end_date}, go to {demo.config.base_url}/hooks/…")
    target = Target(host=demo.reach, port=demo.port, base_url=demo.config.base_url)
    with _bar("Sending webhooks") as show:
        return send_all(waiting, demo.keys, target, show)


def _work(demo: Demo, opened: Installation, days: int) -> int:
    """What a worker would have done meanwhile: numbers, alerts minute by minute, in the morning the digest. How many deliveries."""
    with _bar("Computing numbers") as show:
        stored = settle_inbox(opened, show)
    ways: Notifiers = {kind: FileNotifier(folder=demo.folder / MESSAGES) for kind in ("slack", "email")}
    with _bar("Watching the alert rule") as show:
        for at in _minutes(demo.end_date, min(days, RULE_DAYS), show):
            if jobs.evaluate(opened, at):
                jobs.deliver(opened, ways, at)
    jobs.send_due_digests(opened, demo.digest_at)
    jobs.deliver(opened, ways, demo.digest_at)
    return stored


def _minutes(end_date: date, days: int, show: Progress) -> Iterator[datetime]:
    at, end = moment(end_date - timedelta(days=days - 1), 0), moment(end_date + timedelta(days=1), 0)
    total = (end - at) // MINUTE
    for number in range(total):
        show(number + 1, total)
        yield at + number * MINUTE


def _report(demo: Demo, opened: Installation, sent: Sent, stored: int) -> None:
    digest = opened.document.digests[DIGEST]
    period = period_for(digest, opened.document, demo.digest_at)
    demo.echo("")
    demo.echo(plain_text(jobs.composer(opened, demo.digest_at).message(DIGEST, period)).rstrip())
    demo.echo("")
    repeated, refused = sent.accepted - stored, sent.total - sent.accepted
    demo.echo(
        f"{sent.total} requests sent: {stored} accepted, {repeated} duplicates, {refused} refused (a wrong signature)."
    )
    for surprise in sent.surprises[:5]:
        demo.echo(f"Unexpected: {surprise}")
    demo.echo("Written:")
    for path in sorted(demo.folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".eml", ".html", ".png", ".toml"):
            demo.echo(f"  {demo.shown / path.relative_to(demo.folder)}")


def _serve(demo: Demo, web: Process) -> None:
    """Until Ctrl-C or SIGTERM."""
    demo.echo("")
    demo.echo(f"Home page: {demo.config.base_url}/   (Ctrl-C ends it)")
    try:
        while web.runs:
            time.sleep(0.3)
    except KeyboardInterrupt:
        demo.echo("Ended.")
        return
    raise NotStarted(f"The web server ended. What it says, in {web.log}:\n{last_lines(web)}")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, its processes included."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A bar on standard error where a person looks on, else nothing."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show
