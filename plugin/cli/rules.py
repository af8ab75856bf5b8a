"""Commands about rules: where each stands, and the end of a snooze."""

from __future__ import annotations

import click
from sqlmodel import Session

from plugin.alert.answer import unsnooze_rule
from plugin.alert.standing import standings
from plugin.cli.numbers import rules
from plugin.cli.terminal import installation
from plugin.database import reading, session_scope
from plugin.installation import now


@rules.command("list")
def rules_list() -> None:
    """Say where each rule stands."""
    with installation() as opened, reading(opened.engine) as connection, Session(connection) as session:
        found = standings(session, opened.document, now())
    for each in found:
        click.echo(f"{each.rule}: {each.status}. {each.said}")
    if not found:
        click.echo("There are no rules yet; add [rules.NAME] to the policy.")


@rules.command("unsnooze")
@click.argument("name")
def rules_unsnooze(name: str) -> None:
    """End the snooze of a rule."""
    with installation() as opened:
        if name not in opened.document.rules:
            known = ", ".join(sorted(opened.document.rules)) or "none yet; add [rules.NAME] to the policy"
            raise click.BadParameter(f"{name!r} is not a rule ({known})", param_hint="NAME")
        with session_scope(opened.engine) as session:
            ended = unsnooze_rule(session, opened.document, name, now())
    click.echo(f"{name} tells of everything again." if ended else f"{name} is not snoozed.")
