"""`python -m tests.bench [--full] [section …] [SQLite|PostgreSQL] [contacts]`: each section prints measurements and ratios with
their goals; without a name, all. The section `alerts` can measure one database or one number of contacts alone.

A section is a module of this folder with a function `run(report)`.
"""

# ruff: noqa: T201
from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))


def sections() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules([str(HERE)]) if not module.name.startswith("_"))


def main(arguments: list[str]) -> int:
    from tests.bench._report import Report

    known = sections()
    only = tuple(argument for argument in arguments if argument.isdigit() or argument in ("SQLite", "PostgreSQL"))
    wanted = [argument for argument in arguments if argument not in ("--full", *only)]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"No section {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    report = Report(full="--full" in arguments, only=only)
    for name in wanted or known:
        report.section(name)
        importlib.import_module(f"tests.bench.{name}").run(report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
