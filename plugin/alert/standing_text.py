"""A rule and its state go in, one line on where it stands comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from plugin.alert.rule import Watch
from plugin.alert.state import State, Status, is_open
from plugin.alert.threshold import Unjudged, judge
from plugin.alert.values import counted_noun, limits_text, value_text
from plugin.report import figures
from plugin.report.wording import sentences, since_name, text, things


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
            noun=things(counted_noun(watch), language),
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
