"""Everything that Slack gets against the types of its own npm package; `make slack-types` installs what it needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import slack_requests
from busy_centre import DOCUMENT, NOW, fill
from every_message import LANGUAGES, every_message

from plugin.database import migrate, open_engine
from plugin.notify.slack_blocks import slack_blocks
from plugin.policy.document import Document
from plugin.web.slack.behind import behind_alert
from plugin.web.slack.command import answer_to, command_of
from plugin.web.slack.desk import SlackApp
from plugin.web.slack.home import home_view

TOOLS = Path(__file__).parents[2] / ".tools" / "slack-types"
COMMANDS = ("", "csat last week", "occupancy", "servise level", "csat last fortnight", "help")
TSC = ("node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--module", "nodenext")
#: name --> the TypeScript type and the value
Constants = Mapping[str, tuple[str, Any]]


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None or not (TOOLS / TSC[0]).is_file():
        pytest.skip("Node 20 and `make slack-types` are needed")
    return found


def problems(node: str, constants: Constants, folder: Path) -> list[str]:
    """What the compiler says of the values as literals, whose every property must be known."""
    lines = ['import type { HomeView, KnownBlock } from "@slack/types";']
    for number, (name, (kind, value)) in enumerate(constants.items()):
        lines.append(f"// {name}\nexport const c{number}: {kind} = {json.dumps(value, ensure_ascii=False)};")
    # Beside the packages, where the compiler looks for them.
    file = TOOLS / f"{folder.name}.ts"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        command = [node, *TSC, file.name]
        done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    finally:
        file.unlink()
    return done.stdout.splitlines()


def everything(folder: Path) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    engine = open_engine(f"sqlite:///{folder / 'centre.db'}")
    migrate(engine)
    fill(engine)
    for language in LANGUAGES:
        for name, message in every_message(language).items():
            found[f"{language} {name}"] = ("KnownBlock[]", slack_blocks(message))
        app = app_of(engine, DOCUMENT.model_copy(update={"language": language}))
        found.update((f"{language} {name}", constant) for name, constant in answers(app))
    engine.dispose()
    return found


def app_of(engine: Any, document: Document) -> SlackApp:
    return SlackApp(
        engine=engine, signing_secret=None, document=lambda: document, now=lambda: NOW, base_url="https://g.example.com"
    )


def answers(app: SlackApp) -> Iterator[tuple[str, tuple[str, Any]]]:
    yield "home", ("HomeView", home_view(app, "U0ANNA", "Snoozed."))
    yield "what is behind an alert", ("KnownBlock[]", slack_blocks(behind_alert(app, 1, "U0ANNA")))
    for text in COMMANDS:
        command = command_of(slack_requests.command(text))
        yield f"/deskgauge {text}", ("KnownBlock[]", slack_blocks(answer_to(app, command)))


def test_everything_that_slack_gets_is_of_its_types(node: str, tmp_path: Path) -> None:
    constants = everything(tmp_path)
    assert problems(node, constants, tmp_path) == []
    kinds = [kind for kind, _ in constants.values()]
    print(f"{len(constants)} checked: {kinds.count('KnownBlock[]')} messages, {kinds.count('HomeView')} Home tabs")  # noqa: T201
    assert len(constants) >= 80


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("KnownBlock[]", [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"}]),
        ("KnownBlock[]", [{"type": "section", "text": {"type": "mrkdwn", "text": 7}}]),
        ("KnownBlock[]", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
        ("KnownBlock[]", [{"type": "poster"}]),
        ("HomeView", {"type": "home", "blocks": [], "title": "x"}),
    ],
    ids=["unknown field", "wrong type", "wrong text object", "unknown block", "unknown field of a view"],
)
def test_what_is_not_of_its_types_is_found(node: str, kind: str, value: Any, tmp_path: Path) -> None:
    (first, *_) = problems(node, {"wrong": (kind, value)}, tmp_path)
    # in our file, and about the type of a value or a property that the type does not have
    assert re.match(rf"{tmp_path.name}\.ts\(3,\d+\): error TS2(322|353|418|820)\b", first), first
