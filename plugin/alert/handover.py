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


def handover_message(watch: Watch, incidents: Sequence[Past], now: datetime, base_url: str = "") -> Message:
    """One message about everything that came and went while nobody was to be disturbed."""
    lines = [
        text(
            "alert.handover.line",
            watch.language,
            span=between_name(one.opened_at, one.ended_at, now, watch.timezone, watch.language),
            duration=figures.span((one.ended_at - one.opened_at).total_seconds(), watch.language),
            peak=figure_text(watch, one.peak),
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


def _links(watch: Watch, base_url: str) -> tuple[Link, ...]:
    if not base_url:
        return ()
    return (Link(label=text("link.incident", watch.language), url=f"{base_url}/incidents"),)
