"""Tickets told step by step: when they began, where they were, whom they waited for, and what became of promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import TicketFacts, fold_ticket, in_order
from plugin.facts.fold.ticket_facts import Timer
from plugin.facts.reckoning import PLAIN, Promise, Reckoning

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE_MS = 60_000


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def event(kind: Kind, minute: float, **more: Any) -> Event:
    named = {name: more.pop(name) for name in ("queue", "agent", "channel", "customer") if name in more}
    key = f"{kind}:{minute}:{named}:{more}"
    return Event(kind=kind, at=at(minute), subject="7", dedupe_key=key, data=more, **named)


def fold(*events: Event, reckoning: Reckoning = PLAIN) -> TicketFacts:
    return fold_ticket(in_order(events), reckoning)


def opened(minute: float = 0, **more: Any) -> Event:
    return event(Kind.TICKET_OPENED, minute, **more)


def replied(minute: float, agent: str | None = "Ann", **more: Any) -> Event:
    return event(Kind.TICKET_AGENT_REPLIED, minute, agent=agent, **{"actor": "human", **more})


def asked(minute: float) -> Event:
    return event(Kind.TICKET_CUSTOMER_REPLIED, minute)


def solved(minute: float) -> Event:
    return event(Kind.TICKET_SOLVED, minute)


def reopened(minute: float) -> Event:
    return event(Kind.TICKET_REOPENED, minute)


def paused(minute: float, **more: Any) -> Event:
    return event(Kind.TICKET_PAUSED, minute, **more)


def resumed(minute: float) -> Event:
    return event(Kind.TICKET_RESUMED, minute)


def assigned(minute: float, **more: Any) -> Event:
    return event(Kind.TICKET_ASSIGNED, minute, **more)


# -- when it began


EARLY, LATE = "2026-03-02T08:00:00+00:00", "2026-03-02T08:30:00+00:00"


@pytest.mark.parametrize(
    ("events", "minute"),
    [
        # the opening, whatever came before it or is stated
        ([event(Kind.TICKET_NOTED, -5), opened(0), opened(3)], 0),
        ([opened(0), event(Kind.TICKET_SOLVED, 60, created_at=EARLY)], 0),
        # else the earliest creation that is stated
        ([event(Kind.TICKET_NOTED, 5, created_at=LATE), event(Kind.TICKET_SOLVED, 60, created_at=EARLY)], -60),
        # else the first that was heard; a local time would be guessed
        ([event(Kind.TICKET_NOTED, 5), solved(60)], 5),
        ([event(Kind.TICKET_NOTED, 5, created_at="yesterday")], 5),
        ([event(Kind.TICKET_NOTED, 5, created_at="2026-03-02T08:00:00")], 5),
        ([event(Kind.TICKET_NOTED, 5, created_at=1234)], 5),
    ],
)
def test_a_ticket_begins_with_its_opening_else_with_its_stated_creation(events: list[Event], minute: float) -> None:
    facts = fold(*events)
    assert facts.created_at == at(minute)
    assert facts.spans[0].opened_at == at(minute)
    assert facts.first_response_from == at(minute)


def test_where_an_agent_opened_it_the_first_response_is_the_one_after_the_customers_first_message() -> None:
    mine = opened(0, opened_by="agent")
    facts = fold(mine, replied(10), asked(30), asked(50), replied(60))
    assert (facts.opened_by_agent, facts.first_response_from, facts.first_response_at) == (True, at(30), at(60))
    assert (facts.first_response_ms, facts.spans[0].waiting_from, facts.spans[0].waiting_until) == (
        30 * MINUTE_MS,
        at(30),
        at(60),
    )
    # answered in the very moment
    assert fold(mine, asked(30), replied(30)).first_response_ms == 0


def test_where_an_agent_opened_it_and_the_customer_never_wrote_nobody_waits() -> None:
    facts = fold(opened(0, opened_by="agent"), replied(10), solved(20), reopened(30))
    assert (facts.first_response_from, facts.first_response_at, facts.first_response_ms) == (None, None, None)
    assert [(span.waiting_from, span.waiting_until) for span in facts.spans] == [(None, None)] * 2


def test_only_the_opening_says_that_an_agent_opened_it() -> None:
    for events in (
        [opened(0, opened_by="customer")],
        [opened(0), event(Kind.TICKET_NOTED, 1, opened_by="agent")],
    ):
        facts = fold(*events, replied(10))
        assert (facts.opened_by_agent, facts.first_response_at) == (False, at(10))


def test_what_is_said_of_a_ticket_stays_until_something_else_is_said() -> None:
    facts = fold(
        opened(0, channel="chat", customer="+371", contact="c9", priority="high", resolvable_at_level_1=False),
        event(Kind.TICKET_NOTED, 5, priority="low", resolvable_at_level_1="no"),
        solved(9),
    )
    assert (facts.channel, facts.customer, facts.contact) == ("chat", "+371", "c9")
    assert (facts.priority, facts.priorities) == ("low", [(at(0), "high"), (at(5), "low")])
    assert facts.resolvable_at_level_1 is False
    assert fold(opened(0)).resolvable_at_level_1 is None
    assert fold(opened(0)).channel == "email"


# -- where it was, and who had it


def test_a_move_is_to_another_group_and_the_first_group_is_no_move() -> None:
    facts = fold(
        opened(0), assigned(1, queue="help"), assigned(2, queue="help"), assigned(3, queue="sales"), assigned(4)
    )
    assert (facts.queue, facts.regroups, facts.groups) == ("sales", 1, 2)
    assert facts.stays == [(at(1), "help"), (at(3), "sales")]


TIERS = Reckoning(tiers={"help": 1, "experts": 2, "makers": 3})


@pytest.mark.parametrize(
    ("moves", "escalations"),
    [
        ([assigned(1, queue="experts")], 1),
        ([assigned(1, queue="makers")], 1),
        ([assigned(1, queue="experts"), assigned(2, queue="makers")], 2),
        ([assigned(1, queue="experts"), assigned(2, queue="help"), assigned(3, queue="experts")], 2),
        ([assigned(1, queue="elsewhere"), assigned(2, queue="experts")], 0),
        # told as an escalation, too, it is one
        ([event(Kind.TICKET_ESCALATED, 1, queue="experts")], 1),
        ([event(Kind.TICKET_ESCALATED, 1), event(Kind.TICKET_ESCALATED, 2)], 2),
        ([], 0),
    ],
)
def test_a_step_to_a_higher_tier_is_an_escalation(moves: list[Event], escalations: int) -> None:
    assert fold(opened(0, queue="help"), *moves, reckoning=TIERS).escalations == escalations


@pytest.mark.parametrize(
    ("reckoning", "events", "expected"),
    [
        (TIERS, [opened(0, queue="help")], True),
        (TIERS, [opened(0, queue="makers"), assigned(1, queue="experts")], True),
        # there is no way up from the top, and none that is known from a group without a tier
        (TIERS, [opened(0, queue="makers")], False),
        (TIERS, [opened(0, queue="elsewhere")], False),
        (TIERS, [opened(0, queue="elsewhere"), event(Kind.TICKET_ESCALATED, 1)], True),
        (PLAIN, [opened(0, queue="elsewhere")], True),
    ],
)
def test_only_what_could_have_been_escalated_counts_as_not_escalated(
    reckoning: Reckoning, events: list[Event], expected: bool
) -> None:
    assert fold(*events, reckoning=reckoning).escalatable is expected


def test_the_agent_is_whoever_it_was_given_to_or_else_whoever_answered_first() -> None:
    assert fold(opened(0), replied(1, "Ann"), replied(2, "Bob")).agent == "Ann"
    assert fold(opened(0), assigned(1, agent="Cy"), replied(2, "Ann")).agent == "Cy"
    assert fold(opened(0), replied(1, "Ann"), assigned(2, agent="Cy")).agent == "Cy"
    assert fold(opened(0), event(Kind.TICKET_NOTED, 1, agent="Eve")).agent == ""
    assert fold(opened(0), replied(1, None)).agent == ""


# -- replies


def test_the_first_reply_of_a_person_answers_and_each_further_one_answers_the_oldest_question() -> None:
    facts = fold(
        opened(0),
        asked(1),
        replied(2, actor="bot"),
        replied(3, actor="system"),
        replied(10),
        replied(11),
        asked(20),
        asked(25),
        replied(40, None),
        asked(50),
        solved(60),
        replied(70),
    )
    assert (facts.first_response_at, facts.first_response_ms) == (at(10), 10 * MINUTE_MS)
    assert [(one.asked_at, one.replied_at, one.agent, one.reply_ms, one.business_ms) for one in facts.replies] == [
        (at(20), at(40), "Ann", 20 * MINUTE_MS, 20 * MINUTE_MS)
    ]
    assert (facts.agent_replies, facts.customer_replies, facts.spans[0].replies) == (4, 4, 4)


def test_a_reply_names_the_agent_who_gave_it() -> None:
    facts = fold(opened(0), assigned(1, agent="Cy"), replied(2), asked(3), replied(4, "Bob"))
    assert [one.agent for one in facts.replies] == ["Bob"]


# -- solved, reopened, paused


def test_a_reopening_after_an_answer_does_not_move_the_clock_of_the_first_response() -> None:
    facts = fold(opened(0), replied(5), solved(10), event(Kind.TICKET_CLOSED, 11), reopened(20), replied(30))
    assert (facts.first_response_from, facts.first_response_at) == (at(0), at(5))
    assert (facts.status, facts.closed_at, facts.reopens) == ("open", None, 1)


def test_a_reopening_of_what_is_open_is_none() -> None:
    facts = fold(opened(0), reopened(5), solved(10))
    assert (facts.reopens, facts.first_response_from, facts.resolution_ms) == (0, at(0), 10 * MINUTE_MS)


def test_durations_count_from_the_opening_to_the_first_and_to_the_last_solution() -> None:
    facts = fold(opened(0), solved(10), reopened(20), solved(50))
    assert (facts.first_resolution_ms, facts.resolution_ms) == (10 * MINUTE_MS, 50 * MINUTE_MS)
    # while it is open again, only the first is known; what the customer waited for is what was not solved
    again = fold(opened(0), solved(10), reopened(20))
    assert (again.first_resolution_ms, again.resolution_ms, again.requester_wait_ms) == (10 * MINUTE_MS, None, None)
    assert facts.requester_wait_ms == 40 * MINUTE_MS


def test_the_customer_does_not_wait_while_it_waits_for_him() -> None:
    facts = fold(
        opened(0),
        paused(5),
        resumed(10),
        paused(20, on="other"),
        paused(30, on="customer"),
        solved(50),
        resumed(60),
        paused(70),
    )
    assert [(one.on, one.started_at, one.ended_at) for one in facts.pauses] == [
        ("customer", at(5), at(10)),
        ("other", at(20), at(30)),
        ("customer", at(30), at(50)),
    ]
    assert facts.requester_wait_ms == 25 * MINUTE_MS  # 0 to 5, 10 to 30
    assert (facts.status, facts.spans[0].pauses) == ("solved", 3)


def test_its_status_is_what_happened_last() -> None:
    assert fold(opened(0)).status == "open"
    assert fold(opened(0), paused(1)).status == "paused"
    assert fold(opened(0), paused(1), resumed(2)).status == "open"
    assert fold(opened(0), resumed(2), solved(3)).status == "solved"
    assert fold(opened(0), solved(3), resumed(4)).status == "solved"
    assert fold(opened(0), paused(1), event(Kind.TICKET_CLOSED, 2)).status == "closed"


@pytest.mark.parametrize(
    ("events", "is_thanks"),
    [
        ([reopened(20), solved(21)], True),
        ([reopened(20), asked(20), solved(21)], True),
        ([reopened(20), replied(21), solved(22)], False),
        ([reopened(20), paused(21), solved(22)], False),
        ([reopened(20)], False),
    ],
)
def test_a_reopening_for_thanks_is_left_out_where_the_policy_says_so(events: list[Event], is_thanks: bool) -> None:
    ticket = (opened(0), replied(5), solved(10), *events)
    assert fold(*ticket).reopens == 1
    ignoring = fold(*ticket, reckoning=Reckoning(ignores_thanks=True))
    assert ignoring.reopens == (0 if is_thanks else 1)
    assert ignoring.first_solved_at == at(10)


@pytest.mark.parametrize(
    ("events", "flaw"),
    [
        ([opened(10), solved(5)], "solved before it was opened"),
        ([opened(10), replied(5), solved(20)], "answered before it was opened"),
        ([opened(0), solved(3653 * 1440 + 1)], "lasted over ten years"),
        ([opened(0), solved(3653 * 1440)], None),
        ([opened(10), replied(10), solved(10)], None),
    ],
)
def test_impossible_times_are_named_and_leave_no_durations(events: list[Event], flaw: str | None) -> None:
    facts = fold(*events, reckoning=PROMISED)
    assert facts.flaw == flaw
    assert (facts.resolution_ms is None, facts.timers == [], facts.spans[0].waiting_from is None) == (
        flaw is not None,
        flaw is not None,
        flaw is not None or facts.first_response_at == facts.created_at,
    )


# -- waiting for the first response


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([opened(0)], [(0, None)]),
        ([opened(0), replied(10), solved(20)], [(0, 10)]),
        ([opened(0), solved(20)], [(0, 20)]),
        ([opened(0), solved(20), reopened(30)], [(0, 20), (30, None)]),
        ([opened(0), solved(20), reopened(30), replied(40), solved(50)], [(0, 20), (30, 40)]),
        ([opened(0), replied(10), solved(20), reopened(30)], [(0, 10), (None, None)]),
        ([opened(0), replied(0)], [(None, None)]),
        ([opened(0), solved(0)], [(None, None)]),
    ],
)
def test_a_customer_waits_for_the_first_response_until_it_comes_or_nothing_is_open(
    events: list[Event], expected: list[tuple[float | None, float | None]]
) -> None:
    def minute(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - NINE) / timedelta(minutes=1)

    assert [(minute(span.waiting_from), minute(span.waiting_until)) for span in fold(*events).spans] == expected


# -- promises


PROMISED = Reckoning(
    promises=(
        Promise(
            business=False,
            first_response={"any": 30 * MINUTE_MS, "urgent": 10 * MINUTE_MS},
            resolution={"any": 100 * MINUTE_MS},
        ),
    )
)


def timers(
    *events: Event, reckoning: Reckoning = PROMISED
) -> list[tuple[str, float, float | None, float | None, bool]]:
    """Kind, minutes of the beginning, of being due and of being settled, and whether it was kept."""

    def minute(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - NINE) / timedelta(minutes=1)

    def short(one: Timer) -> tuple[str, float, float | None, float | None, bool]:
        return one.kind, minute(one.started_at) or 0, minute(one.due_at), minute(one.counted_at), one.met

    return [short(one) for one in fold(*events, reckoning=reckoning).timers]


@pytest.mark.parametrize(
    ("events", "first_response", "resolution"),
    [
        # open: due when the time has passed, and settled by nothing yet
        ([opened(0)], (0, 30, None, False), (0, 100, None, False)),
        # kept, at the last moment, too
        ([opened(0), replied(30), solved(100)], (0, None, 30, True), (0, None, 100, True)),
        # broken, and settled by what came after
        ([opened(0), replied(30.5), solved(100.5)], (0, 30, 30, False), (0, 100, 100, False)),
        # a pause stops both clocks, whomever it is on
        ([opened(0), paused(20, on="other"), resumed(60), replied(65)], (0, None, 65, True), (0, 140, None, False)),
        ([opened(0), paused(20), resumed(60), replied(75)], (0, 70, 70, False), (0, 140, None, False)),
        ([opened(0), paused(20)], (0, None, None, False), (0, None, None, False)),
        # a pause after it was broken does not take it back
        ([opened(0), paused(40)], (0, 30, 30, False), (0, None, None, False)),
        # the time between a solution and a reopening is nobody's
        ([opened(0), replied(5), solved(90), reopened(500), solved(510)], (0, None, 5, True), (0, None, 510, True)),
        ([opened(0), replied(5), solved(90), reopened(500), solved(511)], (0, None, 5, True), (0, 510, 510, False)),
        # solved without an answer before it was due: nobody was kept waiting, and nothing was kept
        ([opened(0), solved(20)], None, (0, None, 20, True)),
        ([opened(0), solved(40)], (0, 30, 30, False), (0, None, 40, True)),
        # after a solution without an answer the clock of the answer begins anew
        ([opened(0), solved(20), reopened(200), replied(210)], (200, None, 210, True), (0, 280, None, False)),
        # the urgency that it had in the beginning; the first that was said when it had none
        ([opened(0, priority="Urgent"), replied(11)], (0, 10, 10, False), (0, 100, None, False)),
        (
            [opened(0, priority="urgent"), assigned(5, priority="low"), replied(11)],
            (0, 10, 10, False),
            (0, 100, None, False),
        ),
        (
            [opened(0), assigned(5, priority="urgent"), assigned(6, priority="low"), replied(11)],
            (0, 10, 10, False),
            (0, 100, None, False),
        ),
        (
            [opened(0, priority="low"), assigned(0.5, priority="urgent"), replied(11)],
            (0, None, 11, True),
            (0, 100, None, False),
        ),
    ],
)
def test_what_became_of_promises(
    events: list[Event],
    first_response: tuple[float, float | None, float | None, bool] | None,
    resolution: tuple[float, float | None, float | None, bool],
) -> None:
    expected = [("first_response", *first_response)] if first_response else []
    assert timers(*events) == [*expected, ("resolution", *resolution)]


def test_nothing_is_promised_for_spam_nor_where_the_policy_promises_nothing() -> None:
    assert timers(opened(0), event(Kind.TICKET_DELETED, 5, reason="spam")) == []
    assert timers(opened(0), reckoning=PLAIN) == []
    urgent_only = Reckoning(promises=(Promise(business=False, first_response={"urgent": 10 * MINUTE_MS}),))
    assert timers(opened(0), reckoning=urgent_only) == []
    assert timers(opened(0, priority="urgent"), reckoning=urgent_only) == [("first_response", 0, 10, None, False)]


def test_a_promise_holds_for_what_began_while_it_was_in_force() -> None:
    later = Promise(valid_from=at(50), business=False, resolution={"any": 5 * MINUTE_MS})
    reckoning = Reckoning(promises=(*PROMISED.promises, later))
    assert timers(opened(49), reckoning=reckoning)[-1] == ("resolution", 49, 149, None, False)
    assert timers(opened(50), reckoning=reckoning) == [("resolution", 50, 55, None, False)]
    assert fold(opened(0), reckoning=PROMISED).timers[0].target_ms == 30 * MINUTE_MS
