"""A trouble of Deskgauge itself and what happened go in, what is said about it comes out."""

from __future__ import annotations

from plugin.alert.rule import Watch
from plugin.alert.state import Notice, NoticeKind
from plugin.alert.trouble import Trouble
from plugin.report import figures
from plugin.report.wording import has, joined, label, sentences, since_name, text, trouble_reason


def own_subject(watch: Watch, trouble: Trouble) -> str:
    name = label(trouble.key, watch.language)
    return text("watch.subject", watch.language, label=name, scope=watch.where) if watch.where else name


def own_title(watch: Watch, trouble: Trouble, notice: Notice) -> str:
    if notice.kind == NoticeKind.RECOVERED:
        return _said(watch, trouble, notice, "recovered")
    return _said(watch, trouble, notice, "past" if trouble.ended else "fired")


def own_detail(watch: Watch, trouble: Trouble, notice: Notice) -> str:
    """What to do, why it was, and what cannot be judged meanwhile."""
    said = []
    if trouble.reason:
        reason = trouble_reason(trouble.reason, watch.language).rstrip(".")
        said.append(text("watch.reason", watch.language, reason=reason))
    if trouble.waiting:
        titles = [text("watch.title", watch.language, title=each) for each in trouble.waiting]
        said.append(text("watch.waiting", watch.language, titles=joined(titles, watch.language)))
    if trouble.mutes:
        said.append(text("watch.mutes", watch.language, rules=joined(list(trouble.mutes), watch.language)))
    past = trouble.ended and has(f"{trouble.key}.past_todo")
    return sentences([*said, _said(watch, trouble, notice, "past_todo" if past else "todo")], watch.language)


def own_over(watch: Watch, trouble: Trouble, notice: Notice) -> str:
    """What stands in the place of the alert when it is over."""
    return _said(watch, trouble, notice, "over")


def _said(watch: Watch, trouble: Trouble, notice: Notice, what: str) -> str:
    """A check that has no words for what is past says it as what lasts."""
    key = f"{trouble.key}.{what}"
    lasts = trouble.lasts.total_seconds() if trouble.lasts is not None else 0
    began_at, language = notice.episode.opened_at, watch.language
    return text(
        key if has(key) else f"{trouble.key}.fired",
        language,
        scope=watch.where,
        since=since_name(began_at, notice.at, watch.timezone, language),
        until=since_name(notice.at, notice.at, watch.timezone, language),
        lasts=figures.span(lasts, language),
        limit=figures.span(trouble.limit.total_seconds(), language),
        duration=figures.span((notice.at - began_at).total_seconds(), language),
    )
