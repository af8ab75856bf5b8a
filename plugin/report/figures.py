"""Numbers as people read them: a value and its unit go in, text in the reader's language comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_unit

from plugin.kpi.metric import Unit

NULL = "–"
_DIGIT_BEFORE_HAN = re.compile(r"(?<=\d)(?=[\u4e00-\u9fff])")
MINUS = "\u2212"
LANGUAGES = ("en", "lv", "ru", "zh")

#: Babel's own names; a region in the tag (zh-CN, en_GB) does not matter.
_LOCALES = {language: Locale.parse("zh_Hans" if language == "zh" else language) for language in LANGUAGES}
_PERCENT = {"en": "%", "lv": "%", "ru": "\u00a0%", "zh": "%"}


def language_of(tag: str) -> str:
    """The supported language of a tag like `zh-CN`; English for any other."""
    language = tag.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"


def locale_of(language: str) -> Locale:
    return _LOCALES[language_of(language)]


def half_up(value: float | Decimal, digits: int) -> Decimal:
    """Rounded as at school: 0.0345 is 3.5 %, never 3.4 %. What adding floats left behind the 12th digit does not count."""
    exact = value if isinstance(value, Decimal) else _decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.12g}")


def number(value: float | Decimal, language: str = "en", digits: int = 0) -> str:
    """With the language's separators and exactly `digits` decimals."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(half_up(value, digits), pattern, locale=locale_of(language), decimal_quantization=False)
    return _true_minus(text)


def percent(value: float, language: str = "en", digits: int = 1) -> str:
    """`value` is a fraction."""
    return number(_decimal(value) * 100, language, digits) + _PERCENT[language_of(language)]


def limit_percent(value: float, language: str = "en") -> str:
    """A limit as it was written: 15 %, 2.5 %."""
    hundredfold = half_up(_decimal(value) * 100, 2).normalize()
    exponent = hundredfold.as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return percent(value, language, digits)


def clock(seconds: float) -> str:
    """h:mm:ss, the same in every language; hours do not turn into days."""
    whole = int(half_up(seconds, 0))
    sign, whole = (MINUS, -whole) if whole < 0 else ("", whole)
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def span(seconds: float, language: str = "en") -> str:
    """A duration in a sentence, its two largest parts: 45 sec, 9 min, 1 hr 12 min, 2 days 3 hr."""
    whole = int(half_up(seconds, 0))
    parts = [
        ("day", whole // 86400),
        ("hour", whole // 3600 % 24),
        ("minute", whole // 60 % 60),
        ("second", whole % 60),
    ]
    first = next((index for index, (_, amount) in enumerate(parts) if amount), len(parts) - 1)
    # Seconds beside minutes are noise in a sentence.
    last = min(first + 2, len(parts) - 1 if first < len(parts) - 1 else len(parts))
    shown = [(name, amount) for name, amount in parts[first:last] if amount] or [parts[-1]]
    texts = [format_unit(amount, f"duration-{name}", "short", locale=locale_of(language)) for name, amount in shown]
    # Babel writes Chinese units without a space; the sentences around them have one beside every number.
    return " ".join(_DIGIT_BEFORE_HAN.sub(" ", each) for each in texts)


def money(value: float, currency: str, language: str = "en") -> str:
    exact = half_up(value, get_currency_precision(currency))
    return _true_minus(format_currency(exact, currency, locale=locale_of(language)))


def figure(value: float | None, unit: Unit, language: str = "en", currency: str | None = None) -> str:
    """One KPI value. Nothing measured is a dash, never a zero."""
    if value is None:
        return NULL
    if unit == Unit.RATIO:
        return percent(value, language)
    if unit == Unit.SECONDS:
        return clock(value)
    if unit == Unit.MONEY:
        return money(value, currency, language) if currency else number(value, language, 2)
    if unit == Unit.POINTS:
        return number(value, language, 1)
    return number(value, language, 0 if float(value).is_integer() else 1)


def limit(value: float, unit: Unit, language: str = "en", currency: str | None = None) -> str:
    """A limit or target, without decimals that nobody wrote."""
    if unit == Unit.RATIO:
        return limit_percent(value, language)
    if unit == Unit.POINTS:
        return number(value, language, 0 if float(value).is_integer() else 1)
    return figure(value, unit, language, currency)


def step(unit: Unit, currency: str | None, values: Iterable[float]) -> float:
    """The smallest amount that `figure` and points tell apart."""
    if unit == Unit.RATIO:
        return 0.001
    if unit == Unit.MONEY:
        return float(10.0 ** -(get_currency_precision(currency) if currency else 2))
    if unit == Unit.COUNT and not all(float(value).is_integer() for value in values):
        return 0.1
    return 0.1 if unit == Unit.POINTS else 1.0


def signed(text: str, amount: float | Decimal) -> str:
    """A plus before what grew; what fell carries its minus already."""
    return f"+{text}" if amount > 0 else text


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)
