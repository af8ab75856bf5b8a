"""An alert that nobody answers: it is told again, passed on, and comes back once when a snooze runs out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alert_desk import MINUTE, START, Desk, policy, policy_of
from sqlalchemy import Engine

from plugin.alert.answer import Press, answer, unsnooze_rule
from plugin.alert.board import ACKNOWLEDGE, BEHIND, UNSNOOZE
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.policy.document import Document
from plugin.policy.problems import PolicyError
from plugin.policy.references import Known, check

BAD, WORSE, GOOD = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (21, 51), (4, 50)))
FLOOR, LEADS, BOSS = "C0FLOOR", "lead@example.com", "boss@example.com"
SNOOZE = "alert.snooze.30m"
#: 17:50 and 18:00 in Riga on a Monday, when the desk closes, and 9:00 on Tuesday
LATE, CLOSING, MORNING = (
    datetime(2026, 11, day, hour, minute, tzinfo=UTC) for day, hour, minute in ((23, 15, 50), (23, 16, 0), (24, 7, 0))
)


def watched(engine: Engine, **rule: object) -> Desk:
    """A rule that is told to the floor alone; there is a boss, too."""
    written = policy(targets=["floor"], **rule).model_dump(mode="json", by_alias=True, exclude_unset=True)
    written["channels"]["boss"] = {"kind": "email", "to": [BOSS]}
    return Desk(engine, Document.model_validate(written))


def press(desk: Desk, button: str, now: datetime, number: int = 1, who: str = "Anna") -> str:
    with session_scope(desk.engine) as session:
        return answer(session, desk.document, Press(button=button, incident=number, who=who), now)


def every(desk: Desk, minutes: int, last: int, reading: Measurement = BAD) -> None:
    for number in range(0, last + 1, minutes):
        desk.minute(number, reading)


def whats(desk: Desk, target: str = FLOOR) -> list[str]:
    return sorted(what for what, _ in desk.told(target))


# -- again


def test_an_unanswered_alert_is_told_again_in_its_thread(engine: Engine) -> None:
    desk = watched(engine, repeat="30m")
    every(desk, 10, 70, WORSE)
    assert whats(desk) == ["fired", "still", "still"]
    rows = [row for row in desk.outbox() if ":still." in row.what]
    assert {row.mode for row in rows} == {"reply"}
    assert {row.follows for row in rows} == {row.id for row in desk.outbox() if row.what.endswith(":fired")}
    last = desk.told(FLOOR)[-1][1]
    assert last.title == "Still: Abandonment rate in Support and voice is 41.2% (21 of 51 calls), for 1 hr"
    assert last.summary == "Nobody has acknowledged it."


def test_it_is_told_again_no_more_often_than_is_wanted(engine: Engine) -> None:
    desk = watched(engine, repeat="10m", repeat_most=2)
    every(desk, 10, 60)
    assert whats(desk) == ["fired", "still", "still"]


@pytest.mark.parametrize("button", [ACKNOWLEDGE, SNOOZE])
def test_an_answer_ends_it(engine: Engine, button: str) -> None:
    desk = watched(engine, repeat="10m")
    every(desk, 10, 10)
    press(desk, button, START + 11 * MINUTE)
    for number in (20, 30):
        desk.minute(number, BAD)
    assert whats(desk).count("still") == 1


def test_a_restart_and_a_second_worker_tell_it_once(engine: Engine) -> None:
    watched(engine, repeat="10m").minute(0, BAD)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: watched(engine, repeat="10m").minute(10, BAD), range(4)))
    desk = watched(engine, repeat="10m")
    desk.minute(11, BAD)
    assert whats(desk) == ["fired", "still"]


def test_nothing_is_said_again_without_a_verdict(engine: Engine) -> None:
    desk = watched(engine, repeat="10m")
    desk.minute(0, BAD)
    desk.minute(10, Measurement(numerator=1, denominator=2))
    assert whats(desk) == ["fired"]
    desk.minute(11, BAD)
    assert whats(desk) == ["fired", "still"]


def test_of_closed_hours_nothing_is_said_again_before_the_opening(engine: Engine) -> None:
    desk = watched(engine, repeat="30m", calendar="desk")
    for now in (LATE, CLOSING + 30 * MINUTE, MORNING - MINUTE):
        desk.at(now, BAD)
    assert whats(desk) == ["fired"]
    desk.at(MORNING, BAD)
    assert whats(desk) == ["fired", "still"]


def test_incidents_of_one_message_are_told_again_in_one_reply(engine: Engine) -> None:
    desk = Desk(engine, policy_of({queue: {"repeat": "10m", "targets": ["floor"]} for queue in ("Support", "Sales")}))
    desk.queues(START, {}, BAD)
    desk.queues(START + 10 * MINUTE, {}, BAD)
    assert whats(desk) == ["fired", "still"]
    again = desk.told(FLOOR)[-1][1]
    assert again.title == "Still: 2 alerts are open"
    assert again.summary.splitlines() == [
        "Nobody has acknowledged it.",
        "• Abandonment rate in Support is 34.0% (17 of 50 contacts), for 10 min",
        "• Abandonment rate in Sales is 34.0% (17 of 50 contacts), for 10 min",
    ]
    for number in (19, 20):
        desk.queues(START + number * MINUTE, {"Sales": GOOD}, BAD)
    assert desk.told(FLOOR)[-1][1].title.startswith("Still: Abandonment rate in Support")


# -- passed on


def test_without_an_answer_the_boss_is_told_once_and_everybody_sees_it(engine: Engine) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"])
    every(desk, 5, 10)
    assert whats(desk, BOSS) == []
    for number in (15, 20):
        desk.minute(number, BAD)
    ((what, told),) = desk.told(BOSS)
    assert what == "escalated"
    assert told.summary.startswith("Passed on to boss, 10:55: nobody had acknowledged it. Above the limit")
    assert desk.told(FLOOR)[-1] == ("escalated", told)
    press(desk, ACKNOWLEDGE, START + 21 * MINUTE)
    desk.minute(22, GOOD)
    # The end goes wherever the alert went.
    assert whats(desk, BOSS) == ["escalated", "recovered"]
    assert whats(desk) == ["acknowledged", "ended", "escalated", "fired", "recovered"]
    end = next(message for what, message in desk.told(BOSS) if what == "recovered")
    assert end.summary.endswith("Anna acknowledged it after 21 min.")


@pytest.mark.parametrize("button", [ACKNOWLEDGE, SNOOZE])
def test_what_was_answered_is_not_passed_on(engine: Engine, button: str) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"])
    desk.minute(0, BAD)
    press(desk, button, START + MINUTE)
    for number in (15, 20):
        desk.minute(number, BAD)
    assert whats(desk, BOSS) == []


def test_the_time_of_closed_hours_does_not_count_for_passing_on(engine: Engine) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"], calendar="desk")
    for now in (LATE, CLOSING + 5 * MINUTE, MORNING, MORNING + 4 * MINUTE):
        desk.at(now, BAD)
    assert whats(desk, BOSS) == []
    desk.at(MORNING + 5 * MINUTE, BAD)
    assert whats(desk, BOSS) == ["escalated"]


def test_what_is_critical_is_passed_on_at_night(engine: Engine) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"], calendar="desk", severity="critical")
    desk.at(CLOSING + 30 * MINUTE, BAD)
    desk.at(CLOSING + 45 * MINUTE, BAD)
    assert whats(desk, BOSS) == ["escalated"]


def test_a_channel_with_two_names_is_told_once(engine: Engine) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"])
    written = desk.document.model_dump(mode="json", by_alias=True, exclude_unset=True)
    written["channels"]["boss"] = written["channels"]["floor"]
    desk.document = Document.model_validate(written)
    every(desk, 5, 20)
    assert sorted(row.mode for row in desk.outbox()) == ["edit", "post"]


def test_two_workers_pass_it_on_once(engine: Engine) -> None:
    def desk() -> Desk:
        return watched(engine, escalate_after="15m", escalate_to=["boss"])

    desk().minute(0, BAD)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: desk().minute(15, BAD), range(4)))
    assert whats(desk(), BOSS) == ["escalated"]
    assert whats(desk()) == ["escalated", "fired"]


# -- snoozed


def test_a_snooze_is_told_in_the_channel_and_comes_back_once(engine: Engine) -> None:
    desk = watched(engine)
    desk.minute(0, BAD)
    press(desk, SNOOZE, START + MINUTE)
    shown = desk.told(FLOOR)[-1][1]
    assert shown.summary.startswith("Snoozed until 11:11 by Anna. Above the limit since 10:40.")
    assert [action.action_id for action in shown.actions] == [ACKNOWLEDGE, UNSNOOZE, BEHIND]
    for number in (30, 31, 32, 40):
        desk.minute(number, BAD)
    assert whats(desk) == ["fired", "snoozed", "still", "unsnoozed"]
    again, shown = (
        next(message for what, message in desk.told(FLOOR) if what == name) for name in ("still", "unsnoozed")
    )
    assert again.summary == "The snooze is over."
    assert UNSNOOZE not in {action.action_id for action in shown.actions}


def test_a_snooze_that_ends_at_night_is_told_at_the_opening(engine: Engine) -> None:
    desk = watched(engine, calendar="desk")
    desk.at(LATE, BAD)
    press(desk, SNOOZE, LATE + MINUTE)
    desk.at(CLOSING + 30 * MINUTE, BAD)
    assert "still" not in whats(desk)
    desk.at(MORNING, BAD)
    desk.at(MORNING + MINUTE, BAD)
    assert whats(desk).count("still") == 1


def test_after_a_snooze_the_time_without_an_answer_begins_anew(engine: Engine) -> None:
    desk = watched(engine, escalate_after="15m", escalate_to=["boss"])
    desk.minute(0, BAD)
    press(desk, SNOOZE, START + MINUTE)
    for number in (31, 45):
        desk.minute(number, BAD)
    assert whats(desk, BOSS) == []
    desk.minute(46, BAD)
    assert whats(desk, BOSS) == ["escalated"]


def test_what_ended_while_snoozed_is_not_told_again(engine: Engine) -> None:
    desk = watched(engine)
    desk.minute(0, BAD)
    press(desk, SNOOZE, START)
    desk.minute(1, GOOD)
    desk.minute(31, GOOD)
    assert "still" not in whats(desk)


def test_what_began_while_snoozed_says_so(engine: Engine) -> None:
    desk = watched(engine)
    desk.minute(0, BAD)
    press(desk, SNOOZE, START)
    for number, reading in ((1, GOOD), (20, BAD), (31, BAD)):
        desk.minute(number, reading)
    last = [message for what, message in desk.told(FLOOR) if what == "fired"][-1]
    assert "This began while the rule was snoozed." in last.summary
    assert "still" not in whats(desk)


def test_a_snooze_can_be_ended_early(engine: Engine) -> None:
    desk = watched(engine, repeat="10m")
    desk.minute(0, BAD)
    press(desk, SNOOZE, START + MINUTE)
    told = press(desk, UNSNOOZE, START + 5 * MINUTE, who="Boris")
    assert told == "The snooze is over: Support abandonment tells of everything again."
    assert press(desk, UNSNOOZE, START + 6 * MINUTE) == "This is not snoozed; nothing was changed."
    assert whats(desk) == ["fired", "snoozed", "unsnoozed"]
    desk.minute(14, BAD)
    assert "still" not in whats(desk)
    desk.minute(15, BAD)
    assert whats(desk).count("still") == 1


def test_what_was_held_while_snoozed_is_told_again_no_sooner_than_what_was_not(engine: Engine) -> None:
    desk = watched(engine, repeat="10m")
    desk.minute(0, BAD)
    press(desk, "alert.snooze.2h", START)
    for number, reading in ((1, GOOD), (2, BAD)):
        desk.minute(number, reading)
    press(desk, UNSNOOZE, START + 3 * MINUTE, number=2)
    desk.minute(13, BAD)
    assert whats(desk) == ["ended", "fired", "fired", "recovered", "snoozed"]
    desk.minute(23, BAD)
    assert whats(desk).count("still") == 1


def test_a_snooze_of_a_quiet_rule_is_ended_by_its_name(engine: Engine) -> None:
    desk = watched(engine)
    desk.minute(0, BAD)
    press(desk, "alert.snooze.2h", START)
    desk.minute(1, GOOD)
    with session_scope(engine) as session:
        assert unsnooze_rule(session, desk.document, "support-abandonment", START + 2 * MINUTE)
        assert not unsnooze_rule(session, desk.document, "support-abandonment", START + 2 * MINUTE)
        assert not unsnooze_rule(session, desk.document, "nobody", START)
    desk.minute(3, BAD)
    assert whats(desk).count("fired") == 2


def test_a_snooze_of_one_message_is_for_all_its_rules(engine: Engine) -> None:
    desk = Desk(engine, policy_of({queue: {"targets": ["floor"]} for queue in ("Support", "Sales")}))
    desk.queues(START, {}, BAD)
    assert "Support abandonment and Sales abandonment tells" in press(desk, SNOOZE, START + MINUTE)
    assert desk.told(FLOOR)[-1][1].summary.startswith("Snoozed until 11:11 by Anna.\n•")
    desk.queues(START + 31 * MINUTE, {}, BAD)
    assert whats(desk).count("still") == 1


# -- what a policy may say


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        ({"escalate_after": "15m"}, "escalate_after: needs escalate_to"),
        ({"escalate_to": ["leads"], "targets": ["floor"]}, "escalate_to: needs escalate_after"),
        ({"escalate_to": ["floor"], "escalate_after": "15m"}, "escalate_to: floor is told from the start"),
        ({"repeat": "30m", "targets": []}, "repeat: needs targets"),
        ({"repeat_most": 3}, "repeat_most: needs repeat"),
        ({"escalate_to": ["nobody"], "escalate_after": "15m"}, 'escalate_to[0]: "nobody" does not exist'),
    ],
)
def test_what_contradicts_itself_is_refused(rule: dict[str, object], refusal: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check(policy(**rule), Known())
    assert refusal in str(caught.value)


def test_nobody_is_reminded_every_few_seconds() -> None:
    with pytest.raises(ValueError, match='must be at least "1m"'):
        policy(repeat="10s")
    assert timedelta(seconds=policy(repeat="1m").rules["support-abandonment"].repeat_s) == MINUTE
