"""Promised times of whole tickets on both clocks, escalations and waiting, with the facts that follow written as literals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.contract.event import Event, Kind
from plugin.facts.fold import TicketFacts, fold_ticket, in_order
from plugin.facts.fold.ticket_facts import Timer
from plugin.facts.reckoning import Promise, Reckoning
from plugin.policy.calendar import Calendar, parse_interval

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = 60_000


def event(kind: Kind, minute: float, queue: str | None = None, **data: Any) -> Event:
    return Event(kind=kind, at=at(minute), subject="7", dedupe_key=f"{kind}:{minute}", queue=queue, data=data)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def fold(*events: Event, reckoning: Reckoning | None = None) -> TicketFacts:
    return fold_ticket(in_order(events), reckoning or Reckoning())


def promised(business: bool = False, **targets: dict[str, int]) -> Reckoning:
    """Targets in minutes; half past nine to ten is the only time of the day that is open."""
    hours = (parse_interval("09:30-10:00"),)
    in_ms = {kind: {who: minutes * MINUTE for who, minutes in each.items()} for kind, each in targets.items()}
    promise = Promise(business=business, first_response=in_ms.get("reply", {}), resolution=in_ms.get("solution", {}))
    return Reckoning(calendar=Calendar(timezone="UTC", week=(hours,) * 7, exceptions={}), promises=(promise,))


def only_timer(facts: TicketFacts) -> Timer:
    (timer,) = facts.timers
    return timer


OPENED = event(Kind.TICKET_OPENED, 0, "billing")
SOLVED = event(Kind.TICKET_SOLVED, 60)


def test_a_promise_in_business_time_runs_while_it_is_open_and_another_by_the_wall() -> None:
    for kind in ("reply", "solution"):
        assert only_timer(fold(OPENED, reckoning=promised(True, **{kind: {"any": 10}}))).due_at == at(40)
        assert only_timer(fold(OPENED, reckoning=promised(False, **{kind: {"any": 10}}))).due_at == at(10)


def test_a_promise_of_a_ticket_that_was_paused_from_the_start_is_not_due() -> None:
    facts = fold(OPENED, event(Kind.TICKET_PAUSED, 0, on="customer"), reckoning=promised(solution={"any": 10}))
    timer = only_timer(facts)
    assert (timer.due_at, timer.counted_at, timer.met) == (None, None, False)


def test_a_promise_used_up_to_the_last_minute_before_a_pause_is_open_until_it_goes_on() -> None:
    pause = event(Kind.TICKET_PAUSED, 20, on="customer"), event(Kind.TICKET_RESUMED, 50)
    timer = only_timer(fold(OPENED, *pause, reckoning=promised(solution={"any": 20})))
    assert (timer.due_at, timer.counted_at, timer.met) == (at(50), None, False)


def test_what_is_promised_depends_on_the_priority_when_the_promise_began() -> None:
    said = [event(Kind.TICKET_ASSIGNED, 5, priority="low"), event(Kind.TICKET_REOPENED, 90, priority="high")]
    late = event(Kind.TICKET_ASSIGNED, 95, priority="normal")
    reckoning = promised(reply={"low": 300, "high": 30, "normal": 60})
    assert only_timer(fold(OPENED, *said, SOLVED, late, reckoning=reckoning)).target_ms == 30 * MINUTE


def test_the_time_that_runs_is_that_without_the_pauses_of_each_opening() -> None:
    facts = fold(
        OPENED,
        event(Kind.TICKET_PAUSED, 10, on="customer"),
        event(Kind.TICKET_RESUMED, 20),
        SOLVED,
        event(Kind.TICKET_REOPENED, 90),
        event(Kind.TICKET_PAUSED, 100, on="customer"),
        event(Kind.TICKET_RESUMED, 105),
        event(Kind.TICKET_SOLVED, 120),
    )
    assert facts.running("customer") == [(at(0), at(10)), (at(20), at(60)), (at(90), at(100)), (at(105), at(120))]
    assert facts.running("other") == [(at(0), at(60)), (at(90), at(120))]


def test_a_customer_whose_ticket_was_solved_at_once_waits_from_its_reopening() -> None:
    facts = fold(OPENED, event(Kind.TICKET_SOLVED, 0), event(Kind.TICKET_REOPENED, 90))
    assert [(span.waiting_from, span.waiting_until) for span in facts.spans] == [(None, None), (at(90), None)]


def test_every_move_to_another_group_counts_and_the_first_group_is_none() -> None:
    moves = [event(Kind.TICKET_ASSIGNED, minute, queue) for minute, queue in enumerate(("sales", "sales", "law"), 1)]
    assert [fold(OPENED, *moves[:number]).regroups for number in range(4)] == [0, 1, 1, 2]


def test_a_move_to_a_group_of_the_same_level_is_no_escalation() -> None:
    reckoning = Reckoning(tiers={"billing": 1, "sales": 1, "law": 2})
    moves = event(Kind.TICKET_ASSIGNED, 5, "sales"), event(Kind.TICKET_ASSIGNED, 9, "law")
    assert fold(OPENED, moves[0], reckoning=reckoning).escalations == 0
    assert fold(OPENED, *moves, reckoning=reckoning).escalations == 1


def test_two_replies_to_one_question_are_one_time_of_reply() -> None:
    replies = [event(Kind.TICKET_AGENT_REPLIED, minute, actor="human") for minute in (5, 30, 40)]
    facts = fold(OPENED, *replies, event(Kind.TICKET_CUSTOMER_REPLIED, 20))
    assert [(reply.asked_at, reply.reply_ms) for reply in facts.replies] == [(at(20), 10 * MINUTE)]
