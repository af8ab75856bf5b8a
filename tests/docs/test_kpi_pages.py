"""The pages of KPIs say what the program computes: formulas, examples, definitions, and no KPI without a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from doc_pages import KPI_PAGES, Example, blocks, examples

from plugin.kpi.attainment import attained
from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT, SERVICE_LEVELS, known_kpis
from plugin.kpi.measure import measured_value
from plugin.kpi.metric import Better, Metric
from plugin.policy.plan import Target

EXAMPLES = list(examples())
PAGES = sorted({key.partition(".")[0] for key in METRICS} | {PLAN_ATTAINMENT.key})
HEADINGS = [
    "Formula",
    "What counts",
    "Period, empty case, adding up",
    "Worked example",
    "Why another system says something else",
]
UNITS = {"count": "count", "ratio": "share", "seconds": "seconds", "money": "money"}
BETTER = {"higher": "higher", "lower": "lower", "neutral": "neither", "band": "band"}


def page(key: str) -> str:
    return (KPI_PAGES / f"{key}.md").read_text()


def formula(metric: Metric) -> str:
    """The formula as the pages write it: sums over sums, milliseconds to seconds at the end."""
    top = _terms(metric.numerator)
    if metric.denominator is not None:
        top = f"{_group(metric.numerator)} / {_group(metric.denominator)}"
    return f"{metric.key} = {top}" + ("" if metric.scale == 1 else " / 1000")


def _terms(parts: Mapping[str, float]) -> str:
    signed = [f"{'-' if factor < 0 else '+'} {name}" for name, factor in parts.items()]
    return " ".join(signed).removeprefix("+ ")


def _group(parts: Mapping[str, float]) -> str:
    return f"({_terms(parts)})" if len(parts) > 1 else _terms(parts)


def test_every_kpi_has_a_page_and_every_page_a_kpi() -> None:
    found = {path.stem for path in KPI_PAGES.glob("*.md")} - {"README"}
    assert found == set(PAGES)


def test_the_overview_names_every_page_and_every_variant() -> None:
    overview = page("README")
    linked = set(re.findall(r"\(([a-z_]+)\.md\)", overview))
    assert linked == set(PAGES)
    assert f"`.{min(SERVICE_LEVELS)}` to `.{max(SERVICE_LEVELS)}`" in overview
    for name in PERCENTILES:
        assert f".{name}`" in overview


@pytest.mark.parametrize("key", PAGES)
def test_a_page_has_the_headings_that_readers_look_for(key: str) -> None:
    assert re.findall(r"^## (.+)$", page(key), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("key", PAGES)
def test_the_line_under_the_title_is_the_definition(key: str) -> None:
    metric = METRICS.get(key, PLAN_ATTAINMENT)
    needs = ", ".join(f"`{name}`" for name in metric.needs)
    expected = (
        f"`{key}` · {UNITS[metric.unit.value]} · better: {BETTER[metric.better.value]} · "
        f"definition {metric.version} · needs {needs}"
    )
    if metric.sketch:
        expected += f" · percentiles `{key}.p50`, `.p90`, `.p95`"
        assert {f"{key}.{name}" for name in PERCENTILES} <= known_kpis()
    assert page(key).splitlines()[1] == expected


@pytest.mark.parametrize("key", [key for key in PAGES if key != PLAN_ATTAINMENT.key])
def test_the_formula_is_that_of_the_catalogue(key: str) -> None:
    metrics = [metric for metric in METRICS.values() if metric.key == key or metric.key.startswith(f"{key}.")]
    if len(metrics) > 1:  # the bare key is the variant that the policy chooses
        metrics = [metric for metric in metrics if metric.key != key]
    (written,) = blocks(page(key), "formula")
    assert written.splitlines() == [formula(metric) for metric in metrics]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.page)
def test_an_example_comes_out_as_written(example: Example) -> None:
    before = example.sums.get("open_before", 0)
    for result in example.results:
        metric = METRICS[result.kpi]
        assert {*metric.numerator, *(metric.denominator or {})} <= set(example.sums)
        measured = measured_value(metric, example.sums)
        value = measured.value
        assert value is not None
        assert value + before == pytest.approx(result.value, abs=result.step)
        if result.denominator is not None:
            assert measured.numerator == pytest.approx(result.numerator)
            assert measured.denominator == result.denominator


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.page)
def test_an_example_gives_no_sum_that_its_formula_does_not_use(example: Example) -> None:
    metrics = [METRICS[result.kpi] for result in example.results]
    used = {name for metric in metrics for name in (*metric.numerator, *(metric.denominator or {}))}
    assert set(example.sums) - used <= {"open_before"}


def test_every_kpi_has_a_worked_example() -> None:
    shown = {result.kpi for example in EXAMPLES for result in example.results}
    assert shown == set(METRICS) - {"service_level"}


def test_the_attainments_of_the_page_come_out_as_written() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\d. to]+) \| ([\d.]+) \| (-?[\d.]+) \|$", page("plan_attainment"), re.MULTILINE)
    assert len(rows) == 8
    for direction, goal, actual, expected in rows:
        low, _, high = goal.partition(" to ")
        wanted = {"low": low, "high": high} if high else {"value": goal}
        target = Target.model_validate(
            {"kpi": "asa", "direction": direction, **{name: float(number) for name, number in wanted.items()}}
        )
        assert attained(float(actual), target, Better.NEUTRAL) == pytest.approx(float(expected), abs=0.005)
