"""Commands about what comes in: parse, import, forward, replay."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from plugin.cli.terminal import installation, progress_bar, read_moment, read_settings
from plugin.contract.adapter import Adapter
from plugin.contract.event import Event
from plugin.contract.payload import BadPayload
from plugin.contract.request import WebhookRequest
from plugin.importing import ImportProblem, import_inputs, import_paths
from plugin.inbox.store import replay as replay_deliveries
from plugin.inbox.tables import State
from plugin.installation import Installation, now
from plugin.normalise.inputs import KINDS, InputKind
from plugin.normalise.registry import adapters
from plugin.work import settle_inbox

#: bad rows that are named
_REASONS = 20
#: names not seen before that are listed
_NAMES = 10


def _adapter(key: str) -> Adapter:
    known = adapters()
    if key not in known:
        raise click.BadParameter(
            f"{key!r} is not an adapter; choose from {', '.join(sorted(known))}", param_hint="ADAPTER"
        )
    return known[key]


@click.command()
@click.argument("adapter")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--headers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Headers, one `Name: value` a line."
)
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A setting of the adapter.")
@click.option("--method", default="POST", show_default=True)
@click.option("--url", default="http://localhost/hooks/test", show_default=True)
def parse(adapter: str, file: Path, headers: Path | None, pairs: tuple[str, ...], method: str, url: str) -> None:
    """Print the events of one raw payload as JSON lines. Nothing is verified and nothing is stored."""
    chosen = _adapter(adapter)
    request = WebhookRequest(
        method=method, url=url, headers=_headers(headers), body=file.read_bytes(), received_at=now()
    )
    try:
        events = chosen.parse(request, read_settings(chosen, pairs))
    except BadPayload as error:
        raise click.ClickException(f"{file}: {error}") from None
    for event in events:
        click.echo(json.dumps(event_json(event), ensure_ascii=False))


def event_json(event: Event) -> dict[str, Any]:
    return {**asdict(event), "kind": event.kind.value, "at": event.at.isoformat(), "data": dict(event.data)}


def _headers(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    lines = [line.partition(":") for line in path.read_text().splitlines() if ":" in line]
    return {name.strip(): value.strip() for name, _, value in lines}


@click.command("import")
@click.argument("adapter")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Name of the source; by default that of the adapter.")
@click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A setting of the adapter, for example mapping=FILE."
)
def import_files(adapter: str, files: tuple[Path, ...], source: str | None, pairs: tuple[str, ...]) -> None:
    """Feed files of an adapter, or rows of a kind of `import-template`, through the path of webhooks. Again is harmless."""
    if adapter in KINDS:
        _import_rows(KINDS[adapter], files, source)
        return
    chosen = _adapter(adapter)
    settings = read_settings(chosen, pairs)
    with installation() as opened:
        try:
            with progress_bar("Importing") as show:
                counts = import_paths(opened, chosen, source or chosen.key, files, settings, now(), show)
        except ImportProblem as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{counts.accepted} accepted, {counts.duplicate} duplicate, {counts.ignored} ignored, {counts.bad} bad")
    for reason in counts.reasons:
        click.echo(f"  {reason}", err=True)
    if counts.bad:
        raise SystemExit(1)


def _import_rows(kind: InputKind, files: tuple[Path, ...], source: str | None) -> None:
    with installation() as opened:
        try:
            with progress_bar("Importing") as show:
                counts = import_inputs(opened, kind, source, files, now(), show)
        except ImportProblem as error:
            raise click.ClickException(str(error)) from None
    dead = f", {counts.dead} dead: `deskgauge replay --dead` reads them once the reason is gone" if counts.dead else ""
    click.echo(f"{counts.accepted} rows accepted, {counts.unchanged} unchanged, {counts.bad} bad{dead}")
    for what, names in counts.unseen.items():
        rest = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        one_or_more = what.removesuffix("s") if len(names) == 1 else what
        click.echo(f"{len(names)} {one_or_more} not seen before: {', '.join(names[:_NAMES])}{rest}")
    for reason in counts.reasons[:_REASONS]:
        click.echo(f"  {reason}", err=True)
    if counts.bad or counts.dead:
        raise SystemExit(1)


@click.command("import-template")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--explain", is_flag=True, help="Say what each column means, on the error output.")
def import_template(kind: str, explain: bool) -> None:
    """Print a CSV file with the header and two made-up rows for `deskgauge import KIND FILE`."""
    columns = KINDS[kind].columns
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KINDS[kind].names)
    for place in (0, 1):
        writer.writerow([column.examples[place] for column in columns])
    if explain:
        for column in columns:
            click.echo(f"{column.name}: {column.help}{' (required)' if column.required else ''}", err=True)


@click.command()
@click.argument("adapter", type=click.Choice(["asterisk"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "url", required=True, help="Address of the source's hook.")
@click.option(
    "--secret", envvar="DESKGAUGE_FORWARD_SECRET", required=True, help="Signing secret; better in the environment."
)
@click.option("--host", help="Name of this exchange; the same in imports and in what is forwarded.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Where the place in the file is kept.")
@click.option("--from-end", is_flag=True, help="On the first run, send only what is written from now on.")
@click.option("--once", is_flag=True, help="Send what is there, then stop.")
def forward(
    adapter: str, file: Path, url: str, secret: str, host: str | None, state: Path | None, from_end: bool, once: bool
) -> None:
    """Follow a queue_log and post it in signed batches; survives rotation and restarts without loss or repeat."""
    from plugin.forward import run_forever

    run_forever(file, url=url, secret=secret, host=host, state_path=state, from_end=from_end, once=once)


@click.command()
@click.option("--source", help="Only deliveries of this source.")
@click.option("--since", help="Received from this time on.")
@click.option("--until", help="Received before this time.")
@click.option("--dead", is_flag=True, help="Only deliveries that could not be read.")
def replay(source: str | None, since: str | None, until: str | None, dead: bool) -> None:
    """Read stored deliveries again with the adapters of this release. Events that are there already stay single."""
    with installation() as opened:
        zone = opened.document.timezone
        count = replay_deliveries(
            opened.engine,
            source=source,
            since=read_moment(since, zone, "--since") if since else None,
            until=read_moment(until, zone, "--until") if until else None,
            states=(State.DEAD,) if dead else (State.DONE, State.IGNORED, State.DEAD),
        )
        _settle(opened, count)
    click.echo(f"{count} deliveries replayed")


def _settle(opened: Installation, count: int) -> None:
    with progress_bar("Replaying") as show:
        settle_inbox(opened, lambda done, _: show(done, count))
