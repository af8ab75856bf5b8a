"""`csat last week`, in any of the four languages: the words of a command go in, a KPI and a period come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from plugin.kpi.catalogue import known_kpis
from plugin.report.figures import LANGUAGES
from plugin.report.wording import label

#: nobody writes more, and looking for what is meant takes time
MAX_TEXT = 200
_NEAR, _PROPOSED = 0.6, 3
_HELP = frozenset({"help", "?", "palīdzība", "помощь", "справка", "帮助"})
#: what is written in Latvian, Russian and Chinese --> what `parse_period_text` reads
PERIODS = {
    "šodien": "today",
    "vakar": "yesterday",
    "šonedēļ": "this week",
    "šajā nedēļā": "this week",
    "pagājušajā nedēļā": "last week",
    "pagājušā nedēļa": "last week",
    "šomēnes": "this month",
    "šajā mēnesī": "this month",
    "pagājušajā mēnesī": "last month",
    "pagājušais mēnesis": "last month",
    "šogad": "this year",
    "pērn": "last year",
    "pagājušajā gadā": "last year",
    "сегодня": "today",
    "вчера": "yesterday",
    "эта неделя": "this week",
    "на этой неделе": "this week",
    "прошлая неделя": "last week",
    "на прошлой неделе": "last week",
    "этот месяц": "this month",
    "в этом месяце": "this month",
    "прошлый месяц": "last month",
    "в прошлом месяце": "last month",
    "этот год": "this year",
    "в этом году": "this year",
    "прошлый год": "last year",
    "в прошлом году": "last year",
    "今天": "today",
    "昨天": "yesterday",
    "本周": "this week",
    "上周": "last week",
    "本月": "this month",
    "上月": "last month",
    "上个月": "last month",
    "本季度": "this quarter",
    "上季度": "last quarter",
    "今年": "this year",
    "去年": "last year",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """`kpi` empty: the usual ones. `period` as `parse_period_text` reads it, empty: today."""

    kpi: str = ""
    period: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotUnderstood:
    """`kpi` or `period` is what was written in that place; `near` are KPIs that may have been meant, the nearest first."""

    kpi: str = ""
    period: str = ""
    near: tuple[str, ...] = ()


def is_help(text: str) -> bool:
    return text.strip().lower() in _HELP


def understood(text: str, is_period: Callable[[str], bool]) -> Wanted | NotUnderstood:
    """The longest end that is a period is the period, what stands before it the KPI."""
    words = text[:MAX_TEXT].split()
    for place in range(len(words) + 1):
        period = _english(" ".join(words[place:]))
        if place == len(words) or is_period(period):
            return _named(words[:place], period)
    return Wanted()


def _named(words: list[str], period: str) -> Wanted | NotUnderstood:
    if not words:
        return Wanted(period=period)
    kpi = _kpis().get(_plain(" ".join(words)))
    if kpi is not None:
        return Wanted(kpi=kpi, period=period)
    for place in range(len(words) - 1, 0, -1):
        if not period and _plain(" ".join(words[:place])) in _kpis():
            return NotUnderstood(period=" ".join(words[place:]))
    return NotUnderstood(kpi=" ".join(words), near=near(" ".join(words)))


def near(text: str) -> tuple[str, ...]:
    """KPIs with a key or a name in any language that is nearly this, or that has all these words."""
    names, wanted = _kpis(), _plain(text)
    close = get_close_matches(wanted, names, n=2 * _PROPOSED, cutoff=_NEAR)
    inside = [name for name in names if all(word in name.split() for word in wanted.split())]
    found = dict.fromkeys(names[name] for name in [*close, *sorted(inside, key=len)])
    return tuple(found)[:_PROPOSED]


@cache
def _kpis() -> dict[str, str]:
    """Every key and every name, written plainly --> the key; keys win over names, shorter keys over their variants."""
    keys = sorted(known_kpis(), key=len)
    found = {_plain(key): key for key in keys}
    for key in keys:
        for language in LANGUAGES:
            found.setdefault(_plain(label(key, language)), key)
    return found


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _english(period: str) -> str:
    return PERIODS.get(period.lower(), period)
