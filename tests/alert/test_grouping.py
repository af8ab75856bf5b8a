"""Rules that fail together make one message, which is changed as incidents join it, and end."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from alert_desk import MINUTE, START, Desk, policy_of, said
from sqlalchemy import Engine

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE, UNSNOOZE
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.deliver import deliver_due
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.tables import Mode
from plugin.policy.document import Document

BAD, WORSE, GOOD = (Measurement(numerator=part, denominator=whole) for part, whole in ((17, 50), (21, 51), (4, 50)))
FLOOR, LEADS = "C0FLOOR", "lead@example.com"
#: longer than the usual 45 seconds, so that evaluations a minute apart lie within it
WINDOW = {"alerting": {"group_window": "3m"}}


class Paper:
    """Takes everything down: (what happened, to which message, the message)."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str, Message]] = []

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        self.notes.append(("reply" if envelope.follows else "post", envelope.target, message))
        return Receipt(where=envelope.target, reference=envelope.id)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        assert envelope.follows
        self.notes.append(("edit", envelope.target, message))
        return envelope.follows

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None

    def on(self, target: str) -> list[tuple[str, str]]:
        return [(how, message.title) for how, where, message in self.notes if where == target]


def deliver(desk: Desk, paper: Paper, now: datetime) -> None:
    while deliver_due(desk.engine, {"slack": paper, "email": paper}, now):
        continue


def three(engine: Engine, changed: Mapping[str, object] | None = None, **more: object) -> Desk:
    same = dict(changed or {})
    return Desk(engine, policy_of(dict.fromkeys(("Support", "Sales", "Billing"), same), **WINDOW, **more))


def press(desk: Desk, button: str, number: int, now: datetime, who: str = "Anna") -> str:
    with session_scope(desk.engine) as session:
        return answer(session, desk.document, Press(button=button, incident=number, who=who), now)


def test_rules_that_fire_in_one_evaluation_are_one_message_from_the_start(engine: Engine) -> None:
    desk, paper = three(engine), Paper()
    desk.queues(START, {}, BAD)
    assert sorted(desk.said()) == [("fired", "email"), ("fired", "slack")]
    deliver(desk, paper, START)
    ((_, told),) = desk.told(FLOOR)
    assert told.title == "3 alerts at once"
    assert told.summary.splitlines() == [
        f"• Abandonment rate in {queue} is 34.0% (17 of 50 contacts, last 15 min; limit 15%)"
        for queue in ("Support", "Sales", "Billing")
    ]
    assert [link.url.rpartition("/")[2] for link in told.links] == ["1", "2", "3"]
    assert told.footer == "Incidents 1, 2, 3. Times in Europe/Riga."
    assert paper.on(FLOOR) == paper.on(LEADS) == [("post", "3 alerts at once")]


def test_the_first_goes_out_at_once_and_what_follows_joins_it(engine: Engine) -> None:
    desk, paper = three(engine), Paper()
    desk.queues(START, {"Support": BAD}, GOOD)
    deliver(desk, paper, START)
    assert len(paper.notes) == 2
    desk.queues(START + MINUTE, {"Support": BAD, "Sales": BAD}, GOOD)
    deliver(desk, paper, START + MINUTE)
    desk.queues(START + 2 * MINUTE, {}, BAD)
    deliver(desk, paper, START + 2 * MINUTE)
    assert paper.on(FLOOR)[1:] == [("edit", "2 alerts at once"), ("edit", "3 alerts at once")]
    assert len(paper.on(LEADS)) == 1
    deliver(desk, paper, START + 3 * MINUTE)
    # A mail cannot be changed: one more, at the end of the window, lists them all.
    assert paper.on(LEADS)[1:] == [("reply", "3 alerts at once")]


