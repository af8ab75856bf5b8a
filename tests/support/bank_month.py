"""A real month of a bank's call centre (public Technion data), imported as the command line does; read where it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter_fixtures import shared
from installed import imported, installed
from sqlalchemy import Engine

from plugin.importing import ImportCounts
from plugin.installation import Installation

MAPPING = Path(__file__).parents[1] / "adapters" / "mappings" / "technion.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class BankMonth:
    opened: Installation
    counts: ImportCounts

    def imported_again(self) -> ImportCounts:
        return _import(self.opened)


def fill(engine: Engine, folder: Path) -> BankMonth:
    opened = installed(engine, folder, 'timezone = "Asia/Jerusalem"')
    return BankMonth(opened=opened, counts=_import(opened))


def published() -> dict[str, Any]:
    """Figures of the month that nobody here computed."""
    known: dict[str, Any] = json.loads(shared("oracles", "technion_expected.json").read_text())
    return known


def _import(opened: Installation) -> ImportCounts:
    data = shared("oracles", "technion_bank_1999_february.txt")
    return imported(opened, "csv", [data], {"mapping": MAPPING.read_text()})
