"""Every source: is it complete, when did the vendor last send, what was refused and what could not be read."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from plugin.doctor.finding import Finding, error, ok, warn
from plugin.doctor.processes import duration
from plugin.normalise.sources import SourceConfig
from plugin.web.health import Condition, Health, SourceHealth

#: refusals are told for so long
_RECENT = timedelta(days=1)
_SILENT = timedelta(days=3)
_WHSEC = "whsec_"


def sources(
    health: Health, dead: Sequence[Row[Any]], configured: Mapping[str, SourceConfig], now: datetime
) -> Iterator[Finding]:
    """`dead` are the newest deliveries that could not be read."""
    reasons: dict[str, str] = {}
    for row in dead:
        reasons.setdefault(row.source, row.error or "no reason was kept")
    for each in health.sources:
        name = f"source {each.name}"
        found = [
            *_complete(name, each, configured.get(each.name)),
            *_refused(name, each, now),
            *_unread(name, each, reasons.get(each.name, "")),
            *_silent(name, each, now),
        ]
        # What is silent has a finding of its own.
        yield from found if found or each.silent_since else [_fine(name, each, configured, now)]
    yield from _strays(health, now)


def endless(counts: Mapping[str, int], since: datetime, now: datetime) -> Iterator[Finding]:
    """`counts`: how many contacts of each source began since then and never ended."""
    span = f"--from {since:%Y-%m-%d} --to {now + timedelta(days=1):%Y-%m-%d}"
    look = f"`deskgauge report {span} --records endless_contacts` lists them"
    for name, number in counts.items():
        text = f"{number} contacts since {since:%Y-%m-%d} began and never ended"
        yield warn(f"source {name}", text, f"{look}. Let the vendor send the events that end a contact, too.")


def unknown_adapters(names: Mapping[str, str]) -> Iterator[Finding]:
    for name, remedy in names.items():
        yield error(f"source {name}", "nothing that is sent to it is accepted", remedy)


def _complete(name: str, each: SourceHealth, configured: SourceConfig | None) -> Iterator[Finding]:
    if each.problem:
        yield error(name, "is not complete, so nothing is accepted", each.problem)
    if configured is not None and any(map(_is_mangled, configured.secret_values)):
        text = f"a secret begins with {_WHSEC}, and what follows is not base64"
        yield error(name, text, "Copy the whole secret again; a space or a sign at its end was lost or added.")


def _is_mangled(secret: str) -> bool:
    if not secret.startswith(_WHSEC):
        return False
    try:
        return not b64decode(secret.removeprefix(_WHSEC), validate=True)
    except (binascii.Error, ValueError):
        return True


def _refused(name: str, each: SourceHealth, now: datetime) -> Iterator[Finding]:
    recent = [row for row in each.refusals if now - row.at < _RECENT]
    if not recent:
        return
    last = recent[0]
    text = f"a request was refused {duration(now - last.at)} ago ({len(recent)} in the last day): {last.reason}"
    action = f"Do what the reason says. The address that was checked is {last.url}."
    # What arrived afterwards shows that the vendor's own requests pass.
    refusing = each.last_received_at is None or last.at > each.last_received_at
    yield error(name, text, action) if refusing else warn(name, text, action)


def _unread(name: str, each: SourceHealth, reason: str) -> Iterator[Finding]:
    if each.dead:
        text = f"{each.dead} deliveries could not be read; the newest: {reason}"
        action = f"Correct the cause or update Deskgauge, then run `deskgauge replay --source {each.name} --dead`."
        yield error(name, text, action)


def _silent(name: str, each: SourceHealth, now: datetime) -> Iterator[Finding]:
    if each.silent_since is None and each.last_received_at is not None and now - each.last_received_at > _SILENT:
        text = f"nothing has arrived for {duration(now - each.last_received_at)}"
        yield warn(name, text, "See at the vendor's side whether the webhook was switched off after failures.")


def _fine(name: str, each: SourceHealth, configured: Mapping[str, SourceConfig], now: datetime) -> Finding:
    if each.last_received_at is not None:
        text = f"the last delivery came {duration(now - each.last_received_at)} ago, {each.received} in all"
        return ok(name, f"{text}; {each.pending} wait" if each.condition is Condition.WAITING else text)
    if each.name not in configured:
        return ok(name, "is filled by imports; no webhook is configured")
    action = f"`deskgauge connect {each.adapter} --source {each.name}` says what to enter at the vendor's side."
    return warn(name, "nothing has arrived yet", action)


def _strays(health: Health, now: datetime) -> Iterator[Finding]:
    recent = [row for row in health.strays if now - row.at < _RECENT]
    if recent:
        text = f"requests come for a source that does not exist, the last to {recent[0].url}"
        yield warn(
            "sources", text, "Correct the address at the vendor's side, or add the source with `deskgauge connect`."
        )
