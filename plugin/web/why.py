"""Why a KPI moved, as a page shows it: a table whose parts add up as they are written, and a small picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plugin.kpi.answer import Ask, AskError, answer
from plugin.kpi.metric import Better, Report, Unit
from plugin.kpi.period import Grain
from plugin.kpi.terms import terms_of
from plugin.notify.chart import describe
from plugin.notify.message import Chart, ChartKind, ChartUnit, Point, Series, Tone
from plugin.report import figures, subject
from plugin.report.drivers import Contribution, in_steps
from plugin.report.moved import HOUR
from plugin.report.why import Why, why
from plugin.report.wording import group_name, label
from plugin.web.charts import Picture
from plugin.web.choice import Choice
from plugin.web.overview import Reading
from plugin.web.wording import say

WHY_PICTURE = "why"
_CHOICES = ("queue", "team", "channel", "agent", HOUR)
#: more groups than this are told together
_MOST = 8
#: the model reads every hour of both periods; of longer ones that would be thousands
_MODELLED = (Grain.HOUR, Grain.DAY, Grain.WEEK, Grain.MONTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyRow:
    """`rate` and `mix` are empty for a count."""

    name: str
    amount: str
    rate: str = ""
    mix: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyTable:
    """Texts as they are to be read. `split`: whether there are rate and mix; `untold` is empty when groups tell everything."""

    by: str
    choices: tuple[str, ...]
    before: str
    now: str
    change: str
    split: bool
    rows: tuple[WhyRow, ...]
    untold: str
    model: tuple[tuple[str, str], ...] = ()
    patience: str = ""
    picture: Picture | None = None


def why_moved(
    reading: Reading, choice: Choice, key: str, by: str, language: str, *, with_model: bool = True
) -> WhyTable | None:
    """None where the KPI does not add up over groups, or was not measured on both sides."""
    choices = _CHOICES if subject.adds_up_over_time(key) else _CHOICES[:-1]
    by = by if by in choices else choice.by if choice.by in choices else choices[0]

    def ask(question: Ask) -> Report:
        return answer(reading.connection, reading.document, question, reading.now, reading.site.knows())

    # Agents are there for all hours together, so the model cannot tell what those who are open needed.
    modelled = with_model and choice.period.grain in _MODELLED and not choice.hours
    try:
        found = why(
            ask, key, choice.period, choice.before, terms_of(reading.document), by, choice.only, with_model=modelled
        )
    except AskError:
        return None
    return _table(found, choices, reading.document.currency or "", language) if found.groups else None


def _table(found: Why, choices: tuple[str, ...], currency: str, language: str) -> WhyTable:
    unit = subject.unit(found.kpi)
    groups = _few(found.groups, found.by, language)
    split = all(one.rate is not None for one in groups)
    per_row = 2 if split else 1
    parts = [part for one in groups for part in ((one.rate or 0, one.mix or 0) if split else (one.amount,))]
    rounded = in_steps([*parts, found.remainder], figures.step(unit, currency, [*parts, found.remainder]))
    amounts = [rounded[place * per_row : (place + 1) * per_row] for place in range(len(groups))]

    def written(amount: float) -> str:
        return subject.change_shown(found.kpi, amount, language, currency)

    rows = tuple(
        WhyRow(
            name=one.group,
            amount=written(sum(amount)),
            rate=written(amount[0]) if split else "",
            mix=written(amount[-1]) if split else "",
        )
        for one, amount in zip(groups, amounts, strict=True)
    )
    return WhyTable(
        by=found.by,
        choices=choices,
        before=figures.figure(found.before.value, unit, language, currency),
        now=figures.figure(found.now.value, unit, language, currency),
        change=written(sum(rounded)),
        split=split,
        rows=rows,
        untold=written(rounded[-1]) if rounded[-1] else "",
        model=tuple(_effects(found, written)) if found.modelled else (),
        patience=figures.span(found.modelled.patience_s, language) if found.modelled else "",
        picture=_picture(found, groups, rows, language),
    )


def _few(groups: tuple[Contribution, ...], by: str, language: str) -> tuple[Contribution, ...]:
    """Named as they are to be read; what moved least is one group."""
    named = [_named(one, group_name(one.group, language, by)) for one in groups]
    if len(named) <= _MOST + 1:
        return tuple(named)
    rest = named[_MOST:]
    rate, mix = (None if rest[0].rate is None else sum(one.rate or 0 for one in rest)), None
    if rate is not None:
        mix = sum(one.mix or 0 for one in rest)
    others = Contribution(
        group=say("why.others", language, count=len(rest)), amount=sum(one.amount for one in rest), rate=rate, mix=mix
    )
    return (*named[:_MOST], others)


def _named(one: Contribution, name: str) -> Contribution:
    return Contribution(group=name, amount=one.amount, rate=one.rate, mix=one.mix)


def _effects(found: Why, written: Callable[[float], str]) -> Iterator[tuple[str, str]]:
    effects = found.modelled.effects if found.modelled else {}
    for factor, effect in effects.items():
        yield factor, written(effect)
    yield "untold", written(found.unmodelled)


def _picture(found: Why, groups: tuple[Contribution, ...], rows: tuple[WhyRow, ...], language: str) -> Picture | None:
    if len(groups) < 2:
        return None
    points = tuple(
        Point(label=row.name, value=one.amount, text=row.amount, tone=_tone(found.kpi, one.amount))
        for one, row in zip(groups, rows, strict=True)
    )
    chart = Chart(
        title=say("why.chart", language, label=label(found.kpi, language)),
        series=(Series(name="", points=points),),
        kind=ChartKind.RANKING,
        unit={Unit.RATIO: ChartUnit.RATIO, Unit.SECONDS: ChartUnit.DURATION}.get(
            subject.unit(found.kpi), ChartUnit.NUMBER
        ),
    )
    return Picture(name=WHY_PICTURE, chart=chart, words=describe(chart, language), columns=(), rows=())


def _tone(kpi: str, amount: float) -> Tone:
    """Bad is what moved it to the worse side."""
    worse = {Better.HIGHER: amount < 0, Better.LOWER: amount > 0}.get(subject.better(kpi), False)
    return Tone.BAD if worse else Tone.NEUTRAL
