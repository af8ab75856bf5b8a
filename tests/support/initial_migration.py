"""`python tests/support/initial_migration.py`: writes the first migration anew from the tables, while no release has used it."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "migrations" / "versions"


def main() -> None:
    from plugin.database import _alembic, open_engine

    for path in VERSIONS.glob("0001*.py"):
        path.unlink()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/empty.db")
        command.revision(_alembic(engine), message="initial", autogenerate=True, rev_id="0001")
        engine.dispose()
    (written,) = VERSIONS.glob("0001*.py")
    text = re.sub(r"^\s*# ###.*\n", "", written.read_text(), flags=re.MULTILINE)
    written.unlink()
    target = VERSIONS / "0001_initial.py"
    target.write_text(text)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(target)], check=True)


if __name__ == "__main__":
    main()
