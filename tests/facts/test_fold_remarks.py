"""What is said about a contact after it: dispositions, topics, sentiment, evaluations, sales; and how it left the menu."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.contract.event import Event, Kind
from plugin.facts.fold import ContactFacts, fold_contact, in_order
from plugin.facts.reckoning import Reckoning
from plugin.facts.rows import Rows, contact_rows

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IDENTITY = {"subject_key": 1, "source": "s", "subject": "c1"}
DAY = 86_400


def event(kind: Kind, second: float, queue: str | None = None, agent: str | None = None, **data: Any) -> Event:
    at = NINE + timedelta(seconds=second)
    key = f"{kind}:{second}:{queue}:{agent}:{sorted(data.items())}"
    return Event(kind=kind, at=at, subject="c1", dedupe_key=key, queue=queue, agent=agent, data=data)


CALL = (
    event(Kind.CONTACT_QUEUED, 0, "support"),
    event(Kind.CONTACT_ANSWERED, 12, "support", "Ann"),
    event(Kind.CONTACT_ENDED, 72, agent="Ann"),
)
REMARKS = (
    event(Kind.CONTACT_TAGGED, DAY, topic="billing", resolved=True),
    event(Kind.CONTACT_SENTIMENT, DAY + 1, score=-0.25),
    event(Kind.CONTACT_SENTIMENT, DAY + 2, score=0.5),
    event(Kind.CONTACT_EVALUATED, 2 * DAY, agent="Ann", points=17.5, possible=20, evaluation="a"),
    event(Kind.CONTACT_EVALUATED, 3 * DAY, agent="Ann", points=18.5, possible=20, evaluation="a"),
    event(Kind.CONTACT_EVALUATED, 3 * DAY, points=4, possible=5),
    event(Kind.CONTACT_CONVERTED, 4 * DAY, value=99.5, currency="EUR"),
)


def rows_of(*events: Event) -> Rows:
    rows: Rows = {}
    contact_rows(rows, IDENTITY, fold_contact(in_order(events)), Reckoning())
    return rows


def test_remarks_of_the_next_days_do_not_move_the_contact() -> None:
    with_remarks, (contact,) = rows_of(*CALL, *REMARKS), rows_of(*CALL)["contact"]
    (remarked,) = with_remarks["contact"]
    said = {"topic": "billing", "resolved": 1, "sentiment_milli": 500, "converted": 1}
    assert remarked == {**contact, **said}
    assert with_remarks["queue_visit"] == rows_of(*CALL)["queue_visit"]


def test_an_evaluation_that_is_sent_again_replaces_itself_and_others_add_up() -> None:
    first, second = rows_of(*CALL, *REMARKS)["evaluation"]
    assert (first["points_milli"], first["possible_milli"], first["counted_at"]) == (18_500, 20_000, NINE)
    assert (second["points_milli"], second["agent"], second["queue"]) == (4_000, "Ann", "support")


def test_an_evaluation_alone_is_no_contact_and_counts_at_its_own_time() -> None:
    rows = rows_of(event(Kind.CONTACT_EVALUATED, 5, agent="Bob", points=1, possible=2))
    assert set(rows) == {"evaluation"}
    assert rows["evaluation"][0]["counted_at"] == NINE + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("remark", "flaw"),
    [
        (event(Kind.CONTACT_SENTIMENT, 99, score=7), "sentiment beyond -1 to 1"),
        (event(Kind.CONTACT_EVALUATED, 99, points=6, possible=5), "evaluation points outside what is possible"),
        (event(Kind.CONTACT_EVALUATED, 99, points=0, possible=0), "evaluation points outside what is possible"),
    ],
)
def test_impossible_scores_are_named_and_not_counted(remark: Event, flaw: str) -> None:
    rows = rows_of(*CALL, remark)
    assert (rows["contact"][0]["flaw"], rows["contact"][0]["sentiment_milli"]) == (flaw, None)
    assert "evaluation" not in rows


@pytest.mark.parametrize("score", [-1, 1])
def test_the_best_and_the_worst_mood_count(score: int) -> None:
    facts = fold_contact(in_order((*CALL, event(Kind.CONTACT_SENTIMENT, 99, score=score))))
    assert (facts.flaw, facts.sentiment_milli) == (None, score * 1000)


@pytest.mark.parametrize(("points", "possible"), [(0, 5), (0.001, 5), (5, 5), (0.001, 0.001)])
def test_no_points_and_all_points_are_evaluations(points: float, possible: float) -> None:
    facts = fold_contact(in_order((*CALL, event(Kind.CONTACT_EVALUATED, 99, points=points, possible=possible))))
    (evaluation,) = facts.evaluations.values()
    assert (facts.flaw, evaluation.points_milli) == (None, points * 1000)
    assert evaluation.possible_milli == possible * 1000


@pytest.mark.parametrize("said", [{"points": 4}, {"possible": 5}])
def test_an_evaluation_that_says_half_is_left_out(said: dict[str, Any]) -> None:
    facts = fold_contact(in_order((*CALL, event(Kind.CONTACT_EVALUATED, 99, **said))))
    assert (facts.flaw, facts.evaluations) == (None, {})


def test_an_evaluation_is_of_the_agent_whom_it_names() -> None:
    (row,) = rows_of(*CALL, event(Kind.CONTACT_EVALUATED, 99, agent="Bob", points=4, possible=5))["evaluation"]
    assert row["agent"] == "Bob"


@given(order=st.randoms(use_true_random=False))
def test_the_order_of_arrival_has_no_say(order: Random) -> None:
    shuffled = [*CALL, *REMARKS]
    order.shuffle(shuffled)
    assert rows_of(*shuffled) == rows_of(*CALL, *REMARKS)


MENU = event(Kind.CONTACT_OFFERED, 0, ivr=True)


@pytest.mark.parametrize(
    ("events", "ivr", "outcome"),
    [
        ((MENU,), None, "open"),
        ((MENU, event(Kind.CONTACT_ENDED, 40)), "abandoned", "ivr_abandoned"),
        ((MENU, event(Kind.CONTACT_ENDED, 40, contained=True)), "contained", "contained"),
        ((MENU, event(Kind.CONTACT_ENDED, 40, contained=False)), "abandoned", "ivr_abandoned"),
        ((event(Kind.CONTACT_ENDED, 40, contained=True),), "contained", "contained"),
        ((MENU, *CALL), "routed", "answered"),
        ((MENU, event(Kind.CONTACT_OVERFLOWED, 9, "support", reason="closed")), "closed", "closed"),
        (CALL, None, "answered"),
    ],
)
def test_how_a_contact_left_the_menu(events: tuple[Event, ...], ivr: str | None, outcome: str) -> None:
    facts = fold_contact(in_order(events))
    assert (facts.ivr, facts.outcome) == (ivr, outcome)


def test_hanging_up_on_hold_is_a_hold_abandon_only_when_it_was_the_customer() -> None:
    def ended(by: str | None) -> ContactFacts:
        said = {} if by is None else {"by": by}
        held = event(Kind.CONTACT_HELD, 30, agent="Ann")
        return fold_contact(in_order((*CALL[:2], held, event(Kind.CONTACT_ENDED, 50, **said))))

    assert [ended(by).hold_abandoned for by in ("customer", "agent", None)] == [True, False, False]
    assert ended("customer").outcome == "answered"
    assert ended("customer").hold_ms == 20_000


def test_the_time_of_a_contact_is_that_of_all_its_legs() -> None:
    second = (
        event(Kind.CONTACT_TRANSFERRED, 72, agent="Ann", talk_s=50),
        event(Kind.CONTACT_ANSWERED, 80, "second", "Bob"),
        event(Kind.CONTACT_ENDED, 110, agent="Bob", talk_s=25, hold_s=5),
        event(Kind.CONTACT_WRAPPED_UP, 120, agent="Bob", wrap_s=10),
    )
    facts = fold_contact(in_order((*CALL[:2], *second)))
    assert (facts.handle_ms, facts.hold_ms, facts.offered) == (90_000, 5_000, True)
    assert fold_contact(in_order(CALL[:1])).handle_ms is None
