"""The project's pages and tracked files, and the worked examples that stand in the pages of KPIs."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
KPI_PAGES = DOCS / "kpi"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SUM = re.compile(r"(?P<name>[a-z_]+) (?P<value>[\d.]+)")
_RESULT = re.compile(r"(?P<kpi>[a-z_.0-9]+) = (?:(?P<top>[\d.]+) / (?P<under>[\d.]+) = )?(?P<value>[\d.]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """`kpi = numerator / denominator = value`, or `kpi = value`, as written; `step` is half of the last decimal."""

    kpi: str
    numerator: float | None
    denominator: float | None
    value: float
    step: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    page: str
    sums: dict[str, float]
    results: tuple[Result, ...]


def pages() -> list[Path]:
    """Every Markdown page of the project that a reader is meant to open."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def blocks(text: str, kind: str) -> list[str]:
    return [body for name, body in _BLOCK.findall(text) if name == kind]


def examples() -> Iterator[Example]:
    for page in sorted(KPI_PAGES.glob("*.md")):
        for body in blocks(page.read_text(), "example"):
            yield _example(page.stem, body.splitlines())


def _example(page: str, lines: list[str]) -> Example:
    results = [_result(line) for line in lines if "=" in line]
    sums: dict[str, float] = {}
    for line in lines:
        if "=" not in line:
            found = _SUM.fullmatch(line)
            assert found, f"{page}: {line!r} is no sum"
            sums[found["name"]] = float(found["value"])
    return Example(page=page, sums=sums, results=tuple(results))


def _result(line: str) -> Result:
    found = _RESULT.fullmatch(line)
    assert found, f"{line!r} is no result"
    decimals = len(found["value"].partition(".")[2])
    return Result(
        kpi=found["kpi"],
        numerator=float(found["top"]) if found["top"] else None,
        denominator=float(found["under"]) if found["under"] else None,
        value=float(found["value"]),
        step=0.5 * 10**-decimals + 1e-9,
    )


def tracked_files() -> list[Path]:
    """What is in the repository; every file of the folders that matter where there is no repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    folders = ("plugin", "adapters", "migrations", "tests", "docs", ".ci")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
