"""The command that lists what sources call agents and queues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import click

from plugin.cli.terminal import installation
from plugin.database import reading
from plugin.facts.called import Called, look_alikes, names_in_use
from plugin.policy.problems import key_path

_TABLES = ("agents", "queues")


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def names(form: str) -> None:
    """List the agents and queues that sources name, and propose aliases for names that look alike."""
    with installation() as opened, reading(opened.engine) as connection:
        found = {table: names_in_use(connection, table) for table in _TABLES}
    alike = {table: look_alikes(each) for table, each in found.items()}
    if form == "json":
        shown = {"names": {table: list(map(_json, each)) for table, each in found.items()}, "alike": alike}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for table in _TABLES:
        click.echo(f"{table.capitalize()}:")
        for line in _lines(found[table]):
            click.echo(f"  {line}")
    if any(alike.values()):
        click.echo("\nThese look alike. Where they are the same, put into the policy:\n")
        for table in _TABLES:
            for line in _proposal(table, alike[table]):
                click.echo(line)


def _lines(found: Sequence[Called]) -> Iterator[str]:
    for name, uses in groupby(found, key=lambda one: one.name):
        told = [f"{one.source} ({one.facts} facts{_last(one)})" for one in uses]
        yield f"{name}: {', '.join(told)}"
    if not found:
        yield "none yet"


def _last(one: Called) -> str:
    return f", last {one.last_at:%Y-%m-%d}" if one.last_at else ""


def _proposal(table: str, alike: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[str]:
    for name, spellings in alike.items():
        yield f"[{key_path('aliases', table, name)}]"
        for source, given in spellings.items():
            yield f"{source} = {json.dumps(list(given), ensure_ascii=False)}"
        yield ""


def _json(one: Called) -> dict[str, object]:
    last = one.last_at.isoformat() if one.last_at else None
    return {"name": one.name, "source": one.source, "facts": one.facts, "last_at": last}
