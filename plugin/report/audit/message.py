"""The message of an audit: a section for each kind of weak point that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.notify.message import Message, Section
from plugin.report.audit import points
from plugin.report.audit.seen import Seen
from plugin.report.wording import moment_name, period_name, sentences, text

#: title of a section --> what stands in it; those of `_NO_POINTS` are not counted
SECTIONS: dict[str, Callable[[Seen], Iterator[str]]] = {
    "section.audit.missed": points.missed_again,
    "section.audit.places": points.nearly_always,
    "section.audit.unused": points.unused,
    "section.audit.rules": points.rules,
    "section.audit.easy": points.met_by_far,
    "section.unavailable": points.unavailable,
    "section.quality": points.quality,
}
_NO_POINTS = ("section.unavailable", "section.quality")


def audit_message(seen: Seen) -> Message:
    language, zone = seen.language, seen.period.timezone
    found = {title: list(say(seen)) for title, say in SECTIONS.items()}
    count = sum(len(lines) for title, lines in found.items() if title not in _NO_POINTS)
    footer = [text("final.late", language, moment=moment_name(seen.due_at, zone, language))] if seen.due_at else []
    return Message(
        title=text("digest.title", language, name=seen.title, period=period_name(seen.period, language)),
        summary=text("audit.summary" if count else "audit.none", language, count=count),
        sections=tuple(
            Section(title=text(title, language), text="\n".join(lines)) for title, lines in found.items() if lines
        ),
        links=seen.links,
        footer=sentences([*footer, text("footer.zone", language, zone=zone)], language),
        language=language,
    )
