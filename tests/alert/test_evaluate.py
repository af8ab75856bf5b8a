"""Rules against both databases: what is stored, what is put into the outbox, and that it is once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alert_desk import MINUTE, START, Desk, message, policy, policy_of, said
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.alert.evaluate import evaluate_rules
from plugin.alert.store import open_incidents, recent_incidents
from plugin.alert.tables import RuleState
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.outbox import message_id
from plugin.policy.document import Document


def of(part: float, whole: float) -> Measurement:
    return Measurement(numerator=part, denominator=whole)


BAD, WORSE, GOOD = of(17, 50), of(21, 51), of(4, 50)


def test_a_breach_is_told_once_on_every_channel_and_its_end_in_the_same_thread(engine: Engine) -> None:
    desk = Desk(engine, policy())
    for number, reading in enumerate([GOOD, BAD, WORSE, BAD, GOOD, GOOD]):
        desk.minute(number, reading)
    assert sorted(desk.said()) == [
        ("ended", "slack"),
        ("fired", "email"),
        ("fired", "slack"),
        ("recovered", "email"),
        ("recovered", "slack"),
    ]
    rows = {(said(row), row.kind): row for row in desk.outbox()}
    fired = rows["fired", "slack"]
    assert fired.target == "C0FLOOR"
    assert fired.mode == "post"
    assert rows["recovered", "slack"].mode == "reply"
    assert rows["ended", "slack"].mode == "edit"
    assert rows["recovered", "slack"].follows == rows["ended", "slack"].follows == fired.id
    assert rows["recovered", "email"].follows == rows["fired", "email"].id
    assert fired.id == message_id(fired.what, fired.period_key, "C0FLOOR")


def test_the_window_ends_at_the_moment_and_the_scope_is_asked_for(engine: Engine) -> None:
    desk = Desk(engine, policy())
    now = START + timedelta(seconds=37, milliseconds=250)
    desk.at(now + timedelta(microseconds=900), GOOD)
    assert desk.asked == [("abandonment_rate", {"queue": "Support", "channel": "voice"}, now - 15 * MINUTE, now)]


def test_a_hold_is_measured_from_second_to_second(engine: Engine) -> None:
    desk = Desk(engine, policy(**{"for": "1m"}))
    changed = [desk.at(START + timedelta(seconds=n), BAD) for n in (7, 7, 8, 60, 66, 67, 68)]
    assert changed == [0, 0, 0, 0, 0, 1, 0]
    assert desk.incidents()[0].opened_at == START + timedelta(seconds=7)


def test_one_good_reading_between_two_minutes_breaks_a_hold(engine: Engine) -> None:
    desk = Desk(engine, policy(**{"for": "1m"}))
    readings = {0: BAD, 30: GOOD, 31: BAD, 60: BAD, 90: BAD}
    assert [desk.at(START + timedelta(seconds=n), reading) for n, reading in readings.items()] == [0, 0, 0, 0, 0]
    assert desk.at(START + timedelta(seconds=91), BAD) == 1


def test_a_slow_worker_does_not_undo_what_was_measured_after_its_moment(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.at(START + timedelta(milliseconds=500), BAD)
    assert desk.at(START + timedelta(milliseconds=499), GOOD) == 0
    assert desk.incidents()[0].closed is None
    assert desk.at(START + timedelta(milliseconds=501), GOOD) == 1


def test_the_incident_keeps_when_how_bad_and_why_it_ended(engine: Engine) -> None:
    desk = Desk(engine, policy(**{"for": "1m"}))
    for number, reading in enumerate([BAD, WORSE, BAD, GOOD]):
        desk.minute(number, reading)
    (incident,) = desk.incidents()
    assert incident.opened_at == START
    assert incident.fired_at == START + MINUTE
    assert incident.recovered_at == START + 3 * MINUTE
    assert incident.told_at == START + MINUTE
    assert (incident.peak, incident.n, incident.threshold) == (21 / 51, 51, 0.15)
    assert incident.closed == "recovered"


def test_the_same_moment_twice_says_nothing_twice(engine: Engine) -> None:
    desk = Desk(engine, policy())
    assert [desk.minute(0, BAD), desk.minute(0, BAD), desk.minute(0, GOOD)] == [1, 0, 0]
    assert len(desk.outbox()) == 2
    assert len(desk.incidents()) == 1


def test_two_workers_at_the_same_moment_tell_once(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, GOOD)
    for number, reading in ((1, BAD), (2, GOOD), (3, BAD)):
        with ThreadPoolExecutor(4) as workers:
            changed = list(workers.map(lambda _, n=number, r=reading: desk.minute(n, r), range(4)))
        assert sorted(changed) == [0, 0, 0, 1]
    assert len(desk.incidents()) == 2
    assert len(desk.outbox()) == 2 + 3 + 2


def test_a_crash_in_the_middle_leaves_neither_state_nor_message(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, GOOD)

    def broken(*_: object, **__: object) -> bool:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        evaluate_rules(engine, desk.document, lambda *_: BAD, START + MINUTE, broken)
    assert desk.incidents() == []
    assert desk.outbox() == []
    assert desk.minute(1, BAD) == 1


def test_a_restart_goes_on_where_it_was(engine: Engine) -> None:
    Desk(engine, policy(**{"for": "2m"})).minute(0, BAD)
    Desk(engine, policy(**{"for": "2m"})).minute(1, BAD)
    last = Desk(engine, policy(**{"for": "2m"}))
    assert last.minute(2, BAD) == 1
    assert last.incidents()[0].opened_at == START


def test_too_few_calls_and_lost_data_are_statuses_without_messages(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, of(3, 3))
    assert status(engine) == "insufficient"
    desk.minute(1, None)
    assert status(engine) == "no_data"
    assert desk.outbox() == []


def status(engine: Engine) -> str:
    with Session(engine) as session:
        row = session.get(RuleState, ("support-abandonment", "abandonment_rate", "channel=voice,queue=Support"))
        assert row
        return row.status


def test_the_messages_say_it_in_words(engine: Engine) -> None:
    desk = Desk(engine, policy(**{"for": "1m", "clear_for": "1m"}))
    for number, reading in enumerate([BAD, BAD, WORSE, None, GOOD, GOOD]):
        desk.minute(number, reading)
    rows = {(said(row), row.kind): message(row) for row in desk.outbox()}
    fired, recovered, ended = rows["fired", "slack"], rows["recovered", "slack"], rows["ended", "slack"]
    assert fired.title == "Abandonment rate in Support and voice is 34.0% (17 of 50 calls, last 15 min; limit 15%)"
    assert fired.summary == "Above the limit since 10:40. It counts as over when it is back at 10% for 1 min."
    snoozes = ["alert.snooze.30m", "alert.snooze.2h"]
    assert [action.action_id for action in fired.actions] == ["alert.ack", *snoozes, "alert.behind"]
    assert fired.actions[0].value == str(desk.incidents()[0].id)
    assert fired.links[0].url == f"https://gauge.example.com/incidents/{desk.incidents()[0].id}"
    assert recovered.title == (
        "Back to normal: Abandonment rate in Support and voice is 8.0% (4 of 50 calls, last 15 min; limit 15%)"
    )
    assert recovered.summary == (
        "It lasted 5 min, from 10:40 to 10:45. Worst: 41.2% (21 of 51 calls). "
        "For 1 min of that nothing could be judged: too few calls, or no data."
    )
    assert recovered.actions == ()
    assert ended.title == "Over after 5 min: Abandonment rate in Support and voice was 41.2% at worst"


def test_a_band_says_on_which_side_and_where_it_ends(engine: Engine) -> None:
    desk = Desk(engine, policy(fire_above=0.85, fire_below=0.75, clear_at=None, clear_by=0.02, clear_for="1m"))
    for number, reading in enumerate([of(60, 100), of(80, 100), of(80, 100)]):
        desk.minute(number, reading)
    fired, *_, recovered = [message(row) for row in desk.outbox() if row.kind == "slack"]
    assert fired.title == (
        "Abandonment rate in Support and voice is 60.0% (60 of 100 calls, last 15 min; limit 75% to 85%)"
    )
    assert fired.summary == (
        "Below the limit since 10:40. It counts as over when it is back within 77% to 83% for 1 min."
    )
    assert recovered.summary == "It lasted 2 min, from 10:40 to 10:42. Worst: 60.0% (60 of 100 calls)."
    assert desk.incidents()[0].threshold == 0.75


EVENING = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 18:30 in Riga, closed
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 09:00


def test_in_closed_hours_nothing_is_told_but_everything_is_evaluated(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk"))
    for number, reading in enumerate([BAD, GOOD, BAD, GOOD]):
        desk.at(EVENING + number * MINUTE, reading)
    assert desk.outbox() == []
    assert len(desk.incidents()) == 2
    desk.at(MORNING, GOOD)
    assert sorted(desk.said()) == [("handover", "email"), ("handover", "slack")]
    handed = message(desk.outbox()[0])
    assert handed.title == "While you were closed: Support abandonment alerted 2 ×"
    assert handed.summary.splitlines() == [
        "All of it is over. Abandonment rate in Support and voice, limit 15%.",
        "Mon 23 Nov 18:30–18:31 (1 min), worst 34.0%",
        "Mon 23 Nov 18:32–18:33 (1 min), worst 34.0%",
    ]
    desk.at(MORNING + MINUTE, GOOD)
    assert len(desk.outbox()) == 2


def test_at_the_opening_each_target_gets_one_message_about_all_that_came_and_went(engine: Engine) -> None:
    rules: dict[str, dict[str, object]] = {"Support": {}, "Sales": {"targets": ["floor"]}, "Billing": {}}
    desk = Desk(engine, policy_of({queue: {"calendar": "desk", **rule} for queue, rule in rules.items()}))
    desk.queues(EVENING, {"Support": BAD, "Sales": BAD, "Billing": BAD}, GOOD)
    desk.queues(EVENING + MINUTE, {"Billing": BAD}, GOOD)
    desk.queues(EVENING + 2 * MINUTE, {"Support": BAD, "Billing": BAD}, GOOD)
    desk.queues(MORNING, {"Billing": BAD}, GOOD)
    assert [what for what, _ in desk.told("C0FLOOR")] == ["fired", "handover"]
    handed, mailed = (
        next(message for what, message in desk.told(target) if what == "handover")
        for target in ("C0FLOOR", "lead@example.com")
    )
    assert handed.title == "While you were closed: 3 alerts"
    assert handed.summary.replace("\u00a0", " ").splitlines() == [
        "All of it is over.",
        "Support abandonment: Abandonment rate in Support, limit 15%",
        "• Mon 23 Nov 18:30–18:31 (1 min), worst 34.0%",
        "• Mon 23 Nov 18:32 – Tue 24 Nov 09:00 (14 hr 28 min), worst 34.0%",
        "Sales abandonment: Abandonment rate in Sales, limit 15%",
        "• Mon 23 Nov 18:30–18:31 (1 min), worst 34.0%",
    ]
    assert mailed.title == "While you were closed: Support abandonment alerted 2 ×"
    before = len(desk.outbox())
    desk.queues(MORNING + MINUTE, {"Billing": BAD}, GOOD)
    desk.queues(EVENING - 2 * MINUTE, {}, GOOD)
    assert len(desk.outbox()) == before


def test_what_still_burns_at_opening_is_told_then(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk"))
    desk.at(EVENING, BAD)
    desk.at(MORNING - MINUTE, BAD)
    assert desk.outbox() == []
    desk.at(MORNING, BAD)
    assert sorted(desk.said()) == [("fired", "email"), ("fired", "slack")]
    assert message(desk.outbox()[0]).summary.startswith(
        "Above the limit since Mon 23 Nov 18:30. This began while you were closed."
    )
    desk.at(MORNING + MINUTE, GOOD)
    assert ("recovered", "slack") in desk.said()


def test_a_held_alert_waits_for_a_verdict(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk"))
    desk.at(EVENING, BAD)
    desk.at(MORNING, of(0, 2))
    assert desk.outbox() == []
    desk.at(MORNING + MINUTE, GOOD)
    assert sorted(desk.said()) == [("handover", "email"), ("handover", "slack")]


def test_an_end_in_closed_hours_waits_for_the_opening(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk"))
    desk.at(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), BAD)
    desk.at(EVENING, GOOD)
    ends = [row for row in desk.outbox() if row.what.endswith(":recovered")]
    assert {row.next_attempt_at for row in ends} == {MORNING}


def test_a_critical_rule_breaks_through(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk", severity="critical"))
    desk.at(EVENING, BAD)
    assert sorted(desk.said()) == [("fired", "email"), ("fired", "slack")]


def test_a_snoozed_rule_is_evaluated_but_silent(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    with session_scope(engine) as session:
        (incident,) = open_incidents(session)
        press = Press(button="alert.snooze.30m", incident=incident.id or 0, who="Anna")
        answer(session, desk.document, press, START)
    desk.minute(1, GOOD)
    before = len(desk.outbox())
    for number in range(2, 8):
        desk.minute(number, BAD if number % 2 == 0 else GOOD)
    assert len(desk.outbox()) == before
    assert len(desk.incidents()) == 4
    desk.minute(31, BAD)
    assert desk.said()[-1][0] == "fired"


def test_an_incident_is_acknowledged_once(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    identity = desk.incidents()[0].id
    assert identity
    for who, told in (("Anna", ""), ("Boris", "Anna had acknowledged this already, 10:41.")):
        with session_scope(engine) as session:
            press = Press(button=ACKNOWLEDGE, incident=identity, who=who)
            assert answer(session, desk.document, press, START + MINUTE) == told
    assert desk.incidents()[0].acknowledged_by == "Anna"
    desk.minute(2, GOOD)
    assert ("recovered", "slack") in desk.said()


def test_a_rule_that_is_gone_leaves_no_incident_open(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    desk.document = Document()
    desk.minute(1, BAD)
    (incident,) = desk.incidents()
    assert incident.closed == "rule_changed"
    assert incident.recovered_at is None
    desk.minute(2, BAD)
    assert [what for what, _ in desk.told("lead@example.com")] == ["fired"]
    (fired, _), (dropped, changed) = desk.told("C0FLOOR")
    assert (fired, dropped) == ("fired", "dropped")
    assert changed.title == "No longer watched: Abandonment rate in Support and voice"
    assert changed.summary == "It was taken out of the policy or changed there, so how it went on is not known."
    assert changed.actions == ()


def test_of_a_message_about_several_rules_only_the_line_of_the_one_that_is_gone_changes(engine: Engine) -> None:
    desk = Desk(engine, policy_of({"Support": {}, "Sales": {}}))
    desk.queues(START, {}, BAD)
    desk.document = policy_of({"Sales": {}})
    desk.queues(START + MINUTE, {}, BAD)
    (*_, (what, changed)) = desk.told("C0FLOOR")
    assert (what, changed.title) == ("dropped", "1 of 2 alerts are still open")
    assert changed.summary.splitlines()[0] == "• No longer watched: Abandonment rate in Support"
    desk.queues(START + 2 * MINUTE, {}, GOOD)
    assert [what for what, _ in desk.told("C0FLOOR")][-2:] == ["ended", "recovered"]


def test_a_rule_that_is_gone_before_it_was_told_is_told_of_nowhere(engine: Engine) -> None:
    desk = Desk(engine, policy(calendar="desk"))
    desk.at(EVENING, BAD)
    desk.document = Document()
    desk.at(MORNING, BAD)
    assert desk.outbox() == []


def test_a_rule_about_another_queue_begins_anew(engine: Engine) -> None:
    desk = Desk(engine, policy())
    desk.minute(0, BAD)
    desk.document = policy(scope={"queue": "Sales"})
    assert desk.minute(1, BAD) == 1
    assert [incident.closed for incident in desk.incidents()] == ["rule_changed", None]
    with Session(engine) as session:
        assert [incident.scope for incident in recent_incidents(session)] == [
            "queue=Sales",
            "channel=voice,queue=Support",
        ]


def test_a_rule_without_targets_keeps_its_incidents_all_the_same(engine: Engine) -> None:
    desk = Desk(engine, policy(targets=[]))
    desk.minute(0, BAD)
    assert desk.outbox() == []
    assert len(desk.incidents()) == 1


def test_a_channel_is_named_in_the_readers_language(engine: Engine) -> None:
    desk = Desk(engine, policy().model_copy(update={"language": "lv"}))
    desk.minute(0, BAD)
    assert message(desk.outbox()[0]).title.startswith("Pamesto zvanu īpatsvars, Support un tālrunis: 34,0%")
