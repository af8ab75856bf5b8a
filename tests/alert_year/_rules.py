"""The rules that the first policy of an installation shows, one set for each queue of the made-up centre.

The bot stands for its channel: its conversations are what is offered there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plugin.cli.setup.health import starter_policy
from plugin.policy.sending import Rule
from plugin.policy.text import parse
from tests.alert_year._centre import Queue


def default_rules(queue: Queue) -> Iterator[tuple[str, Rule]]:
    """As the file has them, with this queue in place of its example."""
    everything = parse(re.sub(r"^#(?! )", "", starter_policy(), flags=re.MULTILINE))
    for name, rule in everything.rules.items():
        if rule.kpi == "offered" or (rule.kpi == "containment") == queue.is_bot:
            yield name, rule
