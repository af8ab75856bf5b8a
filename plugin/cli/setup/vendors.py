"""Commands about the vendors' side: connect, disconnect, secret."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from time import sleep

import click

from plugin.cli.policy import known
from plugin.cli.setup.asking import hidden_value
from plugin.cli.setup.telling import told
from plugin.cli.terminal import installation, progress_bar, read_settings
from plugin.connecting.registering import RegistrationProblem
from plugin.connecting.source import ConnectError
from plugin.connecting.source import connect as connect_source
from plugin.connecting.there import made_there, unmade
from plugin.connecting.waiting import look, wait
from plugin.contract.adapter import Adapter
from plugin.installation import Installation, now
from plugin.normalise.registry import AdapterError
from plugin.normalise.sources import settings_of, variable, vault_name
from plugin.policy.problems import PolicyError
from plugin.policy.vault import VaultError

#: how long a delivery is waited for that the vendor was asked to send
FOR_A_TEST_S = 30.0


@contextmanager
def _opened() -> Iterator[Installation]:
    with installation() as opened:
        try:
            yield opened
        except (AdapterError, ConnectError, PolicyError, RegistrationProblem, VaultError) as error:
            raise click.ClickException(str(error)) from None


@click.command()
@click.argument("vendor")
@click.option("--source", help="Name of the source, part of its address; by default that of the vendor.")
@click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A setting of the adapter, kept in the policy."
)
@click.option("--by-hand", is_flag=True, help="Make nothing at the vendor's side, only say what to enter there.")
@click.option("--wait", "seconds", type=click.FloatRange(min=0), help="Wait so many seconds for the first delivery.")
@click.option("--author", default=lambda: os.environ.get("USER") or getpass.getuser(), help="Who decided it.")
def connect(
    vendor: str, source: str | None, pairs: tuple[str, ...], by_hand: bool, seconds: float | None, author: str
) -> None:
    """Add a vendor as a source, and make its webhook there or say what to enter there.

    The webhook is made where the vendor's API allows it and its login is entered. Run again, this checks it and says so again.
    """
    with _opened() as opened:
        adapter, begun_at = _adapter(opened, vendor), now()
        settings = read_settings(adapter, pairs)
        found = connect_source(
            opened, adapter, source or adapter.key, settings, author=author, at=begun_at, known=known(opened)
        )
        there = None if by_hand else made_there(opened, found, begun_at)
        click.echo(told(found, there, can_store=opened.config.secret_key is not None))
        if seconds is None:
            seconds = FOR_A_TEST_S if there is not None and there.is_tested else 0
        if found.url and seconds:
            click.echo(_awaited(opened, found.source, begun_at, seconds))


def _awaited(opened: Installation, source: str, since: datetime, seconds: float) -> str:
    with progress_bar("Waiting for the first delivery") as bar:
        for waited in wait(lambda: look(opened, source, since), seconds, sleep):
            bar(round(waited), round(seconds))
    seen = look(opened, source, since)
    if seen is None:
        return f"Nothing came within {seconds:g} s. Is `deskgauge serve` running, and can the vendor reach it?"
    if seen.refused is not None:
        raise click.ClickException(f"A delivery came and was refused: {seen.refused}")
    return f"The first delivery came at {seen.at:%H:%M:%S} UTC and was accepted."


@click.command()
@click.argument("source")
@click.option("--forget", is_flag=True, help="Remove nothing at the vendor's side, where its API no longer lets us in.")
def disconnect(source: str, forget: bool) -> None:
    """Remove at the vendor's side what connect made there. The source and what it told stay, and count on."""
    with _opened() as opened:
        things = unmade(opened, source, forget=forget)
    if forget:
        click.echo("Forgotten. What was made at the vendor's side stays there until somebody removes it.")
    else:
        names = ", ".join(f"{thing.kind} {thing.id}" for thing in things) or "nothing, it was gone"
        click.echo(f"Removed at the vendor's side: {names}. The source stays in the policy; what it told counts on.")


def _adapter(opened: Installation, key: str) -> Adapter:
    if key in opened.adapters:
        return opened.adapters[key]
    close = get_close_matches(key, opened.adapters, n=1)
    hint = f"did you mean {close[0]}?" if close else f"choose from {', '.join(opened.adapters)}"
    raise click.BadParameter(
        f"{key!r} is not an adapter; {hint} Any other system that can send JSON: `deskgauge connect generic`.",
        param_hint="VENDOR",
    )


@click.group()
def secret() -> None:
    """Secrets of sources, kept encrypted in the database."""


@secret.command("set")
@click.argument("name")
def set_secret(name: str) -> None:
    """Store a secret such as source.zendesk.secret; asks for it, or reads it from standard input.

    Two values separated by a space are both valid, while the vendor's side is changed over.
    """
    with _opened() as opened:
        _require_setting(opened, name)
        opened.vault.put(name, hidden_value(name))
    click.echo(f"{name} is stored. Running processes take it over within seconds.")


def _require_setting(opened: Installation, name: str) -> None:
    """A name that no source reads would be stored in vain."""
    names = {
        vault_name(source.name, setting.key): variable(source.name, setting.key)
        for source in opened.sources.values()
        for setting in settings_of(source.adapter)
        if setting.secret
    }
    if name not in names:
        known = "; add a source with `deskgauge connect VENDOR` first"
        if names:
            known = f"; choose from {', '.join(sorted(names))}"
        raise click.BadParameter(f"{name!r} is not a secret of a source{known}", param_hint="NAME")
    if names[name] in os.environ or f"{names[name]}_FILE" in os.environ:
        click.echo(f"Note: {names[name]} is set in the environment, and wins over what is stored.", err=True)


@secret.command("delete")
@click.argument("name")
def delete_secret(name: str) -> None:
    """Forget a stored secret."""
    with _opened() as opened:
        if not opened.vault.delete(name):
            raise click.ClickException(f"nothing is stored as {name}; `deskgauge secret list` names what is")
    click.echo(f"{name} is forgotten.")


@secret.command("list")
def list_secrets() -> None:
    """Name the stored secrets; never their values."""
    with _opened() as opened:
        names = opened.vault.names()
    click.echo("\n".join(names) or "None is stored.")
