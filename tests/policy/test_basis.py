"""What stored facts and cells were made with: a text that says which part of it changed."""

from __future__ import annotations

import pytest

from plugin.policy.basis import basis_text, changed_parts

NOW = basis_text({"zone": "Europe/Riga", "limit_s": 20, "days": ""})


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        (NOW, {}),
        ("zone=UTC|limit_s=20|days=", {"zone": ("UTC", "Europe/Riga")}),
        ("zone=Europe/Riga|limit_s=20", {"days": (None, "")}),
        (None, {"zone": (None, "Europe/Riga"), "limit_s": (None, "20"), "days": (None, "")}),
        ("an older form", {"zone": (None, "Europe/Riga"), "limit_s": (None, "20"), "days": (None, "")}),
    ],
)
def test_the_parts_that_differ_are_named(before: str | None, changed: dict[str, object]) -> None:
    assert changed_parts(before, NOW) == changed
