"""Contacts, callbacks, self-service, repeats, quality and sales, from told events to numbers on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from bank_month import BankMonth
from contact_desk import abandoned, answered, store, told, values
from installed import asked
from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.facts.reckoning import reckoning_of
from plugin.kpi.terms import Terms, terms_of
from plugin.policy.document import Document
from plugin.policy.text import parse

HOUR, DAY = 3600, 86_400
NOON = 12 * HOUR


def only(engine: Engine, *kpis: str, days: float = 1, terms: Terms | None = None) -> list[tuple[float, float | None]]:
    """(numerator, denominator) of each KPI; the same when every cell is passed over."""
    (cells,) = values(engine, kpis, days, terms=terms).values()
    (facts,) = values(engine, kpis, days, terms=terms, shift=-timedelta(seconds=1)).values()
    assert cells == facts
    return [(cells[kpi].numerator, cells[kpi].denominator) for kpi in kpis]


def test_a_contact_that_flows_through_two_queues_is_one_contact_and_two_visits(engine: Engine) -> None:
    flowed = [
        told(Kind.CONTACT_QUEUED, NOON, "sales"),
        told(Kind.CONTACT_OVERFLOWED, NOON + 30, "sales", reason="flow_out"),
        *answered(NOON + 31),
    ]
    store(engine, {"a": flowed, "b": answered(NOON), "c": abandoned(NOON)})
    assert only(engine, "offered", "contacts_offered", "answered", "contacts_handled") == [
        (4, None),
        (3, None),
        (2, None),
        (2, None),
    ]


def test_whom_the_queue_refused_is_blocked_and_with_who_gave_up_lost(engine: Engine) -> None:
    refused = {
        reason: [told(Kind.CONTACT_OVERFLOWED, NOON, "support", reason=reason)]
        for reason in ("join_empty", "full", "divert", "closed")
    }
    store(engine, {**refused, "a": answered(NOON), "b": abandoned(NOON)})
    assert only(engine, "blocked_rate", "lost_rate") == [(3, 5), (4, 5)]


def test_hold_per_held_contact_and_handle_time_per_contact(engine: Engine) -> None:
    held = [
        *answered(NOON, talk=100)[:3],
        told(Kind.CONTACT_HELD, NOON + 20, agent="Ann"),
        told(Kind.CONTACT_RESUMED, NOON + 50, agent="Ann"),
        told(Kind.CONTACT_TRANSFERRED, NOON + 60, agent="Ann"),
        told(Kind.CONTACT_ANSWERED, NOON + 61, "support", "Bob"),
        told(Kind.CONTACT_ENDED, NOON + 81, agent="Bob"),
    ]
    store(engine, {"a": held, "b": answered(NOON, talk=40)}, knows=("hold",))
    # legs: Ann 20 s talk + 30 s hold, Bob 20 s, Ann 40 s
    assert only(engine, "hold_time", "hold_time.held", "aht", "aht.contact") == [(30, 3), (30, 1), (110, 3), (110, 2)]


def handed_on(at: float, *agents: str, talk: float = 20) -> list[Event]:
    """From one agent to the next, each of whom talks as long."""
    events = [told(Kind.CONTACT_QUEUED, at, "support")]
    for number, agent in enumerate(agents):
        start = at + 10 + number * talk
        kind = Kind.CONTACT_TRANSFERRED if number < len(agents) - 1 else Kind.CONTACT_ENDED
        events += [told(Kind.CONTACT_ANSWERED, start, "support", agent), told(kind, start + talk, agent=agent)]
    return events


def test_each_agent_has_his_own_legs_and_his_own_transfers(engine: Engine) -> None:
    store(
        engine,
        {"a": handed_on(NOON, "Ann", "Bob", "Cy"), "b": handed_on(NOON, "Bob", "Ann"), "c": handed_on(NOON, "Bob")},
    )
    assert only(engine, "contacts_handled", "contacts_handled.legs", "transfer_rate", "transfer_rate.legs") == [
        (3, None),
        (6, None),
        (2, 3),
        (3, 6),
    ]
    found = values(engine, ["contacts_handled.legs", "transfer_rate.legs"], by=("agent",))
    legs = {group: one["contacts_handled.legs"].numerator for group, one in found.items()}
    handed = {group: one["transfer_rate.legs"].numerator for group, one in found.items()}
    assert legs == {("Ann",): 2, ("Bob",): 3, ("Cy",): 1}
    assert handed == {("Ann",): 1, ("Bob",): 2, ("Cy",): 0}


TIERS = parse("[queues.support]\ntier = 1\n[queues.experts]\ntier = 2\n[queues.makers]\ntier = 3\n")


def climbing(at: float, *queues: str) -> list[Event]:
    """Handled in one queue after the other."""
    events = []
    for number, queue in enumerate(queues):
        start, kind = at + 100 * number, Kind.CONTACT_ENDED if number == len(queues) - 1 else Kind.CONTACT_TRANSFERRED
        events += [
            told(Kind.CONTACT_QUEUED, start, queue),
            told(Kind.CONTACT_ANSWERED, start + 5, queue, f"Ann {number}"),
        ]
        events += [told(kind, start + 90, agent=f"Ann {number}")]
    return events


def test_contacts_are_escalated_from_tier_to_tier_and_each_tier_has_its_rate(engine: Engine) -> None:
    contacts = {f"stays {number}": answered(NOON) for number in range(3)}
    contacts |= {
        "up": climbing(NOON, "support", "experts"),
        "on and on": climbing(NOON, "support", "experts", "makers"),
        "at once": climbing(NOON, "experts"),
        "outbound": [told(Kind.CONTACT_OFFERED, NOON, direction="outbound"), *climbing(NOON, "support", "experts")],
    }
    terms = terms_of(TIERS)
    store(engine, contacts, terms, reckoning=reckoning_of(TIERS))
    assert only(engine, "escalation_rate.contacts", terms=terms) == [(3, 8)]
    found = values(engine, ["escalation_rate.contacts"], by=("tier",), terms=terms)
    rates = {tier: one["escalation_rate.contacts"] for (tier,), one in found.items()}
    assert {tier: (one.numerator, one.denominator) for tier, one in rates.items() if one.n} == {
        "1": (2, 5),
        "2": (1, 3),
    }


def test_another_map_of_tiers_is_another_basis_of_the_facts() -> None:
    bases = {reckoning_of(document).bases["contact"] for document in (Document(), TIERS)}
    assert len(bases) == 2


def test_a_wrap_up_that_the_system_ended_is_told_from_one_that_the_agent_ended(engine: Engine) -> None:
    def wrapped(**data: object) -> list[Event]:
        return [*answered(NOON), told(Kind.CONTACT_WRAPPED_UP, NOON + 90, agent="Ann", **data)]

    store(
        engine,
        {
            "system": wrapped(timed_out=True, wrap_s=30),
            "agent": wrapped(timed_out=False),
            "another": wrapped(timed_out=False),
            "nobody said": wrapped(),
            "no wrap-up": answered(NOON),
        },
    )
    assert only(engine, "wrap_up_time", "wrap_up_time.timed_out") == [(30 + 3 * 20, 4), (1, 3)]


def test_a_speed_of_answer_of_those_who_waited_and_one_over_all_offered(engine: Engine) -> None:
    store(
        engine,
        {
            "at once": answered(NOON, wait=0),
            "short": answered(NOON, wait=1),
            "long": answered(NOON, wait=59),
            "gave up": abandoned(NOON, wait=100),
            "nobody saw him wait": [told(Kind.CONTACT_ANSWERED, NOON, "support", "Ann")],
        },
    )
    assert only(engine, "asa", "asa.waited", "asa.offered") == [(60, 3), (60, 2), (60, 4)]


def test_an_outbound_contact_is_handled_with_and_without_its_dialling(engine: Engine) -> None:
    out = {"direction": "outbound"}
    dialled = [
        told(Kind.CONTACT_OFFERED, NOON, **out),
        told(Kind.CONTACT_ANSWERED, NOON + 15, agent="Ann"),
        told(Kind.CONTACT_TRANSFERRED, NOON + 45, agent="Ann"),
        told(Kind.CONTACT_ANSWERED, NOON + 50, agent="Bob"),
        told(Kind.CONTACT_ENDED, NOON + 70, agent="Bob"),
        told(Kind.CONTACT_WRAPPED_UP, NOON + 77, agent="Bob"),
    ]
    store(
        engine,
        {
            "dialled": dialled,
            "beginning not seen": [
                told(Kind.CONTACT_ANSWERED, NOON, agent="Ann", **out),
                told(Kind.CONTACT_ENDED, NOON + 100, agent="Ann"),
            ],
            "answer not seen": [
                told(Kind.CONTACT_OFFERED, NOON, **out),
                told(Kind.CONTACT_ENDED, NOON + 99, agent="Ann", talk_s=4),
            ],
            "by a dialler": answered(NOON, wait=2, talk=1000, **out),
            "nobody there": [told(Kind.CONTACT_OFFERED, NOON, **out), told(Kind.CONTACT_ENDED, NOON + 30)],
            "inbound": answered(NOON),
        },
    )
    # legs: Ann 30, Bob 20 + 7, Ann 100, Ann 4, Ann 1000; of the first two the dialling is known: 15 and none
    assert only(engine, "aht.outbound", "aht.outbound_dialling") == [(1161, 5), (72, 2)]


def test_a_customer_who_hangs_up_on_hold_is_handled_and_counted(engine: Engine) -> None:
    gone = [
        *answered(NOON)[:3],
        told(Kind.CONTACT_HELD, NOON + 20, agent="Ann"),
        told(Kind.CONTACT_ENDED, NOON + 99, by="customer"),
    ]
    store(engine, {"a": gone})
    assert only(engine, "hold_abandons", "abandoned", "contacts_handled") == [(1, None), (0, None), (1, None)]


def callback(at: float, customer: str, **more: object) -> list[Event]:
    return [
        told(Kind.CONTACT_QUEUED, at, "support", customer=customer),
        told(Kind.CONTACT_CALLBACK_REQUESTED, at + 20, "support"),
    ]


def test_callbacks_are_found_in_the_same_contact_by_name_and_by_customer(engine: Engine) -> None:
    same = [*callback(NOON, "1"), told(Kind.CONTACT_ANSWERED, NOON + 620, "support", "Ann")]
    named = answered(NOON + HOUR, wait=20, direction="callback", callback_of="named")
    store(
        engine,
        {
            "same": same,
            "named": callback(NOON, "2"),
            "its callback": named,
            "by customer": callback(NOON, "3"),
            "the call to him": answered(NOON + 2 * HOUR, wait=20, direction="outbound", customer="3"),
            "too late": callback(NOON, "4"),
            "a day and more": answered(NOON + DAY + 60, direction="outbound", customer="4"),
            "called himself": callback(NOON, "5"),
            "himself": answered(NOON + HOUR, direction="inbound", customer="5"),
        },
    )
    kpis = ("callback_requested", "callback_completion", "time_to_callback")
    assert only(engine, *kpis) == [(5, None), (3, 5), (600 + 3600 + 7200, 3)]
    (found,) = values(engine, ["time_to_callback.p50"]).values()
    assert found["time_to_callback.p50"].value == pytest.approx(3600, rel=0.01)
    assert only(engine, "callback_completion", terms=Terms(callback_ms=2 * DAY * 1000)) == [(4, 5)]


def test_the_first_talk_after_the_request_is_the_callback(engine: Engine) -> None:
    requested = [
        told(Kind.CONTACT_QUEUED, NOON, "support"),
        told(Kind.CONTACT_CALLBACK_REQUESTED, NOON + 20, "support"),
        told(Kind.CONTACT_ANSWERED, NOON + 620, agent="Ann"),
        told(Kind.CONTACT_TRANSFERRED, NOON + 700, agent="Ann"),
        told(Kind.CONTACT_ANSWERED, NOON + 700, agent="Bob"),
        told(Kind.CONTACT_ENDED, NOON + 800, agent="Bob"),
    ]
    store(engine, {"back": requested})
    assert only(engine, "time_to_callback") == [(600, 1)]


def test_a_late_callback_changes_what_was_counted_before(engine: Engine) -> None:
    store(engine, {"asked": callback(NOON, "3")})
    assert only(engine, "callback_completion") == [(0, 1)]
    store(engine, {"late": answered(NOON + HOUR, direction="outbound", customer="3")})
    assert only(engine, "callback_completion") == [(1, 1)]


def test_missed_callers_are_counted_once_and_reached_in_either_direction(engine: Engine) -> None:
    store(
        engine,
        {
            "twice": abandoned(NOON, customer="1"),
            "again": abandoned(NOON + 100, customer="1"),
            "we called": answered(NOON + HOUR, direction="outbound", customer="1"),
            "later himself": abandoned(NOON, customer="2"),
            "himself": answered(NOON + HOUR, customer="2"),
            "never": abandoned(NOON, customer="3"),
            "no talk": told_only_rung(NOON + HOUR, "3"),
            "too late": abandoned(NOON, customer="4"),
            "a day later": answered(NOON + DAY + HOUR, customer="4"),
            "without a number": abandoned(NOON),
        },
    )
    assert only(engine, "missed_call_return_rate") == [(2, 4)]


def test_a_caller_who_was_missed_in_two_queues_of_a_team_is_one_caller(engine: Engine) -> None:
    store(
        engine,
        {
            "sales": abandoned(NOON, queue="sales", customer="1"),
            "support": abandoned(NOON + 100, customer="1"),
            "we called": answered(NOON + HOUR, direction="outbound", customer="1"),
        },
    )
    terms = Terms(team_of_queue={"sales": "desk", "support": "desk"})
    (found,) = values(engine, ["missed_call_return_rate"], by=("team",), terms=terms).values()
    assert (found["missed_call_return_rate"].numerator, found["missed_call_return_rate"].denominator) == (1, 1)


def told_only_rung(at: float, customer: str) -> list[Event]:
    return [
        told(Kind.CONTACT_OFFERED, at, direction="outbound", customer=customer),
        told(Kind.CONTACT_ENDED, at + 30),
    ]


def test_hanging_up_in_the_menu_is_not_self_service_and_coming_back_takes_it_away(engine: Engine) -> None:
    def menu(at: float, customer: str, **ended: object) -> list[Event]:
        begun = told(Kind.CONTACT_OFFERED, at, ivr=True, customer=customer)
        return [begun, told(Kind.CONTACT_ENDED, at + 60, **ended)]

    store(
        engine,
        {
            "done": menu(NOON, "1", contained=True),
            "done, back": menu(NOON, "2", contained=True),
            "back": abandoned(NOON + HOUR, customer="2"),
            "hung up": menu(NOON, "3"),
            "on to a queue": answered(NOON, ivr=True, customer="4"),
            "closed": [
                told(Kind.CONTACT_OFFERED, NOON, ivr=True),
                told(Kind.CONTACT_OVERFLOWED, NOON + 9, "support", reason="closed"),
            ],
            "no menu": answered(NOON, customer="5"),
        },
    )
    assert only(engine, "containment", "containment.true") == [(2, 4), (1, 4)]


def test_the_average_queue_length_is_all_waiting_over_the_time(engine: Engine) -> None:
    store(engine, {"a": answered(NOON, wait=600), "b": abandoned(NOON, wait=264)})
    assert only(engine, "average_queue_length") == [(864_000, DAY * 1000)]
    assert [found["average_queue_length"].value for found in values(engine, ["average_queue_length"]).values()] == [
        pytest.approx(0.01)
    ]


def test_the_longest_wait_of_nobody_is_not_known(engine: Engine) -> None:
    (found,) = values(engine, ["longest_wait", "offered"]).values()
    assert (found["longest_wait"].value, found["offered"].value) == (None, 0)


def test_outbound_contacts_and_what_a_dialler_did_with_people_who_picked_up(engine: Engine) -> None:
    store(
        engine,
        {
            "in time": answered(NOON, wait=2, talk=50, direction="outbound"),
            "too late": answered(NOON, wait=3, talk=70, direction="outbound"),
            "nobody": abandoned(NOON, direction="outbound"),
            "by hand": [
                told(Kind.CONTACT_OFFERED, NOON, direction="outbound"),
                told(Kind.CONTACT_ANSWERED, NOON + 9, agent="Ann"),
                told(Kind.CONTACT_ENDED, NOON + 39),
            ],
            "not answered": told_only_rung(NOON, "9"),
            "inbound": answered(NOON),
        },
    )
    kpis = ("outbound_contacts", "outbound_connected", "outbound_talk_time", "outbound_abandonment_rate")
    assert only(engine, *kpis) == [(5, None), (3, None), (150, 3), (2, 3)]


REPEATS = {
    "first": answered(NOON, customer="1"),
    "second, 3 days on": answered(NOON + 3 * DAY, customer="1"),
    "alone": answered(NOON, customer="2"),
    "our call to him": answered(NOON + DAY, direction="outbound", customer="2"),
    "given up": abandoned(NOON + DAY, customer="2"),
    "billing": [*answered(NOON, customer="3"), told(Kind.CONTACT_TAGGED, NOON + 99, topic="billing")],
    "delivery": [*answered(NOON + DAY, customer="3"), told(Kind.CONTACT_TAGGED, NOON + DAY, topic="delivery")],
    "no number": answered(NOON),
    "on the border": answered(NOON, customer="4"),
    "seven days on": answered(NOON + 7 * DAY, customer="4"),
}


def test_a_repeat_is_another_answered_call_of_the_same_customer_on_the_same_topic(engine: Engine) -> None:
    store(engine, REPEATS)
    assert only(engine, "fcr_repeat", "repeat_contact_rate") == [(2, 4), (2, 4)]
    one_day = Terms(repeat_ms=DAY * 1000)
    assert only(engine, "fcr_repeat", "repeat_contact_rate", terms=one_day) == [(4, 4), (0, 4)]


@pytest.mark.parametrize("known", [0, 1])
def test_a_call_whose_topic_nobody_knows_may_be_on_the_same(engine: Engine, known: int) -> None:
    calls = [answered(NOON, customer="1"), answered(NOON + DAY, customer="1")]
    calls[known].append(told(Kind.CONTACT_TAGGED, NOON + known * DAY + 99, topic="billing"))
    store(engine, {"first": calls[0], "next": calls[1]})
    assert only(engine, "fcr_repeat") == [(0, 1)]


def test_a_contact_that_comes_later_changes_the_one_before(engine: Engine) -> None:
    store(engine, {"first": answered(NOON, customer="1")})
    assert only(engine, "fcr_repeat") == [(1, 1)]
    store(engine, {"next": answered(NOON + 2 * DAY, customer="1")})
    assert only(engine, "fcr_repeat") == [(0, 1)]


@pytest.mark.xdist_group("a bank's month")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_repeats_of_a_real_month_are_those_that_others_counted(
    bank_months: Callable[[str], BankMonth], database: str
) -> None:
    # answered calls of known callers up to 20 February, whose window of 7 days the data cover: 4 976 of 8 216 repeated
    kpis = ("fcr_repeat", "repeat_contact_rate", "containment")
    report = asked(bank_months(database).opened, kpis, "1999-02-01T00:00:00+02:00", "1999-02-21T00:00:00+02:00", None)
    (row,) = report.rows
    found = row.values["fcr_repeat"], row.values["repeat_contact_rate"]
    assert [(one.numerator, one.denominator) for one in found] == [(8216 - 4976, 8216), (4976, 8216)]
    assert report.excluded["anonymous"] > 0
    assert report.unavailable == {"containment": "missing fact: ivr"}


def test_dispositions_over_what_came_and_over_what_was_handled(engine: Engine) -> None:
    resolved = [*answered(NOON), told(Kind.CONTACT_TAGGED, NOON + 99, resolved=True)]
    store(engine, {"a": resolved, "b": answered(NOON), "c": abandoned(NOON), "d": abandoned(NOON)})
    kpis = ("fcr_disposition", "call_resolution_rate", "call_resolution_rate.answered")
    assert only(engine, *kpis) == [(1, 2), (1, 4), (1, 2)]


def test_quality_counts_at_the_time_of_the_contact_and_for_the_agent_who_was_evaluated(engine: Engine) -> None:
    evaluated = [
        *answered(NOON),
        told(Kind.CONTACT_EVALUATED, 3 * DAY, agent="Bob", points=17.5, possible=20),
        told(Kind.CONTACT_EVALUATED, 3 * DAY, points=4, possible=5),
    ]
    store(engine, {"a": evaluated, "unknown": [told(Kind.CONTACT_EVALUATED, NOON, agent="Eve", points=1, possible=1)]})
    assert only(engine, "quality_score", "contacts_handled") == [(22_500, 26_000), (1, None)]
    by_agent = values(engine, ["quality_score"], by=("agent",))
    assert {agent: found["quality_score"].value for (agent,), found in by_agent.items()} == {
        "Ann": 0.8,
        "Bob": 0.875,
        "Eve": 1,
    }


def test_sentiment_is_a_mean_of_contacts_and_conversion_a_share_of_talks(engine: Engine) -> None:
    sold = [
        *answered(NOON),
        told(Kind.CONTACT_SENTIMENT, NOON + 99, score=0.8),
        told(Kind.CONTACT_CONVERTED, DAY, value=9.5, currency="EUR"),
    ]
    cold = [*answered(NOON, direction="outbound"), told(Kind.CONTACT_SENTIMENT, NOON + 99, score=-0.4)]
    unsold = [*abandoned(NOON), told(Kind.CONTACT_CONVERTED, DAY)]
    store(engine, {"a": sold, "b": cold, "c": unsold})
    assert only(engine, "sentiment", "conversion") == [(pytest.approx(0.4), 2), (1, 2)]
