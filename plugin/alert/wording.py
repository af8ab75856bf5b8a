"""A rule and what happened go in, the message about it comes out; also one line on where a rule stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plugin.alert.behind import has_records
from plugin.alert.own_wording import own_detail, own_over, own_subject, own_title
from plugin.alert.rule import Watch
from plugin.alert.state import Episode, Notice, NoticeKind, State, Status, is_open
from plugin.alert.threshold import Range, Unjudged, judge
from plugin.alert.words import Words
from plugin.kpi.metric import Measurement, Unit
from plugin.notify.message import Link, Message
from plugin.report import figures, subject
from plugin.report.wording import counted, label, noun, sentences, since_name, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An incident that is over."""

    opened_at: datetime
    ended_at: datetime
    peak: float


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


def latest(watch: Watch, reading: Measurement) -> str:
    """`34.0% (17 of 50 calls)`."""
    sample = sample_text(watch, reading)
    value = value_text(watch, reading)
    return text("alert.latest", watch.language, value=value, sample=sample) if sample else value


def handover_message(watch: Watch, incidents: Sequence[Past], now: datetime, base_url: str = "") -> Message:
    """One message about everything that came and went while nobody was to be disturbed."""
    lines = [
        text(
            "alert.handover.line",
            watch.language,
            start=since_name(one.opened_at, now, watch.timezone, watch.language),
            end=since_name(one.ended_at, now, watch.timezone, watch.language),
            duration=figures.span((one.ended_at - one.opened_at).total_seconds(), watch.language),
            peak=_figure(watch, one.peak),
        )
        for one in incidents
    ]
    summary = text("alert.handover.summary", watch.language, subject=subject_of(watch), limit=limits_text(watch))
    return Message(
        title=text("alert.handover", watch.language, rule=watch.title, count=len(incidents)),
        summary="\n".join([summary, *lines]),
        links=_links(watch, base_url),
        language=watch.language,
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


def subject_of(watch: Watch) -> str:
    if watch.trouble is not None:
        return own_subject(watch, watch.trouble)
    name = label(watch.kpi, watch.language)
    key = "alert.subject" if watch.where else "alert.subject.all"
    return text(key, watch.language, label=name, scope=watch.where)


def value_text(watch: Watch, reading: Measurement) -> str:
    """Where rounding would make a breach look like the limit itself, the next decimal is shown."""
    value = reading.value
    written = _figure(watch, value)
    if value is None or subject.unit(watch.kpi) != Unit.RATIO or watch.limits.good == Range():
        return written
    end = watch.limits.good.passed(value)
    same = value != end and written == _figure(watch, end)
    return figures.percent(value, watch.language, 2) if same else written


def limits_text(watch: Watch) -> str:
    """`15%`, or `75% to 85%` for a band. Relative to what is usual: that of this minute, and where it is not known `3 × …`."""
    relative = watch.limits.relative
    if relative is not None and watch.limits.usual is None:
        return text("alert.spreads", watch.language, spreads=_spreads(watch, relative.deviation))
    return _range_text(watch, watch.limits.good)


def _spreads(watch: Watch, number: float) -> str:
    return figures.number(number, watch.language, 0 if float(number).is_integer() else 1)


def _range_text(watch: Watch, values: Range) -> str:
    ends = [_limit_text(watch, end) for end in (values.low, values.high) if end is not None]
    return text("alert.band", watch.language, low=ends[0], high=ends[1]) if len(ends) == 2 else ends[0]


def _limit_text(watch: Watch, value: float) -> str:
    return figures.limit(value, subject.unit(watch.kpi), watch.language, watch.currency)


def _figure(watch: Watch, value: float | None) -> str:
    return figures.figure(value, subject.unit(watch.kpi), watch.language, watch.currency)


def sample_text(watch: Watch, reading: Measurement) -> str:
    """`17 of 50 calls` for a share, `50 calls` for a mean, nothing for a count."""
    if reading.denominator is None:
        return ""
    thing = _noun(watch)
    if subject.unit(watch.kpi) == Unit.RATIO and not watch.kpi.startswith("plan_attainment"):
        return counted(reading.numerator, reading.n, thing, watch.language)
    whole = figures.number(reading.n, watch.language)
    return text("alert.sample.n", watch.language, whole=whole, noun=noun(thing, reading.n, watch.language))


def _noun(watch: Watch) -> str:
    return subject.counted(watch.kpi, watch.only.get("channel", ""))


def _fired(watch: Watch, notice: Notice, *, held: str) -> list[str]:
    language, limits = watch.language, watch.limits
    since = since_name(notice.episode.opened_at, notice.at, watch.timezone, language)
    if limits.absent:
        nothing_since = notice.episode.opened_at - watch.window
        since = since_name(nothing_since, notice.at, watch.timezone, language)
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
    return [text("alert.usual", language, usual=_figure(watch, usual.median), **weeks)]


def _clears(watch: Watch) -> str:
    limits, language = watch.limits, watch.language
    if limits.absent:
        return text("alert.clears.absent", language)
    kind = ".usual" if limits.relative else ".band" if limits.is_band else ""
    spreads = limits.relative.clear_deviation if limits.relative else 0
    return text(
        f"alert.clears{kind}" + ("" if limits.clear_hold else ".at_once"),
        language,
        clear=_spreads(watch, spreads) if limits.relative else _range_text(watch, limits.calm),
        hold=figures.span(limits.clear_hold.total_seconds(), language),
    )


def _is_above(watch: Watch, notice: Notice) -> bool:
    good = watch.limits.good
    return good.passed(notice.episode.peak.value or 0.0) == good.high


def _recovered(watch: Watch, notice: Notice) -> list[str]:
    language, episode = watch.language, notice.episode
    start = since_name(episode.opened_at, notice.at, watch.timezone, language)
    end = since_name(notice.at, notice.at, watch.timezone, language)
    said = [text("alert.lasted", language, duration=_lasted(watch, notice), start=start, end=end)]
    peak = [] if watch.limits.absent or watch.trouble is not None else [_peak(watch, episode)]
    unjudged = [] if watch.trouble is not None else _unjudged(watch, episode)
    return [*said, *peak, *unjudged]


def _lasted(watch: Watch, notice: Notice) -> str:
    return figures.span((notice.at - notice.episode.opened_at).total_seconds(), watch.language)


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
    return [text("alert.unmeasured", watch.language, duration=duration, noun=noun(_noun(watch), 2, watch.language))]


def _links(watch: Watch, base_url: str) -> tuple[Link, ...]:
    url = _page(base_url, None)
    return (Link(label=text("link.incident", watch.language), url=url),) if url else ()


def _page(base_url: str, incident: int | None) -> str:
    if not base_url:
        return ""
    return f"{base_url}/incidents" + (f"/{incident}" if incident is not None else "")


def standing(watch: Watch, state: State, now: datetime, muted_by: str | None = None) -> str:
    """Where the rule stands, for a page or the command line; each status has its own text.

    `muted_by`: the silent source without which there is nothing to judge.
    """
    language, watch = watch.language, replace(watch, limits=replace(watch.limits, usual=state.usual))
    if state.read_at is None or state.since is None:
        return text("state.never", language)
    mutes = muted_by is not None and state.status == Status.NO_DATA
    said = [
        text(
            "watch.muted" if mutes else _standing_key(watch, state),
            language,
            source=muted_by,
            value=value_text(watch, state.reading) if state.reading else figures.NULL,
            limit=limits_text(watch),
            since=since_name(state.since, now, watch.timezone, language),
            hold=figures.span(watch.limits.hold.total_seconds(), language),
            window=figures.span(watch.window.total_seconds(), language),
            noun=noun(_noun(watch), 2, language),
            n=figures.number(state.reading.n, language) if state.reading else "0",
            needed=figures.number(max(watch.limits.min_sample, 1), language),
            weeks=figures.number(watch.limits.relative.weeks_min if watch.limits.relative else 0, language),
        )
    ]
    if is_open(state) and state.status in (Status.NO_DATA, Status.INSUFFICIENT) and state.episode:
        since = since_name(state.episode.opened_at, now, watch.timezone, language)
        said.append(text("state.still_open", language, since=since))
    return sentences(said, language)


def _standing_key(watch: Watch, state: State) -> str:
    if state.status == Status.INSUFFICIENT and state.why in (Unjudged.HISTORY, Unjudged.CLOSED):
        return f"state.{state.status}.{state.why}"
    unsure = state.status == Status.PENDING and judge(state.reading, watch.limits) == "unsure"
    return "state.pending.unsure" if unsure else f"state.{state.status}"
