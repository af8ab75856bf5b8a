"""What the policy decides about offered, service levels and their thresholds, from told events to numbers on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from contact_desk import MONDAY, abandoned, answered, store, told, values
from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.database import reading
from plugin.kpi.answer import Ask, answer
from plugin.kpi.formula import formula
from plugin.kpi.measure import metric_for
from plugin.kpi.metric import Report
from plugin.kpi.terms import Terms, terms_of
from plugin.policy.text import parse
from plugin.report.remarks import remarks

NOON = 12 * 3600
#: it would break a statement in which names were not quoted
ODD = "O'Brien 50% of :given?"


def pair(engine: Engine, kpi: str, terms: Terms, **question: object) -> tuple[float, float | None]:
    """(numerator, denominator); the same when every cell is passed over."""
    cells, facts = (
        values(engine, [kpi], terms=terms, shift=timedelta(seconds=-moved), **question)[()][kpi]  # type: ignore[arg-type]
        for moved in (0, 1)
    )
    assert cells == facts
    return cells.numerator, cells.denominator


def left(second: float, reason: str) -> list[Event]:
    return [
        told(Kind.CONTACT_QUEUED, NOON, "support"),
        told(Kind.CONTACT_OVERFLOWED, NOON + second, "support", reason=reason),
    ]


def message(kind: Kind) -> list[Event]:
    return [told(Kind.CONTACT_QUEUED, NOON, "support"), told(kind, NOON + 9, "support")]


@pytest.fixture
def desk(engine: Engine) -> Engine:
    """Three answered, two abandoned, one of them short, and of what else may become of a wait 1, 2, 3, 4 and 5."""
    contacts = {f"answered {wait}": answered(NOON, wait=wait) for wait in (10, 20, 21)}
    contacts |= {f"gone {wait}": abandoned(NOON, wait=wait) for wait in (4, 40)}
    contacts["withdrawn"] = left(7, "withdrawn")
    contacts |= {f"on {number}": left(30, "flow_out") for number in range(2)}
    contacts |= {f"timeout {number}": left(60, "timeout") for number in range(3)}
    contacts |= {f"message {number}": message(Kind.CONTACT_VOICEMAIL) for number in range(4)}
    contacts |= {f"back {number}": message(Kind.CONTACT_CALLBACK_REQUESTED) for number in range(5)}
    store(engine, contacts)
    return engine


@pytest.mark.parametrize(
    ("without", "offered"),
    [
        ((), 20),
        (("flow_out",), 17),  # with the one that was withdrawn
        (("timeout",), 17),
        (("voicemail",), 16),
        (("callback_requested",), 15),
        (("flow_out", "timeout", "voicemail", "callback_requested"), 5),
    ],
)
def test_what_is_taken_out_of_offered_is_taken_out_of_every_rate(
    desk: Engine, without: tuple[str, ...], offered: int
) -> None:
    terms = Terms(not_offered=without)
    assert pair(desk, "offered", terms) == (offered, None)
    assert pair(desk, "answer_rate", terms) == (3, offered)
    assert pair(desk, "abandonment_rate", terms) == (2, offered)
    assert pair(desk, "abandonment_rate_excl_short", terms) == (1, offered - 1)
    assert pair(desk, "lost_rate", terms) == (2, offered)
    assert pair(desk, "asa.offered", terms) == (51, offered)


def test_neither_contacts_nor_the_take_up_of_callbacks_change_with_it(desk: Engine) -> None:
    terms = Terms(not_offered=("flow_out", "timeout", "voicemail", "callback_requested"))
    assert pair(desk, "callback_take_up", terms) == (5, 20)
    assert pair(desk, "contacts_offered", terms) == (20, None)


@pytest.mark.parametrize(
    ("variant", "top", "under"),
    [("sl1", 3, 5), ("sl2", 2, 3), ("sl3", 2, 5), ("sl4", 2, 4), ("sl5", 2, 4), ("sl6", 3, 5)],
)
def test_flow_outs_are_a_further_term_of_any_service_level(desk: Engine, variant: str, top: int, under: int) -> None:
    for more, terms in ((0, Terms(service_level=variant)), (6, Terms(service_level=variant, level_has_flow_outs=True))):
        for key in (f"service_level.{variant}", "service_level"):
            assert pair(desk, key, terms) == (top, under + more)


def test_the_formula_that_is_shown_is_the_one_that_is_decided() -> None:
    terms = Terms(not_offered=("flow_out",), level_has_flow_outs=True)
    assert formula(metric_for("answer_rate", terms)) == "answer_rate = answered / (offered - flow_outs + timed_out)"
    assert (
        formula(metric_for("service_level", terms))
        == "service_level.sl3 = answered_in_time / (answered + abandoned + flow_outs)"
    )
    assert formula(metric_for("answer_rate", terms.plain)) == "answer_rate = answered / offered"


@pytest.fixture
def queues(engine: Engine) -> Engine:
    """In each of three queues, and in a chat, one who is answered after 20, 21, 40 and 41 s."""
    contacts = {
        f"{queue} {channel} {wait}": answered(NOON, wait=wait, queue=queue, channel=channel)
        for queue, channel in (("support", "voice"), ("support", "chat"), (ODD, "voice"), (ODD, "chat"))
        for wait in (20, 21, 40, 41)
    }
    store(engine, contacts, OWN)
    return engine


OWN = Terms(channel_threshold_ms={"chat": 40_000}, queue_threshold_ms={ODD: 21_000})


def test_each_queue_and_channel_has_its_own_threshold_and_the_total_is_their_sum(queues: Engine) -> None:
    found = values(queues, ["service_level"], by=("queue", "channel"), terms=OWN)
    in_time = {group: one["service_level"].numerator for group, one in found.items() if one["service_level"].n}
    assert in_time == {
        ("support", "voice"): 1,  # 20
        ("support", "chat"): 3,  # 20, 21, 40
        (ODD, "voice"): 2,  # 20, 21: the queue's own
        (ODD, "chat"): 2,
    }
    assert pair(queues, "service_level", OWN) == (8, 16)
    assert pair(queues, "service_level", OWN, only={"queue": ODD}) == (4, 8)


def test_a_threshold_of_one_place_makes_the_cells_stale() -> None:
    bases = {
        Terms().cell_basis,
        OWN.cell_basis,
        Terms(channel_threshold_ms={"chat": 40_000}).cell_basis,
        Terms(queue_threshold_ms={"chat": 40_000}).cell_basis,
    }
    assert len(bases) == 4


POLICY = parse(
    """
