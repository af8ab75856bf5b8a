"""The pages in every language: the same texts, each with the same blanks."""

from __future__ import annotations

import re
from datetime import timedelta
from types import ModuleType

import pytest
from busy_centre import NOW
from sample_report import material

from plugin.kpi.catalogue import METRICS
from plugin.kpi.names import MEASURE_NAMES
from plugin.policy.document import Document
from plugin.web.locales import en, lv, ru, zh
from plugin.web.tiles import tile
from plugin.web.wording import ago, say


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}|(`[^`]*`)", text))


@pytest.mark.parametrize("language", [lv, ru, zh], ids=lambda each: each.__name__[-2:])
def test_every_language_says_everything_with_the_same_blanks(language: ModuleType) -> None:
    assert list(language.TEXTS) == list(en.TEXTS)
    for key, text in en.TEXTS.items():
        assert blanks(language.TEXTS[key]) == blanks(text), key


def test_every_part_of_every_formula_has_words() -> None:
    parts = {part for metric in METRICS.values() for part in {**metric.numerator, **(metric.denominator or {})}}
    assert parts <= set(MEASURE_NAMES)


def test_how_long_ago() -> None:
    assert ago(None, NOW, "en") == "never"
    assert ago(NOW - timedelta(seconds=3), NOW, "en") == "just now"
    assert ago(NOW - timedelta(minutes=3), NOW, "en") == "3 min ago"
    assert ago(NOW - timedelta(minutes=3), NOW, "lv") == "pirms 3 min"


def test_a_region_does_not_matter() -> None:
    assert say("today", "zh-CN") == "今天"
    assert say("today", "xx") == "Today"


def test_a_year_that_ends_in_a_full_stop_ends_the_sentence() -> None:
    said = say("compared_with", "ru", period="2026 г.", previous="2025 г.")
    assert said == "2026 г. в сравнении с периодом: 2025 г."


def test_a_tile_has_the_volume_per_business_day_where_the_periods_differ_in_them() -> None:
    assert tile("offered", material(days=(5, 4)), Document()).per_day == "222.4 per business day, −10.1%"
    assert tile("abandonment_rate", material(days=(5, 4)), Document()).per_day == ""
    assert tile("offered", material(), Document()).per_day == ""
