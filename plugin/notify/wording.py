"""The few words that renderers add themselves, in the four languages of the messages."""

from __future__ import annotations

#: Number-neutral on purpose: Latvian and Russian would need three plural forms of "rows".
_MORE = {"en": "… {n} more", "lv": "… vēl {n}", "ru": "… ещё {n}", "zh": "… 另有 {n} 项"}
_UNSUBSCRIBE = {"en": "Unsubscribe", "lv": "Atteikties no saņemšanas", "ru": "Отписаться", "zh": "退订"}


def more(number: int, language: str) -> str:
    return _MORE.get(language, _MORE["en"]).format(n=number)


def unsubscribe(language: str) -> str:
    return _UNSUBSCRIBE.get(language, _UNSUBSCRIBE["en"])


def colon(language: str) -> str:
    return "：" if language == "zh" else ": "
