"""What KPIs and the sums that they are made of are called, in every language: a chapter for each chapter of the catalogue."""

from __future__ import annotations

from plugin.kpi.names import accessibility, cost, handling, outcome, resolution, workforce

_CHAPTERS = (accessibility, handling, workforce, resolution, outcome, cost)
#: the order of the names in every entry
LANGUAGES = ("en", "lv", "ru", "zh")
Names = tuple[str, str, str, str]

METRIC_NAMES: dict[str, Names] = {key: names for chapter in _CHAPTERS for key, names in chapter.METRICS.items()}
#: `{threshold}` and `{short}` stand for the policy's limits
MEASURE_NAMES: dict[str, Names] = {key: names for chapter in _CHAPTERS for key, names in chapter.MEASURES.items()}


def metric_name(key: str, language: str = "en") -> str | None:
    """None for a key without a name of its own, such as a percentile."""
    names = METRIC_NAMES.get(key)
    return None if names is None else names[_place(language)]


def measure_name(key: str, language: str = "en") -> str:
    """Raises KeyError for an unknown measure."""
    return MEASURE_NAMES[key][_place(language)]


def _place(language: str) -> int:
    short = language.partition("-")[0]
    return LANGUAGES.index(short) if short in LANGUAGES else 0
