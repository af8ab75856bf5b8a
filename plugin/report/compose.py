"""A digest of the policy and a period go in; the questions are asked, the message is written, sent and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plugin.kpi.answer import STANDARD_KPIS
from plugin.kpi.endless import LOOKED_BACK
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.period import Grain, Period, previous
from plugin.notify.message import Message
from plugin.policy.digest import Digest
from plugin.policy.document import Document
from plugin.report.addressees import Addressee
from plugin.report.advice.look import Look, see
from plugin.report.advice.rules import advice
from plugin.report.audit import seen as audit
from plugin.report.audit.look import measured
from plugin.report.audit.message import audit_message
from plugin.report.audit.seen import Usage
from plugin.report.digest import TOLD_MOVES, build_digest
from plugin.report.due import comparisons, last_due, periods_for
from plugin.report.figures import language_of, number
from plugin.report.goals import attained_for, goals_for, only_of
from plugin.report.leaving import Recipient, link
from plugin.report.links import links, page_link
from plugin.report.material import Further, Material, Split, is_empty
from plugin.report.moved import HOUR, moves
from plugin.report.per_day import days_of
from plugin.report.proposals import Proposal, propose
from plugin.report.published import Published, Revision, published, revisions
from plugin.report.questions import AskReport, Questions
from plugin.report.wording import moment_name, period_name, text

#: In which the group that moved a KPI is looked for, besides the one that is told; hours only of periods that have few of them.
_DIMENSIONS = ("queue", "team", "channel", "agent", HOUR)
_WITH_HOURS = (Grain.DAY, Grain.WEEK, Grain.MONTH)
#: A digest that leaves this much after its time says so.
_LATE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Composer:
    """How a digest is made here: the one calculation, the policy and its revision, the address of the pages."""

    document: Document
    ask: AskReport
    now: datetime
    policy_revision: int = 0
    base_url: str = ""
    #: signs the links by which a reader leaves; without it mails have none
    secret: bytes = field(default=b"", repr=False)
    #: remarks on the sources, such as one that is silent
    notes: tuple[str, ...] = ()
    #: source --> how many of its contacts of the last days never ended
    endless: Mapping[str, int] = field(default_factory=dict)
    #: source that is silent against its own rhythm --> when it last sent something
    silent: Mapping[str, datetime] = field(default_factory=dict)
    #: what of the policy was used in a period, which an audit asks
    usage: Callable[[Period], Usage] = lambda period: Usage()
    #: the policy with the costs that were entered beside it for a period, which advice and audits ask
    with_costs: Callable[[Document, Period], Document] = lambda document, period: document
    #: deliveries that had come by the time the digest was due and are not read yet
    unread: int = 0

    def leave_link(self, name: str, to: Addressee) -> str:
        if to.kind != "email":
            return ""
        return link(self.base_url, self.secret, Recipient(digest=name, address=to.target))

    def _asked(self, only: dict[str, str]) -> Questions:
        return Questions(ask=self.ask, only=only)

    def material(self, name: str, period: Period, said: Sequence[Published] = ()) -> Material:
        digest, document = self.document.digests[name], self.document
        whole_campaign = digest.kind == "campaign"
        if whole_campaign:
            # What is a target of days or months says nothing of the length of a campaign.
            lasting = tuple(target for target in document.targets if target.grain is None)
            document = document.model_copy(update={"targets": lasting})
        kpis = digest.kpis or STANDARD_KPIS
        only = only_of(digest.scope)
        asked = self._asked(only)
        others = (_as_long(one, period, self.now) for one in comparisons(digest, self.document, period))
        before, *rest = dict.fromkeys(others)
        further = [Further(period=one, report=asked.whole(kpis, one)) for one in rest]
        now_report = asked.whole(kpis, period)
        if not digest.kpis:
            now_report = replace(now_report, unavailable={})
        language = language_of(digest.language or self.document.language)
        found = Material(
            title=digest.title or name,
            kpis=kpis,
            period=period,
            now_at=self.now,
            now=now_report,
            previous=before,
            before=asked.whole(kpis, before),
            further=tuple(one for one in further if not is_empty(one.report)),
            split=None if digest.by in only else self._told(document, digest.by, kpis, period, before, only),
            series=asked.series(kpis, period),
            goals=goals_for(document, kpis, period, only, self.now),
            attained=attained_for(document, _values(now_report), period, only, self.now),
            goal=digest.goal or "",
            revisions=self.revised(kpis, only, said),
            notes=(*self._quality(language, period.timezone), *_unmeasured(further, language)),
            due_at=self._late(digest, period),
            days=days_of(self.document.calendar(), period, before, self.now),
            grace=timedelta(hours=self.document.definitions.grace_h),
            language=language,
        )
        return replace(
            found,
            links=links(found, self.base_url),
            others=tuple(self._others(found, before, only)),
            advice=self._advice(found, only),
            proposals=self._proposals(found, only),
        )

    def _proposals(self, material: Material, only: dict[str, str]) -> tuple[Proposal, ...]:
        """Once a month, from the days of the last three."""
        period = material.period
        if period.grain is not Grain.MONTH or material.empty or self.now < period.end or not material.goals:
            return ()
        whole = replace(period, start=previous(previous(period)).start)
        asked = self._asked(only)
        days, months = (
            [row.values for row in asked.steps(tuple(material.goals), whole, grain).rows]
            for grain in (Grain.DAY, Grain.MONTH)
        )
        return propose(self.document, days, months, tuple(material.goals), period, only)

    def _advice(self, material: Material, only: dict[str, str]) -> tuple[str, ...]:
        """None about an hour, which is over before anybody could act, nor about what is not over."""
        if material.empty or material.period.grain is Grain.HOUR or self.now < material.period.end:
            return ()
        return advice(see(self._look(material.period, only), material))

    def _look(self, period: Period, only: dict[str, str]) -> Look:
        return Look(ask=self.ask, document=self.with_costs(self.document, period), period=period, only=only)

    def _others(self, material: Material, before: Period, only: dict[str, str]) -> Iterator[Split]:
        """What moved, by everything else than the groups that are told."""
        kpis = () if material.empty else tuple(move.kpi for move in moves(material)[:TOLD_MOVES])
        told = material.split.dimension if material.split else ""
        for dimension in _DIMENSIONS if kpis else ():
            by_hour = dimension == HOUR
            if dimension != told and dimension not in only and (not by_hour or material.period.grain in _WITH_HOURS):
                yield self._asked(only).split(dimension, kpis, material.period, before)

    def message(self, name: str, period: Period, said: Sequence[Published] = ()) -> Message:
        if self.document.digests[name].kind == "audit":
            return self.audit(name, period)
        return build_digest(self.material(name, period, said))

    def audit(self, name: str, period: Period) -> Message:
        digest = self.document.digests[name]
        language = language_of(digest.language or self.document.language)
        seen = audit.Seen(
            title=digest.title or name,
            period=period,
            now_at=self.now,
            usage=self.usage(period),
            notes=tuple(self._quality(language, period.timezone)),
            links=page_link(period, self.base_url, language),
            due_at=self._late(digest, period),
            language=language,
        )
        return audit_message(measured(self._look(period, only_of(digest.scope)), seen, digest.kpis, self.now))

    def revised(self, kpis: Sequence[str], only: dict[str, str], said: Sequence[Published]) -> tuple[Revision, ...]:
        """What was said of earlier periods and is another number now."""
        found: list[Revision] = []
        for period in dict.fromkeys(one.period for one in said):
            then = [one for one in said if one.period == period]
            now_report = self._asked(only).whole(tuple(kpis), period)
            found += revisions(then, published(now_report, self.document, self.policy_revision, only))
        return tuple(found)

    def _told(
        self,
        document: Document,
        dimension: str,
        kpis: tuple[str, ...],
        period: Period,
        before: Period,
        only: dict[str, str],
    ) -> Split:
        """A group is held against its own targets, where it has any."""
        found = self._asked(only).split(dimension, kpis, period, before)
        names = {row.group.get(dimension, "") for row in found.now.rows}
        goals = {name: goals_for(document, kpis, period, {**only, dimension: name}, self.now) for name in names}
        return replace(found, goals=goals)

    def _quality(self, language: str, timezone: str) -> Iterator[str]:
        """What the numbers may lack, the gravest first."""
        if self.unread:
            yield text("note.unread", language, count=number(self.unread, language))
        for source, last_at in self.silent.items():
            yield text("note.silent", language, source=source, moment=moment_name(last_at, timezone, language))
        yield from self.notes
        for source, count in self.endless.items():
            counted = number(count, language)
            yield text("note.endless", language, days=LOOKED_BACK.days, source=source, count=counted)

    def _late(self, digest: Digest, period: Period) -> datetime | None:
        """Only the current period can be late; an older one was asked for."""
        due_at = last_due(digest, self.document, self.now)
        if period not in periods_for(digest, self.document, due_at):
            return None
        return due_at if due_at >= period.end and self.now - due_at > _LATE else None


def _values(report: Report) -> Mapping[str, Measurement]:
    return report.rows[0].values if report.rows else {}


def _unmeasured(further: Sequence[Further], language: str) -> Iterator[str]:
    for one in further:
        if is_empty(one.report):
            yield text("note.unmeasured", language, period=period_name(one.period, language))


def _as_long(before: Period, period: Period, now: datetime) -> Period:
    """A period that is not over is compared with the same part of the other one."""
    if not period.start < now < period.end:
        return before
    return replace(before, end=min(before.end, before.start + (now - period.start)))
