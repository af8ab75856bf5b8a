"""Mergeable sums of facts at three grains, and sketches of durations. All of it can be thrown away and computed again."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import BigInteger, Column, Integer, String, Table
from sqlmodel import SQLModel

from plugin.database import Moment
from plugin.kpi.measures import DIMENSIONS, MEASURES


class CellGrain(IntEnum):
    """Days and months are those of the centre. A quarter of an hour has no agent; most reports need none of longer times either."""

    QUARTER_HOUR = 0
    DAY = 1
    MONTH = 2
    DAY_WITHOUT_AGENT = 3
    MONTH_WITHOUT_AGENT = 4


CELL = Table(
    "cell",
    SQLModel.metadata,
    Column("grain", Integer, primary_key=True, autoincrement=False),
    Column("start", Moment, primary_key=True, autoincrement=False),
    *(Column(name, String, primary_key=True) for name in DIMENSIONS),
    *(Column(key, BigInteger) for key in MEASURES),
)

SKETCH = Table(
    "sketch",
    SQLModel.metadata,
    Column("sketch", String, primary_key=True),
    Column("start", Moment, primary_key=True, autoincrement=False),
    *(Column(name, String, primary_key=True) for name in DIMENSIONS if name != "agent"),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)

#: what the stored cells were computed with; another value means that all of them are stale
CELL_BASIS = Table(
    "cell_basis",
    SQLModel.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("basis", String, nullable=False),
)
