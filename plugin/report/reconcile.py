"""A source, a range and a vendor's figures in; one sheet out: our number, our number by its rule, its own, and why they differ.

Everything is measured by `plugin.kpi.by_rule`, which is how reports measure; here is only what is put beside what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from plugin.kpi.answer import Ask, AskError, missing_fact, supply_of
from plugin.kpi.by_rule import Made, measured_by, metric_of
from plugin.kpi.metric import Measurement, Unit
from plugin.kpi.period import Period
from plugin.kpi.question import CLOSED, GROUPINGS, HOURS, OPEN, Question
from plugin.kpi.terms import Terms, terms_of
from plugin.policy.document import Attribution, Document
from plugin.report.vendor_file import Stated, added_up
from plugin.report.vendor_rules import NOT_KNOWN, Rule, Vendor
from plugin.report.vendor_rules.shape import each, made, not_known

#: what is always shown beside each other: KPI --> the readings of it by their names
WAYS: dict[str, dict[str, Made]] = {
    "service_level": {f"SL-{number}": f"service_level.sl{number}" for number in range(1, 7)},
    "offered": {"visits to queues": "offered", "contacts, each once": "contacts_offered"},
    "answered": {
        "visits to queues": "answered",
        "contacts, each once": "contacts_handled",
        "conversations of agents": made("answered", each("legs")),
    },
    "abandoned": {
        "visits to queues": "abandoned",
        "contacts, each once": made("abandoned", each("contacts_abandoned")),
        "without short ones": made("abandoned", {"abandoned": 1, "abandoned_short": -1}),
    },
    "abandonment_rate": {
        "with short ones": "abandonment_rate",
        "without short ones": "abandonment_rate_excl_short",
        "contacts, each once": made("abandonment_rate", each("contacts_abandoned"), each("contacts_offered")),
    },
    "asa": {"": "asa"},
    "aht": {"conversations of agents": "aht", "contacts, each once": "aht.contact"},
}
ATTRIBUTIONS: tuple[Attribution, ...] = ("entry", "end")
#: by what the vendor's screen may be filtered
FILTERS = tuple(name for name in GROUPINGS if name != "source")
_LONGEST_S = 86_400
#: two figures that are both worked out differ by no more than this when they are the same
_NOTHING = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    connection: Connection
    document: Document
    now: datetime
    knows: Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorSettings:
    """How the vendor's own system is set up where that is not as ours is; None: as ours. `only`: the filters of its screen."""

    threshold_s: float | None = None
    short_s: float | None = None
    only: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `AskError`."""
        for name in ("threshold_s", "short_s"):
            if (limit_s := getattr(self, name)) is not None and not 0 <= limit_s <= _LONGEST_S:
                raise AskError(name.removesuffix("_s"), "must be seconds from 0 to 86400")
        for name in self.only:
            if name not in FILTERS:
                raise AskError("only", f"{name} is no filter; choose from {', '.join(FILTERS)}")
        if self.only.get(HOURS, OPEN) not in (OPEN, CLOSED):
            raise AskError("only", f"hours are {OPEN} or {CLOSED}")

    def terms(self, ours: Terms) -> Terms:
        threshold_ms = ours.threshold_ms if self.threshold_s is None else round(self.threshold_s * 1000)
        short_ms = ours.short_ms if self.short_s is None else round(self.short_s * 1000)
        own = ours if self.threshold_s is None else replace(ours, channel_threshold_ms={}, queue_threshold_ms={})
        return replace(own, threshold_ms=threshold_ms, short_ms=short_ms)

    def told(self) -> list[str]:
        """By what it is another system than ours."""
        parts = [] if self.threshold_s is None else [f"in time is {self.threshold_s:g} s"]
        parts += [] if self.short_s is None else [f"short {self.short_s:g} s"]
        return [*parts, *(f"only {name} {value}" for name, value in self.only.items())]


AS_OURS = VendorSettings()


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One reading of a KPI; `measured` is None when the source does not supply its facts."""

    kpi: str
    name: str
    attribution: Attribution
    measured: Measurement | None

    @property
    def title(self) -> str:
        return f'"{self.name or self.kpi}" by {self.attribution}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Of the vendor's figure from another; `relative` to that one, None where it is 0."""

    absolute: float
    relative: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """`ours` by our definition, `by_rule` by the vendor's, `stated` its own figure. None: not available, not known, not given."""

    rule: Rule
    unit: Unit
    period: Period
    queue: str | None
    ours: Measurement | None
    by_rule: Measurement | None
    stated: Stated | None
    unavailable: str | None
    reason: str

    @property
    def to_ours(self) -> Difference | None:
        return _difference(self.stated, self.ours)

    @property
    def to_rule(self) -> Difference | None:
        return _difference(self.stated, self.by_rule)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """`lines`: the whole range first, in the vendor's order, then what it gave figures of; `ways` are of the whole range."""

    source: str
    adapter: str
    vendor: Vendor
    whole: Period
    attribution: Attribution
    threshold_s: float
    short_s: float
    own_thresholds_s: Mapping[str, float] = field(default_factory=dict)
    settings: VendorSettings = AS_OURS
    lines: tuple[Line, ...]
    ways: tuple[Way, ...]


