"""The HTML of every kind of mail against what caniemail.com knows of mail programs; `make mail-support` installs what it needs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from mail_samples import samples

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools" / "mail-support"
SCRIPT = ROOT / "tests" / "mail_support" / "check.mjs"

#: what a program does not do at all --> why the mail reads well without it
HARMLESS: Mapping[str, str] = {
    "<body> element": "its colour and margin; the outermost table has the same colour",
    "<style> element": "the dark view only; without it the mail is light",
    "@media": "the dark view only; without it the mail is light",
    "aria-hidden attribute": "the line for the list of mails is read aloud, too",
    "border-radius": "corners are square",
    "color-scheme meta tag": "the program chooses how to darken the mail",
    "display:none": "the line for the list of mails is one pixel high and has the colour of the page",
    "height property": "height:auto, which is what the picture has without it",
    "max-height property": "of the hidden line, which Outlook hides by mso-hide",
    "overflow": "of the hidden line, which Outlook hides by mso-hide",
    "white-space": "nowrap of a figure; the attribute nowrap says the same",
}
#: what a program does in part --> why the mail does not use the other part
IN_PART: Mapping[str, str] = {
    **HARMLESS,
    "align attribute": "only of cells, not of tables",
    "background": "only colours",
    "border": "of links as buttons and above the foot; without it they are links and text",
    "display": "only none, inline-block and block",
    "display:none": "no table is hidden",
    "font-size": "only px",
    "font-weight": "only 400 and 600; Outlook shows 600 as bold",
    "lang attribute": "of the page and its table",
    "line-height": "only numbers",
    "margin": "nothing negative; where auto is not known, the table around it centres",
    "max-width": "of a block; Outlook has a table of 600 around it",
    "padding": "of cells; that of links as buttons only makes them larger",
    "role attribute": "only of tables",
    "text-align": "only left and right",
    "text-decoration": "only none",
    "width attribute": "of the picture in pixels, of tables in per cent",
    "width property": "of tables; the picture has the attribute, too",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    sample: str
    client: str
    feature: str
    support: str
    notes: tuple[str, ...]

    @property
    def breaks_reading(self) -> bool:
        return self.feature not in (HARMLESS if self.support == "none" else IN_PART)

    def __str__(self) -> str:
        return f"{self.client}: {self.feature} ({self.support}) in {self.sample} {' '.join(self.notes)}"


def findings(pages: list[tuple[str, str]]) -> list[Finding]:
    """Skips the test where Node or the package is missing."""
    node = shutil.which("node")
    if node is None or not (TOOLS / "node_modules" / "caniemail").is_dir():
        pytest.skip("Node 20 and `make mail-support` are needed")
    command = [node, "--input-type=module", "-e", SCRIPT.read_text(encoding="utf-8")]
    done = subprocess.run(command, cwd=TOOLS, input=json.dumps(pages), capture_output=True, text=True, check=True)
    return [Finding(**{**each, "notes": tuple(each["notes"])}) for each in json.loads(done.stdout)]


def test_every_mail_program_shows_every_kind_of_mail() -> None:
    # The largest digest has nothing that the others lack, and takes as long as all of them.
    found = findings([(each.name, each.html()) for each in samples() if not each.name.startswith("largest")])
    by_client: dict[str, set[str]] = {}
    for each in found:
        by_client.setdefault(each.client, set()).add(f"{each.feature} ({each.support})")
    for client, features in sorted(by_client.items()):
        print(f"{client}: {', '.join(sorted(features))}")  # noqa: T201
    assert len(by_client) >= 14
    assert [str(each) for each in found if each.breaks_reading] == []
    assert set(HARMLESS) == {each.feature for each in found if each.support == "none"}


@pytest.mark.parametrize(
    ("markup", "client", "feature"),
    [
        ('<p style="white-space:pre-line;display:flex">a\nb</p>', "outlook.windows", "display:flex"),
        ('<p style="position:absolute">a</p>', "gmail.desktop-webmail", "position"),
        ('<video src="https://desk.example.org/v.mp4"></video>', "yahoo.ios", "<video> element"),
    ],
)
def test_a_mail_that_a_program_cannot_show_is_found(markup: str, client: str, feature: str) -> None:
    page = f"<!DOCTYPE html><html><body>{markup}</body></html>"
    told = {(each.client, each.feature) for each in findings([("page", page)]) if each.breaks_reading}
    assert (client, feature) in told
