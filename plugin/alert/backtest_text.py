"""A tried rule goes in, what the command line says about it comes out: how often, how long, when, and at which limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from statistics import median_low

from plugin.alert.backtest import Backtest, PastIncident
from plugin.alert.rule import Watch
from plugin.alert.suggest import Suggestion
from plugin.alert.threshold import Threshold
from plugin.alert.values import sample_text, value_text
from plugin.policy.calendar import Calendar
from plugin.policy.localtime import zone
from plugin.report import figures, subject
from plugin.report.wording import comma, moment_name, text, things

_BAR = 24


def backtest_text(watch: Watch, found: Backtest, hours: Calendar | None = None) -> str:
    """`hours`: those in which messages go out; None: always."""
    language = watch.language
    if found.start is None or found.end is None:
        return text("state.never", language)
    span = {
        "rule": watch.title,
        "start": moment_name(found.start, watch.timezone, language),
        "end": moment_name(found.end, watch.timezone, language),
        "zone": watch.timezone,
    }
    if not found.episodes:
        return "\n".join([text("backtest.none", language, **span), *_unjudged(watch, found)])
    told = [at for episode in found.episodes if (at := episode.told_at(hours)) is not None]
    lines = [text("backtest.count", language, count=len(told), **span), *_handed_over(watch, found, told)]
    lines += [_longest(watch, found), "", *(_line(watch, found, episode, hours) for episode in found.episodes)]
    lines += [*_by_hour(watch, told), *_unjudged(watch, found)]
    return "\n".join(lines)


def _handed_over(watch: Watch, found: Backtest, told: Sequence[datetime]) -> list[str]:
    count = len(found.episodes) - len(told)
    return [text("backtest.handed_over", watch.language, count=count)] if count else []


def _longest(watch: Watch, found: Backtest) -> str:
    longest = max(found.episodes, key=found.lasted)
    median = median_low([found.lasted(episode) for episode in found.episodes])
    return text(
        "backtest.longest",
        watch.language,
        duration=figures.span(found.lasted(longest).total_seconds(), watch.language),
        start=moment_name(longest.opened_at, watch.timezone, watch.language),
        median=figures.span(median.total_seconds(), watch.language),
    )


def _line(watch: Watch, found: Backtest, episode: PastIncident, hours: Calendar | None) -> str:
    sample = sample_text(watch, episode.peak)
    line = text(
        "backtest.line",
        watch.language,
        start=moment_name(episode.opened_at, watch.timezone, watch.language),
        duration=figures.span(found.lasted(episode).total_seconds(), watch.language),
        peak=value_text(watch, episode.peak) + (f" ({sample})" if sample else ""),
    )
    notes = {"backtest.open": episode.ended_at is None, "backtest.closed": episode.told_at(hours) is None}
    return comma(watch.language).join([line, *(text(key, watch.language) for key, holds in notes.items() if holds)])


def _by_hour(watch: Watch, told: Sequence[datetime]) -> list[str]:
    """One bar per hour of the local day in which an alert would have gone out."""
    if not told:
        return []
    tz = zone(watch.timezone)
    counts = Counter(at.astimezone(tz).hour for at in told)
    most = max(counts.values())
    bars = [f"{hour:02}:00 {'█' * max(1, counts[hour] * _BAR // most)} {counts[hour]}" for hour in sorted(counts)]
    return ["", text("backtest.hours", watch.language), *bars]


def _unjudged(watch: Watch, found: Backtest) -> list[str]:
    if not found.unjudged:
        return []
    share = figures.percent(found.unjudged / found.readings, watch.language)
    if watch.limits.absent or watch.limits.relative:
        return ["", text("backtest.unjudged.closed", watch.language, share=share)]
    thing = subject.counted(watch.kpi, watch.only.get("channel", ""))
    return ["", text("backtest.unjudged", watch.language, share=share, noun=things(thing, watch.language))]


def suggestion_text(watch: Watch, found: Suggestion, wanted: str) -> str:
    """The keys to write into the policy; where no limit comes near, those between which the number jumps."""
    language = watch.language
    if found.fits:
        return text("suggest.found", language, wanted=wanted, count=found.best.alerts, keys=_keys(found.best.rule))
    tried = [text("suggest.tried", language, keys=_keys(one.rule), count=one.alerts) for one in found.near]
    return "\n".join([text("suggest.none", language, wanted=wanted), *tried])


def _keys(rule: Threshold) -> str:
    """As the policy has them."""
    values = {"fire_above": rule.fire_above, "fire_below": rule.fire_below, "clear_at": rule.clear_at}
    if rule.relative is not None:
        values = {"deviation": rule.relative.deviation, "clear_deviation": rule.relative.clear_deviation}
    return ", ".join(f"{key} = {value:.12g}" for key, value in values.items() if value is not None)
