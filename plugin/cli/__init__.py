"""The command `deskgauge`: arguments in, work handed on, words out; no domain logic."""

from __future__ import annotations

import click

from plugin.cli.data import forward, import_files, import_template, parse, rebuild, replay
from plugin.cli.numbers import digest, kpi, report, rules
from plugin.cli.planning import staffing, why_command
from plugin.cli.policy import policy
from plugin.cli.process import demo, migrate_schema, serve, web, work
from plugin.cli.setup import connect, doctor, init, manifest, secret, token, user
from plugin.cli.surveys import surveys
from plugin.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="deskgauge")
def main() -> None:
    """Contact-centre KPIs, digests and alerts from the webhooks of the help desk and telephony that you already have."""


for command in (
    demo,
    init,
    serve,
    web,
    work,
    migrate_schema,
    doctor,
    connect,
    parse,
    import_files,
    import_template,
    forward,
    report,
    digest,
    rules,
    why_command,
    staffing,
    kpi,
    replay,
    rebuild,
    policy,
    surveys,
    secret,
    user,
    token,
    manifest,
):
    main.add_command(command)
