"""The pages about alerts and digests say what the program does."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sample_report import MONDAY, TODAY, whole

from plugin.alert.rule import watch
from plugin.alert.state import Episode, Notice, NoticeKind, Status
from plugin.alert.wording import ended_words, fired_words, title
from plugin.kpi.metric import Measurement
from plugin.policy.document import Document
from plugin.policy.references import check
from plugin.report.advice.rules import RULES
from plugin.report.render_json import report_json

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text()


def example(name: str) -> Document:
    found = re.search(r"```toml\n(.*?)```", page(name), re.S)
    assert found
    return Document.model_validate(tomllib.loads(found[1]))


@pytest.mark.parametrize("name", ["alerts.md", "digests.md"])
def test_the_example_is_a_policy_that_would_be_accepted(name: str) -> None:
    check(example(name))


def test_every_status_is_explained() -> None:
    for status in Status:
        assert f"| `{status}` |" in page("alerts.md")


def test_the_quoted_messages_are_the_real_ones() -> None:
    document = example("alerts.md")
    watched = watch("support_abandonment", document.rules["support_abandonment"], document)
    opened = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
    bad, worst, good = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (21, 51), (4, 50)))
    fired = Notice(
        kind=NoticeKind.FIRED,
        at=opened + timedelta(minutes=5),
        reading=bad,
        episode=Episode(opened_at=opened, peak=bad),
    )
    over = Notice(
        kind=NoticeKind.RECOVERED,
        at=opened + timedelta(minutes=42),
        reading=good,
        episode=Episode(opened_at=opened, peak=worst),
    )
    alert = fired_words(watched, fired)
    assert f"{alert.title}\n{alert.detail}" in page("alerts.md")
    assert f"{title(watched, over)}\n{ended_words(watched, over, alert).detail}" in page("alerts.md")


def test_every_rule_of_advice_is_stated() -> None:
    for name in RULES:
        assert f"| `{name}` |" in page("digests.md")


def test_every_part_of_the_json_form_is_named() -> None:
    for key in report_json(whole(MONDAY, TODAY)):
        assert f'"{key}"' in page("digests.md")
