"""What a digest said, kept with the definition and the settings of that day; what is now another number comes out as a revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from plugin.database import Moment, RowId
from plugin.kpi.basis import basis_of
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Grain, Period
from plugin.policy.document import Document
from plugin.report import subject
from plugin.report.figures import figure


class PublishedValue(SQLModel, table=True):
    """One number of one digest. A later row of the same number is what was said later; no row is ever changed.

    `groups` is the part of the centre that it is about: `queue=Support`, or empty. `provisional`: 1 when it was said to be.
    """

    __tablename__ = "published_value"
    __table_args__ = (Index("ix_published_value_digest_start_at", "digest", "start_at"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    digest: str
    grain: str
    start_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    end_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    timezone: str
    kpi: str
    groups: str = ""
    numerator: float
    denominator: float | None = None
    definition_version: str = ""
    policy_revision: int = 0
    #: what of the policy it depended on, see `plugin.kpi.basis`
    basis: str = ""
    provisional: int = 0
    at: datetime = Field(sa_column=Column(Moment, nullable=False))


class Reason(StrEnum):
    DEFINITION = "definition"
    POLICY = "policy"
    LATE = "late"


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A number that was said, or would be said now. `version` names the definition with its variant and thresholds, `basis` the
    settings that it depends on.
    """

    period: Period
    kpi: str
    groups: str = ""
    value: Measurement
    version: str = ""
    policy_revision: int = 0
    basis: str = ""
    provisional: bool = False
    #: when it was said; None: it is only known now
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    period: Period
    kpi: str
    groups: str
    old: Measurement
    new: Measurement
    reason: Reason
    version: str = ""
    policy_revision: int = 0
    basis: str = ""
    provisional: bool = False
    #: when the new number was said
    at: datetime | None = None

    @property
    def came_late(self) -> int:
        """How many more contacts or tickets a share rests on, where late events are the reason; else 0."""
        if (
            self.reason is not Reason.LATE
            or not subject.counted(self.kpi)
            or self.old.denominator is None
            or self.new.denominator is None
        ):
            return 0
        return max(0, int(self.new.denominator - self.old.denominator))


def published(
    report: Report, document: Document, policy_revision: int = 0, only: Mapping[str, str] | None = None
) -> tuple[Published, ...]:
    """Every number of the report, as it would be remembered; `only` is the part of the centre that it was asked for."""
    names = {*(only or ()), *(name for row in report.rows for name in row.group)}
    bases = {kpi: basis_of(kpi, document, names) for kpi in {kpi for row in report.rows for kpi in row.values}}
    return tuple(
        Published(
            period=row.period,
            kpi=kpi,
            groups=",".join(f"{name}={value}" for name, value in {**(only or {}), **row.group}.items()),
            basis=bases[kpi],
            value=value,
            version=version_of(report.definitions.get(kpi, {})),
            policy_revision=policy_revision,
            provisional=kpi in row.unsettled,
        )
        for row in report.rows
        for kpi, value in row.values.items()
        if kpi not in report.unavailable
    )


def version_of(definition: Mapping[str, object]) -> str:
    return ";".join(f"{name}={definition[name]}" for name in sorted(definition))


def revisions(old: Iterable[Published], new: Iterable[Published]) -> tuple[Revision, ...]:
    """The numbers that read differently now, in the order of the new ones. A difference that nobody would see is none."""
    said = {_key(one): one for one in old}
    pairs = ((said.get(_key(one)), one) for one in new)
    return tuple(_revision(before, now) for before, now in pairs if before is not None and _differs(before, now))


def _key(one: Published) -> tuple[datetime, datetime, str, str]:
    return one.period.start, one.period.end, one.kpi, one.groups


def _differs(before: Published, now: Published) -> bool:
    unit = subject.unit(now.kpi)
    return figure(before.value.value, unit) != figure(now.value.value, unit)


def _revision(before: Published, now: Published) -> Revision:
    reason = Reason.LATE
    if before.version != now.version:
        reason = Reason.DEFINITION
    elif before.basis != now.basis:
        reason = Reason.POLICY
    return Revision(
        period=now.period,
        kpi=now.kpi,
        groups=now.groups,
        old=before.value,
        new=now.value,
        reason=reason,
        version=now.version,
        policy_revision=now.policy_revision,
        basis=now.basis,
        provisional=now.provisional,
        at=now.at,
    )


def remember(session: Session, digest: str, said: Sequence[Published], at: datetime) -> None:
    for one in said:
        session.add(
            PublishedValue(
                digest=digest,
                grain=one.period.grain,
                start_at=one.period.start,
                end_at=one.period.end,
                timezone=one.period.timezone,
                kpi=one.kpi,
                groups=one.groups,
                numerator=one.value.numerator,
                denominator=one.value.denominator,
                definition_version=one.version,
                policy_revision=one.policy_revision,
                basis=one.basis,
                provisional=int(one.provisional),
                at=at,
            )
        )


def last_said(session: Session, digest: str, before: datetime, periods: int = 7) -> tuple[Published, ...]:
    """The last word on each number of the last few periods that began before the moment, oldest period first."""
    starts = session.exec(
        select(PublishedValue.start_at)
        .where(PublishedValue.digest == digest, col(PublishedValue.start_at) < before)
        .distinct()
        .order_by(col(PublishedValue.start_at).desc())
        .limit(periods)
    ).all()
    if not starts:
        return ()
    rows = session.exec(
        select(PublishedValue)
        .where(
            PublishedValue.digest == digest,
            col(PublishedValue.start_at) >= min(starts),
            col(PublishedValue.start_at) < before,
        )
        .order_by(col(PublishedValue.start_at), col(PublishedValue.id))
    )
    latest = {_key(one): one for one in map(read, rows)}
    return tuple(latest.values())


def read(row: PublishedValue) -> Published:
    return Published(
        period=Period(grain=Grain(row.grain), start=row.start_at, end=row.end_at, timezone=row.timezone),
        kpi=row.kpi,
        groups=row.groups,
        value=Measurement(numerator=row.numerator, denominator=row.denominator),
        version=row.definition_version,
        policy_revision=row.policy_revision,
        basis=row.basis,
        provisional=bool(row.provisional),
        at=row.at,
    )
