"""What stored facts and cells were made with, as one line of text that says which part of it changed."""

from __future__ import annotations

from collections.abc import Mapping

#: begins a value that is a digest: it says that something changed, not what
HASHED = "#"


def basis_text(parts: Mapping[str, object]) -> str:
    """`name=value|…` in the order given; names have no `=`, values no `|`."""
    return "|".join(f"{name}={value}" for name, value in parts.items())


def changed_parts(before: str | None, after: str) -> dict[str, tuple[str | None, str]]:
    """name --> (value before, value now) of what differs; before is None where the part was not there."""
    old, new = parts_of(before or ""), parts_of(after)
    return {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}


def parts_of(text: str) -> dict[str, str]:
    """name --> value"""
    return {name: value for name, _, value in (part.partition("=") for part in text.split("|") if part)}
