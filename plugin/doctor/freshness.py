"""What a source used to tell and tells no more, and what its vendor could tell and it never did; with the KPIs that it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from plugin.contract.event import Kind
from plugin.doctor.finding import Finding, error, warn
from plugin.doctor.processes import duration
from plugin.events.arrivals import HOUR
from plugin.inbox.silence import Silence as SourceSilence
from plugin.kpi.catalogue import METRICS
from plugin.kpi.names import metric_name
from plugin.normalise.sources import SourceConfig
from plugin.normalise.supply import BY_KIND
from plugin.policy.calendar import Calendar, open_ms
from plugin.report import wording

#: the past that says how long a source is silent at times
LOOKED_BACK = timedelta(days=14)
#: kinds that a vendor sends by itself; what people enter comes when they enter it
KINDS = tuple(
    kind
    for kind in Kind
    if kind.about in ("contact", "ticket", "survey", "agent")
    and kind not in (Kind.CONTACT_EVALUATED, Kind.CONTACT_SENTIMENT, Kind.CONTACT_CONVERTED, Kind.TICKET_DELETED)
)
#: a rhythm is seen in so many busy hours at least
_BUSY_HOURS = 20
#: silent for longer than the longest silence before, and so much more
_LONGER, _AT_LEAST_MS = 1.5, 2 * 3_600_000
#: before so many deliveries nobody can say that something never comes
_DELIVERIES = 200
_SHOWN = 4
_ASK_VENDOR = (
    "See at the vendor's side whether the webhook was switched off; then `deskgauge backfill {source}`, where its history "
    "can be read."
)
#: what an adapter calls a fact --> how its events show it
_SHOWN_AS = {"survey": ("survey:csat", "survey:nps", "survey:ces", "survey:fcr")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """In opening time, milliseconds: how long it lasts, and the longest one that the two weeks before had."""

    last_at: datetime
    lasts_ms: int
    longest_ms: int

    @property
    def is_unusual(self) -> bool:
        return self.lasts_ms > self.longest_ms * _LONGER + _AT_LEAST_MS


def silence_of(hours: Sequence[datetime], calendar: Calendar | None, now: datetime) -> Silence | None:
    """None where too little was seen to know a rhythm. `hours` are the beginnings of those in which something happened."""
    if len(hours) < _BUSY_HOURS:
        return None
    gaps = [open_ms(calendar, before + HOUR, after) for before, after in pairwise(hours) if after - before > HOUR]
    last_at = min(hours[-1] + HOUR, now)
    return Silence(last_at=last_at, lasts_ms=open_ms(calendar, last_at, now), longest_ms=max(gaps, default=0))


def fallen_silent(judged: Mapping[str, SourceSilence | None]) -> Iterator[Finding]:
    """What the alert of a silent source tells, too."""
    for source, silence in judged.items():
        if silence is not None and silence.is_unusual:
            lasts, limit = (duration(timedelta(milliseconds=ms)) for ms in (silence.lasts_ms, silence.limit_ms))
            text = f"is silent since {silence.last_at:%Y-%m-%d %H:%M} UTC: {lasts} in which it usually sends ({limit} may be)"
            yield error(f"source {source}", text, _ASK_VENDOR.format(source=source))


def silences(
    busy: Mapping[tuple[str, Kind], Sequence[datetime]],
    calendar: Calendar | None,
    now: datetime,
    silent: Collection[str] = (),
) -> Iterator[Finding]:
    """Of the sources that are not `silent` altogether: kinds of events that stay away while deliveries may come."""
    found: dict[str, dict[Kind, Silence]] = defaultdict(dict)
    for (source, kind), hours in busy.items():
        silence = silence_of(hours, calendar, now)
        if silence is not None:
            found[source][kind] = silence
    for source, kinds in sorted(found.items()):
        if source in silent:
            continue
        unusual = {kind: silence for kind, silence in kinds.items() if silence.is_unusual}
        if len(unusual) == len(kinds):
            yield _source_fell_silent(source, max(unusual.values(), key=_last))
        elif unusual:
            yield _kinds_fell_silent(source, unusual)


def _last(silence: Silence) -> datetime:
    return silence.last_at


def _source_fell_silent(source: str, silence: Silence) -> Finding:
    return warn(
        f"source {source}",
        f"nothing has happened there since {_since(silence)}",
        _ASK_VENDOR.format(source=source),
    )


def _kinds_fell_silent(source: str, kinds: Mapping[Kind, Silence]) -> Finding:
    facts = [fact for kind in kinds for fact in BY_KIND.get(kind, ())]
    return warn(
        f"source {source}",
        f"no {', '.join(sorted(kinds))} since {_since(max(kinds.values(), key=_last))}, while other events come{_cost(facts)}",
        "See at the vendor's side whether these events are still selected for the webhook.",
    )


def _since(silence: Silence) -> str:
    lasts, longest = (f"{ms / 3_600_000:.0f} h" for ms in (silence.lasts_ms, silence.longest_ms))
    return f"{silence.last_at:%Y-%m-%d %H:%M} UTC, {lasts} of opening time (at most {longest} in the two weeks before)"


def never_told(
    configured: Mapping[str, SourceConfig], shown: Mapping[str, Collection[str]], received: Mapping[str, int]
) -> Iterator[Finding]:
    """`shown`: source --> facts that its events have shown; `received`: how many deliveries came. A mapping promises nothing."""
    for name, source in sorted(configured.items()):
        if received.get(name, 0) < _DELIVERIES or source.adapter.kind == "generic":
            continue
        for fact in source.adapter.facts:
            names = _SHOWN_AS.get(fact, (fact,))
            # An adapter also names what follows from several events and none shows alone.
            if _kpis_of(names) and not set(names) & set(shown.get(name, ())):
                yield warn(
                    f"source {name}",
                    f"{wording.fact(fact)}: never told{_cost(names)}",
                    f"Select the events for it at the vendor's side, as {source.adapter.docs} says. If nobody there does that, "
                    "all is well.",
                )


def _kpis_of(facts: Collection[str]) -> list[str]:
    return [key for key, metric in METRICS.items() if set(facts) & set(metric.needs)]


def _cost(facts: Collection[str]) -> str:
    """What every contact or ticket shows costs no certain KPI."""
    own = [fact for fact in facts if fact not in ("contact", "ticket")]
    bases = dict.fromkeys(key.partition(".")[0] for key in _kpis_of(own))
    names = [metric_name(key) or key for key in bases]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; rests on it: {', '.join(names[:_SHOWN])}{more}" if names else ""
