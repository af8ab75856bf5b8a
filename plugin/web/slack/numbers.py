"""A KPI and a period go in, a message with value, sample, target and change comes out: the numbers of every page and digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from plugin.kpi.answer import STANDARD_KPIS, Ask, answer
from plugin.kpi.metric import Report
from plugin.kpi.period import Period
from plugin.kpi.period import label as period_label
from plugin.notify.message import Cell, Link, Message, Table, Tone
from plugin.report import remarks, subject
from plugin.report.figures import number
from plugin.report.goals import goals_for
from plugin.report.headline import headline
from plugin.report.material import Material
from plugin.report.moved import moves
from plugin.report.per_day import days_of
from plugin.report.provisional import MARK, value_mark
from plugin.report.wording import label, moment_name, period_name, range_name, sentence, sentences, text
from plugin.web.choice import Choice
from plugin.web.slack.desk import SlackApp
from plugin.web.tiles import Tile, tiles
from plugin.web.wording import say


def material_of(connection: Connection, app: SlackApp, choice: Choice, kpis: tuple[str, ...]) -> Material:
    document, now = app.document(), app.now()

    def ask(period: Period) -> Report:
        asked = Ask(kpis=kpis, start=period.start, end=period.end, timezone=period.timezone)
        found = answer(connection, document, asked, now, app.knows())
        return replace(found, rows=tuple(replace(row, period=period) for row in found.rows))

    return Material(
        title="",
        kpis=kpis,
        period=choice.period,
        now_at=now,
        now=ask(choice.period),
        previous=choice.before,
        before=ask(choice.before),
        goals=goals_for(document, kpis, choice.period, {}, now),
        days=days_of(document.calendar(), choice.period, choice.before, now),
        grace=timedelta(hours=document.definitions.grace_h),
        language=document.language,
    )


def usual_numbers(connection: Connection, app: SlackApp, choice: Choice) -> Message:
    """The usual KPIs as a table under the sentences of a digest."""
    material = material_of(connection, app, choice, STANDARD_KPIS)
    language = material.language
    return Message(
        title=range_name(material.passed, language),
        summary=headline(material, () if material.empty else moves(material)),
        table=None if material.empty else _table(tiles(material, app.document()), material),
        links=_links(app, choice, "/", language),
        footer=_footer(material),
        language=language,
    )


def one_number(connection: Connection, app: SlackApp, choice: Choice, kpi: str) -> Message:
    material = material_of(connection, app, choice, (kpi,))
    language = material.language
    found = tiles(material, app.document())
    lines = _lines(found[0], material) if found else remarks.unavailable(material.now.unavailable, language)
    return Message(
        title=text("digest.title", language, name=label(kpi, language), period=range_name(material.passed, language)),
        summary="\n".join(lines),
        links=_links(app, choice, f"/kpi/{kpi}", language),
        footer=_footer(material),
        language=language,
    )


def _lines(one: Tile, material: Material) -> list[str]:
    language = material.language
    value = one.value + value_mark(one.kpi, material.row, material.shown)
    lines = [say("slack.value.of", language, value=value, sample=one.sample) if one.sample else value]
    if one.target:
        key = "slack.target" if one.good is None else "slack.target.met" if one.good else "slack.target.missed"
        lines.append(say(key, language, target=one.target))
    if one.change and material.previous is not None:
        before = period_name(material.previous, language, short=True)
        lines.append(say("slack.change", language, change=one.change, before=one.before, period=before))
    return lines


def _table(found: tuple[Tile, ...], material: Material) -> Table:
    language = material.language
    columns = (text("column.kpi", language), say("value", language), "n", text("column.target", language))
    return Table(
        columns=(*columns, text("column.change", language)),
        rows=tuple(_row(one, material) for one in found),
    )


def _row(one: Tile, material: Material) -> tuple[Cell, ...]:
    tone = Tone.NEUTRAL if one.good is None else Tone.GOOD if one.good else Tone.BAD
    value = one.value + value_mark(one.kpi, material.row, material.shown)
    return (
        Cell(text=one.label),
        Cell(text=value, tone=tone),
        Cell(text=_sample(one.kpi, material)),
        Cell(text=one.target),
        Cell(text=one.change),
    )


def _sample(kpi: str, material: Material) -> str:
    """What a share or mean rests on; a count says it itself."""
    value = material.value(kpi)
    known = value is not None and value.denominator is not None and subject.counted(kpi)
    return number(value.n, material.language) if value is not None and known else ""


def _footer(material: Material) -> str:
    language, zone = material.language, material.period.timezone
    final = text(f"final.{material.finality}", language, moment=moment_name(material.final_from, zone, language))
    said = [f"{MARK} {final}" if material.unsettled and not material.empty else final]
    if material.previous is not None and not material.empty:
        now, before = (range_name(one, language) for one in (material.passed, material.previous))
        said.append(sentence(text("footer.compared", language, period=now, previous=before)))
    return sentences([*said, text("footer.zone", language, zone=zone)], language)


def _links(app: SlackApp, choice: Choice, path: str, language: str) -> tuple[Link, ...]:
    if not app.base_url:
        return ()
    query = urlencode({"period": period_label(choice.period)})
    return (Link(label=text("link.page", language), url=f"{app.base_url}{path}?{query}"),)
