"""A key and values go in, a sentence in the reader's language comes out; names of KPIs, periods, facts and counted things too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import cast

from babel.dates import format_date, format_interval, format_skeleton, get_day_names

from plugin.kpi.names import metric_name
from plugin.kpi.period import Grain, Period, period_of
from plugin.kpi.question import NOT_ALLOCATED
from plugin.policy.localtime import zone
from plugin.report.figures import language_of, locale_of, number
from plugin.report.locales import digests, en, lv, ru, watch, zh
from plugin.report.locales.reasons import REASONS

_CODE = re.compile(r"\((\w+)\)\.?$")
_DOUBLE_STOP = re.compile(r"(?<!\.)\.\.(?!\.)")
_LANGUAGES: dict[str, ModuleType] = {"en": en, "lv": lv, "ru": ru, "zh": zh}
_SENTENCES = {**digests.SENTENCES, **watch.SENTENCES}
#: English as it is written outside the United States; the other languages have one usual order, which Babel knows.
_LONG_DAY = {"en": "EEEE d MMMM y"}
_SHORT_DAY = {"en": "EEE d MMM", "lv": "EEE, d. MMM", "zh": "M月d日 EEE"}


def _table(name: str, language: str) -> dict[str, str]:
    return cast(dict[str, str], getattr(_LANGUAGES[language_of(language)], name))


def one_stop(written: str) -> str:
    """A date that ends in a full stop (`2026 г.`) ends the sentence, too."""
    return _DOUBLE_STOP.sub(".", written)


def text(key: str, language: str = "en", **values: object) -> str:
    """Raises KeyError for a key that no language has."""
    return one_stop(_sentence(key, language).format(**values))


def _sentence(key: str, language: str) -> str:
    sentences = _SENTENCES.get(key)
    if sentences is not None:
        return sentences[digests.LANGUAGES.index(language_of(language))]
    return _table("TEXTS", language)[key]


def group_name(value: str, language: str = "en", dimension: str = "") -> str:
    """What a group of a report is called: its own name, or words for what has none and for costs that nothing bears.

    Channels are the one dimension whose names are ours.
    """
    if dimension == "channel" and has(f"channel.{value}"):
        return text(f"channel.{value}", language)
    if value == NOT_ALLOCATED:
        return text("not_allocated", language)
    return value or text("none", language)


def has(key: str) -> bool:
    return key in en.TEXTS or key in _SENTENCES


def comma(language: str = "en") -> str:
    return "，" if language_of(language) == "zh" else ", "


def label(kpi: str, language: str = "en", fallback: str = "") -> str:
    """The name of a KPI; `asa.p90` and `service_level.sl2` are named after their metric. Unknown to the tables: the fallback."""
    named = text(f"{kpi}.name", language) if has(f"{kpi}.name") else metric_name(kpi, language)
    if named is not None:
        return named
    whole, _, ending = kpi.rpartition(".")
    inner = label(whole, language) if whole else ""
    if inner == whole:
        return fallback or kpi
    if ending.startswith("sl"):
        return text("label.variant", language, label=inner, variant=ending.replace("sl", "SL-"))
    return text(f"label.{ending}", language, label=inner) if has(f"label.{ending}") else f"{inner} ({ending})"


def fact(name: str, language: str = "en") -> str:
    """`survey:csat` is named after its kind, with the detail behind it."""
    kind, _, detail = name.partition(":")
    word = _table("FACTS", language).get(kind, kind)
    return f"{word} ({detail.upper()})" if detail else word


def trouble_reason(reason: str, language: str = "en") -> str:
    """A reason of the notifiers, which is kept in English and may end in its code; what has no translation stays as it is."""
    code = _CODE.search(reason)
    if language_of(language) == "en" or code is None or code[1] not in REASONS:
        return reason
    return f"{REASONS[code[1]][digests.LANGUAGES.index(language_of(language)) - 1]} ({code[1]})"


def excluded(reason: str, language: str = "en") -> str:
    return _table("EXCLUDED", language).get(reason, reason.replace("_", " "))


def noun(thing: str, amount: float, language: str = "en") -> str:
    """The counted thing in the form that goes with the number."""
    nouns = cast(dict[str, dict[str, str]], _LANGUAGES[language_of(language)].NOUNS)
    forms = nouns[thing if thing in nouns else "item"]
    form = locale_of(language).plural_form(int(amount))
    return forms.get(form, forms["other"])


def things(thing: str, language: str = "en") -> str:
    """The counted thing in the form of many, with no number before it; Chinese then has no measure word either."""
    nouns = cast(dict[str, dict[str, str]], _LANGUAGES[language_of(language)].NOUNS)
    return nouns.get(thing, nouns["item"]).get("bare") or noun(thing, 2, language)


def joined(parts: list[str], language: str = "en") -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    separator = "、" if language_of(language) == "zh" else ", "
    return text("list.and", language, first=separator.join(parts[:-1]), last=parts[-1])


def sentence(said: str) -> str:
    """With its first letter large."""
    return said[:1].upper() + said[1:]


def sentences(parts: Iterable[str], language: str = "en") -> str:
    """One after the other; what is empty is left out."""
    return ("" if language_of(language) == "zh" else " ").join(part for part in parts if part)


def long_day(day: date, language: str = "en") -> str:
    return format_date(day, _LONG_DAY.get(language_of(language), "full"), locale=locale_of(language))


def short_day(day: date, language: str = "en") -> str:
    pattern = _SHORT_DAY.get(language_of(language), "EEE, d MMM")
    return format_date(day, pattern, locale=locale_of(language))


def weekday_name(number: int, language: str = "en", short: bool = False) -> str:
    """0 is Monday."""
    names = get_day_names("abbreviated" if short else "wide", context="stand-alone", locale=locale_of(language))
    return str(names[number])


def clock_time(moment: datetime, timezone: str) -> str:
    return moment.astimezone(zone(timezone)).strftime("%H:%M")


def moment_name(moment: datetime, timezone: str, language: str = "en") -> str:
    """`Mon 23 Nov 18:00`."""
    return f"{short_day(moment.astimezone(zone(timezone)).date(), language)} {clock_time(moment, timezone)}"


def since_name(moment: datetime, now: datetime, timezone: str, language: str = "en") -> str:
    """The clock time, with the day when it was not today."""
    tz = zone(timezone)
    same_day = moment.astimezone(tz).date() == now.astimezone(tz).date()
    return clock_time(moment, timezone) if same_day else moment_name(moment, timezone, language)


def between_name(start: datetime, end: datetime, now: datetime, timezone: str, language: str = "en") -> str:
    """`Mon 23 Nov 20:00–21:00`: the day once, and not at all when it was today."""
    first, tz = since_name(start, now, timezone, language), zone(timezone)
    if start.astimezone(tz).date() == end.astimezone(tz).date():
        return f"{first}–{clock_time(end, timezone)}"
    return f"{first} – {moment_name(end, timezone, language)}"


def beside_name(other: Period, period: Period, language: str = "en") -> str:
    """The short name of a period that is told beside another one: of an hour of the same day only the clock."""
    if period.grain is not Grain.HOUR or other.first_date != period.first_date:
        return period_name(other, language, short=True)
    return _clock_span(other)


def period_name(period: Period, language: str = "en", short: bool = False) -> str:
    """`Monday 23 November 2026`, `week 47, 16–22 Nov 2026`, `November 2026`, `Q4 2026`, `2026`; short: as a column's heading."""
    day, locale = period.first_date, locale_of(language)
    if period.grain in (Grain.HOUR, Grain.QUARTER_HOUR):
        return _hour_name(period, language, short)
    if period.grain is Grain.DAY and period.last_date > day:
        return _span_name(day, period.last_date, language, short)
    if period.grain is Grain.DAY:
        return short_day(day, language) if short else long_day(day, language)
    if period.grain is Grain.WEEK:
        span = _span_name(day, period.last_date, language, short)
        week = (day + timedelta(days=3)).isocalendar().week
        return span if short else text("period.week", language, week=week, span=span)
    if period.grain is Grain.MONTH:
        if language_of(language) == "lv":
            return format_date(day, "y. 'gada' LLLL", locale=locale)
        return format_skeleton("yMMM" if short else "yMMMM", day, locale=locale)
    if period.grain is Grain.QUARTER:
        return text("period.quarter", language, quarter=(day.month + 2) // 3, year=day.year)
    return str(day.year)


def range_name(period: Period, language: str = "en", short: bool = False) -> str:
    """The name of a period; of the first part of one with the moment up to which it goes, of any other range both ends."""
    tz = zone(period.timezone)
    if period.grain is Grain.DAY and all(one.astimezone(tz).time() == time() for one in (period.start, period.end)):
        return period_name(period, language, short)
    whole = period_of(period.grain, period.start, period.timezone, period.first_date.weekday())
    if (whole.start, whole.end) == (period.start, period.end):
        return period_name(period, language, short)
    start, end = (moment_name(moment, period.timezone, language) for moment in (period.start, period.end))
    if whole.start != period.start or whole.end < period.end:
        return text("period.span", language, start=start, end=end)
    moment = clock_time(period.end, period.timezone) if period.last_date == period.first_date else end
    return text("period.up_to", language, period=period_name(whole, language, short), moment=moment)


def _hour_name(period: Period, language: str, short: bool) -> str:
    day = short_day(period.first_date, language) if short else long_day(period.first_date, language)
    return text("period.hour", language, day=day, span=_clock_span(period))


def _clock_span(period: Period) -> str:
    start, end = clock_time(period.start, period.timezone), clock_time(period.end, period.timezone)
    return f"{start}{_offset_if_ambiguous(period)}–{end}"


def _offset_if_ambiguous(period: Period) -> str:
    wall = period.start.astimezone(zone(period.timezone))
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return wall.isoformat()[-6:] if twice else ""


def _span_name(first: date, last: date, language: str, short: bool) -> str:
    if language_of(language) == "en":
        return _english_span(first, last, short)
    return format_interval(first, last, "MMMd" if short else "yMMMd", locale=locale_of(language))


def _english_span(first: date, last: date, short: bool) -> str:
    year = "" if short else " y"
    start_pattern = "d" if first.month == last.month else "d MMM" if first.year == last.year or short else "d MMM y"
    end = format_date(last, f"d MMM{year}", locale=locale_of("en"))
    return end if first == last else f"{format_date(first, start_pattern, locale=locale_of('en'))}–{end}"


def step_name(period: Period, language: str = "en", *, of_many: bool = False) -> str:
    """The label of one step of a chart: `10:00`, `Mon 23 Nov`, `Nov`; of many days `23 Nov`."""
    if period.grain in (Grain.HOUR, Grain.QUARTER_HOUR):
        return clock_time(period.start, period.timezone)
    if period.grain is Grain.DAY:
        day = period.first_date
        return _span_name(day, day, language, short=True) if of_many else short_day(day, language)
    if period.grain is Grain.MONTH:
        return format_date(period.first_date, "LLL", locale=locale_of(language))
    return period_name(period, language, short=True)


def counted(part: float, whole: float, thing: str, language: str = "en") -> str:
    """`17 of 50 calls`."""
    return text(
        "alert.sample",
        language,
        part=number(part, language),
        whole=number(whole, language),
        noun=noun(thing, whole, language),
    )
