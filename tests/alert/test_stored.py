"""Rules over stored calls, measured by the program itself: the baseline is that of the stored windows, an absence is a stored 0."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alert_desk import create_tables, policy
from installed import installed
from round_trips import watched
from sqlalchemy import Engine
from sqlmodel import Session, select

from plugin.alert.evaluate import evaluate_rules
from plugin.alert.tables import Incident, RuleState
from plugin.contract.request import WebhookRequest
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.installation import Installation
from plugin.kpi.metric import Measurement
from plugin.notify.message import Message, from_json
from plugin.notify.tables import OutboxMessage
from plugin.schedule import jobs
from plugin.schedule.trial import TrialError, trial_text, wanted_of
from plugin.work import settle_inbox

MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
#: Monday, 10:00 in Riga; two Mondays before, Riga was on summer time
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
POLICY = """
timezone = "Europe/Riga"
[sources.pbx]
adapter = "asterisk"
[channels.team]
kind = "slack"
channel = "C0SUPPORT"
[rules.watched]
kpi = "offered"
window = "30m"
targets = ["team"]
"""
RULE_OF_A_QUEUE = """
[rules.{name}]
kpi = "{kpi}"
scope = {{queue = "{queue}"}}
fire_above = 100
targets = ["team"]
"""
OPEN = 'calendar = "desk"\n[calendars.desk]\nmonday = ["09:00-18:00"]\n'


def calls(opened: Installation, count: int, before: datetime) -> None:
    """Abandoned calls, one a minute, the last of them a minute before `before`."""
    lines = []
    for number in range(1, count + 1):
        second = int((before - number * MINUTE).timestamp())
        lines += [
            f"{second}|{second}.1|support|NONE|ENTERQUEUE||+37120000001|1",
            f"{second + 9}|{second}.1|support|NONE|ABANDON|1|1|9",
        ]
    body = json.dumps({"host": "pbx", "lines": lines}).encode()
    request = WebhookRequest(method="POST", url="/hooks/pbx", headers={}, body=body, received_at=before)
    insert_deliveries(opened.engine, [delivery_row("pbx", request, None)])
    settle_inbox(opened)


def messages(engine: Engine) -> list[Message]:
    with Session(engine) as session:
        rows = session.exec(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.what)).all()  # type: ignore[arg-type]
        return [from_json(json.loads(row.payload)) for row in rows]


def status(engine: Engine) -> tuple[str, str | None]:
    with Session(engine) as session:
        row = session.exec(select(RuleState)).one()
        return row.status, json.loads(row.state).get("why")


def test_what_is_usual_is_measured_in_the_stored_windows_of_the_same_clock(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + 'deviation = 3.0\nside = "above"\n')
    # 10:00 in Riga was 07:00 UTC until the clocks went back on 25 October
    summer = NOW - timedelta(hours=1)
    for weeks, count in ((4, 4), (3, 6), (2, 5)):
        calls(opened, count, summer - weeks * WEEK)
        calls(opened, 25, NOW + timedelta(hours=1) - weeks * WEEK)  # at another hour
        calls(opened, 25, summer - weeks * WEEK - timedelta(days=1))  # on another weekday
    calls(opened, 5, NOW - WEEK)
    calls(opened, 12, NOW)
    assert jobs.evaluate(opened, NOW) == 1
    (fired,) = messages(engine)
    # median of 4, 6, 5, 5 is 5; the spread of a count is at least √5 = 2.236, and 5 + 3 × 2.236 = 11.7
    assert fired.title == "Contacts offered is 12 (last 30 min; limit 11.7)"
    assert fired.summary == (
        "Above the limit since 10:00. Usual at this hour: 5 (median of 4 weeks). "
        "It counts as over when it is at most 3 × the usual spread off what is usual."
    )
    with Session(engine) as session:
        incident = session.exec(select(Incident)).one()
    assert round(incident.threshold, 3) == 11.708


@pytest.mark.parametrize("kpi", ["abandoned", "asa.p90"])
def test_rules_about_one_kpi_read_the_facts_once_for_all_queues(engine: Engine, tmp_path: Path, kpi: str) -> None:
    asked = []
    for queues in (["support"], ["support", *(f"line {number}" for number in range(11))]):
        rules = [RULE_OF_A_QUEUE.format(name=queue.replace(" ", "-"), kpi=kpi, queue=queue) for queue in queues]
        opened = installed(engine, tmp_path, POLICY.partition("[rules")[0] + "".join(rules))
        calls(opened, 3, NOW)
        jobs.evaluate(opened, NOW)
        with watched(engine) as seen:
            jobs.evaluate(opened, NOW + MINUTE)
        asked.append(len(seen.statements))
    assert asked[1] == asked[0]


def test_the_past_is_measured_once_a_minute(engine: Engine) -> None:
    document = policy(kpi="offered", fire_above=None, clear_at=None, deviation=3.0, weeks=4)
    create_tables(engine)
    asked: list[datetime] = []

    def measure(kpi: str, only: dict[str, str], start: datetime, end: datetime) -> Measurement:
        asked.append(end)
        return Measurement(numerator=5)

    for second, times in ((0, 5), (20, 6), (59, 7), (60, 12)):
        evaluate_rules(engine, document, measure, NOW + timedelta(seconds=second))
        assert len(asked) == times
    assert asked[-4:] == [NOW + MINUTE - timedelta(hours=weeks > 1) - weeks * WEEK for weeks in (4, 3, 2, 1)]


def test_a_trial_judges_as_the_evaluation_does(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + 'deviation = 3.0\nside = "above"\n')
    for weeks, count in ((4, 4), (3, 6), (2, 5)):
        calls(opened, count, NOW - timedelta(hours=1) - weeks * WEEK)
    calls(opened, 5, NOW - WEEK)
    calls(opened, 12, NOW)
    said = trial_text(opened, "watched", timedelta(days=1), NOW).splitlines()
    assert said[0] == "watched would have alerted 1 × from Sun 1 Nov 10:05 to Mon 2 Nov 10:00 (Europe/Riga)."
    assert said[3] == "Mon 2 Nov 10:00  0 sec  worst 12, still open at the end"


def test_a_trial_proposes_a_limit_for_a_wanted_rate(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + "fire_above = 2.0\ncooldown = 0\n")
    for hours, count in ((2, 5), (4, 10), (6, 15), (8, 20)):
        calls(opened, count, NOW - timedelta(hours=hours))
    said = trial_text(opened, "watched", timedelta(days=1), NOW, wanted_of("2/day"))
    proposed = re.search(r"2/day: fire_above = ([\d.]+) would have alerted 2 ×\.$", said)
    assert proposed
    assert 10 <= float(proposed[1]) < 15


@pytest.mark.parametrize("rate", ["2", "0/week", "often", "2/year", "-1/day"])
def test_a_rate_is_a_number_in_a_time(rate: str) -> None:
    with pytest.raises(TrialError, match="such as 2/week"):
        wanted_of(rate)


@pytest.mark.parametrize(("rule", "said"), [("absent = true", "no one limit"), ('kpi = "total_cost"', "whole days")])
def test_what_cannot_be_tried_says_why(engine: Engine, tmp_path: Path, rule: str, said: str) -> None:
    policy = POLICY + rule if "absent" in rule else POLICY.replace('kpi = "offered"', rule) + "fire_above = 1.0"
    opened = installed(engine, tmp_path, policy)
    with pytest.raises(TrialError, match=said):
        trial_text(opened, "watched", timedelta(days=1), NOW, wanted_of("2/day"))


def test_without_enough_weeks_there_is_no_verdict(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + "deviation = 3.0\nweeks_min = 2\n")
    calls(opened, 1, NOW - WEEK)
    calls(opened, 25, NOW)
    assert jobs.evaluate(opened, NOW) == 0
    assert status(engine) == ("insufficient", "history")


def test_nothing_for_a_window_is_told_within_opening_hours_only(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + "absent = true\n" + OPEN)
    opening = NOW - timedelta(hours=1)
    calls(opened, 1, NOW - timedelta(minutes=50))
    assert jobs.evaluate(opened, opening - timedelta(minutes=10)) == 0
    assert status(engine) == ("insufficient", "closed")
    assert jobs.evaluate(opened, NOW - timedelta(minutes=22)) == 0
    assert status(engine) == ("ok", None)
    # the call came at 09:09, so the window from 09:10 on is the first one without any
    assert [jobs.evaluate(opened, NOW - minutes * MINUTE) for minutes in (21, 20, 19)] == [0, 1, 0]
    calls(opened, 1, NOW)
    assert jobs.evaluate(opened, NOW) == 1
    fired, *_ = messages(engine)
    assert fired.title == "Contacts offered: none in the last 30 min"
    assert fired.summary == (
        "Nothing has come since 09:10: either nobody tries, or the line or the deliveries are broken. "
        "It counts as over as soon as something comes."
    )
    assert {message.title for message in messages(engine)[1:]} == {
        "Back to normal: Contacts offered: 1 in the last 30 min",
        "Over: Contacts offered: none for 50 min",
    }


def test_an_absence_over_the_night_is_neither_told_nor_over_before_something_comes(
    engine: Engine, tmp_path: Path
) -> None:
    opened = installed(engine, tmp_path, POLICY + "absent = true\n" + OPEN)
    calls(opened, 1, NOW - timedelta(minutes=50))
    assert jobs.evaluate(opened, NOW) == 1
    assert jobs.evaluate(opened, NOW + timedelta(hours=8, minutes=10)) == 0
    assert status(engine) == ("insufficient", "closed")
    assert len(messages(engine)) == 1


def test_where_nobody_supplies_the_fact_it_is_no_data_and_no_absence(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY + "absent = true\n")
    assert jobs.evaluate(opened, NOW) == 0
    assert status(engine) == ("no_data", "no_data")
