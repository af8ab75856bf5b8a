"""Slack, mail and the channels of the policy: whether a digest would arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from plugin.config import APPRISE, WEBHOOK
from plugin.doctor.finding import Finding, error, ok, warn
from plugin.doctor.processes import duration
from plugin.notify.dkim import DkimKey, record
from plugin.notify.named import variable, variables

#: scope --> what does not work without it
_USES = {
    "chat:write": "no message can be sent",
    "files:write": "messages arrive without their chart",
    "commands": "Slack does not know the command /deskgauge",
}
_HISTORY = "a message may be sent twice after a crash"
_REQUIRED = frozenset({"chat:write", "files:write"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What Slack says of a token. `problem` is empty when it knows it; `ahead_s` is our clock against Slack's."""

    team: str = ""
    scopes: frozenset[str] = frozenset()
    problem: str = ""
    ahead_s: float | None = None


def slack(grant: Grant | None, wanted: Sequence[str], *, is_used: bool) -> Iterator[Finding]:
    """`grant` is None without a token; `is_used` says that the policy sends to Slack."""
    if grant is None:
        if is_used:
            text = "the policy sends to Slack, and there is no token"
            yield error("slack", text, "Make the app with `deskgauge manifest slack`, and set SLACK_BOT_TOKEN.")
        else:
            yield ok("slack", "is not set up, and nothing is sent there")
        return
    if grant.problem:
        yield error("slack", "the token does not work", grant.problem)
        return
    missing = [scope for scope in wanted if scope not in grant.scopes]
    for scope in missing:
        text = f"the app lacks the scope {scope}: {_USES.get(scope, _HISTORY)}"
        action = (
            "Add the scope in the app's settings (OAuth & Permissions), install the app again, and set the new token."
        )
        yield error("slack", text, action) if scope in _REQUIRED else warn("slack", text, action)
    if not missing:
        yield ok("slack", f"the token works in {grant.team}" if grant.team else "the token works")


def mail(problem: str | None, *, is_set: bool, is_used: bool) -> Finding:
    """`problem` is what the server or its address was refused for."""
    if not is_set:
        if is_used:
            return error("mail", "the policy sends mail, and there is no mail server", "Set SMTP_URL.")
        return ok("mail", "is not set up, and nothing is sent there")
    if problem is not None:
        return error("mail", "the mail server cannot be used", problem)
    return ok("mail", "the mail server takes the login")


def dkim(key: DkimKey | None, sender_domain: str, *, has_extra: bool) -> Iterator[Finding]:
    """What has to be published for the signatures of mails."""
    if key is None:
        return
    if not has_extra:
        yield error("dkim", "mails are to be signed, and what signs is missing", "Install `deskgauge[dkim]`.")
    try:
        published = record(key)
    except ValueError as problem:
        yield error("dkim", "the key cannot be used", str(problem))
        return
    yield ok("dkim", f"publish at {key.record_name} the TXT record: {published}")
    if key.domain != sender_domain:
        text = f"mails come from {sender_domain} and are signed by {key.domain}"
        yield warn("dkim", text, "Correct DESKGAUGE_DKIM_DOMAIN, unless both are published as one (DMARC, relaxed).")


def named(targets: Iterable[tuple[str, str]], environ: Mapping[str, str]) -> Iterator[Finding]:
    """Kind and name of the channels whose address stands in the environment, and the other way round."""
    used: set[str] = set()
    for kind, name in targets:
        wanted = variables(kind, name)
        used.update((*wanted, variable(kind, name, "PRIVATE")))
        missing = [each for each in wanted if each not in environ and f"{each}_FILE" not in environ]
        if missing:
            yield error(kind, f"the policy sends to {name}, whose address is not set", f"Set {' and '.join(missing)}.")
        else:
            yield ok(kind, f"{name} is set up")
    for each in sorted(environ):
        if each.startswith((WEBHOOK, APPRISE)) and each.removesuffix("_FILE") not in used:
            yield warn(
                "settings",
                f"{each} is set, and no channel of the policy uses it",
                "Name it in a channel, or remove it.",
            )


def channels(broken: Iterable[Row[Any]], now: datetime) -> Iterator[Finding]:
    """Targets that refused for good: kind, target, broken_since, reason."""
    for row in broken:
        text = f"{row.kind} {row.target} has been broken for {duration(now - row.broken_since)}"
        yield error("channel", text, f"{row.reason} The next message that arrives there repairs it.")


def left(readers: Sequence[Row[Any, Any, Any, Any]]) -> Iterator[Finding]:
    """Digest, address, at, by of those who want no more mails of a digest."""
    if readers:
        names = ", ".join(f"{row.address} of {row.digest}" for row in readers)
        yield ok("digests", f"left by their readers: {names}; `deskgauge unsubscribed` takes them back")


def given_up(messages: Sequence[Row[Any, Any]]) -> Iterator[Finding]:
    """The messages of the last day that did not arrive, the newest first: what, error."""
    if messages:
        text = f"{len(messages)} messages of the last day were given up; the newest ({messages[0].what}): {messages[0].error}"
        yield warn("messages", text, "Do what the reason says; what they said is on the pages.")
