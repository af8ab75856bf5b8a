"""Everything that is looked at, in the order in which a person would; each theme judges for itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, Table, select
from sqlmodel import Session

from plugin.backfill.reading import positions
from plugin.config import APPRISE, WEBHOOK, Config
from plugin.connecting.registering import all_registered
from plugin.database import reading
from plugin.doctor import (
    decisions,
    foreign,
    freshness,
    history,
    machine,
    probes,
    processes,
    settings,
    sources,
    storage,
    ways_out,
    webhooks,
)
from plugin.doctor.finding import Finding
from plugin.events.arrivals import busy_hours
from plugin.inbox.silence import silences as judged_silences
from plugin.inbox.sources import known_sources
from plugin.inbox.store import dead_deliveries
from plugin.installation import Installation
from plugin.kpi.endless import LOOKED_BACK, endless_by_source
from plugin.manifest.reading import manifest
from plugin.normalise.registry import foreign_adapters
from plugin.normalise.sources import SourceConfig, undeclarable, unread_variables
from plugin.notify.mail_format import Sender
from plugin.notify.registry import dkim_key
from plugin.notify.tables import ChannelState, OutboxMessage, State
from plugin.policy.document import Document, NamedTarget
from plugin.policy.problems import PolicyError, Problem
from plugin.policy.references import Known, check
from plugin.policy.revisions import PolicyRevision, document_of, latest
from plugin.policy.text import parse, to_data
from plugin.receive.server import FACTORY_VARIABLE
from plugin.report.leaving import gone
from plugin.schedule.lease import heartbeats
from plugin.web.health import DEAD_SHOWN, health
from plugin.web.site import Site

_MESSAGE = cast(Table, OutboxMessage.__table__)  # type: ignore[attr-defined]
_CHANNEL = cast(Table, ChannelState.__table__)  # type: ignore[attr-defined]
_OURS = "DESKGAUGE_"
_OF_SOURCES = "DESKGAUGE_SOURCE_"


def examine(
    config: Config, environ: Mapping[str, str], clock: Callable[[], datetime], known: Callable[[Installation], Known]
) -> Iterator[Finding]:
    """`known` says what the names in a policy may refer to. Nothing is changed anywhere."""
    package_problem = probes.package_problem()
    yield machine.package(package_problem)
    yield machine.timezones(probes.missing_zones())
    yield machine.disk(str(config.data_dir), probes.free_space(config.data_dir))
    yield from settings.unread(*_unread(environ))
    seen, engine = probes.open_database(config)
    yield from storage.storage(seen, manifest().requires.postgresql)
    if engine is None or package_problem is not None:
        yield settings.secret_key(config.secret_key, has_file=_has_key(config), shared_database=False, stored=0)
        yield settings.base_url(config.base_url, receives=False)
        yield from _ways_out(config, (), clock)
        return
    try:
        yield from _installed(Installation(config=config, engine=engine), environ, clock, known)
    finally:
        engine.dispose()


def _unread(environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Variables with our prefix that this release does not know, and those that it does; sources have their own check."""
    names = [each.env for each in manifest().settings]
    known = [*names, *(f"{name}_FILE" for name in names), FACTORY_VARIABLE]
    ours = [name for name in environ if name.startswith(_OURS) and not name.startswith((_OF_SOURCES, WEBHOOK, APPRISE))]
    return sorted(set(ours) - set(known)), known


def _has_key(config: Config) -> bool:
    return (config.data_dir / "secret.key").exists()


def _installed(
    opened: Installation,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    known: Callable[[Installation], Known],
) -> Iterator[Finding]:
    config, engine, now = opened.config, opened.engine, clock()
    revision, document, problems = _decided(opened, known)
    configured: Mapping[str, SourceConfig] = {}
    if document is not None:
        opened.document = document
        configured = opened.sources
    shared = engine.dialect.name != "sqlite"
    stored = len(opened.vault.names())
    yield settings.secret_key(config.secret_key, has_file=_has_key(config), shared_database=shared, stored=stored)
    receives = any(_is_called(source) for source in configured.values())
    yield settings.base_url(config.base_url, receives=receives)
    problem, is_ours = probes.web_answer(config.base_url)
    yield settings.reachable(config.base_url, problem, is_ours=is_ours)
    file = config.policy_file or config.data_dir / decisions.POLICY_FILE
    yield from decisions.policy(problems, None if revision is None else revision.id, file)
    if document is not None:
        yield from ways_out.named(_named(document), environ)
        yield from _file(file, document, config, applied=revision is not None)
        yield from _sources(opened, document, configured, environ, now)
    yield from _running(engine, now)
    yield from _ways_out(config, () if document is None else _kinds(document), clock, engine)
    yield from _lost(engine, now)


def _decided(
    opened: Installation, known: Callable[[Installation], Known]
) -> tuple[PolicyRevision | None, Document | None, tuple[Problem, ...]]:
    """The newest revision, its document where it can be read at all, and what is wrong with it."""
    with reading(opened.engine) as connection, Session(connection) as session:
        revision = latest(session)
    if revision is None:
        return None, Document(), ()
    try:
        document = document_of(revision)
    except PolicyError as error:
        return revision, None, error.problems
    try:
        check(document, known(opened))
    except PolicyError as error:
        return revision, document, error.problems
    return revision, document, ()


