"""What a television shows: today so far, the largest numbers first, each queue, and whether the data is alive."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.report.goals import goals_for
from plugin.report.material import Material, Split
from plugin.web.choice import choose
from plugin.web.groups import GroupTable, group_table
from plugin.web.health import Health, health
from plugin.web.incidents import Told, open_incidents
from plugin.web.overview import Reading, headline_kpis
from plugin.web.tiles import Tile, tiles

_TILES = 8
_CONTACTS = ("offered", "answered", "abandonment_rate", "service_level", "asa")
_TICKETS = ("received", "solved", "backlog")
_QUEUES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    material: Material
    tiles: tuple[Tile, ...]
    tables: tuple[GroupTable, ...]
    incidents: tuple[Told, ...]
    health: Health


def wall(reading: Reading, language: str) -> Wall:
    choice = choose({"period": "today"}, reading.document, reading.now)
    kpis = headline_kpis(reading.document)
    material = Material(
        title="",
        kpis=kpis,
        period=choice.period,
        now_at=reading.now,
        now=reading.report(kpis, choice.period),
        split=Split(dimension="queue", now=reading.report((*_CONTACTS, *_TICKETS), choice.period, by=("queue",))),
        goals=goals_for(reading.document, kpis, choice.period, {}, reading.now),
        language=language,
    )
    tables = (group_table(material, reading.document, kpis) for kpis in (_CONTACTS, _TICKETS))
    return Wall(
        material=material,
        tiles=tiles(material, reading.document)[:_TILES],
        tables=tuple(table for table in tables if table is not None),
        incidents=open_incidents(reading.connection, reading.now, language),
        health=health(reading.site, reading.now),
    )
