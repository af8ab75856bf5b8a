"""One number with everything that a reader needs to judge it: target, change, and how much it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.kpi.attainment import attained, elapsed_share, target_for
from plugin.kpi.metric import Measurement, Unit
from plugin.policy.document import Document
from plugin.report import figures, subject
from plugin.report.compare import BEYOND_CHANCE, Direction, change_text, direction, surprise
from plugin.report.goal import met
from plugin.report.headline import target_text
from plugin.report.material import Material
from plugin.report.per_day import key_of
from plugin.report.provisional import value_mark
from plugin.report.wording import counted, label, noun
from plugin.web.wording import say


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """Texts as they are to be read. `good` is None without a target or a value; `arrow` points where the value went.

    `trend` is better or worse only when the change is more than chance.
    """

    kpi: str
    label: str
    value: str
    number: float | None
    sample: str = ""
    small: bool = False
    target: str = ""
    good: bool | None = None
    attainment: str = ""
    before: str = ""
    change: str = ""
    #: a volume per business day with its change, where the periods have different numbers of them
    per_day: str = ""
    arrow: str = ""
    trend: Direction = Direction.NEITHER
    #: it may still change, and so may not all others beside it
    provisional: bool = False


def tiles(material: Material, document: Document) -> tuple[Tile, ...]:
    return tuple(tile(kpi, material, document) for kpi in material.shown)


def tile(kpi: str, material: Material, document: Document) -> Tile:
    language = material.language
    value, goal = material.value(kpi), material.goals.get(kpi)
    number = value.value if value else None
    moved = material.change(kpi)
    reached = _attainment(kpi, number, material, document)
    return Tile(
        kpi=kpi,
        label=label(kpi, language),
        value=material.written(kpi, value),
        number=number,
        sample=sample(kpi, value, language),
        small=subject.is_small(kpi, value, material.now),
        target=target_text(kpi, goal, material) if goal else "",
        good=met(number, goal) if goal else None,
        attainment="" if reached is None else _written_attainment(reached, language),
        before=material.written(kpi, material.value_before(kpi)),
        change=change_text(moved, language),
        per_day=_per_day(kpi, material),
        arrow="" if moved is None or not moved.amount else "▲" if moved.amount > 0 else "▼",
        trend=_trend(kpi, material),
        provisional=bool(value_mark(kpi, material.row, material.shown)),
    )


def _per_day(kpi: str, material: Material) -> str:
    daily = material.per_day(kpi)
    if daily is None:
        return ""
    now, _, moved = daily
    value, language = material.written(key_of(kpi), now), material.language
    return say("per_business_day", language, value=value, change=change_text(moved, language))


def _written_attainment(reached: float, language: str) -> str:
    """Whole per cent, but what is nearly reached is not written as reached."""
    return figures.percent(reached, language, int(0.995 <= reached < 1))


def _trend(kpi: str, material: Material) -> Direction:
    strength = surprise(material.value(kpi), material.value_before(kpi), subject.unit(kpi))
    if abs(strength) < BEYOND_CHANCE:
        return Direction.NEITHER
    return direction(material.change(kpi), subject.better(kpi))


def _attainment(kpi: str, value: float | None, material: Material, document: Document) -> float | None:
    target = target_for(document, kpi, material.period, {})
    if target is None or value is None:
        return None
    share = elapsed_share(document, material.period, material.now_at)
    return attained(value, target, subject.better(kpi), share, document.definitions.attainment)


def sample(kpi: str, value: Measurement | None, language: str) -> str:
    """`17 of 50 contacts`, `50 contacts`: what the number rests on; nothing for a count, which says it itself."""
    if value is None or value.denominator is None:
        return ""
    thing = subject.counted(kpi)
    if not thing:
        return ""
    if subject.unit(kpi) == Unit.RATIO:
        return counted(value.numerator, value.denominator, thing, language)
    amount = figures.number(value.denominator, language)
    return say("sample", language, amount=amount, noun=noun(thing, value.denominator, language))
