"""Commands about the vendors' side: connect, secret."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

import click

from plugin.cli.policy import known
from plugin.cli.setup.asking import hidden_value
from plugin.cli.setup.telling import told
from plugin.cli.terminal import installation, read_settings
from plugin.connecting import ConnectError
from plugin.connecting import connect as connect_source
from plugin.contract.adapter import Adapter
from plugin.installation import Installation, now
from plugin.normalise.registry import AdapterError
from plugin.normalise.sources import settings_of, variable, vault_name
from plugin.policy.problems import PolicyError
from plugin.policy.vault import VaultError


@contextmanager
def _opened() -> Iterator[Installation]:
    with installation() as opened:
        try:
            yield opened
        except (AdapterError, ConnectError, PolicyError, VaultError) as error:
            raise click.ClickException(str(error)) from None


@click.command()
@click.argument("vendor")
@click.option("--source", help="Name of the source, part of its address; by default that of the vendor.")
@click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A setting of the adapter, kept in the policy."
)
@click.option("--author", default=lambda: os.environ.get("USER") or getpass.getuser(), help="Who decided it.")
def connect(vendor: str, source: str | None, pairs: tuple[str, ...], author: str) -> None:
    """Add a vendor as a source, and say what to enter at the vendor's side. Run again, it says so again."""
    with _opened() as opened:
        adapter = _adapter(opened, vendor)
        settings = read_settings(adapter, pairs)
        made = connect_source(
            opened, adapter, source or adapter.key, settings, author=author, at=now(), known=known(opened)
        )
        click.echo(told(made, can_store=opened.config.secret_key is not None))


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
