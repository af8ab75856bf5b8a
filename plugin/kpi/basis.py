"""What of the policy one number depends on, as a line of text: where it is the same, no change of settings has moved the number."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from plugin.facts.reckoning import Reckoning, reckoning_of
from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT
from plugin.kpi.decided import is_service_level
from plugin.kpi.measure import metric_for
from plugin.kpi.measures import MEASURES, STREAMS
from plugin.kpi.metric import Metric
from plugin.kpi.question import TIER
from plugin.kpi.terms import Terms, terms_of
from plugin.policy.basis import HASHED, basis_text, parts_of
from plugin.policy.document import Document

_OF_TICKETS = frozenset(("ticket", "ticket_reply"))
#: what is counted by dates, which are those of the centre's zone
_BY_DATE = frozenset(("cost", "headcount", "customer_count"))
#: measures of whole periods --> the limit that they go by
_LIMITS = {
    "open_tickets_old": "old_ms",
    "missed_callers_reached": "callback_ms",
    "full_time_agents": "standard_day_ms",
}
Parts = dict[str, object]


def basis_of(kpi: str, document: Document, names: Collection[str] = ()) -> str:
    """`names`: the groupings and restrictions of the question. Empty for a key that is not measured."""
    if not kpi.startswith(PLAN_ATTAINMENT.key):
        return basis_text(_parts(kpi, document, names))
    of = kpi.removeprefix(PLAN_ATTAINMENT.key).removeprefix(".")
    planned = [of] if of else sorted({target.kpi for target in document.targets})
    parts: Parts = {"targets": _digest(document.targets), "business_calendar": _digest(document.calendar())}
    return basis_text(parts | {each: _digest(_parts(each, document, names)) for each in planned})


def _parts(kpi: str, document: Document, names: Collection[str]) -> Parts:
    terms, reckoning = terms_of(document), reckoning_of(document)
    base, _, last = kpi.rpartition(".")
    if kpi != "service_level" and (base if last in PERCENTILES else kpi) not in METRICS:
        return {}
    metric = metric_for(kpi, terms)
    needs = set(metric.needs)
    parts = _of_measures(metric, terms, reckoning)
    if needs & _OF_TICKETS:
        parts["tickets"] = parts_of(reckoning.bases["ticket"])["tickets"]
    if "sla" in needs:
        parts["sla"] = parts_of(reckoning.bases["ticket"])["sla"]
    if needs & {"sla", "calendar"} or any("business" in name for name in _names(metric)):
        parts["calendars"] = parts_of(reckoning.bases["ticket"])["calendars"]
    if needs & _BY_DATE or "day_ends" in _names(metric):
        parts["timezone"] = document.timezone
    if "cost" in needs:
        parts["costs"] = _digest(document.costs, document.rates, document.allocation, document.teams)
    if "queue_tier" in needs or TIER in names:
        parts["tiers"] = parts_of(reckoning.bases["contact"])["tiers"]
    return parts | _of_formula(metric_for(kpi, terms.plain), terms) | _of_groups(metric, document, names)


def _names(metric: Metric) -> tuple[str, ...]:
    return (*metric.numerator, *(metric.denominator or {}))


def _of_measures(metric: Metric, terms: Terms, reckoning: Reckoning) -> Parts:
    """The limits that its sums go by, and whether contacts count by their entry or their end."""
    measures = [MEASURES[name] for name in _names(metric) if name in MEASURES]
    streams = [STREAMS[measure.stream] for measure in measures]
    written = " ".join([*(one.sql for one in measures), *(f"{one.table} {one.where}" for one in streams)])
    parts: Parts = {name: limit for name, limit in terms.limits.items() if f"${name}" in written}
    if "$threshold" in written:
        parts["own_thresholds"] = _digest(terms.own_thresholds_s)
    parts |= {limit: getattr(terms, limit) for name, limit in _LIMITS.items() if name in _names(metric)}
    if "$productive" in written:
        parts["productive_activities"] = ",".join(terms.productive_activities)
    if any(stream.entry is not None for stream in streams):
        parts["attribution"] = parts_of(reckoning.bases["contact"])["attribution"]
    return parts


def _of_formula(plain: Metric, terms: Terms) -> Parts:
    """What the policy puts into the formula of the catalogue and takes out of it."""
    parts: Parts = {}
    if "offered" in _names(plain):
        parts["not_offered"] = ",".join(terms.not_offered)
    if is_service_level(plain.key):
        parts["service_level_flow_outs"] = terms.level_has_flow_outs
    return parts


def _of_groups(metric: Metric, document: Document, names: Collection[str]) -> Parts:
    parts: Parts = {}
    if "team" in names:
        parts["teams"] = _digest(document.teams)
    if "campaign" in names:
        parts["campaigns"] = _digest(document.campaigns)
    if {"agent", "team"} & set(names) and any(need.startswith("survey:") for need in metric.needs):
        parts["rated_agent"] = document.definitions.rated_agent
    return parts


def _digest(*settings: object) -> str:
    return f"{HASHED}{zlib.crc32(repr(settings).encode()):08x}"