@pytest.mark.parametrize(
    ("still_bad", "replies"),
    [((), ["Back to normal: all 2 alerts are over"]), (("Sales",), ["1 of 2 alerts are still open"])],
)
def test_a_list_by_mail_says_how_it_is_when_it_is_sent(
    engine: Engine, still_bad: tuple[str, ...], replies: list[str]
) -> None:
    desk, paper = three(engine), Paper()
    desk.queues(START, {"Support": BAD}, GOOD)
    deliver(desk, paper, START)
    desk.queues(START + MINUTE, {"Support": BAD, "Sales": BAD}, GOOD)
    desk.queues(START + 2 * MINUTE, dict.fromkeys(still_bad, BAD), GOOD)
    deliver(desk, paper, START + 2 * MINUTE)
    deliver(desk, paper, START + 3 * MINUTE)
    assert paper.on(LEADS)[1:] == [("reply", title) for title in replies]


def test_after_the_window_there_is_a_message_of_its_own(engine: Engine) -> None:
    desk = three(engine)
    desk.queues(START, {"Support": BAD}, GOOD)
    desk.queues(START + 3 * MINUTE, {"Support": BAD, "Sales": BAD}, GOOD)
    assert [what for what, _ in desk.told(FLOOR)] == ["fired", "fired"]


@pytest.mark.parametrize(
    ("sales", "more"),
    [
        ({"targets": ["floor"]}, {}),
        ({"group": "outbound"}, {}),
        ({"severity": "critical"}, {}),
        ({}, {"alerting": {"group_window": 0}}),
    ],
    ids=["other targets", "other group", "critical", "no window"],
)
def test_what_does_not_belong_together_is_told_apart(
    engine: Engine, sales: dict[str, object], more: dict[str, object]
) -> None:
    desk = Desk(engine, policy_of({"Support": {}, "Sales": sales}, **{**WINDOW, **more}))
    desk.queues(START, {}, BAD)
    assert [told.title[:27] for _, told in desk.told(FLOOR)] == [
        "Abandonment rate in Support",
        "Abandonment rate in Sales i",
    ]


def test_what_follows_an_answered_alert_is_told_aloud(engine: Engine) -> None:
    desk = three(engine)
    desk.queues(START, {"Support": BAD}, GOOD)
    press(desk, ACKNOWLEDGE, 1, START + MINUTE / 2)
    desk.queues(START + MINUTE, {"Support": BAD, "Sales": BAD}, GOOD)
    assert [what for what, _ in desk.told(FLOOR)] == ["fired", "acknowledged", "fired"]


def test_a_group_ends_when_its_last_incident_does(engine: Engine) -> None:
    desk, paper = three(engine), Paper()
    desk.queues(START, {}, BAD)
    deliver(desk, paper, START)
    for minute, still in ((1, "Sales"), (2, "Nobody")):
        desk.queues(START + minute * MINUTE, {still: WORSE}, GOOD)
        deliver(desk, paper, START + minute * MINUTE)
    assert paper.on(FLOOR)[1] == ("edit", "1 of 3 alerts are still open")
    assert sorted(paper.on(FLOOR)[2:]) == [
        ("edit", "Over: all 3 alerts"),
        ("reply", "Back to normal: all 3 alerts are over"),
    ]
    assert paper.on(LEADS)[1:] == [("reply", "Back to normal: all 3 alerts are over")]
    end = next(message for how, _, message in paper.notes if how == "reply")
    assert end.summary.splitlines()[1] == (
        "• Abandonment rate in Sales: It lasted 2 min, from 10:40 to 10:42. Worst: 41.2% (21 of 51 contacts)."
    )
    assert [row.mode for row in desk.outbox() if said(row) == "recovered"] == [Mode.REPLY, Mode.REPLY]


def test_one_acknowledgement_is_for_all_of_the_message(engine: Engine) -> None:
    desk = three(engine)
    desk.queues(START, {}, BAD)
    assert press(desk, ACKNOWLEDGE, 1, START + MINUTE / 2) == ""
    assert [each.acknowledged_by for each in desk.incidents()] == ["Anna"] * 3
    shown = desk.told(FLOOR)[-1][1]
    assert shown.summary.splitlines()[0] == "Acknowledged by Anna, 10:40."
    assert shown.summary.count("Anna") == 1
    assert ACKNOWLEDGE not in {action.action_id for action in shown.actions}


