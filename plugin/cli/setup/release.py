"""The command `manifest`: what this release is, checked against its code, and what is made from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from plugin.cli.terminal import subcommands
from plugin.config import load
from plugin.manifest.document import Manifest
from plugin.manifest.environment import env_example
from plugin.manifest.reading import ManifestError, parse, path
from plugin.manifest.slack import slack_manifest
from plugin.policy.problems import Problem
from plugin.release.files import made_files, schema_text

if TYPE_CHECKING:
    from plugin.release.known import Known


_SOCKET = """\
This app uses Socket Mode, which needs no address that Slack can reach: under Basic Information make an app-level token with the
scope connections:write, and set SLACK_APP_TOKEN to it. For HTTP instead, set DESKGAUGE_BASE_URL to an https address first."""


def _read(text: str | None = None) -> Manifest:
    file = path()
    try:
        return parse(file.read_text(encoding="utf-8") if text is None else text)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}. Install Deskgauge again.") from None
    except ManifestError as error:
        raise click.ClickException(f"{file}:\n{error}") from None


@click.group()
def manifest() -> None:
    """What this release knows and every installation shares."""


@manifest.command()
@click.option(
    "--update", is_flag=True, help="In a checkout: take over what the code says, and write what is made of it."
)
@click.pass_context
def check(context: click.Context, update: bool) -> None:
    """Compare the manifest with the code, in both directions."""
    # They load the whole application, which other commands need not wait for.
    from plugin.release.check import differences
    from plugin.release.known import known_to_code

    known = known_to_code(_variables(context.find_root().command))
    if update:
        _update(known)
    found = _read()
    problems = [*differences(found, known), *_outdated(found, known)]
    if problems:
        lines = "\n".join(str(problem) for problem in problems)
        raise click.ClickException(f"{path()} and the code do not agree:\n{lines}")
    click.echo(f"{found.name} {found.version}: manifest and code agree.")


def _variables(command: click.Command) -> Iterator[str]:
    """The variables of the environment that options of commands are read from."""
    for each in command.params:
        if isinstance(each.envvar, str):
            yield each.envvar
    if isinstance(command, click.Group):
        for inner in subcommands(command).values():
            yield from _variables(inner)


def _update(known: Known) -> None:
    from plugin.release.update import rendered, taken_over

    if known.root is None:
        raise click.UsageError("--update is for a checkout of the project; here it is installed.")
    text = rendered(taken_over(json.loads(path().read_text(encoding="utf-8")), known))
    found = _read(text)
    path().write_text(text, encoding="utf-8")
    for name, content in made_files(found, known.root).items():
        (known.root / name).write_text(content, encoding="utf-8")


def _outdated(found: Manifest, known: Known) -> Iterator[Problem]:
    """Files of a checkout that are not what would be made now."""
    if known.root is None:
        return
    for name, content in made_files(found, known.root).items():
        file = known.root / name
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            yield Problem(path=name, text="is out of date; run `deskgauge manifest check --update`")


@manifest.command("schema")
def show_schema() -> None:
    """Print the JSON schema of manifest.json."""
    click.echo(schema_text(), nl=False)


@manifest.command()
def env() -> None:
    """Print the settings as an environment file."""
    click.echo(env_example(_read()), nl=False)


@manifest.command()
@click.option("--socket", is_flag=True, help="Socket Mode, although DESKGAUGE_BASE_URL is an https address.")
def slack(socket: bool) -> None:
    """Print the manifest of the Slack app: api.slack.com/apps, Create New App, From a manifest."""
    base_url = load().base_url
    made = slack_manifest(_read(), base_url, socket_mode=socket)
    if made["settings"]["socket_mode_enabled"]:
        click.echo(_SOCKET, err=True)
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))


@manifest.command()
@click.argument("key")
def adapter(key: str) -> None:
    """Print the entry of one adapter."""
    found = _read()
    entry = found.adapter(key)
    if entry is None:
        known = ", ".join(each.id for each in found.adapters)
        raise click.BadParameter(f"{key!r} is not an adapter of this release ({known})", param_hint="KEY")
    click.echo(entry.model_dump_json(indent=2))
