"""What a check says: how bad it is, about what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """In rising order."""

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`action` is empty only when all is well."""

    level: Level
    check: str
    text: str
    action: str = ""


def ok(check: str, text: str) -> Finding:
    return Finding(level=Level.OK, check=check, text=text)


def warn(check: str, text: str, action: str) -> Finding:
    return Finding(level=Level.WARN, check=check, text=text, action=action)


def error(check: str, text: str, action: str) -> Finding:
    return Finding(level=Level.ERROR, check=check, text=text, action=action)


def worst(findings: Iterable[Finding]) -> Level:
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.OK)


def as_text(findings: Iterable[Finding]) -> str:
    lines = []
    for finding in findings:
        mark = finding.level.value if finding.level is Level.OK else finding.level.value.upper()
        lines.append(f"{mark:6} {finding.check}: {finding.text}")
        if finding.action:
            lines.append(f"       -> {finding.action}")
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> Mapping[str, object]:
    found = list(findings)
    told = [
        {"level": each.level.value, "check": each.check, "text": each.text, "action": each.action} for each in found
    ]
    return {"status": worst(found).value, "findings": told}
