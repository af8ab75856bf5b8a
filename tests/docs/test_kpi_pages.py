"""The pages of KPIs say what the program computes: formulas, examples, definitions, and no KPI without a page."""

from __future__ import annotations

import re

import pytest
from doc_pages import KPI_PAGES, ROOT, Example, blocks, examples

from plugin.kpi.attainment import attained
from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT, SERVICE_LEVELS
from plugin.kpi.measure import measured_value
from plugin.kpi.metric import Better
from plugin.policy.plan import Target
from plugin.release.kpi_pages import kpi_pages
from plugin.release.kpi_pages import page as refreshed

EXAMPLES = list(examples())
PAGES = sorted({key.partition(".")[0] for key in METRICS} | {PLAN_ATTAINMENT.key})
ABOUT_ALL = {"README", "coverage"}
HEADINGS = [
    "Formula",
    "What counts",
    "Period, empty case, adding up",
    "Worked example",
    "Why another system says something else",
]


def page(key: str) -> str:
    return (KPI_PAGES / f"{key}.md").read_text()


def test_every_kpi_has_a_page_and_every_page_a_kpi() -> None:
    found = {path.stem for path in KPI_PAGES.glob("*.md")} - ABOUT_ALL
    assert found == set(PAGES)


def test_the_overview_names_every_page_and_every_variant() -> None:
    overview = page("README")
    linked = set(re.findall(r"\(([a-z_]+)\.md\)", overview))
    assert linked - ABOUT_ALL == set(PAGES)
    assert f"`.{min(SERVICE_LEVELS)}` to `.{max(SERVICE_LEVELS)}`" in overview
    for name in PERCENTILES:
        assert f".{name}`" in overview


@pytest.mark.parametrize("key", PAGES)
def test_a_page_has_the_headings_that_readers_look_for(key: str) -> None:
    assert re.findall(r"^## (.+)$", page(key), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("path", [f"docs/kpi/{key}.md" for key in [*PAGES, "README"]])
def test_what_a_page_repeats_of_the_catalogue_is_up_to_date(path: str) -> None:
    """Otherwise run `deskgauge manifest check --update`."""
    assert (ROOT / path).read_text() == kpi_pages(ROOT)[path]


def test_the_head_of_a_page_is_the_definition_with_its_names() -> None:
    assert page("talk_time").splitlines()[1:5] == [
        "# Average talk time",
        "`talk_time` · seconds · better: neither · definition 1 · needs `talk` · percentiles `talk_time.p50`, `.p90`, `.p95`",
        "",
        "Latvian: Vidējais sarunas laiks · Russian: Среднее время разговора · Chinese: 平均通话时长",
    ]


def test_the_formula_of_a_page_is_that_of_the_catalogue() -> None:
    assert blocks(page("talk_time"), "formula") == ["talk_time = talk_ms / talks / 1000\n"]
    mean = "backlog.mean = open_at_day_ends / day_ends"
    assert blocks(page("backlog"), "formula") == [f"backlog = spans_opened - spans_solved\n{mean}\n"]
    excluding = "(abandoned - abandoned_short) / (offered - abandoned_short)"
    assert blocks(page("abandonment_rate_excl_short"), "formula") == [f"abandonment_rate_excl_short = {excluding}\n"]


def test_a_stale_part_is_written_anew_and_prose_stays() -> None:
    current = page("csat")
    stale = current.replace("csat_positive / csat_answers", "csat_positive").replace("`csat` · share", "`csat` · count")
    assert stale.count("csat_positive / csat_answers") == 0
    assert refreshed(stale + "More prose.\n", "csat") == current + "More prose.\n"


def test_a_page_written_by_hand_gets_its_markers() -> None:
    bare = re.sub(r"<!-- .*? -->\n", "", page("csat"))
    assert "<!--" not in bare
    assert refreshed(bare, "csat").count("<!-- end of what the catalogue says -->") == 2


@pytest.mark.parametrize("key", [key for key in PAGES if key != PLAN_ATTAINMENT.key])
def test_a_page_has_a_formula(key: str) -> None:
    assert len(blocks(page(key), "formula")) == 1


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
