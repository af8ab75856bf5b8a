"""One number of the release, wherever it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path

from plugin.version import VERSION


def test_the_package_knows_the_version_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION
