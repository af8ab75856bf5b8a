"""The material of one period goes in, the message that people get comes out; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plugin.kpi.period import Grain, Period, following
from plugin.notify.message import Cell, Message, Section, Table, Tone
from plugin.report import figures, remarks, subject
from plugin.report.compare import Change, Direction, change_text, direction
from plugin.report.digest_chart import chart
from plugin.report.goal import met
from plugin.report.group_lines import group_lines, value_text
from plugin.report.headline import driver_text, goal_line, headline, target_text
from plugin.report.material import Material
from plugin.report.moved import Move, moves
from plugin.report.per_day import key_of
from plugin.report.proposals import lines as proposal_lines
from plugin.report.provisional import MARK, period_mark, value_mark
from plugin.report.publications import reason_text
from plugin.report.wording import (
    beside_name,
    comma,
    joined,
    label,
    moment_name,
    period_name,
    range_name,
    sentence,
    sentences,
    text,
)

#: about the numbers rather than the period
_ASIDE = frozenset({"section.revised", "section.quality"})
TOLD_MOVES = 3
_TONES = {Direction.BETTER: Tone.GOOD, Direction.WORSE: Tone.BAD, Direction.NEITHER: Tone.NEUTRAL}


def build_digest(material: Material) -> Message:
    moved = () if material.empty else moves(material)
    language = material.language
    return Message(
        title=text("digest.title", language, name=material.title, period=period_name(material.period, language)),
        summary=headline(material, moved),
        sections=tuple(_sections(material, moved)),
        table=None if material.empty or not material.shown else _table(material),
        chart=None if material.empty else chart(material),
        links=material.links,
        footer=_footer(material),
        language=figures.language_of(language),
    )


def _table(material: Material) -> Table:
    language = material.language
    with_goals = any(kpi in material.goals for kpi in material.shown)
    now = beside_name(material.period, material.period, language) + period_mark(material.row, material.shown)
    columns = [text("column.kpi", language), now]
    columns += (
        [text("column.target.attained" if material.attained else "column.target", language)] if with_goals else []
    )
    if material.compares and material.previous is not None:
        before = _heading(material.previous, material)
        columns += [before + period_mark(material.row_before, material.shown), text("column.change", language)]
    for further in material.further:
        columns.append(text("column.change.on", language, period=_heading(further.period, material)))
    return Table(
        columns=tuple(columns),
        rows=tuple(row for kpi in material.shown for row in _lines(kpi, material, with_goals=with_goals)),
    )


def _heading(period: Period, material: Material) -> str:
    """The name of another period as a heading; with its year where a day of another year would look like one of this."""
    name, year = beside_name(period, material.period, material.language), period.first_date.year
    if period.grain not in (Grain.HOUR, Grain.DAY, Grain.WEEK) or year == material.period.first_date.year:
        return name
    return text("period.of_year", material.language, period=name, year=year)


def _lines(kpi: str, material: Material, *, with_goals: bool) -> Iterator[tuple[Cell, ...]]:
    """A volume once more per business day, where the periods have different numbers of them."""
    yield _line(kpi, material, with_goals=with_goals)
    if material.compares and (daily := material.per_day(kpi)):
        now, before, change = daily
        cells = [label(key_of(kpi), material.language), material.written(key_of(kpi), now)]
        cells += [""] if with_goals else []
        cells += [material.written(key_of(kpi), before), change_text(change, material.language)]
        cells += [""] * len(material.further)
        yield tuple(Cell(text=cell) for cell in cells)


def _line(kpi: str, material: Material, *, with_goals: bool) -> tuple[Cell, ...]:
    value = material.value(kpi)
    goal = material.goals.get(kpi)
    good = met(value.value, goal) if value and goal else None
    tone = Tone.NEUTRAL if good is None else Tone.GOOD if good else Tone.BAD
    written = value_text(kpi, value, material) + value_mark(kpi, material.row, material.shown)
    cells = [Cell(text=label(kpi, material.language)), Cell(text=written, tone=tone)]
    cells += [_target(kpi, good, material)] if with_goals else []
    if material.compares:
        change = material.change(kpi)
        before = value_text(kpi, material.value_before(kpi), material)
        cells.append(Cell(text=before + value_mark(kpi, material.row_before, material.shown)))
        changes = [change, *(material.change_since(kpi, further) for further in material.further)]
        cells += [_change(one, kpi, material.language) for one in changes]
    return tuple(cells)


def _change(change: Change | None, kpi: str, language: str) -> Cell:
    return Cell(text=change_text(change, language), tone=_TONES[direction(change, subject.better(kpi))])


def _target(kpi: str, good: bool | None, material: Material) -> Cell:
    if kpi not in material.goals:
        return Cell(text="")
    written, language = target_text(kpi, material.goals[kpi], material), material.language
    if good is not None:
        written = text("target.met" if good else "target.missed", language, target=written)
    if kpi in material.attained:
        reached = figures.percent(material.attained[kpi], language)
        written = text("target.attained", language, target=written, attained=reached)
    return Cell(text=written)


def _sections(material: Material, moved: tuple[Move, ...]) -> Iterator[Section]:
    language = material.language
    parts: Mapping[str, list[str]] = {
        "section.moved": [_move(move, material) for move in moved[:TOLD_MOVES]],
        "section.advice": list(material.advice),
        "section.groups": [] if material.empty else group_lines(material),
        "section.revised": [_revised(material, place) for place in range(len(material.revisions))],
        "section.proposals": _proposals(material),
        "section.quality": [
            *material.notes,
            *remarks.missing(material.now, language),
            *remarks.notes(material.now, language),
        ],
    }
    if goal := goal_line(material):
        yield Section(text=goal)
    dimension = text(f"dimension.{material.split.dimension}", language) if material.split else ""
    after = period_name(following(material.period), language)
    for title, lines in parts.items():
        if lines:
            name = text(title, language, dimension=dimension, period=after)
            yield Section(title=name, text="\n".join(lines), aside=title in _ASIDE)


def _proposals(material: Material) -> list[str]:
    currency = next((str(one["currency"]) for one in material.now.definitions.values() if "currency" in one), "")
    return proposal_lines(material.proposals, currency, material.language)


def _move(move: Move, material: Material) -> str:
    line = text(
        "moved.line",
        material.language,
        label=label(move.kpi, material.language),
        before=material.written(move.kpi, material.value_before(move.kpi)),
        now=material.written(move.kpi, material.value(move.kpi)),
        change=change_text(move.change, material.language),
    )
    driver = driver_text(material, move)
    return f"{line}{comma(material.language)}{driver}" if driver else line


def _revised(material: Material, place: int) -> str:
    revision = material.revisions[place]
    line = text(
        "revised.line",
        material.language,
        label=label(revision.kpi, material.language),
        period=period_name(revision.period, material.language, short=True),
        old=material.written(revision.kpi, revision.old),
        new=material.written(revision.kpi, revision.new),
    )
    return f"{line} ({reason_text(revision, material.language)})"


def _footer(material: Material) -> str:
    language, zone = material.language, material.period.timezone
    lines = [text(f"final.{material.finality}", language, moment=moment_name(material.final_from, zone, language))]
    if material.unsettled and not material.empty:
        lines[0] = f"{MARK} {lines[0]}"
    if material.due_at is not None:
        lines.append(text("final.late", language, moment=moment_name(material.due_at, zone, language)))
    if material.compares and material.previous is not None and not material.empty:
        others = (material.previous, *(one.period for one in material.further))
        now, *before = (range_name(one, language) for one in (material.passed, *others))
        lines.append(sentence(text("footer.compared", language, period=now, previous=joined(before, language))))
    lines += [] if material.empty else remarks.definitions(material.now, language)
    return sentences([*lines, text("footer.zone", language, zone=zone)], language)
