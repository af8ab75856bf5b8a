"""How commands speak: errors with a remedy, progress on long work, settings from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from plugin.config import ConfigError
from plugin.contract.adapter import Adapter
from plugin.database import migrate, schema_state
from plugin.installation import Installation, open_installation
from plugin.policy.localtime import UnknownZone, instant_of, zone

Progress = Callable[[int, int], None]


@contextmanager
def installation(*, upgrade: bool = True) -> Iterator[Installation]:
    """The installation of this environment; its schema is brought up to date first, its connections are closed at the end."""
    try:
        opened = open_installation()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    try:
        current, newest = schema_state(opened.engine)
        if upgrade and current != newest:
            migrate(opened.engine)
        yield opened
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    finally:
        opened.engine.dispose()


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on standard error where a person looks on, else nothing; called with (done, total)."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group by name, imported where they are imported on demand."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def read_settings(adapter: Adapter, pairs: tuple[str, ...]) -> dict[str, str]:
    """`key=value` pairs; the value of a file setting is the file's text."""
    known = {setting.key: setting for setting in adapter.settings}
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key not in known:
            choices = ", ".join(sorted(known)) or "none"
            raise click.BadParameter(
                f"{pair!r}: write key=value with a setting of {adapter.key} ({choices})", param_hint="--set"
            )
        settings[key] = _file_text(value) if known[key].file else value
    return settings


def _file_text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read: {error}", param_hint="--set") from None


def read_moment(text: str, timezone: str, option: str) -> datetime:
    """An ISO date or time; without an offset it is a wall clock of the zone."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
        return instant_of(moment, zone(timezone))
    except UnknownZone as error:
        raise click.BadParameter(f"{timezone!r} {error}", param_hint="--timezone") from None
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a date or time like 2026-10-05 or 2026-10-05T14:00", param_hint=option
        ) from None


def read_pairs(pairs: Iterable[str], option: str) -> dict[str, str]:
    """`NAME=VALUE`, as often as the option was given."""
    parts = [pair.partition("=") for pair in pairs]
    if any(not equals for _, equals, _ in parts):
        raise click.BadParameter("write NAME=VALUE, such as queue=Support", param_hint=option)
    return {name.strip(): value.strip() for name, _, value in parts}
