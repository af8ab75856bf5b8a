"""A question in the words of a reader in, a report out: the one calculation behind every page, file, digest and alert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from plugin.inbox.sources import supplied
from plugin.kpi.attainment import add_attainment
from plugin.kpi.catalogue import METRICS, PERCENTILES, PLAN_ATTAINMENT, known_kpis
from plugin.kpi.cost import CostError, add_costs, has_costs
from plugin.kpi.cost_entries import with_entered_costs
from plugin.kpi.decided import is_service_level
from plugin.kpi.finality import unsettled
from plugin.kpi.measure import GROUPINGS, NOTHING, Group, Question, measure, measure_sums, metric_for, variant_name
from plugin.kpi.metric import Measurement, Report, Row, Unit
from plugin.kpi.period import Grain, Period, periods_between
from plugin.kpi.question import CLOSED, HOURS, OPEN, TIER
from plugin.kpi.terms import Terms, terms_of
from plugin.kpi.whole import WHOLE_MEASURES
from plugin.kpi.whole.answers import scales_of
from plugin.policy.document import Attribution, Document

#: what is shown when nobody says what
STANDARD_KPIS = (
    "offered",
    "answered",
    "abandonment_rate",
    "service_level",
    "asa",
    "aht",
    "received",
    "solved",
    "first_response_time",
    "resolution_time",
    "backlog",
    "csat",
    "cost_per_contact",
)
#: up to so many rows a report shows every group in every period; beyond, groups without activity are left out and it says so
DENSE_ROWS = 20_000
#: what the "left out" line of a report counts: measure --> its name in the report
EXCLUDED = {
    "internal_contacts": "internal",
    "failed_visits": "error",
    "open_visits": "open",
    "endless_contacts": "never ended",
    "flawed_contacts": "quarantined",
    "ivr_abandoned": "left in the menu",
    "anonymous_contacts": "anonymous",
    "excluded_tickets": "spam, deleted or merged tickets",
    "flawed_tickets": "quarantined tickets",
    "flawed_shifts": "quarantined shifts",
}

#: what is left out of some KPIs only
_ONLY_FOR = {"anonymous_contacts": {"fcr_repeat", "repeat_contact_rate"}}
#: KPI --> the limit of time that it goes by, in the definition and in the terms
_WINDOWS = {
    "contacts_per_agent.full_time": ("standard_day_s", "standard_day_ms"),
    "fcr_repeat": ("repeat_contact_s", "repeat_ms"),
    "repeat_contact_rate": ("repeat_contact_s", "repeat_ms"),
    "missed_call_return_rate": ("callback_within_s", "callback_ms"),
    "callback_completion": ("callback_within_s", "callback_ms"),
    "time_to_callback": ("callback_within_s", "callback_ms"),
    "containment.true": ("self_service_repeat_s", "self_service_ms"),
    "fcr.within": ("first_solution_s", "first_solution_ms"),
}


class AskError(ValueError):
    """A question that cannot be answered; `field` names the part of it that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """`start` and `end` bound the report; the first and last period are cut to them. Without a grain it is one single period."""

    kpis: tuple[str, ...]
    start: datetime
    end: datetime
    grain: Grain | None = None
    by: tuple[str, ...] = ()
    timezone: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    #: contacts in the periods of their entry or end; None: as the policy chose for each source
    attribution: Attribution | None = None


def answer(
    connection: Connection,
    document: Document,
    ask: Ask,
    now: datetime,
    knows: Mapping[str, Collection[str]] | None = None,
) -> Report:
    """The report. `knows` gives the facts that each source's adapter supplies, beside those that its events have shown."""
    found = _answered(connection, document, ask, now, facts_by_source(connection, knows or {}))
    question, terms, shown = found.question, found.terms, found.shown
    rows, sparse = _rows(found.measured, question, shown, terms)
    looked_at = {key: PLAN_ATTAINMENT if key == PLAN_ATTAINMENT.key else metric_for(key, terms) for key in found.keys}
    open_ones = unsettled(connection, question.periods, looked_at, now, terms)
    notes = (*_scale_notes(connection, found.asked, question, terms), *found.notes)
    return Report(
        timezone=ask.timezone or terms.timezone,
        definitions={key: _definition(key, terms, found.supply, document.currency) for key in shown},
        rows=tuple(replace(row, unsettled=_unsettled(row, open_ones[row.period])) for row in rows),
        unavailable=found.unavailable,
        excluded=_excluded(connection, question, terms, shown),
        notes=(*notes, *_counted_by_end(document, ask), *(["Groups without activity are left out."] if sparse else [])),
    )


