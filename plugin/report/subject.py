"""What a KPI key stands for when its value is shown: unit, better side, currency, what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT, SERVICE_LEVELS
from plugin.kpi.measures import MEASURES, STREAMS
from plugin.kpi.metric import Better, Measurement, Metric, Report, Unit
from plugin.report import figures
from plugin.report.compare import ChangeKind, amount_text, kind_for

#: measure in the denominator --> the noun that is counted
_COUNTED = {
    "open_tickets": "ticket",
    "csat_answers": "answer",
    "csat_scored": "answer",
    "nps_answers": "answer",
    "ces_answers": "answer",
    "ces_scored": "answer",
    "fcr_answers": "answer",
    "surveys_sent": "survey",
    "csat_surveys_sent": "survey",
    "nps_surveys_sent": "survey",
    "ces_surveys_sent": "survey",
    "fcr_surveys_sent": "survey",
    "customers_at_start": "customer",
    "callbacks_connected": "contact",
    "missed_callers": "customer",
    "calls_connected": "call",
}
#: what a row of a table is, where the measure has no noun of its own
_OF_TABLES = {
    "contact": "contact",
    "queue_visit": "contact",
    "agent_leg": "contact",
    "ticket": "ticket",
    "ticket_timer": "ticket",
}


#: endings of measures that are no numbers of items
_AMOUNTS = ("_ms", "_milli")
#: ratios whose numerator counts other items than their denominator, so that they can be above 1
_NO_PARTS = (
    "resolution_rate",
    "reopen_rate",
    "reopen_rate.without_thanks",
    "agent_turnover",
    "agent_turnover.annualised",
)

#: fewer than this are few, where the definition does not say
SMALL = 5

#: what a comparison adds to a key, see `plugin.report.compared`
_COMPARED = (".previous", ".weekday", ".year", ".change")
#: what it adds to the key of a volume, where the periods have different numbers of business days
PER_DAY = ".per_business_day"
#: what Deskgauge watches of itself stands where else the key of a KPI does; its value is for how long it has been wrong
OWN = "watch."


def _plain(kpi: str) -> str:
    return next((kpi.removesuffix(end) for end in _COMPARED if kpi.endswith(end)), kpi)


def metric(kpi: str) -> Metric | None:
    """The catalogue's entry; that of the base for a percentile, for a volume per business day one made of it.

    None for a key that the catalogue does not have.
    """
    kpi = _plain(kpi)
    if kpi.endswith(PER_DAY):
        found = METRICS.get(kpi.removesuffix(PER_DAY))
        return found and replace(found, unit=Unit.NUMBER, denominator={"business_days": 1})
    if kpi == PLAN_ATTAINMENT.key or kpi.startswith(f"{PLAN_ATTAINMENT.key}."):
        return PLAN_ATTAINMENT
    base, _, last = kpi.rpartition(".")
    return METRICS.get(base if last in PERCENTILES else kpi)


def unit(kpi: str) -> Unit:
    if kpi.startswith(OWN):
        return Unit.SECONDS
    found = metric(kpi)
    return found.unit if found else Unit.COUNT


def change_kind(kpi: str) -> ChangeKind:
    return kind_for(unit(kpi))


def better(kpi: str) -> Better:
    found = metric(kpi)
    return found.better if found else Better.NEUTRAL


def adds_up(kpi: str) -> bool:
    """Whether the values of groups make up the value of the whole; the longest wait and percentiles do not."""
    found = metric(kpi)
    return found is not None and found.over_time != "max" and kpi.rpartition(".")[2] not in PERCENTILES


def is_volume(kpi: str) -> bool:
    """Whether it counts what happened in a period, so that a longer one has more."""
    found = metric(kpi)
    counts = found is not None and found.unit is Unit.COUNT and found.denominator is None
    return counts and adds_up_over_time(kpi)


def adds_up_over_time(kpi: str) -> bool:
    """Whether the values of hours make up that of a day; what is open at the end of each does not."""
    found = metric(kpi)
    return adds_up(kpi) and found is not None and found.over_time == "sum"


def is_quotient(kpi: str) -> bool:
    """Whether the value is a sum over a sum; a change is neither."""
    found = metric(kpi)
    return found is not None and found.denominator is not None and not kpi.endswith(".change")


def counted(kpi: str, channel: str = "") -> str:
    """The noun of what a ratio or mean counts; contacts of a voice queue are calls. Empty where it rests on time or heads."""
    found = metric(kpi)
    parts = list(found.denominator or {}) if found else []
    noun = next((noun for part in parts if (noun := _noun(part))), "")
    return "call" if noun == "contact" and channel == "voice" else noun


def _noun(measure: str) -> str:
    if measure in _COUNTED:
        return _COUNTED[measure]
    if measure not in MEASURES or measure.endswith(_AMOUNTS):
        return ""
    return _OF_TABLES.get(STREAMS[MEASURES[measure].stream].table, "")


def is_small(kpi: str, value: Measurement | None, report: Report) -> bool:
    """Whether a share or mean rests on so few that one more could turn it round; the policy says how many answers are enough."""
    if value is None or value.denominator is None or unit(kpi) == Unit.MONEY or kpi.endswith(PER_DAY):
        return False
    enough = report.definitions.get(kpi, {}).get("minimum_answers", SMALL)
    return 0 < value.n < float(str(enough))


def is_too_small(kpi: str, value: Measurement | None, report: Report) -> bool:
    """Whether what customers say rests on fewer answers than the policy demands."""
    return "minimum_answers" in report.definitions.get(kpi, {}) and is_small(kpi, value, report)


def currency(kpi: str, definitions: Mapping[str, Mapping[str, object]]) -> str | None:
    found = definitions.get(kpi, {}).get("currency")
    return str(found) if found else None


def shown(kpi: str, value: Measurement | None, report: Report, language: str = "en") -> str:
    """The value as people read it; a dash when it was not measured."""
    if kpi.endswith(".change"):
        known = value is not None and value.value is not None
        return amount_text(value.value or 0, change_kind(kpi), language) if known and value else figures.NULL
    money = currency(_plain(kpi), report.definitions)
    return figures.figure(value.value if value else None, unit(kpi), language, money)


def change_shown(kpi: str, amount: float, language: str = "en", currency: str = "") -> str:
    """Points for shares, else in the KPI's own unit, with its sign."""
    if unit(kpi) == Unit.RATIO:
        return amount_text(amount, ChangeKind.POINTS, language)
    return figures.signed(figures.figure(amount, unit(kpi), language, currency), amount)


def is_share(kpi: str) -> bool:
    """Whether the value is how many of the counted items: the interval of a proportion holds for it.

    Not for parts of time, for points of a questionnaire, and where what is divided is no part of what it is divided by.
    """
    found = metric(kpi)
    if found is None or found.unit is not Unit.RATIO or found is PLAN_ATTAINMENT or found.key in _NO_PARTS:
        return False
    return not any(measure.endswith(_AMOUNTS) for measure in (*found.numerator, *(found.denominator or {})))


def variant_keys() -> tuple[str, ...]:
    """All service levels at once, for the detail view."""
    return tuple(f"service_level.{variant}" for variant in SERVICE_LEVELS)
