"""Folded facts to rows of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from plugin.facts.fold import (
    ContactFacts,
    CostEntryFacts,
    CustomerCountFacts,
    HeadcountFacts,
    ShiftFacts,
    SurveyFacts,
    TicketFacts,
)
from plugin.facts.fold.contact_facts import Visit
from plugin.facts.fold.escalation import steps
from plugin.facts.reckoning import PLAIN, Reckoning
from plugin.facts.sketch import bin_of

Rows = dict[str, list[dict[str, Any]]]


def _bin(duration_ms: int | None) -> int | None:
    return None if duration_ms is None else bin_of(duration_ms)


def contact_rows(rows: Rows, identity: Mapping[str, Any], facts: ContactFacts, reckoning: Reckoning = PLAIN) -> None:
    """Adds the rows of one contact: itself, its visits, legs, ring attempts and evaluations."""
    shared = {**identity, "channel": facts.channel, "direction": facts.direction}
    source = identity["source"]
    first_leg = facts.legs[0] if facts.legs else None
    first_queue = facts.visits[0].queue if facts.visits else ""
    _evaluation_rows(rows, shared, facts, (first_leg.queue if first_leg else "") or first_queue, reckoning)
    if not facts.is_known:
        return
    rows.setdefault("contact", []).append(
        {
            **shared,
            "queue": (first_leg.queue if first_leg else "") or first_queue,
            "agent": first_leg.agent if first_leg else "",
            "customer": facts.customer,
            "entry_number": facts.entry_number,
            "started_at": facts.started_at,
            "ended_at": facts.ended_at,
            "entry_at": facts.entry_at,
            "counted_at": reckoning.counted_at(source, facts.entry_at, facts.ended_at),
            "outcome": facts.outcome,
            "handled": int(bool(facts.legs)),
            "transferred": int(facts.transferred),
            "held": int(any((leg.hold_ms or 0) > 0 for leg in facts.legs)),
            "resolved": None if facts.resolved is None else int(facts.resolved),
            "ticket": facts.ticket,
            "flaw": facts.flaw,
            "offered": int(facts.offered),
            "handle_ms": facts.handle_ms,
            "hold_ms": facts.hold_ms,
            "hold_abandoned": int(facts.hold_abandoned),
            "ivr": facts.ivr,
            "topic": facts.topic,
            "sentiment_milli": facts.sentiment_milli,
            "converted": int(facts.converted),
            "callback_of": facts.callback_of,
        }
    )
    ordinals = {id(visit): number for number, visit in enumerate(facts.visits)}
    for number, visit in enumerate(facts.visits):
        business_ms = _wait_in_opening_hours(visit, reckoning)
        rows.setdefault("queue_visit", []).append(
            {
                **shared,
                "ordinal": number,
                "queue": visit.queue,
                "agent": visit.agent,
                "entered_at": visit.entered_at,
                "over_at": facts.ended_at,
                "counted_at": reckoning.counted_at(source, visit.entered_at, facts.ended_at),
                "left_at": visit.left_at,
                "outcome": visit.outcome,
                "wait_ms": visit.wait_ms,
                "wait_bin": _bin(visit.wait_ms),
                "wait_business_ms": business_ms,
                "wait_business_bin": _bin(business_ms),
            }
        )
    _leg_rows(rows, shared, facts, ordinals, reckoning)
    for number, ring in enumerate(facts.rings):
        rows.setdefault("ring_attempt", []).append(
            {
                **shared,
                "ordinal": number,
                "queue": ring.queue,
                "agent": ring.agent,
                "started_at": ring.started_at,
                "ended_at": ring.ended_at,
                "result": ring.result,
                "ring_ms": ring.ring_ms,
            }
        )


def _evaluation_rows(
    rows: Rows, shared: Mapping[str, Any], facts: ContactFacts, queue: str, reckoning: Reckoning
) -> None:
    first_agent = facts.legs[0].agent if facts.legs else ""
    counted_at = reckoning.counted_at(shared["source"], facts.entry_at, facts.ended_at)
    for number, one in enumerate(facts.evaluations.values()):
        rows.setdefault("evaluation", []).append(
            {
                **shared,
                "ordinal": number,
                "queue": queue,
                "agent": one.agent or first_agent,
                "counted_at": counted_at if facts.is_known else one.evaluated_at,
                "evaluated_at": one.evaluated_at,
                "points_milli": one.points_milli,
                "possible_milli": one.possible_milli,
            }
        )


def _leg_rows(
    rows: Rows, shared: Mapping[str, Any], facts: ContactFacts, ordinals: Mapping[int, int], reckoning: Reckoning
) -> None:
    found = steps(facts, reckoning.tiers)
    for number, leg in enumerate(facts.legs):
        entry_at = leg.visit.entered_at if leg.visit else leg.answered_at
        rows.setdefault("agent_leg", []).append(
            {
                **shared,
                "ordinal": number,
                "visit": ordinals.get(id(leg.visit)) if leg.visit else None,
                "queue": leg.queue,
                "agent": leg.agent,
                "entry_at": entry_at,
                "over_at": facts.ended_at,
                "counted_at": reckoning.counted_at(shared["source"], entry_at, facts.ended_at),
                "answered_at": leg.answered_at,
                "ended_at": leg.ended_at,
                "talk_ms": leg.talk_ms,
                "talk_bin": _bin(leg.talk_ms),
                "hold_ms": leg.hold_ms,
                "wrap_ms": leg.wrap_ms,
                "wrap_timed_out": None if leg.wrap_timed_out is None else int(leg.wrap_timed_out),
                "dial_ms": leg.dial_ms,
                "transferred": int(leg.transferred),
                "escalatable": int(number in found),
                "escalated": int(found.get(number, False)),
            }
        )


def _wait_in_opening_hours(visit: Visit, reckoning: Reckoning) -> int | None:
    """Of the wait that counts, which a vendor may state otherwise than as the time between entry and exit."""
    if visit.wait_ms is None:
        return None
    end = visit.entered_at + timedelta(milliseconds=visit.wait_ms)
    return reckoning.clock([(visit.entered_at, visit.queue)], visit.entered_at).ms(visit.entered_at, end)


def ticket_rows(rows: Rows, identity: Mapping[str, Any], facts: TicketFacts) -> None:
    """Adds the rows of one ticket; one that is left out or whose times cannot be has no spans, replies and timers."""
    shared = {**identity, "channel": facts.channel, "queue": facts.queue, "agent": facts.agent}
    beyond = None if facts.resolvable_at_level_1 is None else int(not facts.resolvable_at_level_1)
    rows.setdefault("ticket", []).append(
        {
            **shared,
            "customer": facts.customer,
            "priority": facts.priority,
            "status": facts.status,
            "created_at": facts.created_at,
            "first_response_at": facts.first_response_at,
            "first_response_ms": facts.first_response_ms,
            "first_response_bin": _bin(facts.first_response_ms),
            "first_response_business_ms": facts.first_response_business_ms,
            "first_response_business_bin": _bin(facts.first_response_business_ms),
            "first_solved_at": facts.first_solved_at,
            "solved_at": facts.solved_at,
            "closed_at": facts.closed_at,
            "resolution_ms": facts.resolution_ms,
            "resolution_bin": _bin(facts.resolution_ms),
            "resolution_business_ms": facts.resolution_business_ms,
            "resolution_business_bin": _bin(facts.resolution_business_ms),
            "first_resolution_ms": facts.first_resolution_ms,
            "first_resolution_bin": _bin(facts.first_resolution_ms),
            "first_resolution_business_ms": facts.first_resolution_business_ms,
            "first_resolution_business_bin": _bin(facts.first_resolution_business_ms),
            "requester_wait_ms": facts.requester_wait_ms,
            "requester_wait_bin": _bin(facts.requester_wait_ms),
            "requester_wait_business_ms": facts.requester_wait_business_ms,
            "requester_wait_business_bin": _bin(facts.requester_wait_business_ms),
            "agent_replies": facts.agent_replies,
            "customer_replies": facts.customer_replies,
            "reopens": facts.reopens,
            "regroups": facts.regroups,
            "groups": facts.groups,
            "escalations": facts.escalations,
            "escalatable": int(facts.escalatable),
            "beyond_level_1": beyond,
            "at_first_contact": int(facts.at_first_contact),
            "excluded": facts.excluded,
            "flaw": facts.flaw,
            "contact": facts.contact,
        }
    )
    if facts.excluded is not None or facts.flaw is not None:
        return
    _span_rows(rows, shared, facts)
    _reply_rows(rows, shared, facts)
    _timer_rows(rows, shared, facts)


def _span_rows(rows: Rows, shared: Mapping[str, Any], facts: TicketFacts) -> None:
    for number, span in enumerate(facts.spans):
        rows.setdefault("ticket_span", []).append(
            {
                **shared,
                "ordinal": number,
                "opened_at": span.opened_at,
                "solved_at": span.solved_at,
                "waiting_from": span.waiting_from,
                "waiting_until": span.waiting_until,
                "reopened": int(number > 0),
                "thanks": int(number > 0 and span.is_thanks),
                "solved_by": span.solved_by,
            }
        )


def _reply_rows(rows: Rows, shared: Mapping[str, Any], facts: TicketFacts) -> None:
    for number, reply in enumerate(facts.replies):
        rows.setdefault("ticket_reply", []).append(
            {
                **shared,
                "agent": reply.agent,
                "ordinal": number,
                "asked_at": reply.asked_at,
                "replied_at": reply.replied_at,
                "reply_ms": reply.reply_ms,
                "reply_bin": _bin(reply.reply_ms),
                "reply_business_ms": reply.business_ms,
                "reply_business_bin": _bin(reply.business_ms),
            }
        )


def _timer_rows(rows: Rows, shared: Mapping[str, Any], facts: TicketFacts) -> None:
    for number, timer in enumerate(facts.timers):
        rows.setdefault("ticket_timer", []).append(
            {
                **shared,
                "ordinal": number,
                "kind": timer.kind,
                "started_at": timer.started_at,
                "target_ms": timer.target_ms,
                "due_at": timer.due_at,
                "counted_at": timer.counted_at,
                "met": int(timer.met),
            }
        )


def survey_rows(rows: Rows, identity: Mapping[str, Any], facts: SurveyFacts) -> None:
    """Places are those that the survey stated; `plugin.facts.place` fills in what it left open."""
    place = {"channel": facts.channel, "queue": facts.queue}
    last = facts.last
    rows.setdefault("survey", []).append(
        {
            **identity,
            **place,
            "own_channel": facts.channel,
            "own_queue": facts.queue,
            "type": facts.type,
            "scale": facts.scale,
            "agent": facts.agent,
            "positive": last.judged.positive if last else None,
            "sent_at": facts.sent_at,
            "answered_at": last.answered_at if last else None,
            "ticket": facts.ticket,
            "contact": facts.contact,
        }
    )
    replaced = [*(answer.answered_at for answer in facts.answers[1:]), None]
    for number, (answer, replaced_at) in enumerate(zip(facts.answers, replaced, strict=False)):
        rows.setdefault("survey_answer", []).append(
            {
                **place,
                "subject_key": identity["subject_key"],
                "source": identity["source"],
                "ordinal": number,
                "type": facts.type,
                "scale": answer.scale,
                "agent": answer.agent,
                "score_milli": None if answer.judged.score is None else round(answer.judged.score * 1000),
                "positive": answer.judged.positive,
                "negative": answer.judged.negative,
                "answered_at": answer.answered_at,
                "replaced_at": replaced_at,
            }
        )


def customer_count_rows(rows: Rows, identity: Mapping[str, Any], facts: CustomerCountFacts | None) -> None:
    """None adds no row: a count without its dates or its start says nothing."""
    if facts is None:
        return
    rows.setdefault("customer_count", []).append(
        {
            **identity,
            "first_on": facts.first_on.isoformat(),
            "last_on": facts.last_on.isoformat(),
            "at_start": facts.at_start,
            "at_end": facts.at_end,
            "joined": facts.joined,
            "lost": facts.lost,
        }
    )


def roster_rows(rows: Rows, identity: Mapping[str, Any], facts: ShiftFacts | None) -> None:
    if facts is None:
        return
    rows.setdefault("roster_shift", []).append(
        {
            **identity,
            "agent": facts.agent,
            "started_at": facts.started_at,
            "ended_at": facts.ended_at,
            "activity": facts.activity,
            "productive": int(facts.productive),
            "paid": int(facts.paid),
            "flaw": facts.flaw,
        }
    )


def headcount_rows(rows: Rows, identity: Mapping[str, Any], facts: HeadcountFacts | None) -> None:
    if facts is None:
        return
    rows.setdefault("headcount", []).append(
        {
            **identity,
            "team": facts.team,
            "first_day": facts.first_day.isoformat(),
            "last_day": facts.last_day.isoformat(),
            "headcount": facts.headcount,
            "leavers": facts.leavers,
        }
    )


def cost_entry_rows(rows: Rows, identity: Mapping[str, Any], facts: CostEntryFacts | None) -> None:
    """None adds no row: the entry was removed, or says no amount and no days."""
    if facts is None:
        return
    rows.setdefault("cost_entry", []).append(
        {
            **identity,
            "category": facts.category,
            "first_on": facts.first_on.isoformat(),
            "last_on": facts.last_on.isoformat(),
            "amount_milli": facts.amount_milli,
            "currency": facts.currency,
            "channel": facts.channel,
            "team": facts.team,
            "note": facts.note,
        }
    )
