"""The pages of KPIs go in as they stand; out they come with the parts that repeat the catalogue written anew.

Such a part stands between markers. Whatever is between other lines is written by people and stays as it is. A page without
markers gets them around its title and definition, and around its formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from plugin.kpi.catalogue import CHAPTERS, METRICS, PLAN_ATTAINMENT, SERVICE_LEVELS
from plugin.kpi.citations import citation
from plugin.kpi.formula import base_of, family, formula, pages, percentile_keys
from plugin.kpi.metric import Metric, Unit
from plugin.kpi.names import LANGUAGES, METRIC_NAMES

FOLDER = "docs/kpi"
END = "<!-- end of what the catalogue says -->"
_UNITS = {Unit.RATIO: "share"}
_BETTER = {"neutral": "neither"}
_LANGUAGES = dict(zip(LANGUAGES, ("English", "Latvian", "Russian", "Chinese"), strict=True))
_CHAPTERS = {
    "accessibility": "Accessibility",
    "handling": "Handling",
    "workforce": "Workforce",
    "resolution": "Tickets and resolution",
    "outcome": "Customer outcome",
    "cost": "Cost and plan",
}


def start(name: str) -> str:
    return f"<!-- {name}, from the catalogue: `deskgauge manifest check --update` writes it -->"


def _part(name: str, bare: str) -> re.Pattern[str]:
    """What stands between the markers, or what a page has that never had them."""
    return re.compile(rf"{re.escape(start(name))}\n.*?{re.escape(END)}\n|{bare}", re.DOTALL | re.MULTILINE)


_HEAD = _part("definition", r"\A# [^\n]*\n(?:`[^\n]*\n)?")
_FORMULA = _part("formula", r"^```formula\n.*?^```\n")
_OVERVIEW = _part("overview", r"^\|[^\n]*handling and workforce.*?\n(?=\n)")


def kpi_pages(root: Path) -> Mapping[str, str]:
    """Every page of a KPI that is there, and their overview: path from the root --> text."""
    made = {f"{FOLDER}/{key}.md": key for key in pages() if (root / FOLDER / f"{key}.md").exists()}
    written = {path: page((root / path).read_text(encoding="utf-8"), key) for path, key in made.items()}
    path = f"{FOLDER}/README.md"
    return {**written, path: _put(_OVERVIEW, "overview", (root / path).read_text(encoding="utf-8"), overview())}


def page(text: str, key: str) -> str:
    metric = METRICS.get(key, PLAN_ATTAINMENT)
    filled = _put(_HEAD, "definition", text, head(metric))
    return _put(_FORMULA, "formula", filled, formulas(key)) if family(key) else filled


def _put(part: re.Pattern[str], name: str, text: str, content: str) -> str:
    return part.sub(lambda _: f"{start(name)}\n{content}{END}\n", text, count=1)


def head(metric: Metric) -> str:
    names = dict(zip(_LANGUAGES.values(), METRIC_NAMES[metric.key], strict=True))
    others = " · ".join(f"{language}: {name}" for language, name in names.items() if language != "English")
    lines = [f"# {names['English']}", definition_line(metric), "", others]
    source = citation(metric.key)
    if source:
        lines += ["", f"Definition after: {source}."]
    return "\n".join(lines) + "\n"


def definition_line(metric: Metric) -> str:
    parts = [
        f"`{metric.key}`",
        _UNITS.get(metric.unit, metric.unit.value),
        f"better: {_BETTER.get(metric.better.value, metric.better.value)}",
        f"definition {metric.version}",
        f"needs {', '.join(f'`{name}`' for name in metric.needs)}",
    ]
    keys = [key for each in family(metric.key) for key in percentile_keys(each)]
    return " · ".join([*parts, *([f"percentiles {_listed(keys)}"] if keys else [])])


def _listed(keys: list[str]) -> str:
    """`asa.p50`, `.p90`, `.p95`: the common part once."""
    named, last = [], ""
    for key in keys:
        whole, _, ending = key.rpartition(".")
        named.append(f"`.{ending}`" if whole == last else f"`{key}`")
        last = whole
    return ", ".join(named)


def formulas(key: str) -> str:
    """The bare key of service levels is the variant that the policy chooses, and has no formula of its own."""
    metrics = [metric for metric in family(key) if metric.key != "service_level"]
    return "```formula\n" + "".join(f"{formula(metric)}\n" for metric in metrics) + "```\n"


def overview() -> str:
    return "\n".join(_chapter(name, metrics) for name, metrics in CHAPTERS.items())


def _chapter(name: str, metrics: tuple[Metric, ...]) -> str:
    keys = dict.fromkeys(base_of(metric.key) for metric in metrics)
    if name == "cost":
        keys[PLAN_ATTAINMENT.key] = None
    rows = "".join(_row(METRICS.get(key, PLAN_ATTAINMENT)) for key in keys)
    return f"**{_CHAPTERS[name]}**\n\n| KPI | is called | unit | better | variants |\n|---|---|---|---|---|\n{rows}"


def _row(metric: Metric) -> str:
    cells = [
        f"[`{metric.key}`]({metric.key}.md)",
        METRIC_NAMES[metric.key][0],
        _UNITS.get(metric.unit, metric.unit.value),
        _BETTER.get(metric.better.value, metric.better.value),
        _variants(metric),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _variants(metric: Metric) -> str:
    if metric.key == "service_level":
        return f"`.{min(SERVICE_LEVELS)}` to `.{max(SERVICE_LEVELS)}`"
    keys = [each.key for each in family(metric.key) if each.key != metric.key]
    keys += [key for each in family(metric.key) for key in percentile_keys(each)]
    return ", ".join(f"`{key.removeprefix(metric.key)}`" for key in keys)
