"""The events of one planned shift in, the shift as it was last planned out; None for one that was cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.contract.event import Event, Kind
from plugin.facts.fold.order import latest, text

#: activity --> whether the agent is to be there for customers, unless the plan says otherwise
ACTIVITIES = {
    "work": True,
    "break": False,
    "meeting": False,
    "training": False,
    "leave": False,
    "sickness": False,
    "other": False,
}
LONGEST = timedelta(hours=24)


@dataclass(kw_only=True, slots=True)
class ShiftFacts:
    """`ended_at` None: the plan gave none that can be read; `flaw` says what is wrong with a shift that cannot count."""

    agent: str
    started_at: datetime
    ended_at: datetime | None
    activity: str
    productive: bool
    paid: bool
    flaw: str | None = None


def fold_roster(events: Iterable[Event]) -> ShiftFacts | None:
    """`events` in any order: each says everything about the shift, and the latest decides."""
    event = latest(events)
    if event.kind is Kind.ROSTER_CANCELLED:
        return None
    activity = text(event, "activity") or "work"
    ended_at = _moment(text(event, "until"))
    return ShiftFacts(
        agent=event.agent or "",
        started_at=event.at,
        ended_at=ended_at,
        activity=activity if activity in ACTIVITIES else "other",
        productive=_stated(event, "productive", ACTIVITIES.get(activity, False)),
        paid=_stated(event, "paid", True),
        flaw=_flaw(event, ended_at),
    )


def _stated(event: Event, name: str, otherwise: bool) -> bool:
    value = event.data.get(name)
    return value if isinstance(value, bool) else otherwise


def _moment(value: str | None) -> datetime | None:
    """None for what is no moment with an offset: a local time would be guessed."""
    try:
        moment = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _flaw(event: Event, ended_at: datetime | None) -> str | None:
    if not event.agent:
        return "no agent"
    if ended_at is None:
        return "no end"
    if ended_at <= event.at:
        return "ends before it starts"
    return "over 24 hours" if ended_at - event.at > LONGEST else None
