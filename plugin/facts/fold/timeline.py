"""What held for one agent at the same time in, one timeline of disjoint segments out: conversations, logins, pauses and shifts.

Moments are milliseconds since 1970. A pure sweep over the borders; the order of what comes in has no say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

#: segments are cut there, so that each belongs to one quarter of an hour
QUARTER_MS = 900_000
DAY_MS = 86_400_000
#: activities that are work on a contact, though no conversation was told of
BUSY = ("on_contact", "wrap_up")
PAUSES = ("break", "meeting", "training", "other")
#: of several plans for the same time the one that stands first holds
_PRECEDENCE = ("sickness", "leave", "training", "meeting", "break", "other", "work")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """`role`: talk (in conversation), busy (with a contact), session, activity or shift; `state` is that of an activity or shift.

    `of` names the source of a session or an activity: who is offline in one system may be there in another.
    """

    start: int
    end: int
    role: str
    state: str = ""
    of: str = ""
    productive: bool = False
    paid: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """`state`: busy, idle, break, meeting, training, other or off. `scheduled` is the planned activity, empty without a plan.

    `productive` and `paid` are those of the plan; `end` None while it lasts.
    """

    start: int
    end: int | None
    state: str
    logged_in: bool
    talking: bool
    scheduled: str = ""
    productive: bool = False
    paid: bool = False


def sweep(stretches: Iterable[Stretch], low: int, high: int) -> list[Segment]:
    """The segments within [low, high), in order; what neither happened nor was planned has none."""
    edges: dict[int, list[tuple[bool, Stretch]]] = defaultdict(list)
    for stretch in stretches:
        start, end = max(stretch.start, low), min(stretch.end, high)
        if start < end:
            edges[start].append((True, stretch))
            edges[end].append((False, stretch))
    active: list[Stretch] = []
    found: list[Segment] = []
    for start, end in pairwise(sorted(edges)):
        for begins, stretch in edges[start]:
            (active.append if begins else active.remove)(stretch)
        segment = segment_of(active, start, end)
        if segment is not None:
            found += _joined(found, segment)
    return [part for segment in found for part in _quarters(segment)]


def segment_of(active: Iterable[Stretch], start: int, end: int | None) -> Segment | None:
    """What holds while exactly these are active; None when that is nothing."""
    of_role: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in active:
        of_role[stretch.role].append(stretch)
    state = _state(of_role)
    shift = max(of_role["shift"], key=_rank, default=None)
    logged_in = bool(of_role["session"])
    if state == "off" and shift is None and not logged_in:
        return None
    return Segment(
        start=start,
        end=end,
        state=state,
        logged_in=logged_in,
        talking=bool(of_role["talk"]),
        scheduled=shift.state if shift else "",
        productive=shift is not None and shift.productive,
        paid=shift is not None and shift.paid,
    )


def _state(of_role: dict[str, list[Stretch]]) -> str:
    """Busy before a pause, a pause before being there: nobody is in two places, and a contact is proof of where he was."""
    if of_role["busy"] or of_role["talk"]:
        return "busy"
    pauses = [one for one in of_role["activity"] if one.state in PAUSES]
    if pauses:
        return max(pauses, key=lambda one: (one.start, one.state)).state
    away = {one.of for one in of_role["activity"]}
    return "idle" if any(one.of not in away for one in of_role["session"]) else "off"


def _rank(shift: Stretch) -> tuple[int, int, int, bool, bool]:
    """The more special activity, then the plan that begins later and ends sooner."""
    return -_PRECEDENCE.index(shift.state), shift.start, -shift.end, shift.productive, shift.paid


def _joined(found: list[Segment], segment: Segment) -> list[Segment]:
    """The segment, or the last one made longer by it."""
    if found and found[-1].end == segment.start and replace(found[-1], start=segment.start, end=segment.end) == segment:
        return [replace(found.pop(), end=segment.end)]
    return [segment]


def _quarters(segment: Segment) -> Iterable[Segment]:
    start, end = segment.start, segment.end or segment.start
    while start < end:
        border = min(end, (start // QUARTER_MS + 1) * QUARTER_MS)
        yield replace(segment, start=start, end=border)
        start = border
