"""One KPI explained: its formula in words, the sums behind the value, its targets, its groups and its course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugin.kpi.catalogue import PERCENTILES, PLAN_ATTAINMENT, known_kpis
from plugin.kpi.citations import citation
from plugin.kpi.measure import Question, metric_for
from plugin.kpi.metric import Measurement, Metric, Report, Unit
from plugin.kpi.period import Grain, Period, previous
from plugin.kpi.terms import terms_of
from plugin.report import figures, subject
from plugin.report.attribution import attribution
from plugin.report.explanation import Basis, Part, lacking, parts_of
from plugin.report.goals import goals_for
from plugin.report.material import Material, Split
from plugin.report.per_day import days_of
from plugin.report.wording import label
from plugin.web.charts import Picture, course_of
from plugin.web.choice import Choice
from plugin.web.errors import BadQuery
from plugin.web.groups import GroupTable, group_table
from plugin.web.overview import Reading
from plugin.web.tiles import Tile, tile

#: grain of the period --> how many of them the trend shows, this one included
_TREND = {Grain.HOUR: 24, Grain.DAY: 28, Grain.WEEK: 13, Grain.MONTH: 13, Grain.QUARTER: 8, Grain.YEAR: 5}


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """The same facts under another definition."""

    kpi: str
    label: str
    value: str
    current: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """`numerator` and `denominator` are written as the parts that they are sums of; `missing` says why there is no value.

    `lacks`: source --> the facts that it does not send.
    """

    kpi: str
    label: str
    metric: Metric
    tile: Tile | None
    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...]
    sums: tuple[str, str]
    definition: Mapping[str, object]
    variants: tuple[Variant, ...]
    material: Material
    table: GroupTable | None
    trend: Report
    attribution: tuple[str, ...]
    source: str
    lacks: Mapping[str, tuple[str, ...]]
    missing: str = ""

    @property
    def provisional(self) -> bool:
        """Whether the number itself, not only one beside it, may still change."""
        row = self.material.row
        return row is not None and self.kpi in row.unsettled


def explain(reading: Reading, choice: Choice, key: str, language: str) -> Explained:
    if key not in known_kpis() or key == PLAN_ATTAINMENT.key:
        raise BadQuery("kpi", f"{key!r} is not a KPI", "choose one from the list of KPIs", status=404)
    terms = terms_of(reading.document)
    metric = metric_for(key, terms)
    material = _material(reading, choice, key, language)
    variants = _variants(key, metric)
    report = reading.report((key, *variants), choice.period, only=choice.only)
    value = material.value(key)
    question = Question(periods=(choice.period,), only=choice.only if value else {}, as_of=reading.now)
    return Explained(
        kpi=key,
        label=label(key, language),
        metric=metric,
        tile=tile(key, material, reading.document) if value else None,
        numerator=parts_of(reading.connection, metric.numerator, question, terms, language),
        denominator=parts_of(reading.connection, metric.denominator or {}, question, terms, language),
        sums=_sums(metric, value, material),
        definition=report.definitions.get(key, {}),
        variants=tuple(_variant(each, report, language, key, material) for each in variants),
        material=material,
        table=group_table(material, reading.document, (key, *_beside(key))),
        trend=reading.report((key,), _trend_range(choice.period), grain=choice.period.grain, only=choice.only),
        attribution=attribution(metric, language),
        source=citation(key),
        lacks=lacking(_basis(reading), metric),
        missing=material.now.unavailable.get(key, ""),
    )


def _basis(reading: Reading) -> Basis:
    return Basis(connection=reading.connection, document=reading.document, now=reading.now, knows=reading.site.knows())


def kpi_pictures(found: Explained, now: datetime) -> tuple[Picture, ...]:
    """The steps of the period, and the periods before it."""
    language, goal = found.material.language, found.material.goals.get(found.kpi)
    steps = course_of(found.kpi, found.material.series, goal, now, language) if found.material.series else None
    trend = course_of(found.kpi, found.trend, goal, now, language)
    named = (("steps", steps), ("trend", trend))
    return tuple(replace(picture, name=name) for name, picture in named if picture is not None)


def _material(reading: Reading, choice: Choice, key: str, language: str) -> Material:
    kpis, only = (key, *_beside(key)), choice.only
    return Material(
        title="",
        kpis=kpis,
        period=choice.period,
        now_at=reading.now,
        now=reading.report(kpis, choice.period, only=only),
        previous=choice.before,
        before=reading.report(kpis, choice.before, only=only),
        split=Split(dimension=choice.by, now=reading.report(kpis, choice.period, by=(choice.by,), only=only)),
        series=reading.report((key,), choice.period, grain=choice.step, only=only),
        # A target is of all hours.
        goals={} if only else goals_for(reading.document, kpis, choice.period, {}, reading.now),
        days=days_of(reading.document.calendar(), choice.period, choice.before, reading.now),
        grace=timedelta(hours=reading.document.definitions.grace_h),
        language=language,
    )


def _beside(key: str) -> tuple[str, ...]:
    """The volume that a ratio rests on stands beside it in the table by group."""
    metric = subject.metric(key)
    named = {"abandonment_rate": ("abandoned", "offered"), "answer_rate": ("answered", "offered")}
    if key in named:
        return named[key]
    if metric is None or metric.denominator is None:
        return ()
    needs = set(metric.needs)
    return ("received", "solved") if needs & {"ticket", "ticket_reply"} else ("offered", "answered")


def _variants(key: str, metric: Metric) -> tuple[str, ...]:
    if key.startswith("service_level"):
        return subject.variant_keys()
    base = key.rpartition(".")[0] if key.rpartition(".")[2] in PERCENTILES else key
    return (base, *(f"{base}.{name}" for name in PERCENTILES)) if metric.sketch else ()


def _variant(key: str, report: Report, language: str, current: str, material: Material) -> Variant:
    values = report.rows[0].values if report.rows else {}
    own = report.definitions.get(current, {}).get("variant") == report.definitions.get(key, {}).get("variant")
    return Variant(
        kpi=key,
        label=label(key, language),
        value=subject.shown(key, values.get(key), report, language),
        current=key == current or (current == "service_level" and own),
    )


def _sums(metric: Metric, value: Measurement | None, material: Material) -> tuple[str, str]:
    """Numerator and denominator as they are to be read; a sum of durations as a clock time."""
    if value is None:
        return "", ""
    language = material.language
    currency = subject.currency(metric.key, material.now.definitions)
    unit = metric.unit if metric.unit in (Unit.SECONDS, Unit.MONEY) else Unit.COUNT
    over = "" if value.denominator is None else figures.figure(value.denominator, Unit.COUNT, language)
    return figures.figure(value.numerator, unit, language, currency), over


def _trend_range(period: Period) -> Period:
    first = period
    for _ in range(_TREND.get(period.grain, 1) - 1):
        first = previous(first)
    return replace(period, start=first.start)
