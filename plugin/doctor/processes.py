"""Worker and scheduler: when they last said that they are alive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from plugin.doctor.finding import Finding, error, ok, warn
from plugin.web.probes import NEEDED, OLDEST

_START = "Start `deskgauge serve` (or `deskgauge work` beside `deskgauge web`) and let the system keep it running."
_AHEAD = timedelta(seconds=60)


def processes(beats: Mapping[str, datetime], pending: int, now: datetime) -> Iterator[Finding]:
    """`pending` deliveries wait for a worker."""
    for name in NEEDED:
        yield _process(name, beats.get(name), pending, now)


def _process(name: str, at: datetime | None, pending: int, now: datetime) -> Finding:
    if at is None:
        if not pending:
            return warn(name, "has never run here", _START)
        return error(name, f"has never run here, and {pending} deliveries wait for it", _START)
    age = now - at
    if age > OLDEST:
        waiting = f", and {pending} deliveries wait for it" if pending else ""
        return error(name, f"has not said for {duration(age)} that it is alive{waiting}", f"Look at its log. {_START}")
    if -age > _AHEAD:
        text = f"was last alive {duration(-age)} in the future, so clocks differ"
        return error(name, text, "Let every machine set its clock (systemd-timesyncd, chrony).")
    return ok(name, "is alive")


def duration(span: timedelta) -> str:
    """Rounded down to its largest unit."""
    seconds = int(span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{seconds} s"
