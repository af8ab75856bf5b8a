"""Every state in which a reader can find a rule and an incident."""

from __future__ import annotations

import pytest
from alert_desk import MINUTE, START, Desk, policy
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.standing import Standing, of_incident, standings
from plugin.alert.store import rules_of
from plugin.alert.tables import Incident
from plugin.database import session_scope
from plugin.kpi.metric import Measurement

BAD, GOOD, FEW = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (4, 50), (1, 2)))


def rule_of(desk: Desk, number: int) -> str:
    with Session(desk.engine) as session:
        (found,) = standings(session, desk.document, START + number * MINUTE)
        return found.status


def incident_of(desk: Desk, number: int) -> str:
    with Session(desk.engine) as session:
        incident = session.get(Incident, 1)
        assert incident
        row = next(iter(rules_of(session, [1])), None)
        return of_incident(incident, row, START + number * MINUTE)


def press(desk: Desk, button: str, number: int) -> None:
    with session_scope(desk.engine) as session:
        answer(session, desk.document, Press(button=button, incident=1, who="Anna"), START + number * MINUTE)


def test_a_rule_stands_where_it_was_measured_until_somebody_answers(engine: Engine) -> None:
    desk = Desk(engine, policy(**{"for": "1m"}))
    seen = [rule_of(desk, 0)]
    for number, reading in enumerate((GOOD, BAD, BAD, FEW, None, BAD)):
        desk.minute(number, reading)
        seen.append(rule_of(desk, number))
    assert seen == ["ok", "ok", "pending", "firing", "insufficient", "no_data", "firing"]
    press(desk, ACKNOWLEDGE, 6)
    assert rule_of(desk, 6) == incident_of(desk, 6) == Standing.ACKNOWLEDGED
    press(desk, "alert.snooze.30m", 7)
    assert rule_of(desk, 7) == incident_of(desk, 7) == Standing.SNOOZED
    # When the time is over it is what it was, also before the next evaluation.
    assert rule_of(desk, 37) == incident_of(desk, 37) == Standing.ACKNOWLEDGED
    desk.minute(38, GOOD)
    assert (rule_of(desk, 38), incident_of(desk, 38)) == ("ok", "resolved")


@pytest.mark.parametrize(("reading", "status"), [(FEW, "insufficient"), (None, "no_data"), (BAD, "firing")])
def test_an_open_incident_says_whether_it_can_be_judged(
    engine: Engine, reading: Measurement | None, status: str
) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    desk.minute(1, reading)
    assert incident_of(desk, 1) == status


def test_a_rule_says_who_answered_in_words(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    press(desk, "alert.snooze.30m", 1)
    with Session(engine) as session:
        (found,) = standings(session, desk.document, START + MINUTE)
    assert found.said == "Snoozed until 11:11 by Anna. Alert since 10:40: 34.0%, limit 15%."
    assert (found.rule, found.incident, found.snoozed_until) == ("support-abandonment", 1, START + 31 * MINUTE)
