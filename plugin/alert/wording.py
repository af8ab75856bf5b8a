"""A rule and what happened to it go in, what is said about it comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from plugin.alert.behind import has_records
from plugin.alert.own_wording import own_detail, own_over, own_title
from plugin.alert.rule import Watch
from plugin.alert.state import Episode, Notice, NoticeKind
from plugin.alert.values import (
    counted_noun,
    figure_text,
    latest,
    limits_text,
    range_text,
    sample_text,
    spreads_text,
    subject_of,
    value_text,
)
from plugin.alert.words import Words
from plugin.report import figures
from plugin.report.wording import noun, sentences, since_name, text, things


def fired_words(watch: Watch, notice: Notice, base_url: str = "", *, incident: int = 0, held: str = "") -> Words:
    """What an alert says. `held`: it began while the centre was `closed` or the rule `snoozed`, and is told now."""
    return Words(
        rule=watch.title,
        subject=subject_of(watch),
        title=title(watch, notice),
        detail=_detail(watch, notice, held=held),
        latest=latest(watch, notice.reading),
        page=_page(base_url, incident),
        records=f"{_page(base_url, incident)}/records" if base_url and has_records(watch.kpi) else "",
    )


def _detail(watch: Watch, notice: Notice, *, held: str) -> str:
    if watch.trouble is not None:
        return own_detail(watch, watch.trouble, notice)
    return sentences(_fired(watch, notice, held=held), watch.language)


def ended_words(watch: Watch, notice: Notice, told: Words, taken: str = "") -> Words:
    """What takes the place of the alert when it is over. `taken` says who had taken care of it."""
    detail = sentences([*_recovered(watch, notice), taken], watch.language)
    return replace(told, title=_over(watch, notice), detail=detail, latest=latest(watch, notice.reading))


def _over(watch: Watch, notice: Notice) -> str:
    if watch.trouble is not None:
        return own_over(watch, watch.trouble, notice)
    return text(
        "alert.over.absent" if watch.limits.absent else "alert.over",
        watch.language,
        subject=subject_of(watch),
        peak=value_text(watch, notice.episode.peak),
        duration=_lasted(watch, notice),
    )


def title(watch: Watch, notice: Notice) -> str:
    """`Abandonment rate in Support is 34.0% (17 of 50 contacts, last 15 min; limit 15%)`."""
    if watch.trouble is not None:
        return own_title(watch, watch.trouble, notice)
    kind = "alert.fired" if notice.kind == NoticeKind.FIRED else "alert.recovered"
    sample = sample_text(watch, notice.reading)
    ending = ".absent" if watch.limits.absent else "" if sample else ".count"
    return text(
        kind + ending,
        watch.language,
        subject=subject_of(watch),
        value=value_text(watch, notice.reading),
        sample=sample,
        window=figures.span(watch.window.total_seconds(), watch.language),
        limit=limits_text(watch),
    )


def _fired(watch: Watch, notice: Notice, *, held: str) -> list[str]:
    language, limits = watch.language, watch.limits
    since = since_name(_began_at(watch, notice), notice.at, watch.timezone, language)
    if limits.absent:
        said = [text("alert.absent", language, since=since)]
    else:
        said = [text("alert.above" if _is_above(watch, notice) else "alert.below", language, since=since)]
    said += _usual(watch)
    if held:
        said.append(text(f"alert.since_{held}", language))
    return [*said, _clears(watch)]


def _usual(watch: Watch) -> list[str]:
    usual, language = watch.limits.usual, watch.language
    if usual is None:
        return []
    weeks = {"weeks": figures.number(usual.weeks, language), "noun": noun("week", usual.weeks, language)}
    return [text("alert.usual", language, usual=figure_text(watch, usual.median), **weeks)]


def _clears(watch: Watch) -> str:
    limits, language = watch.limits, watch.language
    if limits.absent:
        return text("alert.clears.absent", language)
    kind = ".usual" if limits.relative else ".band" if limits.is_band else ""
    spreads = limits.relative.clear_deviation if limits.relative else 0
    return text(
        f"alert.clears{kind}" + ("" if limits.clear_hold else ".at_once"),
        language,
        clear=spreads_text(watch, spreads) if limits.relative else range_text(watch, limits.calm),
        hold=figures.span(limits.clear_hold.total_seconds(), language),
    )


def _is_above(watch: Watch, notice: Notice) -> bool:
    good = watch.limits.good
    return good.passed(notice.episode.peak.value or 0.0) == good.high


def _recovered(watch: Watch, notice: Notice) -> list[str]:
    language, episode = watch.language, notice.episode
    start = since_name(_began_at(watch, notice), notice.at, watch.timezone, language)
    end = since_name(notice.at, notice.at, watch.timezone, language)
    said = [text("alert.lasted", language, duration=_lasted(watch, notice), start=start, end=end)]
    peak = [] if watch.limits.absent or watch.trouble is not None else [_peak(watch, episode)]
    unjudged = [] if watch.trouble is not None else _unjudged(watch, episode)
    return [*said, *peak, *unjudged]


def _lasted(watch: Watch, notice: Notice) -> str:
    return figures.span((notice.at - _began_at(watch, notice)).total_seconds(), watch.language)


def _began_at(watch: Watch, notice: Notice) -> datetime:
    """What is absent had not come for a whole window when its episode began."""
    opened_at = notice.episode.opened_at
    return opened_at - watch.window if watch.limits.absent else opened_at


def _peak(watch: Watch, episode: Episode) -> str:
    sample = sample_text(watch, episode.peak)
    key = "alert.peak" if sample else "alert.peak.count"
    return text(key, watch.language, peak=value_text(watch, episode.peak), sample=sample)


def _unjudged(watch: Watch, episode: Episode) -> list[str]:
    if episode.unjudged_s < 60:
        return []
    duration = figures.span(episode.unjudged_s, watch.language)
    if watch.limits.absent or watch.limits.relative:
        return [text("alert.unmeasured.closed", watch.language, duration=duration)]
    return [
        text("alert.unmeasured", watch.language, duration=duration, noun=things(counted_noun(watch), watch.language))
    ]


def _page(base_url: str, incident: int) -> str:
    return f"{base_url}/incidents/{incident}" if base_url else ""
