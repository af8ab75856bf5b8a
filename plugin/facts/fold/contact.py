"""The events of one contact in, its facts out: visits, legs and ring attempts. Independent of the order of arrival."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from plugin.contract.event import Event, Kind
from plugin.facts.fold.contact_end import conclude
from plugin.facts.fold.contact_facts import ContactFacts, Leg, Ring, Visit
from plugin.facts.fold.order import is_stated, ms_between, stated_ms, text
from plugin.facts.fold.remark import REMARKS, remark

#: reason of contact.overflowed --> outcome of the visit
OVERFLOW_OUTCOMES = {
    "timeout": "timeout",
    "key": "flow_out",
    "flow_out": "flow_out",
    "withdrawn": "withdrawn",
    "leave_empty": "leave_empty",
    "join_empty": "join_empty",
    "full": "full",
    "divert": "divert",
    "closed": "closed",
    "error": "error",
}
#: outcomes by which a caller says what he wants instead of waiting
WISHES = ("voicemail", "callback_requested")
#: outcomes of a caller who was not let in, and so did not wait
REFUSED = ("join_empty", "full", "divert", "closed")
#: outcomes that a message left, or a wish to be called back, explains better
SOFT_OUTCOMES = ("abandoned", "timeout", "flow_out", "leave_empty", "join_empty")


def fold_contact(
    events: Sequence[Event], restarts: Iterable[datetime] = (), knows: Collection[str] = ()
) -> ContactFacts:
    """The facts of one contact.

    `events` are sorted by `in_order`; `restarts` are the moments at which the source began anew; `knows` are the facts that its
    adapter supplies: only where "hold" is known does a leg without a hold event have a hold of 0.
    """
    first = next((event for event in events if event.kind not in REMARKS), None)
    started_at = (first or events[0]).at
    folding = _Folding(ContactFacts(started_at=started_at, is_known=first is not None), knows)
    pending = sorted(moment for moment in restarts if moment > started_at)
    for event in events:
        while pending and pending[0] <= event.at:
            folding.restart(pending.pop(0))
        folding.take(event)
    for moment in pending:
        folding.restart(moment)
    return conclude(folding.facts, folding.over_at, folding.last_at, in_menu=folding.in_menu)


class _Folding:
    """The state of one fold: what is known after the events so far."""

    def __init__(self, facts: ContactFacts, knows: Collection[str]) -> None:
        self.facts = facts
        self.knows = knows
        self.over_at: datetime | None = None
        self.last_at = facts.started_at
        self.in_menu = False
        self._take: dict[Kind, Callable[[Event], None]] = {
            Kind.CONTACT_OFFERED: self._offered,
            Kind.CONTACT_QUEUED: self._queued,
            Kind.CONTACT_RINGING: self._ringing,
            Kind.CONTACT_ANSWERED: self._answered,
            Kind.CONTACT_HELD: self._held,
            Kind.CONTACT_RESUMED: self._resumed,
            Kind.CONTACT_TRANSFERRED: self._transferred,
            Kind.CONTACT_ABANDONED: self._abandoned,
            Kind.CONTACT_OVERFLOWED: self._overflowed,
            Kind.CONTACT_VOICEMAIL: self._message,
            Kind.CONTACT_CALLBACK_REQUESTED: self._message,
            Kind.CONTACT_ENDED: self._ended,
            Kind.CONTACT_WRAPPED_UP: self._wrapped_up,
        }

    def take(self, event: Event) -> None:
        facts = self.facts
        facts.channel = event.channel or facts.channel
        facts.direction = event.direction or facts.direction
        facts.customer = event.customer or facts.customer
        facts.ticket = text(event, "ticket") or facts.ticket
        if event.kind in REMARKS:
            remark(facts, event)
            return
        handler = self._take.get(event.kind)
        if handler is not None:
            handler(event)
        if event.kind not in (Kind.CONTACT_WRAPPED_UP, Kind.CONTACT_OFFERED):
            self.last_at = max(self.last_at, event.at)

    # -- finding what an event speaks of

    def _open_visit(self, queue: str | None) -> Visit | None:
        for visit in reversed(self.facts.visits):
            if visit.outcome == "open" and (not queue or visit.queue == queue):
                return visit
        return None

    def _visit_for(self, event: Event, before_ms: int) -> Visit | None:
        """The open visit that the event ends, or one made from it when its queue was never seen to be entered."""
        visit = self._open_visit(event.queue)
        if visit is not None:
            return visit
        if not event.queue or any(known.queue == event.queue for known in self.facts.visits):
            return None
        return self._infer_visit(event, before_ms)

    def _infer_visit(self, event: Event, before_ms: int) -> Visit:
        visit = Visit(queue=event.queue or "", entered_at=event.at - timedelta(milliseconds=before_ms), inferred=True)
        self.facts.visits.append(visit)
        return visit

    def _leg_of(self, agent: str | None, *, running: bool) -> Leg | None:
        for leg in reversed(self.facts.legs):
            if (not agent or leg.agent == agent) and (leg.ended_at is None or not running):
                return leg
        return None

    # -- what the kinds mean

    def _offered(self, event: Event) -> None:
        self.facts.offered_at = self.facts.offered_at or event.at
        self.facts.entry_number = text(event, "entry_number") or self.facts.entry_number
        self.facts.callback_of = text(event, "callback_of") or self.facts.callback_of
        self.in_menu = self.in_menu or event.data.get("ivr") is True

    def _queued(self, event: Event) -> None:
        waiting = self._open_visit(None)
        if waiting is not None:
            self._leave(waiting, event, "flow_out", event.at)
        told = self._last_visit(None)
        if told is not None and told.outcome == "abandoned":
            told.outcome = "flow_out"  # who goes on to another queue has not left
        visit = Visit(queue=event.queue or "", entered_at=event.at, wait_is_told=is_stated(event, "wait_s"))
        visit.wait_ms = stated_ms(event, "wait_s")
        self.facts.visits.append(visit)

    def _ringing(self, event: Event) -> None:
        visit = self._open_visit(event.queue)
        queue = event.queue or (visit.queue if visit else "")
        result, agent = text(event, "result"), event.agent or ""
        if result is None:
            self.facts.rings.append(Ring(agent=agent, queue=queue, started_at=event.at))
            return
        ring = self._open_ring(agent) or self._infer_ring(event, queue)
        self._end_ring(ring, event, result)

    def _open_ring(self, agent: str) -> Ring | None:
        return next(
            (ring for ring in reversed(self.facts.rings) if ring.agent == agent and ring.ended_at is None), None
        )

    def _infer_ring(self, event: Event, queue: str) -> Ring:
        """A ring that was only told of at its end; its length stays unknown unless it was stated."""
        stated = stated_ms(event, "ring_s")
        started_at = event.at - timedelta(milliseconds=stated or 0)
        ring = Ring(agent=event.agent or "", queue=queue, started_at=started_at, ring_ms=stated, ended_at=event.at)
        self.facts.rings.append(ring)
        return ring

    def _end_ring(self, ring: Ring, event: Event, result: str) -> None:
        if ring.ended_at is None:
            ring.ring_ms = (
                stated_ms(event, "ring_s") if is_stated(event, "ring_s") else ms_between(ring.started_at, event.at)
            )
        ring.ended_at, ring.result = event.at, result

    def _answered(self, event: Event) -> None:
        if event.data.get("is_state") is True and self._leg_of(event.agent, running=True) is not None:
            self._resumed(event)
            return
        wait = stated_ms(event, "wait_s")
        visit = self._visit_for(event, wait or 0)
        if visit is not None:
            self._leave(visit, event, "answered", event.at)
            visit.agent = event.agent or ""
        elif event.queue or self.facts.visits:
            visit = self._last_visit(event.queue)
        queue = event.queue or (visit.queue if visit else "")
        self.facts.legs.append(Leg(agent=event.agent or "", queue=queue, visit=visit, answered_at=event.at))
        ring = self._open_ring(event.agent or "")
        if ring is None and stated_ms(event, "ring_s") is not None:
            ring = self._infer_ring(event, queue)
        if ring is not None:
            self._end_ring(ring, event, "answered")

    def _last_visit(self, queue: str | None) -> Visit | None:
        return next((visit for visit in reversed(self.facts.visits) if not queue or visit.queue == queue), None)

    def _held(self, event: Event) -> None:
        leg = self._leg_of(event.agent, running=True)
        if leg is not None and leg.held_at is None:
            leg.held_at = event.at

    def _resumed(self, event: Event) -> None:
        leg = self._leg_of(event.agent, running=True)
        if leg is not None and leg.held_at is not None:
            leg.hold_ms = (leg.hold_ms or 0) + ms_between(leg.held_at, event.at)
            leg.held_at = None

    def _transferred(self, event: Event) -> None:
        self._close_leg(event).transferred = True

    def _ended(self, event: Event) -> None:
        if event.agent:
            self._end_open(event) if event.data.get("is_state") is True else self._close_leg(event)
            return
        self.over_at = event.at
        if event.data.get("contained") is True:
            self.in_menu = self.facts.contained = True
        for leg in self.facts.legs:
            if leg.ended_at is None:
                self._end_leg(leg, event)
        waiting = self._open_visit(None)
        if waiting is not None:
            outcome = "error" if event.data.get("by") == "system" else "abandoned"
            self._leave(waiting, event, outcome, event.at)

    def _end_open(self, event: Event) -> None:
        """The agent's leg, else his ring, is over; a source of states says so, too, of who had neither."""
        leg, ring = self._leg_of(event.agent, running=True), self._open_ring(event.agent or "")
        if leg is not None:
            self._end_leg(leg, event)
        elif ring is not None:
            self._end_ring(ring, event, text(event, "result") or "cancelled")

    def _close_leg(self, event: Event) -> Leg:
        """The leg that ended; told again, it only gains what was not known; never seen to begin, it is made from its end."""
        leg = self._leg_of(event.agent, running=True) or self._leg_of(event.agent, running=False)
        if leg is None:
            leg = self._infer_leg(event)
        if leg.ended_at is None:
            self._end_leg(leg, event)
        elif event.data.get("talk_includes_hold") is not True:
            talk, hold = stated_ms(event, "talk_s"), stated_ms(event, "hold_s")
            leg.talk_ms = leg.talk_ms if talk is None else talk
            leg.hold_ms = leg.hold_ms if talk is None or hold is None else hold
        return leg

    def _infer_leg(self, event: Event) -> Leg:
        talk, wait = stated_ms(event, "talk_s") or 0, stated_ms(event, "wait_s")
        answered_at = event.at - timedelta(milliseconds=talk)
        visit = self._visit_for(event, talk + (wait or 0))
        if visit is not None:
            self._leave(visit, event, "answered", answered_at)
            visit.agent = event.agent or ""
        queue = event.queue or (visit.queue if visit else "")
        leg = Leg(agent=event.agent or "", queue=queue, visit=visit, answered_at=answered_at, inferred=True)
        self.facts.legs.append(leg)
        return leg

    def _end_leg(self, leg: Leg, event: Event) -> None:
        leg.ended_at = event.at
        if leg.held_at is not None:
            self.facts.hold_abandoned = self.facts.hold_abandoned or event.data.get("by") == "customer"
            leg.hold_ms = (leg.hold_ms or 0) + ms_between(leg.held_at, event.at)
            leg.held_at = None
        stated_hold = stated_ms(event, "hold_s")
        leg.hold_ms = stated_hold if stated_hold is not None else leg.hold_ms
        if leg.hold_ms is None and ("hold" in self.knows or event.data.get("talk_includes_hold") is True):
            leg.hold_ms = 0
        talk = stated_ms(event, "talk_s")
        if talk is None and (is_stated(event, "talk_s") or leg.inferred):
            leg.talk_ms = None
        elif talk is None:
            leg.talk_ms = ms_between(leg.answered_at, event.at) - (leg.hold_ms or 0)
        else:
            leg.talk_ms = talk - (leg.hold_ms or 0) if event.data.get("talk_includes_hold") is True else talk

    def _abandoned(self, event: Event) -> None:
        if event.data.get("stage") == "ivr":
            self.in_menu, self.over_at = True, event.at
            return
        wait = stated_ms(event, "wait_s")
        visit = self._visit_for(event, wait or 0)
        if visit is not None:
            self._leave(visit, event, "abandoned", event.at)
        self.over_at = event.at

    def _overflowed(self, event: Event) -> None:
        outcome = OVERFLOW_OUTCOMES.get(text(event, "reason") or "", "flow_out")
        wait = stated_ms(event, "wait_s")
        visit = self._open_visit(event.queue)
        told = self._last_visit(event.queue)
        if visit is None and told is not None and wait is None and self._restates(told, event, outcome):
            told.outcome = outcome
            return
        if visit is None and told is not None and wait is not None and self._left_by_wish(told, event, wait):
            return
        self._leave(visit or self._infer_visit(event, wait or 0), event, outcome, event.at)

    def _restates(self, told: Visit, event: Event, outcome: str) -> bool:
        """A source that says why the queue was left a moment after it was (Asterisk's QUEUESTATUS, Wazo's LEAVEEMPTY)."""
        if told.left_at is None or told.outcome == "answered" or outcome in REFUSED:
            return False
        return event.at - told.left_at <= timedelta(seconds=2)

    def _left_by_wish(self, told: Visit, event: Event, wait_ms: int) -> bool:
        """A source that tells of the way out after the wish with which the queue was left: both are of one entry."""
        entry_ms = ms_between(told.entered_at, event.at) - wait_ms
        return told.outcome in WISHES and abs(entry_ms) <= 2000

    def _message(self, event: Event) -> None:
        outcome = event.kind.value.partition(".")[2]
        wait = stated_ms(event, "wait_s")
        visit = self._visit_for(event, wait or 0)
        if visit is not None:
            self._leave(visit, event, outcome, event.at)
            return
        told = self._last_visit(event.queue)
        if told is not None and told.outcome in SOFT_OUTCOMES:
            told.outcome = outcome

    def _wrapped_up(self, event: Event) -> None:
        leg = self._leg_of(event.agent, running=False)
        if leg is None:
            return
        wrap = stated_ms(event, "wrap_s")
        if leg.ended_at is None:
            # It tells of the end of the wrap-up; the talk ended before.
            self._end_leg(leg, replace(event, at=event.at - timedelta(milliseconds=wrap or 0)))
            leg.talk_ms = None if wrap is None else leg.talk_ms
        leg.wrap_ms = wrap if wrap is not None else ms_between(leg.ended_at or event.at, event.at)
        if isinstance(event.data.get("timed_out"), bool):
            leg.wrap_timed_out = event.data["timed_out"] is True

    def restart(self, at: datetime) -> None:
        """What was open is over, and nobody knows when."""
        for visit in self.facts.visits:
            if visit.outcome == "open":
                visit.outcome, visit.left_at = "error", at
                self.over_at = at
        for leg in self.facts.legs:
            if leg.ended_at is None:
                leg.ended_at, leg.cut, leg.held_at = at, True, None
                self.over_at = at

    def _leave(self, visit: Visit, event: Event, outcome: str, at: datetime) -> None:
        visit.left_at, visit.outcome = at, outcome
        if is_stated(event, "wait_s"):
            visit.wait_ms = stated_ms(event, "wait_s")
        elif not visit.wait_is_told and (not visit.inferred or outcome in REFUSED):
            visit.wait_ms = ms_between(visit.entered_at, at)
