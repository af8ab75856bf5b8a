"""The command `deskgauge`: arguments in, work handed on, words out; no domain logic."""

from __future__ import annotations

from importlib import import_module

import click

from plugin.version import VERSION

#: command → its module and its name there, in the order of the help
COMMANDS = {
    "demo": "plugin.cli.process:demo",
    "init": "plugin.cli.setup.health:init",
    "serve": "plugin.cli.process:serve",
    "web": "plugin.cli.process:web",
    "work": "plugin.cli.process:work",
    "migrate": "plugin.cli.process:migrate_schema",
    "doctor": "plugin.cli.setup.health:doctor",
    "connect": "plugin.cli.setup.vendors:connect",
    "disconnect": "plugin.cli.setup.vendors:disconnect",
    "parse": "plugin.cli.data:parse",
    "import": "plugin.cli.data:import_files",
    "import-template": "plugin.cli.data:import_template",
    "backfill": "plugin.cli.history:backfill",
    "forward": "plugin.cli.data:forward",
    "report": "plugin.cli.numbers:report",
    "digest": "plugin.cli.numbers:digest",
    "published": "plugin.cli.published:published",
    "rules": "plugin.cli.rules:rules",
    "why": "plugin.cli.planning:why_command",
    "staffing": "plugin.cli.planning:staffing",
    "reconcile": "plugin.cli.reconcile:reconcile_command",
    "kpi": "plugin.cli.numbers:kpi",
    "replay": "plugin.cli.data:replay",
    "rebuild": "plugin.cli.rebuilding:rebuild",
    "policy": "plugin.cli.policy:policy",
    "names": "plugin.cli.names:names",
    "returned": "plugin.cli.returned:returned",
    "unsubscribed": "plugin.cli.unsubscribed:unsubscribed",
    "surveys": "plugin.cli.surveys:surveys",
    "secret": "plugin.cli.setup.vendors:secret",
    "user": "plugin.cli.setup.accounts:user",
    "token": "plugin.cli.setup.accounts:token",
    "manifest": "plugin.cli.setup.release:manifest",
}


class OnDemand(click.Group):
    """Imports a command's module when the command is named: processes start in a third of the time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=OnDemand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="deskgauge")
def main() -> None:
    """Contact-centre KPIs, digests and alerts from the webhooks of the help desk and telephony that you already have."""