def reconcile(
    basis: Basis,
    source: str,
    adapter: str,
    vendor: Vendor,
    whole: Period,
    stated: Sequence[Stated] = (),
    settings: VendorSettings = AS_OURS,
) -> Sheet:
    """`stated` are the vendor's figures, all within `whole`. Its rules and the other readings go by `settings`, ours never.

    Raises `AskError` for a filter by opening hours where there is no calendar.
    """
    if HOURS in settings.only and not basis.document.calendars:
        raise AskError("only", "the policy has no calendar; add one under [calendars] to tell open from closed hours")
    terms = terms_of(basis.document)
    configured = basis.document.sources.get(source)
    chosen: Attribution = configured.attribution if configured else "entry"
    desk = _Desk(basis, source, vendor, chosen, terms, settings, [one.kpi for one in stated])
    given = {_key(one): one for one in (*added_up(stated, whole), *stated)}
    places = dict.fromkeys([(whole, None), *((one.period, one.queue) for one in stated)])
    found = desk.measured(list(places))
    lines = [line for place in places for line in desk.lines(place, place == (whole, None), found[place], given)]
    return Sheet(
        source=source,
        adapter=adapter,
        vendor=vendor,
        whole=whole,
        attribution=chosen,
        threshold_s=terms.threshold_ms / 1000,
        short_s=terms.short_ms / 1000,
        own_thresholds_s=terms.own_thresholds_s,
        settings=settings,
        lines=tuple(lines),
        ways=tuple(desk.ways(found[whole, None])),
    )


Place = tuple[Period, str | None]
#: attribution --> name of a rule, a way or one of our KPIs --> what is measured
Found = dict[Attribution, dict[str, Measurement]]
Given = Mapping[tuple[str, Period, str | None], Stated]


def _key(one: Stated) -> tuple[str, Period, str | None]:
    return one.kpi, one.period, one.queue


class _Desk:
    """What is the same for all lines of a sheet."""

    def __init__(
        self,
        basis: Basis,
        source: str,
        vendor: Vendor,
        chosen: Attribution,
        terms: Terms,
        settings: VendorSettings,
        asked: Iterable[str],
    ) -> None:
        self.basis = basis
        self.source = source
        self.vendor = vendor
        self.chosen = chosen
        self.terms = terms
        self.settings = settings
        self.kpis = dict.fromkeys([*(rule.kpi for rule in vendor.rules), *asked])
        self.supply = self._supply()

    def _supply(self) -> Collection[str]:
        now = self.basis.now
        ask = Ask(kpis=(), start=now, end=now, only={"source": self.source})
        return supply_of(self.basis.connection, self.basis.document, ask, self.basis.knows)

    # -- measuring

    def measured(self, places: Sequence[Place]) -> dict[Place, Found]:
        """All that may be needed of each place: our KPIs, the vendor's rules, the other readings, by entry and by end."""
        found: dict[Place, Found] = {place: {} for place in places}
        for queue in dict.fromkeys(queue for _, queue in places):
            for periods in _apart([period for period, of in places if of == queue]):
                for attribution in ATTRIBUTIONS:
                    for rules, settings in self._sides():
                        question = self._question(periods, queue, attribution, settings)
                        values = measured_by(self.basis.connection, rules, question, settings.terms(self.terms))
                        for period, measured in zip(periods, values, strict=True):
                            found[period, queue].setdefault(attribution, {}).update(measured)
        return found

    def _question(
        self, periods: Sequence[Period], queue: str | None, attribution: Attribution, settings: VendorSettings
    ) -> Question:
        only = {**settings.only, "source": self.source} | ({"queue": queue} if queue else {})
        # What the policy chose is in the cells; the other one is read from the facts.
        moved = None if attribution == self.chosen else attribution
        return Question(
            periods=tuple(periods),
            only=only,
            as_of=self.basis.now,
            attribution=moved,
            from_facts=settings.terms(self.terms) != self.terms,
        )

    def _sides(self) -> list[tuple[dict[str, Made], VendorSettings]]:
        """What is measured as we are set up, and what as the vendor is; at once where both are the same."""
        ours: dict[str, Made] = {kpi: kpi for kpi in self.kpis}
        theirs: dict[str, Made] = {_way(kpi, name): made for kpi, ways in WAYS.items() for name, made in ways.items()}
        theirs |= {_ruled(rule): _plain(rule.made, self.terms) for rule in self.vendor.rules if rule.made is not None}
        if not self.settings.told():
            return [(ours | theirs, AS_OURS)]
        return [(ours, AS_OURS), (theirs, self.settings)]

    # -- putting beside each other

    def ways(self, found: Found) -> Iterator[Way]:
        for kpi, readings in WAYS.items():
            for name in readings:
                for attribution in ATTRIBUTIONS:
                    measured = None if self._missing(kpi) else found[attribution][_way(kpi, name)]
                    yield Way(kpi=kpi, name=name, attribution=attribution, measured=measured)

    def lines(self, place: Place, is_whole: bool, found: Found, given: Given) -> Iterator[Line]:
        """Of the whole range all that the vendor reports; of other places what it gave figures of."""
        known = {rule.kpi for rule in self.vendor.rules}
        told = [kpi for kpi, *where in given if tuple(where) == place]
        for rule in self.vendor.rules:
            if is_whole or rule.kpi in told:
                yield self._line(rule, place, found, given)
        for kpi in told:
            if kpi not in known:
                yield self._line(not_known(kpi), place, found, given)

    def _line(self, rule: Rule, place: Place, found: Found, given: Given) -> Line:
        period, queue = place
        missing, stated = self._missing(rule.kpi), given.get((rule.kpi, period, queue))
        ours = None if missing else found[self.chosen][rule.kpi]
        counted = self.vendor.attribution or "entry"
        by_rule = None if missing or rule.made is None else found[counted][_ruled(rule)]
        line = Line(
            rule=rule,
            unit=metric_of(rule.kpi, self.terms).unit,
            period=period,
            queue=queue,
            ours=ours,
            by_rule=by_rule,
            stated=stated,
            unavailable=missing,
            reason="",
        )
        ways = [way for way in self.ways(found) if way.kpi == rule.kpi.partition(".")[0]]
        return replace(line, reason=_reason(line, ways, self._differs(rule)))

    def _differs(self, rule: Rule) -> str:
        """By what the vendor's rule is another one than ours; what it says stands in the rule itself."""
        parts = []
        if rule.made is not None and _sums(_plain(rule.made, self.terms), self.terms) != _sums(rule.kpi, self.terms):
            parts.append("other sums")
        if self.vendor.attribution not in (None, self.chosen):
            parts.append(f"counts by {self.vendor.attribution}")
        return ", ".join([*parts, *self.settings.told()])

    def _missing(self, kpi: str) -> str | None:
        return missing_fact(kpi, self.supply)


