"""No file of the repository holds what belongs to one machine, one network or one person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doc_pages import ROOT, tracked_files

#: written so that this file is not its own first finding
_REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "crates" + ".io",
    "proxy.go" + "lang.org",
)
FORBIDDEN = {
    "a registry's host": re.compile("|".join(re.escape(name) for name in _REGISTRIES)),
    "a path of one machine": re.compile(r"(?<![\w./…>])/(?:ro" + r"ot|wo" + r"rk)/"),
    "a Slack token": re.compile(r"xox[abps]-\d{8,}"),
    "an access key": re.compile(r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bsk_live_\w{16,}"),
    "a token of Deskgauge": re.compile(r"\bdg_[A-Za-z0-9_-]{40,}"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
}
BINARY = {".ttf", ".otf", ".png", ".gz", ".ico", ".woff2"}


def text_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix not in BINARY]


def test_there_is_something_to_look_through() -> None:
    assert len(text_files()) > 100


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a registry's host", "https://files.python" + "hosted.org/packages"),
        ("a path of one machine", '"/ro' + 'ot/project"'),
        ("a Slack token", "xoxb-" + "1" * 12),
        ("a private key", "-----BEGIN RSA PRIVATE" + " KEY-----"),
    ],
)
def test_what_must_not_be_there_would_be_found(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)