[definitions]
offered_includes = ["timeout", "callback_requested"]
service_level_flow_outs = true
channel_thresholds_s = {chat = 40}
[queues.Sales]
service_level_threshold_s = 21
"""
)


def report_of(engine: Engine, *kpis: str) -> Report:
    with reading(engine) as connection:
        ask = Ask(kpis=kpis, start=MONDAY, end=MONDAY + timedelta(days=1))
        return answer(connection, POLICY, ask, MONDAY + timedelta(days=9))


def test_a_policy_decides_and_every_report_says_how(desk: Engine) -> None:
    terms = terms_of(POLICY)
    assert (terms.not_offered, terms.level_has_flow_outs) == (("flow_out", "voicemail"), True)
    assert [terms.threshold_of(only) for only in ({}, {"channel": "chat"}, {"channel": "chat", "queue": "Sales"})] == [
        20_000,
        40_000,
        21_000,
    ]
    report = report_of(desk, "service_level", "answer_rate", "callback_take_up")
    assert (report.rows[0].values["answer_rate"].numerator, report.rows[0].values["answer_rate"].denominator) == (3, 13)
    assert report.definitions["service_level"]["own_thresholds_s"] == {"chat": 40, "Sales": 21}
    assert "not_offered" not in report.definitions["callback_take_up"]
    assert remarks(report)[:2] == [
        "Service level: SL-3, within 20 sec (chat 40 sec, Sales 21 sec), flow-outs in the denominator.",
        "Answer rate: offered without flow-outs and messages.",
    ]


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
def test_it_is_said_in_every_language(desk: Engine, language: str) -> None:
    said = " ".join(remarks(report_of(desk, "service_level", "answer_rate"), language))
    assert "Sales" in said
    assert "{" not in said
    assert "flow" not in said


def test_tickets_are_not_told_apart_by_tier(desk: Engine) -> None:
    document = parse("[queues.support]\ntier = 1\n[queues.experts]\ntier = 2\n")
    ask = Ask(kpis=("escalation_rate", "escalation_rate.contacts"), start=MONDAY, end=MONDAY + timedelta(days=1))
    with reading(desk) as connection:
        report = answer(connection, document, replace(ask, by=("tier",)), MONDAY, {"desk": ("ticket",)})
        told_apart = answer(connection, document, ask, MONDAY, {"desk": ("ticket",)})
    assert report.unavailable == {"escalation_rate": "tickets are not told apart by the tier that they left"}
    assert told_apart.unavailable == {}
