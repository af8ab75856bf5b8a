"""The policy: whether it can be read, whether what it names exists, and whether the file on disk is what is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from plugin.doctor.finding import Finding, error, ok, warn
from plugin.policy.problems import Problem

#: where the policy is written in the data directory, unless DESKGAUGE_CONFIG says where
POLICY_FILE = "policy.toml"


def policy(problems: Iterable[Problem], revision: int | None, file: Path) -> Iterator[Finding]:
    """`revision` is None before anything was applied."""
    found = list(problems)
    for problem in found:
        yield error("policy", str(problem), "Correct it in the file and run `deskgauge policy apply FILE`.")
    if revision is None:
        action = f"Write what the centre decided into {file} and run `deskgauge policy apply {file}`."
        yield warn("policy", "nothing was decided yet: times are UTC, there are no targets, rules and digests", action)
    elif not found:
        yield ok("policy", f"revision {revision}")


def policy_file(file: Path, *, problem: str | None, differs: bool) -> Iterator[Finding]:
    if problem is not None:
        yield warn("policy file", f"{file}: {problem}", "Correct the file; what was applied stays in force.")
    elif differs:
        action = (
            f"`deskgauge policy diff {file}` shows how; apply it, or take over what is in force with `policy export`."
        )
        yield warn("policy file", f"{file} differs from the policy in force", action)
