from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from plugin.database import session_scope
from plugin.policy.document import (
    Alerting,
    Campaign,
    Cost,
    Definitions,
    Digest,
    Document,
    EmailTarget,
    LaterHours,
    NamedTarget,
    OpeningHours,
    QueueTerms,
    Rule,
    SelfWatch,
    Sla,
    SlackAccess,
    SlackTarget,
    Source,
    Target,
    Team,
    TicketTerms,
)
from plugin.policy.fields import Part
from plugin.policy.follow_up import FollowUp
from plugin.policy.problems import PolicyError
from plugin.policy.revisions import apply, export
from plugin.policy.text import parse, to_data

PAGE = Path(__file__).parents[2].joinpath("docs", "policy.md").read_text()
EXAMPLES = dict(re.findall(r"^## (.+?)$(?:(?!^## ).)*?^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("heading", EXAMPLES)
def test_an_example_can_be_applied_and_exported(heading: str, engine: Engine) -> None:
    document = parse(EXAMPLES[heading])
    with session_scope(engine) as session:
        apply(session, document, "ann", datetime(2026, 10, 5, tzinfo=UTC))
        assert parse(export(session)) == document


@pytest.mark.parametrize(
    ("heading", "place", "model"),
    [
        ("Calendars", "calendars", OpeningHours),
        ("Teams and campaigns", "teams", Team),
        ("Teams and campaigns", "queues", QueueTerms),
        ("Teams and campaigns", "campaigns", Campaign),
        ("Definitions", "definitions", Definitions),
        ("Tickets", "tickets", TicketTerms),
        ("Tickets", "sla", Sla),
        ("Targets", "targets", Target),
        ("Costs", "costs", Cost),
        ("Sources", "sources", Source),
        ("Rules", "rules", Rule),
        ("Rules", "alerting", Alerting),
        ("Digests", "digests", Digest),
        ("Surveys", "surveys", FollowUp),
        ("Channels", "channels", SlackTarget),
        ("Channels", "channels", EmailTarget),
        ("Channels", "channels", NamedTarget),
        ("Channels", "slack", SlackAccess),
    ],
)
def test_every_key_of_a_part_has_an_example(heading: str, place: str, model: type[Part]) -> None:
    found = to_data(parse(EXAMPLES[heading]))[place]
    entries = (
        [found]
        if model in (Definitions, TicketTerms, Alerting, SlackAccess)
        else list(found.values())
        if isinstance(found, dict)
        else found
    )
    shown = {key for entry in entries for key in entry}
    keys = {field.alias or name for name, field in model.model_fields.items()}
    alternatives = {"fire_below"}
    assert keys - shown <= alternatives


def test_every_key_is_on_the_page() -> None:
    models: list[type[Part]] = [
        Document,
        OpeningHours,
        LaterHours,
        QueueTerms,
        Sla,
        TicketTerms,
        Team,
        Campaign,
        Definitions,
        Target,
        Cost,
        Source,
        Rule,
        Alerting,
        SelfWatch,
        Digest,
        FollowUp,
        SlackAccess,
    ]
    written = set(re.findall(r"[a-z_]+", PAGE))
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert keys - written == set()


def test_the_defaults_on_the_page_are_those_of_the_models() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)` \|", PAGE, re.MULTILINE)
    assert len(rows) >= 15
    samples = {"rules": {"r": {"kpi": "asa", "fire_above": 1.0}}, "targets": [{"kpi": "asa", "value": 1.0}]}
    full = Document.model_validate({**samples, "digests": {"d": {}}, "sla": [{"resolution": {"any": 1}}]}).model_dump(
        mode="json"
    )
    sections = [
        full,
        full["definitions"],
        full["rules"]["r"],
        full["targets"][0],
        full["digests"]["d"],
        full["tickets"],
        full["sla"][0],
    ]
    for key, value in rows:
        said = {"true": True, "false": False}.get(value, value.strip('"'))
        assert said in [
            section[key] if isinstance(section[key], bool) else str(section[key]).replace("'", '"')
            for section in sections
            if key in section
        ]


def test_the_refusals_on_the_page_are_said_so() -> None:
    wrong = (
        '[rules.queue_wrong]\nkpi = "asa"\nfire_above = 0.15\nclear_at = 0.2\n',
        '[channels.ops]\nkind = "slack"\nchannel = "#ops"\n',
        '[digests.d]\nkpis = ["asa", "asaa"]\n',
    )
    said = []
    for text in wrong:
        with pytest.raises(PolicyError) as caught:
            parse(text, known_kpis={"asa"})
        said.append(str(caught.value))
    assert re.findall(r"^```text\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE) == ["\n".join(said)]
