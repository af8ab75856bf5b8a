"""Commands about the installation itself: init, doctor."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from tzlocal import get_localzone_name

from plugin.cli.policy import known
from plugin.cli.terminal import installation
from plugin.config import ConfigError, installation_key, load
from plugin.doctor.decisions import POLICY_FILE
from plugin.doctor.finding import Finding, Level, as_json, as_text, error, worst
from plugin.installation import Installation, now

_STARTER = Path(__file__).with_name("starter_policy.toml")


@click.command()
def init() -> None:
    """Make the data directory, the database, a key and a first policy file. What is there stays as it is."""
    with installation() as opened:
        config = opened.config
        config.data_dir.mkdir(parents=True, exist_ok=True)
        installation_key(config)
        file = config.policy_file or config.data_dir / POLICY_FILE
        written = _write_policy(file)
        click.echo(_next_steps(opened, file, written=written))


def _write_policy(file: Path) -> bool:
    """False when there is one already."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(starter_policy())
    except FileExistsError:
        return False
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be written ({problem.strerror}); set DESKGAUGE_CONFIG.") from None
    return True


def starter_policy() -> str:
    """With the zone of this machine."""
    text = _STARTER.read_text(encoding="utf-8")
    return text.replace('timezone = "UTC"', f'timezone = "{get_localzone_name() or "UTC"}"')


def _next_steps(opened: Installation, file: Path, *, written: bool) -> str:
    config = opened.config
    steps = [
        f"Decide zone, hours and targets in {file}, then: deskgauge policy apply {file}",
        "Add what sends the webhooks: deskgauge connect VENDOR",
        "Let people in: deskgauge user create NAME --role admin",
        f"Start it: deskgauge serve, and open {config.base_url}/",
        "See whether all is well: deskgauge doctor",
    ]
    if config.secret_key is None:
        steps.insert(0, "To store secrets of vendors, set DESKGAUGE_SECRET_KEY to the output of: openssl rand -hex 32")
    lines = [
        f"Database: {opened.engine.url.render_as_string(hide_password=True)}",
        f"Key: {'DESKGAUGE_SECRET_KEY' if config.secret_key else config.data_dir / 'secret.key'}; keep it with your backups",
        f"Policy: {file}" + ("" if written else " (was there, left as it is)"),
        "",
        "What to do next:",
        *(f"{number}. {step}" for number, step in enumerate(steps, 1)),
    ]
    return "\n".join(lines)


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(form: str) -> None:
    """Look at everything this installation needs; each finding says what to do. Ends with 1 when something is wrong."""
    findings = _findings()
    if form == "json":
        click.echo(json.dumps(as_json(findings), indent=1, ensure_ascii=False))
    else:
        click.echo(as_text(findings))
        click.echo(_summary(findings))
    if worst(findings) is Level.ERROR:
        raise SystemExit(1)


def _findings() -> list[Finding]:
    # It loads the pages and Slack's client, which other commands need not wait for.
    from plugin.doctor.examine import examine

    try:
        config = load()
    except ConfigError as problem:
        return [error("environment", "cannot be read", str(problem))]
    return list(examine(config, os.environ, now, known))


def _summary(findings: list[Finding]) -> str:
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARN for finding in findings)
    if not errors and not warnings:
        return "\nAll is well."
    return f"\n{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}."
