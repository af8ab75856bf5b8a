"""Numbers on a chart: round ticks that span the values, and each written in the reader's language."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, format_percent

from plugin.notify.message import ChartUnit

_TOO_LARGE = 1e15
_DURATION_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


def write_value(value: float, unit: ChartUnit, language: str) -> str:
    """0.8 -> 80%; 95 seconds -> 1:35; 1234.5 -> 1,234.5. One decimal at most, halves away from zero."""
    if abs(value) >= _TOO_LARGE:
        return f"{value:.3g}"
    if unit is ChartUnit.DURATION:
        return _clock(value)
    if unit is ChartUnit.RATIO:
        return str(
            format_percent(_rounded(value, 3), "#,##0.#%", locale=_locale(language)).replace(
                "%", _percent_sign(language)
            )
        )
    return str(format_decimal(_rounded(value, 1), locale=_locale(language)))


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _percent_sign(language: str) -> str:
    return "\u00a0%" if language == "ru" else "%"


def _rounded(value: float, digits: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _clock(seconds: float) -> str:
    whole = math.floor(abs(seconds) + 0.5)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and whole else ""
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def ticks(low: float, high: float, unit: ChartUnit, wanted: int = 4) -> tuple[float, ...]:
    """Round numbers at even steps, the first at or below `low` and the last at or above `high`."""
    span = (high - low) or abs(high) or 1.0
    step = _step(span / wanted, unit)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(_clean(number * step) for number in range(first, max(last, first + 1) + 1))


def _step(least: float, unit: ChartUnit) -> float:
    if unit is ChartUnit.DURATION and least <= _DURATION_STEPS_S[-1]:
        return next(step for step in _DURATION_STEPS_S if step >= least)
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least * 0.999)


def _clean(value: float) -> float:
    """0.30000000000000004 -> 0.3, so that the tick is found again by its value."""
    return float(f"{value:.12g}")


def text_width(text: str) -> int:
    """Cells in a monospaced face: Chinese takes two, combining marks none."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells; text without blanks (Chinese) is cut between characters."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and text_width(lines[-1] + word.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]


def _words(text: str) -> Iterable[str]:
    word = ""
    for character in " ".join(text.split()):
        word += character
        if character == " " or _cells(character) == 2:
            yield word
            word = ""
    yield word
