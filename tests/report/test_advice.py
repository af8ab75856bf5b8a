"""Advice comes from stated rules, with its figures, and is silent on thin samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sample_report import MONDAY, material, of, report

from plugin.kpi.metric import Measurement, Row
from plugin.kpi.profile import Hour
from plugin.kpi.staffing import Load, Target, needed
from plugin.report.advice import groups, hours
from plugin.report.advice.rules import advice
from plugin.report.advice.seen import CostSeen, Outcome, QueueHours, Seen

EIGHTY_TWENTY = Target(share=0.8, threshold_s=20)


def outcome(offered: int, abandoned: int, in_time: int, callbacks: int = 0) -> Outcome:
    return Outcome(offered=of(offered), abandoned=of(abandoned), level=of(in_time, offered), callbacks=float(callbacks))


def queue(outcomes: Mapping[int, Outcome], agents: float | None = 10.0) -> QueueHours:
    return QueueHours(
        name="Support",
        hours={
            slot: Hour(contacts=one.offered.n, aht_s=300.0, agents=agents, hours=1) for slot, one in outcomes.items()
        },
        outcomes=outcomes,
        slot_names={slot: f"{slot:02}:00" for slot in outcomes},
    )


def seen(*queues: QueueHours, **changes: object) -> Seen:
    parts: dict[str, object] = {"material": material(), "target": EIGHTY_TWENTY, "queues": queues, **changes}
    return Seen(**parts)  # type: ignore[arg-type]


BAD_HOUR = {13: outcome(60, 2, 55), 14: outcome(120, 50, 20), 15: outcome(50, 3, 45)}


def test_the_hours_that_failed_get_the_agents_that_erlang_c_says() -> None:
    (found,) = hours.staffing(seen(queue(BAD_HOUR)))
    need = needed(Load(contacts=120, interval_s=3600, aht_s=300), EIGHTY_TWENTY).outlook.agents
    assert found.text == (
        f"More agents, Support: 14:00 had 10.0 and needs {need} (120 contacts an hour of 0:05:00, service level 16.7%). "
        "Needed by Erlang C for 80% within 20 sec."
    )
    # 80 % of 120 are 96, and 20 were in time
    assert found.worth == pytest.approx(76)


def test_no_agents_are_asked_for_when_enough_were_there_or_nobody_knows() -> None:
    assert list(hours.staffing(seen(queue(BAD_HOUR, agents=20.0)))) == []
    assert list(hours.staffing(seen(queue(BAD_HOUR, agents=None)))) == []
    assert list(hours.staffing(seen(queue(BAD_HOUR), target=None))) == []


def test_a_thin_hour_says_nothing() -> None:
    thin = {14: outcome(19, 10, 2), 15: outcome(5, 0, 5)}
    assert list(hours.staffing(seen(queue(thin, agents=0.5)))) == []
    assert list(hours.callbacks(seen(queue(thin)))) == []


def test_callbacks_are_for_hours_that_lose_many_before_quieter_ones() -> None:
    (found,) = hours.callbacks(seen(queue(BAD_HOUR)))
    assert found.text.startswith("Offer callbacks, Support: at 14:00 50 of 120 gave up;")
    assert found.worth == 50
    asked = {**BAD_HOUR, 14: outcome(120, 50, 20, callbacks=3)}
    assert list(hours.callbacks(seen(queue(asked)))) == []  # they are offered there already
    all_day = {slot: outcome(120, 50, 20) for slot in range(9, 20)}
    assert list(hours.callbacks(seen(queue(all_day)))) == []  # nobody would have time to call back


def test_a_cost_line_that_serves_nobody_is_worth_the_contacts_that_it_would_pay() -> None:
    idle = CostSeen(category="channel_tools", group="chat", dimension="channel", amount=280.0, contacts=0)
    used = replace(idle, group="voice", contacts=900)
    (found,) = groups.idle_costs(seen(costs=(idle, used), cost_per_contact=5.6, currency="EUR"))
    assert found.text == (
        "Cost: tools of other channels, channel chat: €280.00 served no contact and no ticket. Cancel it, or check its source."
    )
    assert found.worth == pytest.approx(50)


def by(dimension: str, kpi: str, values: Mapping[str, Measurement]) -> Mapping[str, object]:
    rows = [Row(period=MONDAY, group={dimension: name}, values={kpi: one}) for name, one in values.items()]
    return {"groups": {kpi: report(rows)}}


def test_a_queue_whose_customers_come_back_far_more_often_is_named() -> None:
    values = {"Billing": of(60, 200), "Support": of(60, 600), "Sales": of(20, 200)}
    (found,) = groups.repeats(seen(**by("queue", "repeat_contact_rate", values)))
    assert found.text.startswith("Customers of Billing come back: 30.0% of 200 contacts, elsewhere 10.0%.")
    assert found.worth == pytest.approx(40)
    alike = {"Billing": of(22, 200), "Support": of(60, 600)}
    assert list(groups.repeats(seen(**by("queue", "repeat_contact_rate", alike)))) == []


def test_a_queue_alone_cannot_stand_out() -> None:
    assert list(groups.transfers(seen(**by("queue", "transfer_rate", {"Support": of(60, 100)})))) == []


def test_wrap_up_is_held_against_the_median_of_agents_with_enough_contacts() -> None:
    values = {"Ann": of(6000, 50), "Bob": of(2000, 50), "Cid": of(2000, 50), "Dan": of(9000, 10)}
    (found,) = groups.wrap_up(seen(aht_s=200.0, **by("agent", "wrap_up_time", values)))
    assert found.text == "Wrap-up of Ann takes 0:02:00 (50 contacts); usual is 0:00:40. See what keeps them."
    # 50 contacts x 80 s more than usual, by handle times of 200 s
    assert found.worth == pytest.approx(20)


def test_at_most_three_are_told_and_what_is_worth_most_comes_first() -> None:
    values = {"Billing": of(60, 200), "Support": of(60, 600)}
    many = seen(
        queue(BAD_HOUR),
        costs=(CostSeen(category="rent", group="chat", dimension="channel", amount=60.0, contacts=0),),
        cost_per_contact=1.0,
        currency="EUR",
        **by("queue", "repeat_contact_rate", values),
    )
    assert [line.split()[0] for line in advice(many)] == ["More", "Cost:", "Offer"]  # 76, 60, 50; 40 is left out


def test_what_is_worth_less_than_five_contacts_is_not_told() -> None:
    idle = CostSeen(category="rent", group="chat", dimension="channel", amount=40.0, contacts=0)
    assert advice(seen(costs=(idle,), cost_per_contact=10.0, currency="EUR")) == ()


@pytest.mark.parametrize("language", ["lv", "ru", "zh"])
def test_advice_is_told_in_the_readers_language(language: str) -> None:
    found = advice(replace(seen(queue(BAD_HOUR)), material=material(language=language)))
    assert len(found) == 2
    assert not any(word in line for line in found for word in ("agents", "callbacks", "gave", "needs"))


def test_the_sample_is_over() -> None:
    assert material().now_at > MONDAY.end + timedelta(hours=1)
