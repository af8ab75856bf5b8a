"""The code of a country or of a part of it in, its public holidays out; by the library `holidays`, an optional extra."""

from __future__ import annotations

import importlib
from datetime import date
from functools import lru_cache
from typing import Any

_INSTALL = "needs the library `holidays`: install deskgauge[calendars], or write the days under `exceptions`"


def _library() -> Any:
    """Raises ValueError when it is not installed. Imported here, because it is large and few calendars need it."""
    try:
        return importlib.import_module("holidays")
    except ImportError:
        raise ValueError(_INSTALL) from None


def check_holidays(code: str) -> str:
    """The code itself; raises ValueError when nothing is known of it."""
    country, _, part = code.partition("-")
    library = _library()
    offered: dict[str, list[str]] = library.list_supported_countries()
    if country not in offered:
        raise ValueError('must be a country such as "LV", or a part of one such as "DE-BY"')
    if part and part not in offered[country]:
        known = (
            f"write one of {', '.join(f'{country}-{name}' for name in offered[country])}, or "
            if offered[country]
            else "write "
        )
        raise ValueError(f"{part} is not a part of {country}; {known}{country}")
    return code


@lru_cache(maxsize=512)
def public_holidays(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    return frozenset(_library().country_holidays(country, subdiv=part or None, years=year))


def edition(code: str) -> str:
    """The release of the library: another one may know other days."""
    return f"{code} {_library().__version__}"
