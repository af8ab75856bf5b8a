"""The first sentences of a digest: volume, targets, what moved and who moved it, or that nothing happened."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.report import figures, subject
from plugin.report.compare import change_text
from plugin.report.drivers import in_steps
from plugin.report.goal import Goal, distance, margin
from plugin.report.material import Material, is_empty
from plugin.report.moved import Move
from plugin.report.wording import beside_name, group_name, joined, label, period_name, sentences, text

#: further ones are counted; the table has them all
_NAMED_TARGETS = 3


def headline(material: Material, moved: tuple[Move, ...]) -> str:
    said = _empty(material) if material.empty else [*_targets(material), *_volume(material), *_moved(material, moved)]
    return sentences(said, material.language)


def _empty(material: Material) -> list[str]:
    language = material.language
    period = period_name(material.period, language)
    if "offered" not in material.shown:
        return [text("empty.unknown", language, period=period), text("empty.check", language)]
    said = [text(f"empty.{material.period.grain}", language, period=period)]
    before = material.value_before("offered")
    if before is not None and material.previous is not None:
        previous = period_name(material.previous, language, short=True)
        value = material.written("offered", before)
        said.append(text("empty.before", language, label=label("offered", language), previous=previous, value=value))
    return [*said, text("empty.check", language)]


def _volume(material: Material) -> Iterator[str]:
    kpi = next((kpi for kpi in ("offered", "received") if kpi in material.shown), None)
    if kpi is None:
        return
    value = material.written(kpi, material.value(kpi))
    name = label(kpi, material.language)
    if material.change(kpi) is None or material.previous is None:
        yield text("headline.volume", material.language, label=name, value=value)
        return
    yield text(
        "headline.volume.change",
        material.language,
        label=name,
        value=value,
        change=change_text(material.change(kpi), material.language),
        previous=beside_name(material.previous, material.period, material.language),
    )


def target_text(kpi: str, goal: Goal, material: Material) -> str:
    """`≥ 80%`, `≤ 0:00:30`, `80% to 85%`."""
    return limits_text(kpi, goal, subject.currency(kpi, material.now.definitions), material.language)


def limits_text(kpi: str, goal: Goal, currency: str | None, language: str) -> str:
    low, high = (
        None if bound is None else figures.limit(bound, subject.unit(kpi), language, currency)
        for bound in (goal.at_least, goal.at_most)
    )
    if low is not None and high is not None:
        return text("target.band", language, low=low, high=high)
    key = "target.higher" if low is not None else "target.lower"
    return text(key, language, limit=low if low is not None else high)


def goal_line(material: Material) -> str:
    """What the digest is for: the centre's own words, else its first targets; empty without either."""
    language = material.language
    targets = [
        text(
            "goal.target", language, label=label(kpi, language), target=target_text(kpi, material.goals[kpi], material)
        )
        for kpi in material.shown
        if kpi in material.goals
    ]
    more = len(targets) - _NAMED_TARGETS
    named = [*targets[:_NAMED_TARGETS], text("goal.more", language, count=more)] if more > 1 else targets
    goal = material.goal or joined(named, language)
    return text("goal.line", language, goal=goal) if goal else ""


def measured_goals(material: Material) -> dict[str, float]:
    """KPI with a target and a value --> by how much it was missed, as a share of the target (0 when met)."""
    found = {}
    for kpi in material.shown:
        value = material.value(kpi)
        missed = distance(value.value, material.goals[kpi]) if value and kpi in material.goals else None
        if missed is not None:
            found[kpi] = missed
    return found


def _targets(material: Material) -> Iterator[str]:
    missed = measured_goals(material)
    if not missed:
        return
    failed = [kpi for kpi, amount in missed.items() if amount > 0]
    language = material.language
    key = "headline.missed" if failed else "headline.met"
    if len(missed) == 1:
        yield text(f"{key}.one", language)
    else:
        yield text(key, language, missed=len(failed), count=len(missed))
    if failed:
        yield _against(material, "headline.worst", max(failed, key=lambda kpi: missed[kpi]))
    if len(failed) < len(missed) and len(missed) > 1:
        met = [kpi for kpi in missed if kpi not in failed]
        yield _against(material, "headline.best", max(met, key=lambda kpi: _margin(material, kpi)))


def _margin(material: Material, kpi: str) -> float:
    value = material.value(kpi)
    return (margin(value.value, material.goals[kpi]) or 0.0) if value else 0.0


def _against(material: Material, key: str, kpi: str) -> str:
    return text(
        key,
        material.language,
        label=label(kpi, material.language),
        value=material.written(kpi, material.value(kpi)),
        target=target_text(kpi, material.goals[kpi], material),
    )


def _moved(material: Material, moved: tuple[Move, ...]) -> Iterator[str]:
    if material.previous is None:
        return
    language = material.language
    previous = period_name(material.previous, language)
    if is_empty(material.before):
        yield text("headline.no_previous", language, previous=previous)
    elif not moved:
        yield text("headline.steady", language, previous=previous)
    else:
        first = moved[0]
        yield text(
            "headline.moved",
            language,
            label=label(first.kpi, language),
            change=change_text(first.change, language),
            before=material.written(first.kpi, material.value_before(first.kpi)),
            value=material.written(first.kpi, material.value(first.kpi)),
        )
        yield _mostly(first, language)


def _mostly(move: Move, language: str) -> str:
    """Who made most of it; by how much stands in what moved."""
    if move.driver is None:
        return ""
    dimension = text(f"dimension.{move.driver.dimension}", language)
    return text(
        "headline.mostly",
        language,
        dimension=dimension,
        group=group_name(move.driver.part.group, language, move.driver.dimension),
    )


def driver_text(material: Material, move: Move) -> str:
    """Who made most of the change, by its own value and by its share of the whole, and what the rest made: parts that add up.

    A part that is zero as written is not told.
    """
    driver = move.driver
    if driver is None:
        return ""
    language, part = material.language, driver.part
    currency = subject.currency(move.kpi, material.now.definitions) or ""
    counts = part.rate is None or part.mix is None
    parts = (part.amount, driver.rest) if counts else (part.rate or 0.0, part.mix or 0.0, driver.rest)
    *own, rest = in_steps(parts, figures.step(subject.unit(move.kpi), currency, parts))

    def shown(amount: float) -> str:
        return subject.change_shown(move.kpi, amount, language, currency)

    said = text(
        "moved.driver",
        language,
        dimension=text(f"dimension.{driver.dimension}", language),
        group=group_name(part.group, language, driver.dimension),
        amount=shown(sum(own)),
    )
    if not counts and own[1]:
        said += text("moved.driver.parts", language, rate=shown(own[0]), mix=shown(own[1]))
    return said + text("moved.driver.rest", language, rest=shown(rest)) if rest else said
