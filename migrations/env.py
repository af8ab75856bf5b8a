"""Alembic's entry: the schema is what the tables of all stages say; it only ever moves forward."""

from __future__ import annotations

import importlib
import importlib.util

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from plugin.database import Moment

#: every module that declares tables
TABLES = (
    "plugin.inbox.tables",
    "plugin.events.tables",
    "plugin.normalise.reach",
    "plugin.facts.tables",
    "plugin.kpi.tables",
    "plugin.policy.vault",
    "plugin.policy.revisions",
    "plugin.notify.tables",
    "plugin.notify.follow_up.tables",
    "plugin.report.leaving",
    "plugin.alert.tables",
    "plugin.report.published",
    "plugin.schedule.tables",
    "plugin.backfill.tables",
    "plugin.connecting.tables",
    "plugin.web.tables",
)


def _plain_type(kind: str, item: object, _context: object) -> str | bool:
    """A migration names the database's types, so that it stays as it is when ours move."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def _import_tables() -> None:
    for name in TABLES:
        importlib.import_module(name)


_import_tables()

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        render_item=_plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
