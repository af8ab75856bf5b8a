"""What the administrator enters for a source, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Settings of one source, by `Setting.key`. A secret has one or two values (two while it is being rotated).
Settings = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One thing the administrator enters for a source; `secret` values come from the environment or the encrypted table."""

    key: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = False
    default: str | None = None
    #: the value is a text document; the command line reads it from the file whose path it is given
    file: bool = False


def first(settings: Settings, key: str, default: str | None = None) -> str | None:
    """The setting's single (or newest) value."""
    value = settings.get(key)
    if value is None or value == "":
        return default
    return value if isinstance(value, str) else (value[0] if value else default)


def pairs(settings: Settings, key: str) -> dict[str, str]:
    """The `left = right` lines of a document setting; empty lines, comments (#) and lines without both sides are skipped."""
    lines = (
        line.partition("=") for line in (first(settings, key) or "").splitlines() if not line.lstrip().startswith("#")
    )
    both = ((left.strip(), right.strip()) for left, _, right in lines)
    return {left: right for left, right in both if left and right}


def secrets(settings: Settings, key: str) -> Sequence[str]:
    """All live values of a secret, newest first; empty when none is configured."""
    value = settings.get(key)
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(item for item in value if item)