def _file(file: Path, document: Document, config: Config, *, applied: bool) -> Iterator[Finding]:
    """Before anything was applied, a file is only a proposal."""
    if not file.exists():
        if config.policy_file is not None:
            yield from decisions.policy_file(file, problem="is not there", differs=False)
        return
    try:
        written = parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        yield from decisions.policy_file(file, problem=str(error).replace("\n", "; "), differs=False)
        return
    differs = applied and to_data(written) != to_data(document)
    yield from decisions.policy_file(file, problem=None, differs=differs)


def _is_called(source: SourceConfig) -> bool:
    entry = manifest().adapter(source.adapter.key)
    return entry is None or entry.webhook is not None


def _sources(
    opened: Installation,
    document: Document,
    configured: Mapping[str, SourceConfig],
    environ: Mapping[str, str],
    now: datetime,
) -> Iterator[Finding]:
    yield from sources.unknown_adapters(undeclarable(document, opened.adapters))
    yield from foreign.foreign(foreign_adapters(), opened.adapters)
    site = Site(
        engine=opened.engine,
        secret=b"",
        base_url=opened.config.base_url,
        document=lambda: document,
        now=lambda: now,
        sources=lambda: configured,
    )
    dead = dead_deliveries(opened.engine, DEAD_SHOWN)
    yield from sources.sources(health(site, now), dead, configured, now)
    with reading(opened.engine) as connection:
        yield from history.history(positions(connection), configured, now)
        yield from webhooks.webhooks(all_registered(connection), configured, opened.config.base_url)
        counts = endless_by_source(connection, now)
        busy = busy_hours(connection, freshness.KINDS, now - freshness.LOOKED_BACK, now)
        known = known_sources(connection)
        silent = judged_silences(connection, document, configured, now)
    yield from freshness.fallen_silent(silent)
    yield from sources.endless(counts, now - LOOKED_BACK, now)
    ours = {source_and_kind: hours for source_and_kind, hours in busy.items() if source_and_kind[0] in configured}
    told = [name for name, silence in silent.items() if silence is not None and silence.is_unusual]
    yield from freshness.silences(ours, document.calendar(), now, told)
    shown = {name: row.supplied.split() for name, row in known.items()}
    yield from freshness.never_told(configured, shown, {name: row.received for name, row in known.items()})
    yield from settings.unread(unread_variables(environ, configured), ())


def _running(engine: Engine, now: datetime) -> Iterator[Finding]:
    with reading(engine) as connection:
        beats = heartbeats(connection)
    site = Site(engine=engine, secret=b"", base_url="", document=Document, now=lambda: now)
    yield from processes.processes(beats, health(site, now).pending, now)


def _kinds(document: Document) -> Collection[str]:
    """The kinds of channels that a rule or digest sends to."""
    used = [name for rule in document.rules.values() for name in rule.targets]
    used += [name for digest in document.digests.values() for name in digest.channels]
    return {document.channels[name].kind for name in used if name in document.channels}


def _ways_out(
    config: Config, kinds: Collection[str], clock: Callable[[], datetime], engine: Engine | None = None
) -> Iterator[Finding]:
    token, smtp_url = config.slack_bot_token, config.smtp_url
    grant = probes.slack_grant(token, config.slack_api_url, clock) if token else None
    yield from ways_out.slack(grant, manifest().slack_app.scopes, is_used="slack" in kinds)
    problem = probes.mail_problem(smtp_url, config.mail_from.rpartition("@")[2].rstrip(">")) if smtp_url else None
    yield ways_out.mail(problem, is_set=smtp_url is not None, is_used="email" in kinds)
    key = dkim_key(config)
    yield from ways_out.dkim(key, Sender(address=config.mail_from).domain, has_extra=find_spec("dkim") is not None)
    ahead = {"Slack": grant.ahead_s if grant else None}
    ahead["the database"] = probes.ahead_of_database(engine, clock) if engine else None
    yield from machine.clock({name: seconds for name, seconds in ahead.items() if seconds is not None})


def _named(document: Document) -> list[tuple[str, str]]:
    channels = document.channels.values()
    return [(one.kind, one.name) for one in channels if isinstance(one, NamedTarget)]


def _lost(engine: Engine, now: datetime) -> Iterator[Finding]:
    failed = select(_MESSAGE.c.what, _MESSAGE.c.error).where(
        _MESSAGE.c.state == State.FAILED.value, _MESSAGE.c.created_at > now - timedelta(days=1)
    )
    with reading(engine) as connection:
        broken = connection.execute(select(_CHANNEL).order_by(_CHANNEL.c.broken_since)).all()
        given_up = connection.execute(failed.order_by(_MESSAGE.c.created_at.desc())).all()
        left = gone(connection)
    yield from ways_out.channels(broken, now)
    yield from ways_out.left(left)
    yield from ways_out.given_up(given_up)
