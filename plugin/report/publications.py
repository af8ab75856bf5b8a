"""What was published of a period, each number with all that was said of it later, old to new."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlmodel import Session, col, func, select

from plugin.contract.event import Json
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period, label
from plugin.report import figures, subject
from plugin.report.published import Published, PublishedValue, Revision, read, revisions
from plugin.report.render_csv import safe
from plugin.report.render_json import local_iso, tidy, value_json
from plugin.report.wording import label as kpi_label
from plugin.report.wording import moment_name, noun, period_name, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """A number as a digest first said it, and how it was revised since."""

    digest: str
    first: Published
    revisions: tuple[Revision, ...] = ()


def publications(
    session: Session, kpi: str | None = None, period: Period | None = None, *, skip: int = 0, most: int = 100
) -> tuple[int, tuple[Publication, ...]]:
    """How many numbers there are, and those of one page, newest period first."""
    conditions = [] if kpi is None else [col(PublishedValue.kpi) == kpi]
    if period is not None:
        conditions += [col(PublishedValue.start_at) == period.start, col(PublishedValue.end_at) == period.end]
    first = select(func.min(col(PublishedValue.id))).where(*conditions).group_by(*_NUMBER)
    total = session.exec(select(func.count()).select_from(first.subquery())).one()
    query = select(PublishedValue).where(col(PublishedValue.id).in_(first))
    order = (col(PublishedValue.start_at).desc(), col(PublishedValue.digest), col(PublishedValue.id))
    rows = session.exec(query.order_by(*order).offset(skip).limit(most)).all()
    return total, tuple(_publication(session, row) for row in rows)


#: the columns that say which number of which digest a row is about
_NUMBER = (
    col(PublishedValue.digest),
    col(PublishedValue.start_at),
    col(PublishedValue.end_at),
    col(PublishedValue.kpi),
    col(PublishedValue.groups),
)


def _publication(session: Session, row: PublishedValue) -> Publication:
    known = (row.digest, row.start_at, row.end_at, row.kpi, row.groups)
    same = [column == value for column, value in zip(_NUMBER, known, strict=True)]
    said = [read(one) for one in session.exec(select(PublishedValue).where(*same).order_by(col(PublishedValue.id)))]
    found = [revision for before, now in pairwise(said) for revision in revisions([before], [now])]
    return Publication(digest=row.digest, first=said[0], revisions=tuple(found))


def revised_since(session: Session, period: Period, now: Sequence[Published]) -> tuple[Revision, ...]:
    """The numbers of the whole centre that were published of this period and read differently now; from the first word to now."""
    _, said = publications(session, period=period, most=1000)
    first: dict[str, Published] = {}
    for one in sorted(said, key=lambda one: one.first.at or period.end):
        if not one.first.groups:
            first.setdefault(one.first.kpi, one.first)
    return revisions(first.values(), now)


def scope_of(groups: str) -> dict[str, Json]:
    """`queue=Support` --> {"queue": "Support"}"""
    return {name: value for name, _, value in (part.partition("=") for part in groups.split(",") if part)}


def definition_of(version: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in version.split(";") if part)}


def publication_json(one: Publication) -> dict[str, Json]:
    first, zone = one.first, one.first.period.timezone
    return {
        "digest": one.digest,
        "period": label(first.period),
        "grain": first.period.grain.value,
        "start": local_iso(first.period.start, zone),
        "end": local_iso(first.period.end, zone),
        "timezone": zone,
        "scope": scope_of(first.groups),
        "kpi": first.kpi,
        **value_json(first.value),
        "definition": dict(definition_of(first.version)),
        "policy_revision": first.policy_revision,
        "provisional": first.provisional,
        "at": _iso(first.at, zone),
        "revisions": [_revision_json(revision, zone) for revision in one.revisions],
    }


def _revision_json(one: Revision, zone: str) -> Json:
    return {
        "old": value_json(one.old),
        "new": value_json(one.new),
        "reason": one.reason.value,
        "definition": dict(definition_of(one.version)),
        "policy_revision": one.policy_revision,
        "provisional": one.provisional,
        "at": _iso(one.at, zone),
    }


def _iso(moment: datetime | None, zone: str) -> str | None:
    return None if moment is None else local_iso(moment, zone)


_CSV = (
    "digest",
    "period",
    "start",
    "end",
    "scope",
    "kpi",
    "value",
    "numerator",
    "denominator",
    "definition",
    "policy_revision",
    "provisional",
    "at",
    "reason",
)


def publications_csv(found: Iterable[Publication]) -> str:
    """A line for every word: each number as it was first said, then what was said of it later, with the reason."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for one in found:
        writer.writerow(_line(one, one.first, one.first.value, ""))
        for revision in one.revisions:
            writer.writerow(_line(one, revision, revision.new, revision.reason.value))
    return out.getvalue()


def _line(one: Publication, word: Published | Revision, value: Measurement, reason: str) -> list[object]:
    period = one.first.period
    return [
        safe(one.digest),
        label(period),
        *(local_iso(moment, period.timezone) for moment in (period.start, period.end)),
        safe(one.first.groups),
        one.first.kpi,
        *(tidy(each) for each in (value.value, value.numerator, value.denominator)),
        word.version,
        word.policy_revision,
        "yes" if word.provisional else "no",
        _iso(word.at, period.timezone),
        reason,
    ]


def reason_text(revision: Revision, language: str = "en") -> str:
    """Why a number is another one now, and how many contacts came late."""
    late = revision.came_late
    if not late:
        return text(f"revised.{revision.reason}", language)
    amount = figures.number(late, language)
    return text("revised.late.count", language, count=amount, noun=noun(subject.counted(revision.kpi), late, language))


def revision_text(revision: Revision, language: str = "en") -> str:
    """`Abandonment rate: 5.1% -> 5.4% (12 contacts came late)`"""
    old, new = (shown(revision.kpi, value.value, revision.version, language) for value in (revision.old, revision.new))
    return f"{kpi_label(revision.kpi, language)}: {old} → {new} ({reason_text(revision, language)})"


def shown(kpi: str, value: float | None, version: str, language: str = "en") -> str:
    return figures.figure(value, subject.unit(kpi), language, definition_of(version).get("currency"))


def publication_lines(one: Publication, language: str = "en") -> list[str]:
    """The number as it was said, and a line for each revision of it."""
    first, zone = one.first, one.first.period.timezone
    scope = f", {first.groups}" if first.groups else ""
    value = shown(first.kpi, first.value.value, first.version, language)
    parts = (
        "" if first.value.denominator is None else f", {_sum(first.value.numerator)} / {_sum(first.value.denominator)}"
    )
    said = "" if first.at is None else f", {moment_name(first.at, zone, language)}"
    head = (
        f"{period_name(first.period, language)}{scope}, {kpi_label(first.kpi, language)}: {value}{parts} "
        f"({one.digest}{said}, {first.version or 'version=1'}, policy {first.policy_revision})"
    )
    return [head, *(f"  {_moment(each, zone, language)}{revision_text(each, language)}" for each in one.revisions)]


def _sum(amount: float) -> str:
    return figures.number(amount)


def _moment(one: Revision, zone: str, language: str) -> str:
    return "" if one.at is None else f"{moment_name(one.at, zone, language)}  "
