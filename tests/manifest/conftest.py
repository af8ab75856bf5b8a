from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.cli.data import forward
from plugin.manifest.reading import path
from plugin.release.known import Known, known_to_code


@pytest.fixture
def data() -> dict[str, Any]:
    """The manifest of this release, to be changed."""
    found: dict[str, Any] = json.loads(path().read_text())
    return found


@pytest.fixture(scope="session")
def known() -> Known:
    return known_to_code([option.envvar for option in forward.params if isinstance(option.envvar, str)])
