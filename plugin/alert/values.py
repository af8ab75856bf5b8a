"""A rule and a reading go in, its subject, values, limits and samples come out as a reader sees them."""

from __future__ import annotations

from plugin.alert.own_wording import own_subject
from plugin.alert.rule import Watch
from plugin.alert.threshold import Range
from plugin.kpi.metric import Measurement, Unit
from plugin.report import figures, subject
from plugin.report.wording import counted, label, noun, text


def subject_of(watch: Watch) -> str:
    if watch.trouble is not None:
        return own_subject(watch, watch.trouble)
    name = label(watch.kpi, watch.language)
    key = "alert.subject" if watch.where else "alert.subject.all"
    return text(key, watch.language, label=name, scope=watch.where)


def latest(watch: Watch, reading: Measurement) -> str:
    """`34.0% (17 of 50 calls)`."""
    sample = sample_text(watch, reading)
    value = value_text(watch, reading)
    return text("alert.latest", watch.language, value=value, sample=sample) if sample else value


def value_text(watch: Watch, reading: Measurement) -> str:
    """Where rounding would make a breach look like the limit itself, the next decimal is shown."""
    value = reading.value
    written = figure_text(watch, value)
    if value is None or subject.unit(watch.kpi) != Unit.RATIO or watch.limits.good == Range():
        return written
    end = watch.limits.good.passed(value)
    same = value != end and written == figure_text(watch, end)
    return figures.percent(value, watch.language, 2) if same else written


def sample_text(watch: Watch, reading: Measurement) -> str:
    """`17 of 50 calls` for a share, `50 calls` for a mean; nothing for a count, nor where it rests on time instead of things."""
    thing = counted_noun(watch)
    if reading.denominator is None or not thing:
        return ""
    if subject.unit(watch.kpi) == Unit.RATIO and not watch.kpi.startswith("plan_attainment"):
        return counted(reading.numerator, reading.n, thing, watch.language)
    whole = figures.number(reading.n, watch.language)
    return text("alert.sample.n", watch.language, whole=whole, noun=noun(thing, reading.n, watch.language))


def limits_text(watch: Watch) -> str:
    """`15%`, or `75% to 85%` for a band. Relative to what is usual: that of this minute, and where it is not known `3 × …`."""
    relative = watch.limits.relative
    if relative is not None and watch.limits.usual is None:
        return text("alert.spreads", watch.language, spreads=spreads_text(watch, relative.deviation))
    return range_text(watch, watch.limits.good)


def spreads_text(watch: Watch, number: float) -> str:
    return figures.number(number, watch.language, 0 if float(number).is_integer() else 1)


def range_text(watch: Watch, values: Range) -> str:
    ends = [_limit_text(watch, end) for end in (values.low, values.high) if end is not None]
    return text("alert.band", watch.language, low=ends[0], high=ends[1]) if len(ends) == 2 else ends[0]


def _limit_text(watch: Watch, value: float) -> str:
    return figures.limit(value, subject.unit(watch.kpi), watch.language, watch.currency)


def figure_text(watch: Watch, value: float | None) -> str:
    return figures.figure(value, subject.unit(watch.kpi), watch.language, watch.currency)


def counted_noun(watch: Watch) -> str:
    return subject.counted(watch.kpi, watch.only.get("channel", ""))