def _plain(made: Made, terms: Terms) -> Made:
    """What a rule means, whatever our policy takes out of our own KPI of that name."""
    plain = metric_of(made, terms.plain)
    return made if plain == metric_of(made, terms) else plain


def _sums(made: Made, terms: Terms) -> tuple[Mapping[str, float], Mapping[str, float] | None]:
    metric = metric_of(made, terms)
    return metric.numerator, metric.denominator


def _way(kpi: str, name: str) -> str:
    return f"way:{kpi}:{name}"


def _ruled(rule: Rule) -> str:
    return f"rule:{rule.kpi}:{rule.screen}"


def _apart(periods: Iterable[Period]) -> list[list[Period]]:
    """Periods in lists in which each begins where the one before ends: one question tiles its range."""
    lists: list[list[Period]] = []
    for period in sorted(periods, key=lambda one: (one.start, one.end)):
        before = next((some for some in lists if some[-1].end == period.start), None)
        if before is None:
            lists.append([period])
        else:
            before.append(period)
    return lists


def _difference(stated: Stated | None, other: Measurement | None) -> Difference | None:
    if stated is None or other is None or other.value is None:
        return None
    absolute = stated.value - other.value
    return Difference(absolute=absolute, relative=absolute / other.value if other.value else None)


# -- why


def _reason(line: Line, ways: Sequence[Way], differs: str) -> str:
    if line.unavailable is not None:
        return f"{line.unavailable}: this source does not tell it"
    if line.stated is not None:
        return _why_stated(line, line.stated, ways, differs)
    if line.by_rule is None:
        known = line.rule.says != NOT_KNOWN
        return f"cannot be made here: {line.rule.says}" if known else "its rule is not known"
    return "both rules give the same here" if _same(line.ours, line.by_rule) else differs


def _why_stated(line: Line, stated: Stated, ways: Sequence[Way], differs: str) -> str:
    if _agrees(stated, line.ours):
        return "agrees with our definition"
    if _agrees(stated, line.by_rule):
        return f"agrees by its rule: {differs}"
    if way := next((way for way in ways if _agrees(stated, way.measured)), None):
        return f"agrees with {way.title}: look at its settings"
    return f"no rule here gives it{_nearest(stated, ways)}; compare zone, threshold, filters, and whether all contacts arrived"


def _nearest(stated: Stated, ways: Sequence[Way]) -> str:
    known = [
        (abs(stated.value - value), way) for way in ways if way.measured and (value := way.measured.value) is not None
    ]
    return f", nearest is {min(known, key=lambda one: one[0])[1].title}" if known else ""


def _agrees(stated: Stated, measured: Measurement | None) -> bool:
    if measured is None or measured.value is None:
        return False
    return abs(stated.value - measured.value) <= stated.within + _NOTHING


def _same(ours: Measurement | None, other: Measurement | None) -> bool:
    one, two = (None if each is None else each.value for each in (ours, other))
    return one == two or (one is not None and two is not None and abs(one - two) <= _NOTHING)
