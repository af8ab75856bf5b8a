"""What people write about staffing, `80/20` and `3m`, goes in, values come out; every way in reads it the same."""

from __future__ import annotations

import re

from plugin.kpi.staffing import StaffingError, Target

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_TARGET = re.compile(r"(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)")


def target_of(text: str, max_occupancy: float) -> Target:
    """`80/20`: 80 per cent within 20 seconds. Raises `StaffingError`."""
    match = _TARGET.fullmatch(text.replace(" ", ""))
    if match is None:
        raise StaffingError("target", f"{text!r} is not a target; write 80/20 for 80 per cent within 20 seconds")
    return Target(share=float(match[1]) / 100, threshold_s=float(match[2]), max_occupancy=max_occupancy)


def seconds_of(text: str, field: str) -> float:
    """`180`, `180s`, `3m`, `1h`, `3:00` or `1:00:00`. Raises `StaffingError` with that field."""
    written = text.strip()
    if match := _CLOCK.fullmatch(written):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    match = _LENGTH.fullmatch(written)
    if match is None:
        raise StaffingError(field, f"{text!r} is not a length of time; write 180, 3m or 1h")
    return float(match[1]) * _UNITS[match[2]]
