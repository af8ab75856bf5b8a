"""`python -m tests.chaos`: kills the web process and the worker at random moments under load, and checks the promises.

Every acknowledged delivery is there, once; every call is counted once; a rebuild changes nothing; no digest is sent twice or never.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from tests.chaos._storm import storm

    arguments = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    arguments.add_argument("--kills", type=int, default=50, help="for each database")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    broken = []
    for kind in given.database or ("sqlite", "postgresql"):
        outcome = storm(kind, given.kills, given.seed)
        print(f"{kind}: {outcome.summary}", flush=True)
        broken += [f"{kind}: {promise}" for promise in outcome.broken]
    for promise in broken:
        print(f"BROKEN  {promise}")
    print(f"{len(broken)} promises were broken." if broken else "Every promise was kept.")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
