"""The tables of vendors' rules are made of what we measure, and say where they are from."""

from __future__ import annotations

import pytest
from doc_pages import DOCS

from plugin.kpi.catalogue import METRICS
from plugin.kpi.measures import MEASURES
from plugin.kpi.metric import Metric
from plugin.kpi.whole import WHOLE_MEASURES
from plugin.normalise.registry import adapters
from plugin.report.reconcile import WAYS
from plugin.report.vendor_file import reconcilable
from plugin.report.vendor_rules import NOT_KNOWN, USUAL, VENDORS, Rule, vendor_of

RULES = [pytest.param(rule, id=f"{key} {rule.kpi} {rule.screen}") for key, one in VENDORS.items() for rule in one.rules]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_made_of_sums_that_there_are_and_has_a_source(rule: Rule) -> None:
    assert reconcilable(rule.kpi)
    made = METRICS[rule.made] if isinstance(rule.made, str) else rule.made
    if made is None:
        assert (rule.says == NOT_KNOWN) is (rule.source == "")
        return
    assert rule.says != NOT_KNOWN
    assert rule.source
    assert {*made.numerator, *(made.denominator or {})} <= {*MEASURES, *WHOLE_MEASURES}
    assert (made.unit, made.denominator is None) == (METRICS[rule.kpi].unit, METRICS[rule.kpi].denominator is None)


@pytest.mark.parametrize("key", VENDORS)
def test_rules_of_one_kpi_are_told_apart_and_statements_have_sources(key: str) -> None:
    vendor = VENDORS[key]
    assert len({(rule.kpi, rule.screen) for rule in vendor.rules}) == len(vendor.rules)
    for said in (vendor.period, vendor.empty, vendor.hours):
        assert (said.says == NOT_KNOWN) is (said.source == "")


def test_a_vendor_with_a_table_is_held_against_it_and_others_are_not_guessed() -> None:
    known = set(adapters())
    assert set(USUAL) <= known
    assert known & set(VENDORS) <= set(USUAL)
    for key in known - set(USUAL):
        assert all(rule.made is None for rule in vendor_of(key).rules), key


def test_readings_of_a_kpi_have_its_unit() -> None:
    for kpi, ways in WAYS.items():
        for made in ways.values():
            metric = made if isinstance(made, Metric) else METRICS[made]
            assert metric.unit is METRICS[kpi].unit


@pytest.mark.parametrize("key", VENDORS)
def test_the_page_has_a_row_for_every_vendor(key: str) -> None:
    assert f"\n| `{key}` | " in (DOCS / "reconcile.md").read_text()
