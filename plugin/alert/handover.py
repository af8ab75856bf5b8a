"""What came and went while nobody was to be disturbed goes in, the one message about it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.alert.rule import Watch
from plugin.alert.values import figure_text, limits_text, subject_of
from plugin.notify.message import Link, Message
from plugin.report import figures
from plugin.report.wording import between_name, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An incident that is over."""

    opened_at: datetime
    ended_at: datetime
    peak: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """What one rule hands over, the oldest first."""

    watch: Watch
    past: tuple[Past, ...]


def handover_message(handed: Sequence[Handed], now: datetime, base_url: str = "") -> Message:
    """One message about everything that came and went while nobody was to be disturbed; `handed` is not empty."""
    first, count = handed[0].watch, sum(len(each.past) for each in handed)
    if len(handed) == 1:
        title = text("alert.handover", first.language, rule=first.title, count=count)
        parts = [_alone(first), *_lines(handed[0], now)]
    else:
        title = text("alert.handover.several", first.language, count=figures.number(count, first.language))
        lines = [line for each in handed for line in (_named(each.watch), *_lines(each, now, "• "))]
        parts = [text("alert.handover.over", first.language), *lines]
    return Message(
        title=title, summary="\n".join(parts), links=_links(first.language, base_url), language=first.language
    )


def _alone(watch: Watch) -> str:
    if watch.trouble is not None:
        return text("alert.handover.over", watch.language)
    return text("alert.handover.summary", watch.language, subject=subject_of(watch), limit=limits_text(watch))


def _named(watch: Watch) -> str:
    """A trouble of Deskgauge itself has no limit that a reader knows."""
    if watch.trouble is not None:
        return subject_of(watch)
    subject, limit = subject_of(watch), limits_text(watch)
    return text("alert.handover.rule", watch.language, rule=watch.title, subject=subject, limit=limit)


def _lines(handed: Handed, now: datetime, bullet: str = "") -> list[str]:
    watch = handed.watch
    return [
        bullet
        + text(
            "alert.handover.line" if watch.trouble is None else "alert.handover.span",
            watch.language,
            span=between_name(one.opened_at, one.ended_at, now, watch.timezone, watch.language),
            duration=figures.span((one.ended_at - one.opened_at).total_seconds(), watch.language),
            peak=figure_text(watch, one.peak),
        )
        for one in handed.past
    ]


def _links(language: str, base_url: str) -> tuple[Link, ...]:
    return (Link(label=text("link.incident", language), url=f"{base_url}/incidents"),) if base_url else ()
