"""What the program has is in the documentation, and what the documentation names is in the program."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from doc_pages import DOCS, ROOT, blocks, pages
from sqlmodel import SQLModel

from plugin.cli import main
from plugin.cli.terminal import subcommands
from plugin.config import APPRISE, WEBHOOK
from plugin.contract.event import Kind
from plugin.normalise.registry import adapters
from plugin.policy.text import parse

TEXT = "\n".join(page.read_text() for page in pages())
#: set by a process for its own children
INTERNAL = {"DESKGAUGE_APP_FACTORY"}


def source(name: str) -> str:
    return (ROOT / name).read_text()


def project() -> dict[str, object]:
    return tomllib.loads(source("pyproject.toml"))


# -- commands


def commands(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in subcommands(group).items():
        yield path + name, command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_documented(name: str) -> None:
    group, _, last = name.rpartition(" ")
    row = rf"`(?:deskgauge )?{group} [^|\n]*`{last}\b" if group else rf"`deskgauge [^|\n]*`{last}\b"
    assert re.search(rf"`(?:deskgauge )?{re.escape(name)}\b", TEXT) or re.search(row, TEXT)


def typed() -> Iterator[tuple[str, str]]:
    """(page, line) of every `deskgauge …` in a shell block."""
    for page in pages():
        for block in blocks(page.read_text(), "sh"):
            for line in block.splitlines():
                if re.match(r"(\S+/)?deskgauge ", line):
                    yield str(page.relative_to(ROOT)), line.partition("  #")[0]


@pytest.mark.parametrize(("page", "line"), list(typed()))
def test_a_command_line_of_a_page_is_one_that_the_program_takes(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = main
    while isinstance(command, click.Group):
        found = subcommands(command).get(words[0])
        assert found, f"{page}: {line}"
        command, words = found, words[1:]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options, f"{page}: {line}"


# -- settings, events, adapters, tables, metrics


def test_every_setting_is_in_the_table_of_settings() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "plugin").rglob("*.py"))
    names = set(re.findall(r'"((?:DESKGAUGE|SLACK|SMTP)_[A-Z_]+[A-Z])"', code)) - INTERNAL
    assert "DESKGAUGE_DATABASE_URL" in names
    operations = (DOCS / "operations.md").read_text()
    assert [name for name in sorted(names) if not re.search(rf"`{name}`", operations)] == []


def test_every_setting_of_the_pages_is_read_by_the_program() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "plugin").rglob("*.py"))
    named = set(re.findall(r"\b(?:DESKGAUGE|SLACK|SMTP)_[A-Z_]+[A-Z]\b", TEXT))
    unread = {name.removesuffix("_FILE") for name in named if name.removesuffix("_FILE") not in code}
    assert {name for name in unread if not name.startswith(("DESKGAUGE_SOURCE_", WEBHOOK, APPRISE))} == set()


def test_every_kind_of_event_is_defined() -> None:
    page = (DOCS / "events.md").read_text()
    assert [kind.value for kind in Kind if f"`{kind.value}`" not in page and f"# {kind.value} " not in page] == []


@pytest.mark.parametrize("key", list(adapters()))
def test_every_adapter_has_a_page_with_its_settings(key: str) -> None:
    page = (DOCS / "adapters" / f"{key}.md").read_text()
    assert f"docs/adapters/{key}.md" in source("README.md")
    assert [setting.key for setting in adapters()[key].settings if f"`{setting.key}`" not in page] == []


def test_every_table_has_its_stage() -> None:
    for module in re.findall(r'"(plugin\.[\w.]+)"', source("migrations/env.py")):
        importlib.import_module(module)
    page = (DOCS / "architecture.md").read_text()
    assert [name for name in sorted(SQLModel.metadata.tables) if f"`{name}`" not in page] == []


def test_every_stage_of_the_house_is_on_the_map() -> None:
    page = (DOCS / "architecture.md").read_text()
    folders = {path.parent.name for path in (ROOT / "plugin").glob("*/__init__.py")}
    assert [name for name in sorted(folders) if f"`{name}`" not in page] == []


def test_every_metric_for_prometheus_is_listed() -> None:
    page = (DOCS / "operations.md").read_text()
    names = re.findall(r'"(deskgauge_[a-z_]+)"', source("plugin/web/workload.py"))
    assert names
    assert [name for name in names if name not in page and name.removeprefix("deskgauge_deliveries") not in page] == []


# -- the project's files


def dependencies() -> set[str]:
    found = project()["project"]
    groups = project()["dependency-groups"]
    assert isinstance(found, dict)
    assert isinstance(groups, dict)
    lists = [found["dependencies"], *found["optional-dependencies"].values(), *groups.values()]
    return {re.split(r"[\[<>=!~; ]", line)[0] for each in lists for line in each}


def test_every_dependency_says_why_it_and_not_another() -> None:
    page = (DOCS / "decisions" / "0001-dependencies.md").read_text()
    rows = re.findall(r"^\| (`[^|]+) \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == dependencies()


def test_every_decision_is_in_the_list() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text()
    numbered = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert numbered
    assert [name for name in numbered if f"({name})" not in listed] == []


def test_the_two_commands_come_first_and_are_targets() -> None:
    first, second, *_ = blocks(source("README.md"), "sh")
    assert (first, second) == ("make demo\n", "make test\n")


def test_every_make_target_of_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", source("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", TEXT)) | set(re.findall(r"^make ([a-z-]+)", TEXT, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_the_machine_that_builds_uses_the_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "make test" in script.read_text()


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    released = re.findall(r"^## \[(\d[^\]]*)\]", source("CHANGELOG.md"), re.MULTILINE)
    found = project()["project"]
    assert isinstance(found, dict)
    assert released[0] == found["version"]


def test_the_policies_of_the_quick_start_can_be_applied() -> None:
    first, second = blocks((DOCS / "quick-start.md").read_text(), "toml")
    assert parse(first + second).digests["daily"].channels == ("leads",)


# -- links


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target
