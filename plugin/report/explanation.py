"""A number explained: formula, sums, what is left out, its rules and its source. Pages, API and command say the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from plugin.contract.event import Json
from plugin.inbox.sources import supplied
from plugin.kpi.answer import Ask, answer
from plugin.kpi.citations import citation
from plugin.kpi.formula import formula
from plugin.kpi.measure import all_sums, metric_for
from plugin.kpi.measures import MEASURES
from plugin.kpi.metric import Measurement, Metric, Report, Row, Unit
from plugin.kpi.names import measure_name
from plugin.kpi.period import Grain, Period
from plugin.kpi.question import Question
from plugin.kpi.terms import Terms, terms_of
from plugin.kpi.whole import WHOLE_MEASURES
from plugin.policy.document import Document
from plugin.report import figures, subject
from plugin.report.attribution import attribution
from plugin.report.remarks import remarks, threshold
from plugin.report.render_json import local_iso, tidy, value_json
from plugin.report.wording import fact, label

_MS = 0.001
#: needs that the policy fills, not a source
_DECIDED = ("cost", "target")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One sum of a formula: `factor` times `measure`. `value` is None when it is not a sum over facts, such as costs."""

    measure: str
    factor: float
    words: str
    value: float | None

    @property
    def minus(self) -> bool:
        return self.factor < 0

    def written(self, language: str) -> str:
        if self.value is None:
            return ""
        if self.measure.endswith("_ms"):
            return figures.figure(self.value * _MS, Unit.SECONDS, language)
        return figures.figure(self.value, Unit.COUNT, language)


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """`report` has the value of the whole range, `groups` that of each group; `lacks` names what each source does not send."""

    key: str
    metric: Metric
    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...]
    report: Report
    groups: tuple[Row, ...]
    lacks: Mapping[str, tuple[str, ...]]
    policy_revision: int
    language: str

    @property
    def value(self) -> Measurement | None:
        return self.report.rows[0].values.get(self.key) if self.report.rows else None

    @property
    def unavailable(self) -> str:
        return self.report.unavailable.get(self.key, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """Where numbers come from: one connection, the policy with its revision, the moment, what adapters promise."""

    connection: Connection
    document: Document
    now: datetime
    knows: Mapping[str, Collection[str]]
    policy_revision: int = 0


def explanation(basis: Basis, ask: Ask, language: str = "en") -> Explanation:
    """Of the first KPI that is asked for. Raises `AskError`."""
    whole = answer(basis.connection, basis.document, replace(ask, by=(), grain=None), basis.now, basis.knows)
    groups = answer(basis.connection, basis.document, replace(ask, grain=None), basis.now, basis.knows).rows
    key, terms = ask.kpis[0], terms_of(basis.document)
    metric = metric_for(key, terms)
    period = Period(grain=Grain.DAY, start=ask.start, end=ask.end, timezone=whole.timezone)
    question = Question(periods=(period,), only=ask.only, as_of=basis.now)
    return Explanation(
        key=key,
        metric=metric,
        numerator=parts_of(basis.connection, metric.numerator, question, terms, language),
        denominator=parts_of(basis.connection, metric.denominator or {}, question, terms, language),
        report=whole,
        groups=groups if ask.by else (),
        lacks=lacking(basis, metric),
        policy_revision=basis.policy_revision,
        language=language,
    )


def parts_of(
    connection: Connection, sums: Mapping[str, float], question: Question, terms: Terms, language: str
) -> tuple[Part, ...]:
    """The sums of a formula with their values in the question's one period."""
    known = [name for name in sums if name in MEASURES or name in WHOLE_MEASURES]
    found = all_sums(connection, known, question, terms).get((0, ()), {})
    return tuple(
        Part(
            measure=name,
            factor=factor,
            words=_words(name, terms, language),
            value=found.get(name, 0) if name in known else None,
        )
        for name, factor in sums.items()
    )


def _words(name: str, terms: Terms, language: str) -> str:
    limits = {limit: figures.span(limit_ms * _MS, language) for limit, limit_ms in terms.limits.items()}
    limits["threshold"] = threshold(terms.threshold_ms * _MS, terms.own_thresholds_s, language)
    return measure_name(name, language).format(**limits)


def lacking(basis: Basis, metric: Metric) -> Mapping[str, tuple[str, ...]]:
    """source --> the facts for this metric that it does not supply."""
    needs = [need for need in metric.needs if need not in _DECIDED]
    found = {}
    for source, shown in supplied(basis.connection).items():
        known = shown | (set(basis.knows.get(source, ())) if shown else set())
        found[source] = tuple(need for need in needs if need not in known)
    return {source: facts for source, facts in found.items() if facts}


# -- how it is told


def explanation_json(found: Explanation) -> dict[str, Json]:
    report, metric, language = found.report, found.metric, found.language
    return {
        "key": found.key,
        "label": label(found.key, language),
        "formula": formula(metric),
        "unit": metric.unit.value,
        "better": metric.better.value,
        "version": metric.version,
        "policy_revision": found.policy_revision,
        "definition": {name: tidy_text(value) for name, value in report.definitions.get(found.key, {}).items()},
        "start": local_iso(report.rows[0].period.start, report.timezone),
        "end": local_iso(report.rows[0].period.end, report.timezone),
        "result": value_json(found.value) if found.value else None,
        "n": tidy(found.value.n) if found.value else None,
        "numerator": [_part_json(part) for part in found.numerator],
        "denominator": None if metric.denominator is None else [_part_json(part) for part in found.denominator],
        "excluded": dict(report.excluded),
        "attribution": list(attribution(metric, language)),
        "over_time": metric.over_time,
        "empty": empty_case(metric),
        "source": citation(metric.key),
        "needs": list(metric.needs),
        "unavailable": found.unavailable,
        "lacks": {source: list(facts) for source, facts in found.lacks.items()},
        "groups": [{"group": dict(row.group), **_value_of(row, found.key)} for row in found.groups],
    }


def tidy_text(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(name): tidy_text(one) for name, one in value.items()}
    return value if isinstance(value, int | float | bool | None) else str(value)


def _part_json(part: Part) -> Json:
    return {"measure": part.measure, "factor": tidy(part.factor), "words": part.words, "value": tidy(part.value)}


def _value_of(row: Row, key: str) -> dict[str, Json]:
    return value_json(row.values[key]) if key in row.values else {}


def empty_case(metric: Metric) -> str:
    """0 for a count of nothing, null for a share or mean over nothing (`docs/kpi/README.md`)."""
    return "0" if metric.denominator is None else "null"


def explanation_text(found: Explanation) -> str:
    """Lines for a terminal."""
    metric, language, report = found.metric, found.language, found.report
    lines = [f"{found.key}: {label(found.key, language)}", f"  {formula(metric)}", *_sum_lines(found)]
    if found.value is not None:
        lines.append(
            f"  = {subject.shown(found.key, found.value, report, language)} (n = {figures.number(found.value.n)})"
        )
    if found.unavailable:
        lines.append(f"not available: {found.unavailable}")
    lines += [f"  {_group_name(row)}: {_group_value(row, found)}" for row in found.groups]
    lines += remarks(replace(report, unavailable={}), language)
    lines += definition_lines(metric, language)
    lines.append(f"definition version {metric.version}, policy revision {found.policy_revision}")
    lines += [
        f"{source} does not send: {', '.join(fact(each, language) for each in facts)}"
        for source, facts in found.lacks.items()
    ]
    return "\n".join(lines)


def definition_lines(metric: Metric, language: str = "en") -> Sequence[str]:
    """What holds of it for every period."""
    lines = [
        f"unit {metric.unit.value}, better: {metric.better.value}",
        f"period: {'; '.join(attribution(metric, language))}",
        f"over nothing: {empty_case(metric)}",
        f"needs: {', '.join(metric.needs) or 'nothing'}",
    ]
    source = citation(metric.key)
    return [*lines, f"definition after: {source}"] if source else lines


def _sum_lines(found: Explanation) -> list[str]:
    lines = []
    for head, parts in (("numerator", found.numerator), ("denominator", found.denominator)):
        for part in parts:
            sign = "-" if part.minus else "+"
            lines.append(
                f"  {head} {sign} {part.words} ({part.measure}): {part.written(found.language) or 'see costs'}"
            )
    return lines


def _group_name(row: Row) -> str:
    return ", ".join(value or figures.NULL for value in row.group.values())


def _group_value(row: Row, found: Explanation) -> str:
    value = row.values.get(found.key)
    shown = subject.shown(found.key, value, found.report, found.language)
    if value is None or value.denominator is None:
        return shown
    return f"{shown} ({figures.number(value.numerator)} / {figures.number(value.denominator)})"
