"""The text of `manifest.json` goes in; a checked manifest comes out, or every problem with the path of the bad key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plugin.manifest.document import PUBLIC, SCOPE, SIGNED, Manifest
from plugin.policy.problems import Problem, explain, key_path

NAME = "manifest.json"


class ManifestError(ValueError):
    """The manifest was refused; `problems` holds all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def path() -> Path:
    """In a wheel the file lies inside the package, in a checkout beside it."""
    package = Path(__file__).parents[1]
    inside = package / NAME
    return inside if inside.exists() else package.parent / NAME


@cache
def manifest() -> Manifest:
    """That of this release."""
    return parse(path().read_text(encoding="utf-8"))


def parse(text: str) -> Manifest:
    """Raises `ManifestError`."""
    try:
        data = json.loads(text, object_pairs_hook=_Table)
    except json.JSONDecodeError as error:
        raise ManifestError([Problem(path="", text=f"this is not JSON: {error}")]) from None
    if twice := list(_written_twice(data)):
        raise ManifestError(twice)
    try:
        found = Manifest.model_validate(data)
    except ValidationError as error:
        raise ManifestError(list(explain(error, Manifest))) from None
    if broken := list(_broken(found)):
        raise ManifestError(broken)
    return found


class _Table(dict[str, Any]):
    """An object of JSON that remembers which of its keys were written more than once."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = sorted({key for key in keys if keys.count(key) > 1})


def _written_twice(value: Any, *above: str | int) -> Iterator[Problem]:
    if isinstance(value, _Table):
        for key in value.twice:
            yield Problem(path=key_path(*above, key), text="is written twice; remove one of them")
    parts: Iterable[tuple[str | int, Any]] = list(enumerate(value)) if isinstance(value, list) else []
    for place, inner in value.items() if isinstance(value, dict) else parts:
        yield from _written_twice(inner, *above, place)


def _broken(found: Manifest) -> Iterator[Problem]:
    """Names that are there twice, and those that lead nowhere."""
    for table, key in (
        ("settings", "key"),
        ("settings", "env"),
        ("adapters", "id"),
        ("notifiers", "id"),
        ("kpis", "id"),
        ("jobs", "id"),
        ("pages", "path"),
        ("roles", "id"),
    ):
        yield from _doubles(found, table, key)
    settings = [setting.key for setting in found.settings]
    for place, notifier in enumerate(found.notifiers):
        for number, key in enumerate(notifier.settings):
            if key not in settings:
                text = f'"{key}" is not a setting; write one of {", ".join(settings)}'
                yield Problem(path=key_path("notifiers", place, "settings", number), text=text)
    roles = [role.id for role in found.roles]
    for place, page in enumerate(found.pages):
        if page.permission not in (PUBLIC, SIGNED, *roles) and not page.permission.startswith(SCOPE):
            text = f'"{page.permission}" is not a role; write {PUBLIC}, {SIGNED}, {", ".join(roles)} or {SCOPE}SCOPE'
            yield Problem(path=key_path("pages", place, "permission"), text=text)
    pages, app = {page.path for page in found.pages}, found.slack_app
    for key, path in {"actions": app.actions, "commands": app.commands, "events_to": app.events_to}.items():
        if path not in pages:
            yield Problem(path=f"slack_app.{key}", text=f'"{path}" is not one of the pages; write its path')


def _doubles(found: Manifest, table: str, key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, entry in enumerate(getattr(found, table)):
        name = getattr(entry, key)
        if name in seen:
            yield Problem(path=key_path(table, place, key), text=f'"{name}" is there twice; remove one of them')
        seen.add(name)
