"""The database: whether it can be used by this release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.doctor.finding import Finding, error, ok


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage:
    """What was seen of the database. `problem` and `remedy` are given when it could not be opened at all."""

    kind: str
    version: tuple[int, ...] = ()
    revision: str | None = None
    newest: str | None = None
    problem: str = ""
    remedy: str = ""

    @property
    def is_usable(self) -> bool:
        return not self.problem and self.revision == self.newest


def storage(seen: Storage, oldest_postgresql: int) -> Iterator[Finding]:
    if seen.problem:
        yield error("database", seen.problem, seen.remedy)
        return
    if seen.kind == "postgresql" and seen.version and seen.version[0] < oldest_postgresql:
        text = f"PostgreSQL {seen.version[0]} is too old"
        yield error("database", text, f"Move to PostgreSQL {oldest_postgresql} or newer.")
    yield _schema(seen)


def _schema(seen: Storage) -> Finding:
    if seen.revision == seen.newest:
        return ok("database", f"{seen.kind} with schema {seen.revision}")
    if seen.revision is None:
        return error("database", "there are no tables yet", "Run `deskgauge init`.")
    text = f"its schema is {seen.revision}, this release needs {seen.newest}"
    return error("database", text, "Run `deskgauge migrate`, or install the release that wrote it.")
