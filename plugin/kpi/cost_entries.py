"""The policy together with the costs that were entered beside it, as rows of a file or through the API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from plugin.contract.event import Channel
from plugin.facts.store import COST_ENTRY
from plugin.policy.document import Document
from plugin.policy.localtime import zone
from plugin.policy.plan import Category, Cost

_CATEGORIES = frozenset(Category)


def with_entered_costs(connection: Connection, document: Document, start: datetime, end: datetime) -> Document:
    """The document with the entries that reach into [start, end) among its costs."""
    tz, day = zone(document.timezone), timedelta(days=1)
    first, last = start.astimezone(tz).date() - day, end.astimezone(tz).date() + day
    query = (
        select(COST_ENTRY)
        .where(COST_ENTRY.c.last_on >= first.isoformat(), COST_ENTRY.c.first_on <= last.isoformat())
        .order_by(COST_ENTRY.c.subject_key)
    )
    entered = tuple(_cost(row) for row in connection.execute(query))
    return document.model_copy(update={"costs": (*document.costs, *entered)}) if entered else document


def _cost(row: Row[Any]) -> Cost:
    """A category of none of our words is `other`, so that the total stays right."""
    return Cost.model_validate(
        {
            "category": row.category if row.category in _CATEGORIES else Category.OTHER,
            "amount": Decimal(row.amount_milli) / 1000,
            "currency": row.currency,
            "from": date.fromisoformat(row.first_on),
            "to": date.fromisoformat(row.last_on),
            "channel": Channel(row.channel) if row.channel else None,
            "team": row.team,
            "note": row.note,
        }
    )
