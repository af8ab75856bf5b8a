"""Commands about who may come in: user, token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import Row

from plugin.cli.setup.asking import hidden_value
from plugin.cli.terminal import installation
from plugin.installation import Installation, now
from plugin.web import accounts, tokens
from plugin.web.tables import Role, Scope

ROLE = click.Choice([role.value for role in Role])


@contextmanager
def _opened() -> Iterator[Installation]:
    with installation() as opened:
        try:
            yield opened
        except accounts.AccountError as error:
            raise click.ClickException(str(error)) from None


@click.group()
def user() -> None:
    """People who may open the pages."""


@user.command("create")
@click.argument("name")
@click.option("--role", type=ROLE, default=Role.VIEWER.value, show_default=True, help="Each may what those before may.")
def create_user(name: str, role: str) -> None:
    """Add a person; asks for a password, or reads it from standard input."""
    with _opened() as opened:
        made = accounts.create_user(opened.engine, name, hidden_value("Password", confirm=True), role, now())
    click.echo(f"{made.name} may log in as {made.role.value}.")


@user.command("list")
def list_users() -> None:
    """Name everybody with role and last login."""
    with _opened() as opened:
        rows = accounts.users(opened.engine)
    for row in rows:
        state = "" if row.active else "  switched off"
        click.echo(f"{row.name:24} {row.role:11} last login {_day(row.last_login_at)}{state}")
    if not rows:
        click.echo("Nobody yet: the pages open on this machine only. Add somebody with `deskgauge user create NAME`.")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Give a person another password and end all sessions."""
    with _opened() as opened:
        accounts.set_password(opened.engine, name, hidden_value("New password", confirm=True))
    click.echo(f"{name} has a new password; open sessions have ended.")


@user.command()
@click.argument("name")
@click.argument("role", type=ROLE)
def role(name: str, role: str) -> None:
    """Give a person another role."""
    with _opened() as opened:
        accounts.set_role(opened.engine, name, role)
    click.echo(f"{name} is {role} now.")


@click.group()
def token() -> None:
    """Tokens of programs and television screens."""


@token.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    default=(Scope.READ.value,),
    show_default=True,
    help="What it opens: the API, the metrics, or the wall.",
)
@click.option("--days", type=click.IntRange(min=1, max=3650), help="How long it is valid; without it, until revoked.")
def create_token(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token and show it, once."""
    at = now()
    with _opened() as opened:
        made = tokens.create_token(opened.engine, name, scopes, at, at + timedelta(days=days) if days else None)
        wall = f"{opened.config.base_url}/wall/{made}"
    click.echo(made)
    if Scope.WALL.value in scopes:
        click.echo(f"Open {wall} on the screen.", err=True)
    click.echo("It cannot be shown again.", err=True)


@token.command("list")
def list_tokens() -> None:
    """Name every token with its beginning, scopes and last use."""
    with _opened() as opened:
        rows = tokens.tokens(opened.engine)
    for row in rows:
        click.echo(f"{row.hint}…  {row.name:24} {row.scopes:14} last used {_day(row.last_used_at)}{_end(row)}")
    if not rows:
        click.echo("There are none; `deskgauge token create NAME` makes one.")


def _end(row: Row[Any]) -> str:
    if row.revoked_at:
        return f"  revoked {_day(row.revoked_at)}"
    return f"  valid until {_day(row.expires_at)}" if row.expires_at else ""


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d}"


@token.command()
@click.argument("name_or_beginning")
def revoke(name_or_beginning: str) -> None:
    """Make a token useless."""
    with _opened() as opened:
        number = tokens.revoke_token(opened.engine, name_or_beginning, now())
    if not number:
        raise click.ClickException(f"no live token has the name or beginning {name_or_beginning}; see `token list`")
    click.echo("Revoked.")