def test_what_people_did_about_some_stands_in_their_lines(engine: Engine) -> None:
    passed_on = {"targets": ["floor"], "escalate_after": "5m", "escalate_to": ["leads"]}
    desk = Desk(engine, policy_of({"Support": {"targets": ["floor"]}, "Sales": passed_on}))
    for number in (0, 5):
        desk.queues(START + number * MINUTE, {}, BAD)
    lines = desk.told(LEADS)[0][1].summary.splitlines()
    assert "Passed on" not in lines[0]
    assert lines[1].endswith(". Passed on to leads, 10:45: nobody had acknowledged it.")


def test_the_last_change_is_the_one_that_stands_whatever_the_clocks_say(engine: Engine) -> None:
    desk, paper = three(engine), Paper()
    desk.queues(START, {}, BAD)
    deliver(desk, paper, START)
    press(desk, ACKNOWLEDGE, 1, START + 2 * MINUTE)
    desk.queues(START + MINUTE, {}, GOOD)
    deliver(desk, paper, START + 3 * MINUTE)
    assert [title for how, title in paper.on(FLOOR) if how == "edit"][-1] == "Over: all 3 alerts"


def test_a_restart_between_two_of_a_group_changes_nothing(engine: Engine) -> None:
    three(engine).queues(START, {"Support": BAD}, GOOD)
    desk = three(engine)
    desk.queues(START + MINUTE, {"Support": BAD, "Sales": BAD}, GOOD)
    ((_, told),) = desk.told(FLOOR)
    assert told.title == "2 alerts at once"
    assert len(desk.outbox()) == 2


def test_two_workers_make_one_message_of_a_group(engine: Engine) -> None:
    desk = three(engine)
    desk.queues(START, {}, GOOD)
    for number, reading in ((1, BAD), (2, GOOD)):
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(lambda _, n=number, r=reading: desk.queues(START + n * MINUTE, {}, r), range(4)))
    assert len(desk.incidents()) == 3
    said_once = [("fired", "email"), ("fired", "slack"), ("recovered", "email"), ("recovered", "slack")]
    assert sorted(each for each in desk.said() if each[0] != "ended") == said_once
    assert desk.told(LEADS)[0][1].title == "3 alerts at once"


def test_presses_and_evaluations_at_once_wait_for_each_other_and_nothing_is_lost(engine: Engine) -> None:
    desk = three(engine)
    desk.queues(START, {}, BAD)
    buttons = [ACKNOWLEDGE, "alert.snooze.2h", UNSNOOZE]

    def act(number: int) -> object:
        if number % 2:
            return press(desk, buttons[number % 3], 1 + number % 3, START + MINUTE / 2)
        return desk.queues(START + number * MINUTE, {"Sales": BAD if number < 6 else GOOD}, GOOD)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(act, range(10)))
    assert all(each.closed for each in desk.incidents())
    assert [what for what, _ in desk.told(FLOOR)].count("recovered") == 1
    assert [what for what, _ in desk.told(LEADS)] == ["fired", "recovered"]


def test_a_group_says_it_in_every_language(engine: Engine) -> None:
    titles = set()
    for number, language in enumerate(("en", "lv", "ru", "zh")):
        desk = three(engine, language=language)
        desk.queues(START + number * 10 * MINUTE, {}, BAD)
        titles.add(desk.told(LEADS)[-1][1].title)
        desk.queues(START + (number * 10 + 1) * MINUTE, {}, GOOD)
    assert len(titles) == 4, titles


def test_a_document_groups_alerts_for_45_seconds() -> None:
    assert Document().alerting.group_window_s == 45
