"""Every source whose history can be read: when it last was, and what stopped it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from plugin.backfill.tables import PullPosition
from plugin.doctor.finding import Finding, ok, warn
from plugin.doctor.processes import duration
from plugin.normalise.sources import SourceConfig


def history(
    positions: Sequence[PullPosition], configured: Mapping[str, SourceConfig], now: datetime
) -> Iterator[Finding]:
    for each in positions:
        source = configured.get(each.source)
        if source is None or source.adapter.pull is None:
            continue
        name, ago = f"history of {each.source}", duration(now - each.stored_at)
        if each.problem is not None:
            action = f"Do what it says; `deskgauge backfill {each.source} --since {each.since:%Y-%m-%d}` tries at once."
            yield warn(name, f"reading stopped {ago} ago: {each.problem}", action)
        elif each.finished_at is None and now - each.stored_at > source.adapter.pull.every:
            action = f"`deskgauge backfill {each.source} --since {each.since.isoformat()}` goes on."
            yield warn(name, f"was read in part, {ago} ago", action)
        else:
            yield ok(name, f"was read {ago} ago, {each.fresh} of {each.read} deliveries were new")
