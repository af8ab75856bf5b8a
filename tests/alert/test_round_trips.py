"""What one evaluation asks of the database: as much for thirty rules as for three, and one commit for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alert_desk import MINUTE, START, Desk, policy_of, said
from round_trips import watched
from sqlalchemy import Engine

from plugin.alert.evaluate import evaluate_rules
from plugin.kpi.metric import Measurement
from plugin.notify import outbox
from plugin.notify.message import Message

GOOD, BAD, WORSE = (Measurement(numerator=count, denominator=50) for count in (2, 25, 30))
#: read where the rules stand; lock them, those held back, their open incidents; save rules, save incidents
MOST = 6


def desk_of(engine: Engine, rules: int, **changed: object) -> Desk:
    queues = {f"line {number}": changed for number in range(rules)}
    return Desk(engine, policy_of(queues, alerting={"group_window": "0s"}))


@pytest.mark.parametrize("rules", [3, 30])
def test_quiet_rules_cost_the_same_however_many_they_are(engine: Engine, rules: int) -> None:
    desk = desk_of(engine, rules)
    desk.minute(0, GOOD)
    with watched(engine) as seen:
        desk.minute(1, GOOD)
    assert len(seen.statements) <= MOST - 2, seen.statements
    assert seen.commits == 1


@pytest.mark.parametrize("rules", [3, 30])
def test_incidents_that_go_on_cost_the_same_however_many_they_are(engine: Engine, rules: int) -> None:
    desk = desk_of(engine, rules)
    desk.minute(0, BAD)
    desk.minute(1, BAD)
    with watched(engine) as seen:
        desk.minute(2, WORSE)
    assert len(seen.statements) <= MOST, seen.statements
    assert seen.commits == 1


def test_a_moment_that_comes_again_writes_nothing(engine: Engine) -> None:
    desk = desk_of(engine, 3)
    desk.minute(0, BAD)
    with watched(engine) as seen:
        desk.minute(0, WORSE)
    assert {statement.split()[0] for statement in seen.statements} == {"SELECT"}


def test_a_rule_that_cannot_be_told_silences_no_other(engine: Engine) -> None:
    desk = desk_of(engine, 3, targets=["floor"])
    desk.minute(0, GOOD)
    broken = "line 1"

    def enqueue(session: object, message: Message, **more: object) -> bool:
        if broken in message.title:
            raise RuntimeError("no words for it")
        return outbox.enqueue(session, message, **more)  # type: ignore[arg-type]

    with pytest.raises(RuntimeError, match="no words for it"):
        evaluate_rules(engine, desk.document, lambda *_: BAD, START + MINUTE, enqueue)
    assert [one.rule for one in desk.incidents()] == ["line 0", "line 2"]
    # Its own step was not taken, so it is told as soon as it can be.
    assert desk.at(START + MINUTE + timedelta(seconds=1), BAD) == 1
    assert [said(row) for row in desk.outbox()] == ["fired"] * 3
