"""The words of the pages in the reader's language; names of KPIs, periods and numbers come from `plugin.report`."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType

from plugin.report.figures import LANGUAGES, language_of, span
from plugin.report.wording import one_stop
from plugin.web.locales import en, lv, planning, ru, slack, zh

_LANGUAGES: dict[str, ModuleType] = {"en": en, "lv": lv, "ru": ru, "zh": zh}
#: texts that stand in all languages beside each other
_SIDE_BY_SIDE = {**planning.TEXTS, **slack.TEXTS}
__all__ = ["LANGUAGES", "ago", "language_of", "say"]


def say(key: str, language: str = "en", **values: object) -> str:
    """Raises KeyError for a key that English does not have."""
    if key in _SIDE_BY_SIDE:
        return one_stop(_SIDE_BY_SIDE[key][LANGUAGES.index(language_of(language))].format(**values))
    chosen = _LANGUAGES.get(language_of(language), en)
    written: str = chosen.TEXTS.get(key) or en.TEXTS[key]
    return one_stop(written.format(**values))


def ago(moment: datetime | None, now: datetime, language: str) -> str:
    """`3 min ago`, `just now`, `never`."""
    if moment is None:
        return say("never", language)
    seconds = (now - moment).total_seconds()
    return say("now", language) if seconds < 10 else say("ago", language, span=span(seconds, language))
