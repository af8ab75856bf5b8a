"""The machine and what is installed on it: measured values in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plugin.doctor.finding import Finding, error, ok, warn

#: links of the zone database that vendors still send and that some systems leave out
ZONES = ("Europe/Riga", "US/Pacific", "Asia/Calcutta", "Europe/Kiev")
_MIB = 1024 * 1024
_LITTLE_SPACE, _NO_SPACE = 1024 * _MIB, 200 * _MIB
#: vendors that sign a time accept about five minutes
_SKEW_SEEN_S, _SKEW_BAD_S = 30, 240


def package(problem: str | None) -> Finding:
    """`problem` says whose files lie in the folder of our adapters."""
    if problem is None:
        return ok("package", "the adapters are our own")
    return error("package", "another distribution may have overwritten the adapters", problem)


def timezones(missing: Sequence[str]) -> Finding:
    if not missing:
        return ok("timezones", "the zone database is complete")
    text = f"{', '.join(missing)} cannot be found, so times in such zones cannot be read"
    return error("timezones", text, "Install the package tzdata into the environment of Deskgauge.")


def disk(folder: str, free: int) -> Finding:
    text = f"{free // _MIB} MiB are free where {folder} is"
    if free >= _LITTLE_SPACE:
        return ok("disk", text)
    action = "Make room, or move the data directory: when the disk is full no delivery is accepted."
    return error("disk", text, action) if free < _NO_SPACE else warn("disk", text, action)


def clock(ahead_s: Mapping[str, float]) -> Iterator[Finding]:
    """`ahead_s` says by how much this machine's clock is ahead of each other one."""
    for other, seconds in ahead_s.items():
        if abs(seconds) <= _SKEW_SEEN_S:
            yield ok("clock", f"agrees with {other}")
            continue
        text = f"is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} {other}"
        action = (
            "Let this machine set its clock (systemd-timesyncd, chrony): signatures with a time are refused otherwise."
        )
        yield error("clock", text, action) if abs(seconds) > _SKEW_BAD_S else warn("clock", text, action)
