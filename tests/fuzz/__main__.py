"""Feeds adapters with random bodies made from their recorded deliveries; whatever is raised but a clear refusal ends with 1.

python -m tests.fuzz [--bodies 100000] [--seed 1] [vendor ...]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import click
from adapter_fixtures import Fixture, find_adapters, load_fixtures
from rough_handling import random_body, survives, with_odd_header

from plugin.contract.adapter import Adapter
from plugin.contract.request import WebhookRequest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bodies", type=int, default=100_000, help="for each vendor")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("vendors", nargs="*")
    asked = parser.parse_args()
    adapters = find_adapters()
    found = [fuzz(adapters[name], asked.bodies, asked.seed) for name in asked.vendors or adapters]
    return int(any(found))


def fuzz(adapter: Adapter, bodies: int, seed: int) -> int:
    """How many different faults there were; the first body of each is printed."""
    fixtures = [fixture for fixture in load_fixtures(adapter.key) if fixture.request.body]
    if not fixtures:
        click.echo(f"{adapter.key}: no recorded delivery has a body")
        return 0
    shapes: dict[str, list[bytes]] = defaultdict(list)
    for fixture in fixtures:
        shapes[fixture.request.content_type].append(fixture.request.body)
    dice, faults, began = random.Random(f"{adapter.key} {seed}"), set[str](), time.monotonic()
    for _ in range(bodies):
        fixture = dice.choice(fixtures)
        body = random_body(shapes[fixture.request.content_type], dice)
        request = with_odd_header(fixture.request.with_body(body), dice)
        if (fault := _fault(adapter, request, fixture)) is not None and fault not in faults:
            faults.add(fault)
            click.echo(f"{adapter.key}, {fixture.name}: {fault}\n{dict(request.headers)}\n{body!r}\n")
    click.echo(f"{adapter.key}: {bodies} bodies in {time.monotonic() - began:.0f} s, {len(faults)} faults")
    return len(faults)


def _fault(adapter: Adapter, request: WebhookRequest, fixture: Fixture) -> str | None:
    """Where it went wrong."""
    try:
        survives(adapter, request, fixture.settings)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
    return None


if __name__ == "__main__":
    sys.exit(main())
