"""An installation over a test's database, and files fed into it as the command line does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from plugin.config import Config
from plugin.database import reading, session_scope
from plugin.importing import ImportCounts, import_paths
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain
from plugin.policy import revisions
from plugin.policy.text import parse

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def installed(engine: Engine, folder: Path, policy: str = "") -> Installation:
    """An installation with a policy, a key of its own and no environment."""
    config = Config(
        data_dir=folder,
        database_url=engine.url.render_as_string(hide_password=False),
        base_url="http://deskgauge.example",
        secret_key="a secret of the tests",
    )
    if policy:
        with session_scope(engine) as session:
            revisions.apply(session, parse(policy), "test", NOW)
    return Installation(config=config, engine=engine)


def imported(
    opened: Installation,
    adapter: str,
    paths: Iterable[Path],
    settings: Mapping[str, str] | None = None,
    source: str = "",
) -> ImportCounts:
    return import_paths(opened, opened.adapters[adapter], source or adapter, list(paths), settings or {}, NOW)


def asked(
    opened: Installation,
    kpis: Iterable[str],
    start: str,
    end: str,
    grain: str | None = "day",
    by: tuple[str, ...] = (),
    timezone: str | None = None,
    now: datetime = NOW,
) -> Report:
    """`start` and `end` are ISO with an offset."""
    ask = Ask(
        kpis=tuple(kpis),
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
        grain=Grain(grain) if grain else None,
        by=by,
        timezone=timezone,
    )
    with reading(opened.engine) as connection:
        return answer(connection, opened.document, ask, now, opened.knows)
