"""Values that must not be seen: asked of a person, or read from a pipe."""

from __future__ import annotations

import sys

import click


def hidden_value(label: str, *, confirm: bool = False) -> str:
    """Without a terminal the first line of standard input, so that scripts can give it."""
    if sys.stdin.isatty():
        value: str = click.prompt(label, hide_input=True, confirmation_prompt=confirm)
        return value
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise click.ClickException(f"{label}: nothing came on standard input; give it as one line there.")
    return value