def value(
    connection: Connection, document: Document, ask: Ask, now: datetime, facts: Mapping[str, Collection[str]]
) -> Measurement | None:
    """The only number of a question about one KPI and one period, without what a reader wants to know beside it.

    None when it is not available. It reads no facts but those of the period; `facts` is what `facts_by_source` gives.
    """
    found = _answered(connection, document, ask, now, facts)
    rows, _ = _rows(found.measured, found.question, found.shown, found.terms)
    return rows[0].values.get(ask.kpis[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answered:
    """`asked` are the KPIs whose facts are there, `keys` those and what they need, `shown` those that came out."""

    question: Question
    terms: Terms
    supply: frozenset[str]
    unavailable: dict[str, str]
    asked: list[str]
    keys: list[str]
    measured: dict[tuple[int, Group], dict[str, Measurement]]
    notes: tuple[str, ...]

    @property
    def shown(self) -> list[str]:
        return [key for key in self.asked if key not in self.unavailable]


def _answered(
    connection: Connection, document: Document, ask: Ask, now: datetime, facts: Mapping[str, Collection[str]]
) -> _Answered:
    check(ask)
    if _may_need_costs(ask):
        document = with_entered_costs(connection, document, ask.start, ask.end)
    terms = terms_of(document)
    periods = _periods(ask, ask.timezone or terms.timezone, terms)
    supply = _supply(document, ask, facts)
    _check_hours(ask, supply)
    unavailable = {
        key: reason for key in ask.kpis if (reason := missing_fact(key, supply) or _unsplit(key, ask)) is not None
    }
    asked = [key for key in ask.kpis if key not in unavailable]
    question = Question(periods=periods, by=ask.by, only=ask.only, as_of=now, attribution=ask.attribution)
    attainment = PLAN_ATTAINMENT.key in asked
    keys = _with_targets(asked, document, supply) if attainment else asked
    measured = measure(connection, [key for key in keys if key != PLAN_ATTAINMENT.key], question, terms)
    notes = _add_costs(connection, document, measured, keys, question, terms, unavailable)
    if attainment:
        add_attainment(document, measured, question, known={key: METRICS[key] for key in keys if key in METRICS})
    return _Answered(
        question=question,
        terms=terms,
        supply=supply,
        unavailable=unavailable,
        asked=asked,
        keys=keys,
        measured=measured,
        notes=notes,
    )


def check(ask: Ask) -> None:
    """Raises `AskError` for an unknown KPI or grouping and for an empty range."""
    known = known_kpis()
    for key in ask.kpis:
        if key not in known:
            raise AskError("kpi", f"{key} is not a KPI; `deskgauge kpi list` shows them all")
    for name in (*ask.by, *ask.only):
        if name not in GROUPINGS:
            raise AskError("by", f"{name} is not a grouping; choose from {', '.join(GROUPINGS)}")
    if ask.end <= ask.start:
        raise AskError("to", "must be later than `from`")


def _periods(ask: Ask, timezone: str, terms: Terms) -> tuple[Period, ...]:
    if ask.grain is None:
        return (Period(grain=Grain.DAY, start=ask.start, end=ask.end, timezone=timezone),)
    periods = list(periods_between(ask.grain, ask.start, ask.end, timezone, terms.week_start))
    periods[0] = replace(periods[0], start=max(periods[0].start, ask.start))
    periods[-1] = replace(periods[-1], end=min(periods[-1].end, ask.end))
    return tuple(periods)


def supply_of(
    connection: Connection, document: Document, ask: Ask, knows: Mapping[str, Collection[str]]
) -> frozenset[str]:
    return _supply(document, ask, facts_by_source(connection, knows))


def facts_by_source(connection: Connection, knows: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """source --> the facts that it supplies. An adapter's promise counts once the source has sent anything at all."""
    return {
        source: shown | frozenset(knows.get(source, ())) if shown else shown
        for source, shown in supplied(connection).items()
    }


def _supply(document: Document, ask: Ask, facts: Mapping[str, Collection[str]]) -> frozenset[str]:
    found = {fact for source, its in facts.items() if ask.only.get("source", source) == source for fact in its}
    if has_costs(document, ask.start, ask.end):
        found.add("cost")
    if document.targets:
        found.add("target")
    if document.sla:
        found.add("sla")
    if any(queue.tier is not None for queue in document.queues.values()):
        found |= {"tier", "queue_tier"}
    if document.calendars:
        found.add("calendar")
    return frozenset(found)


def _may_need_costs(ask: Ask) -> bool:
    """An attainment may be one of a cost."""
    return any(key == PLAN_ATTAINMENT.key or "cost" in METRICS[_base(key)].needs for key in ask.kpis)


def missing_fact(key: str, supply: Collection[str]) -> str | None:
    metric = PLAN_ATTAINMENT if key == PLAN_ATTAINMENT.key else METRICS[_base(key)]
    missing = [fact for fact in metric.needs if fact not in supply]
    return f"missing fact: {', '.join(missing)}" if missing else None


def _check_hours(ask: Ask, supply: Collection[str]) -> None:
    """Raises `AskError` for opening hours of a centre that has none, and for a word that is neither open nor closed."""
    if HOURS not in ask.by and HOURS not in ask.only:
        return
    if "calendar" not in supply:
        raise AskError("by", "the policy has no calendar; add one under [calendars] to tell open from closed hours")
    if ask.only.get(HOURS, OPEN) not in (OPEN, CLOSED):
        raise AskError("only", f"hours are {OPEN} or {CLOSED}")


def _unsplit(key: str, ask: Ask) -> str | None:
    """Why a KPI cannot be told for opening hours or tiers alone: a stock, what is counted for whole periods, and escalated tickets.

    A ticket is where it went last: those that were handed up would stand where nothing was handed up from.
    """
    if TIER in (*ask.by, *ask.only) and key == "escalation_rate":
        return "tickets are not told apart by the tier that they left"
    if (HOURS not in ask.by and HOURS not in ask.only) or key == PLAN_ATTAINMENT.key:
        return None
    metric = METRICS[_base(key)]
    whole = {*metric.numerator, *(metric.denominator or {})} & WHOLE_MEASURES
    return "is not told apart by opening hours" if metric.over_time == "last" or whole else None


def _base(key: str) -> str:
    base, _, last = key.rpartition(".")
    return base if last in PERCENTILES else key


def _with_targets(asked: Sequence[str], document: Document, supply: Collection[str]) -> list[str]:
    more = [
        target.kpi
        for target in document.targets
        if target.kpi not in asked and missing_fact(target.kpi, supply) is None
    ]
    return list(dict.fromkeys([*asked, *more]))


def _scale_notes(connection: Connection, asked: Sequence[str], question: Question, terms: Terms) -> Iterator[str]:
    """A mean score on the scales of several surveys would be a number on none of them."""
    for key in asked:
        name, _, mean = key.rpartition("_")
        if mean == "mean" and len(scales := scales_of(connection, name, question, terms)) > 1:
            yield f"{key}: answers are on several scales ({', '.join(scales)}); a mean is shown only where there is one."


def _counted_by_end(document: Document, ask: Ask) -> Iterator[str]:
    names = [name for name, source in document.sources.items() if source.attribution == "end"]
    shown = [name for name in names if ask.only.get("source", name) == name]
    if shown and ask.attribution is None:
        yield f"Contacts of {', '.join(shown)} count in the period in which they ended."


def _add_costs(
    connection: Connection,
    document: Document,
    measured: dict[tuple[int, Group], dict[str, Measurement]],
    keys: Sequence[str],
    question: Question,
    terms: Terms,
    unavailable: dict[str, str],
) -> tuple[str, ...]:
    wanted = [key for key in keys if key in METRICS and "cost" in METRICS[key].needs]
    if not wanted:
        return ()
    try:
        return add_costs(connection, document, measured, wanted, question, terms)
    except CostError as error:
        for key in wanted:
            unavailable[key] = str(error)
            for values in measured.values():
                values.pop(key, None)
        return ()


def _rows(
    measured: Mapping[tuple[int, Group], Mapping[str, Measurement]],
    question: Question,
    shown: Sequence[str],
    terms: Terms,
) -> tuple[tuple[Row, ...], bool]:
    """Rows in the order of periods, then groups; and whether empty ones were left out."""
    groups = sorted({group for (_, group), values in measured.items() if _is_active(values)} if question.by else [()])
    sparse = len(groups) * len(question.periods) > DENSE_ROWS
    nothing = {key: _nothing(key, terms) for key in shown if key != PLAN_ATTAINMENT.key}
    rows = []
    for number, period in enumerate(question.periods):
        for group in groups:
            values = measured.get((number, group), {})
            if not values and sparse:
                continue
            chosen = {key: values.get(key, none) for key, none in nothing.items()}
            if PLAN_ATTAINMENT.key in shown:
                chosen |= {key: value for key, value in values.items() if key.startswith(PLAN_ATTAINMENT.key)}
            rows.append(Row(period=period, group=dict(zip(question.by, group, strict=True)), values=chosen))
    return tuple(rows), sparse


def _unsettled(row: Row, keys: Collection[str]) -> frozenset[str]:
    """An attainment changes with its KPI."""
    return frozenset(key for key in row.values if key.removeprefix(f"{PLAN_ATTAINMENT.key}.") in keys)


def _is_active(values: Mapping[str, Measurement]) -> bool:
    return any(one.numerator or one.denominator for one in values.values())


def _nothing(key: str, terms: Terms) -> Measurement:
    metric = metric_for(key, terms)
    if metric.over_time == "max":
        return NOTHING
    percentile = key.rpartition(".")[2] in PERCENTILES
    return Measurement(numerator=0, denominator=0 if metric.denominator is not None or percentile else None)


def _definition(key: str, terms: Terms, supply: Collection[str], currency: str) -> dict[str, object]:
    if key == PLAN_ATTAINMENT.key:
        return {"version": PLAN_ATTAINMENT.version, "variant": terms.attainment}
    metric = METRICS[_base(key)]
    definition: dict[str, object] = {
        "version": metric.version,
        "unit": metric.unit.value,
        "better": metric.better.value,
    }
    if metric.unit is Unit.MONEY:
        definition["currency"] = currency
    if is_service_level(key):
        definition |= _service_level(key, terms)
    if terms.not_offered and "offered" in {*metric.numerator, *(metric.denominator or {})}:
        definition["not_offered"] = ", ".join(terms.not_offered)
    if key in ("abandonment_rate_excl_short", "service_level.sl5", "service_level.sl6"):
        definition["short_abandon_s"] = terms.short_ms / 1000
    if any(fact.startswith("survey:") for fact in metric.needs):
        definition["minimum_answers"] = terms.minimum_answers
        definition["agent"] = "solver" if terms.rates_solver else "assigned"
    if _base(key) in _WINDOWS:
        name, limit = _WINDOWS[_base(key)]
        definition[name] = getattr(terms, limit) / 1000
    if key == "aht":
        definition["components"] = _handle_components(supply)
    if key == "reopen_rate":
        definition["counted"] = "distinct tickets reopened in the period"
    return definition


def _service_level(key: str, terms: Terms) -> dict[str, object]:
    variant = variant_name(terms) if key == "service_level" else f"SL-{key[-1]}"
    found: dict[str, object] = {"variant": variant, "threshold_s": terms.threshold_ms / 1000}
    if terms.own_thresholds_s:
        found["own_thresholds_s"] = terms.own_thresholds_s
    if terms.level_has_flow_outs:
        found["flow_outs"] = "in the denominator"
    return found


def _handle_components(supply: Collection[str]) -> str:
    known = ["talk", *(name for name, fact in (("hold", "hold"), ("wrap-up", "wrap_up")) if fact in supply)]
    missing = [name for name, fact in (("hold", "hold"), ("wrap-up", "wrap_up")) if fact not in supply]
    return " + ".join(known) + (f", no {' and '.join(missing)}" if missing else "")


def _excluded(connection: Connection, question: Question, terms: Terms, shown: Sequence[str]) -> dict[str, int]:
    """What the numbers leave out, over the whole range; only what is there."""
    first, last = question.periods[0], question.periods[-1]
    whole = replace(question, periods=(replace(first, end=last.end),), by=())
    keys = [key for key in EXCLUDED if key not in _ONLY_FOR or _ONLY_FOR[key] & set(shown)]
    totals = measure_sums(connection, [*keys, "endless_visits"], whole, terms).get((0, ()), {})
    # What never ended is not in progress either.
    totals["open_visits"] = totals.get("open_visits", 0) - totals.get("endless_visits", 0)
    return {EXCLUDED[key]: int(totals[key]) for key in keys if totals.get(key)}
