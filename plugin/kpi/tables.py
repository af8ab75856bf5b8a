"""Mergeable sums of facts at three grains, and sketches of durations. All of it can be thrown away and computed again."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import BigInteger, Column, Integer, String, Table
from sqlmodel import SQLModel

from plugin.database import Moment
from plugin.kpi.measures import DIMENSIONS, STORED


class CellGrain(IntEnum):
    """How long a cell is, and what it tells apart (`KEPT`). Days and months are those of the centre."""

    QUARTER_HOUR = 0
    DAY = 1
    MONTH = 2
    DAY_WITHOUT_AGENT = 3
    MONTH_WITHOUT_AGENT = 4
    DAY_OF_AGENT = 5
    MONTH_OF_AGENT = 6


_WITHOUT_AGENT = tuple(name for name in DIMENSIONS if name != "agent")
_OF_AGENT = ("source", "agent")
#: the dimensions that cells keep; the others are empty
KEPT: dict[CellGrain, tuple[str, ...]] = {
    CellGrain.QUARTER_HOUR: _WITHOUT_AGENT,
    CellGrain.DAY: DIMENSIONS,
    CellGrain.MONTH: DIMENSIONS,
    CellGrain.DAY_WITHOUT_AGENT: _WITHOUT_AGENT,
    CellGrain.MONTH_WITHOUT_AGENT: _WITHOUT_AGENT,
    CellGrain.DAY_OF_AGENT: _OF_AGENT,
    CellGrain.MONTH_OF_AGENT: _OF_AGENT,
}
#: cells of the same length with fewer dimensions, which most reports make do with
NARROWER: dict[CellGrain, tuple[CellGrain, ...]] = {
    CellGrain.DAY: (CellGrain.DAY_WITHOUT_AGENT, CellGrain.DAY_OF_AGENT),
    CellGrain.MONTH: (CellGrain.MONTH_WITHOUT_AGENT, CellGrain.MONTH_OF_AGENT),
}

CELL = Table(
    "cell",
    SQLModel.metadata,
    Column("grain", Integer, primary_key=True, autoincrement=False),
    Column("start", Moment, primary_key=True, autoincrement=False),
    *(Column(name, String, primary_key=True) for name in DIMENSIONS),
    *(Column(key, BigInteger) for key in STORED),
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
