"""Erlang C and A: published figures, an independent library's figures, a simulation, and what must hold whatever the load."""

from __future__ import annotations

import heapq
import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.kpi.staffing import Load, Outlook, StaffingError, Target, needed, outlook

HALF_HOUR = Load(contacts=100, interval_s=1800, aht_s=180)


def test_a_hundred_calls_in_half_an_hour_need_fourteen_agents_for_80_in_20() -> None:
    # A = 100 / 1 800 s x 180 s = 10 erlangs
    need = needed(HALF_HOUR, Target(max_occupancy=0.85), shrinkage=0.3)
    assert (need.outlook.agents, need.scheduled) == (14, 20)  # 14 / 0.7
    assert need.outlook.answered_in_time == pytest.approx(0.8883500191794669)
    assert need.outlook.p_wait == pytest.approx(0.1741319335950499)
    assert need.outlook.occupancy == pytest.approx(10 / 14)
    assert need.outlook.asa_s == pytest.approx(7.836, abs=5e-4)
    assert outlook(HALF_HOUR, 13).answered_in_time == pytest.approx(0.795595, abs=5e-7)


def test_the_ceiling_on_occupancy_can_ask_for_more_agents_than_the_service_level() -> None:
    assert needed(HALF_HOUR, Target(max_occupancy=0.65)).outlook.agents == 16  # 10 / 0.65 = 15.4


@pytest.mark.parametrize(
    ("contacts", "aht_s", "threshold_s", "share", "agents", "level", "p_wait"),
    [
        # pyworkforce 0.5.1, ErlangC(transactions, asa=threshold, aht, interval=30 min).required_positions(share)
        (5, 45, 10, 0.9, 2, 0.9951526424249968, 0.007352941176470588),
        (20, 300, 20, 0.8, 6, 0.8759236222727004, 0.14821665718080057),
        (60, 600, 10, 0.9, 27, 0.9145151187270206, 0.09606318958311354),
        (100, 180, 20, 0.8, 14, 0.8883500191794669, 0.1741319335950498),
        (250, 600, 30, 0.95, 97, 0.9510252090836107, 0.09699302104877236),
        (500, 300, 60, 0.7, 87, 0.714995477143399, 0.5933820055908882),
    ],
)
def test_an_independent_library_says_the_same(
    contacts: int, aht_s: float, threshold_s: float, share: float, agents: int, level: float, p_wait: float
) -> None:
    found = needed(Load(contacts=contacts, interval_s=1800, aht_s=aht_s), Target(share=share, threshold_s=threshold_s))
    assert found.outlook.agents == agents
    assert found.outlook.answered_in_time == pytest.approx(level, rel=1e-9)
    assert found.outlook.p_wait == pytest.approx(p_wait, rel=1e-9)


def simulated(load: Load, agents: int, threshold_s: float, customers: int, seed: int) -> Outlook:
    """Customers in the order of their arrival, each with a patience of his own; the first tenth is left out."""
    chance = Random(seed)
    free = [0.0] * agents
    now, waited, answered, in_time, lost, lost_in_time, delay, work = 0.0, 0, 0, 0, 0, 0, 0.0, 0.0
    for number in range(customers):
        now += chance.expovariate(load.rate)
        wait, patience = max(0.0, free[0] - now), chance.expovariate(1 / load.patience_s)
        counted = number >= customers // 10
        if number == customers // 10:
            began = now
        waited += counted and wait > 0
        if patience < wait:
            lost, lost_in_time = lost + counted, lost_in_time + (counted and patience <= threshold_s)
            continue
        length = chance.expovariate(1 / load.aht_s)
        heapq.heapreplace(free, now + wait + length)
        answered, in_time, delay = (
            answered + counted,
            in_time + (counted and wait <= threshold_s),
            delay + counted * wait,
        )
        work += counted * length
    total = answered + lost
    return Outlook(
        agents=agents,
        p_wait=waited / total,
        answered_in_time=in_time / total,
        abandoned=lost / total,
        abandoned_in_time=lost_in_time / total,
        asa_s=delay / answered,
        occupancy=work / (now - began) / agents,
    )


@pytest.mark.parametrize(("agents", "patience_s"), [(10, 120), (8, 60), (12, 300), (4, 45)])
def test_customers_that_lose_patience_fare_as_in_a_simulation(agents: int, patience_s: float) -> None:
    load = replace(HALF_HOUR, patience_s=patience_s)
    told, seen = outlook(load, agents), simulated(load, agents, 20, 120_000, seed=5)
    for name in ("p_wait", "answered_in_time", "abandoned", "abandoned_in_time", "occupancy"):
        assert getattr(told, name) == pytest.approx(getattr(seen, name), abs=0.015), name
    assert told.asa_s == pytest.approx(seen.asa_s, rel=0.05)


def test_ten_erlangs_on_ten_agents_lose_what_the_birth_and_death_of_the_queue_says() -> None:
    # States 0 … 10 busy, then a queue of k: rates λ = 1/18, nμ = 10/180, kθ = k/60. P(abandoned) = θ E[queue] / λ
    load, weight, states = replace(HALF_HOUR, patience_s=60), 1.0, [1.0]
    for state in range(1, 400):
        weight *= (1 / 18) / (min(state, 10) / 180 + max(0, state - 10) / 60)
        states.append(weight)
    queue = sum(max(0, state - 10) * one for state, one in enumerate(states)) / sum(states)
    found = outlook(load, 10)
    assert found.abandoned == pytest.approx(queue / 60 * 18, rel=1e-12)
    assert found.p_wait == pytest.approx(sum(states[10:]) / sum(states), rel=1e-12)


def test_patience_without_end_is_erlang_c() -> None:
    patient, endless = outlook(replace(HALF_HOUR, patience_s=1e12), 13), outlook(HALF_HOUR, 13)
    assert patient.answered_in_time == pytest.approx(endless.answered_in_time, rel=1e-9)
    assert patient.asa_s == pytest.approx(endless.asa_s, rel=1e-8)
    assert patient.abandoned == pytest.approx(0, abs=1e-9)


def test_nobody_there_is_nobody_answered() -> None:
    found = outlook(replace(HALF_HOUR, patience_s=60), 0, threshold_s=30)
    assert (found.answered, found.answered_in_time, found.asa_s, found.occupancy) == (0, 0, None, 0)
    assert found.abandoned_in_time == pytest.approx(1 - math.exp(-0.5))


def test_thousands_of_agents_stay_numbers() -> None:
    # at 5 000 erlangs the square-root rule says 5 000 + β √5 000; 80/20 needs little more than the load
    need = needed(Load(contacts=50_000, interval_s=1800, aht_s=180), Target())
    assert 5000 < need.outlook.agents < 5030
    assert 0.8 <= need.outlook.answered_in_time < 0.85
    overrun = outlook(Load(contacts=20_000, interval_s=1800, aht_s=180, patience_s=3600), 1000, threshold_s=300)
    assert overrun.abandoned == pytest.approx(0.5, abs=1e-9)  # a fluid: half of the work is done
    assert overrun.asa_s == pytest.approx(3600 * math.log(2), rel=1e-3)
    idle = outlook(Load(contacts=1, interval_s=1800, aht_s=180, patience_s=60), 3000)
    assert (idle.answered_in_time, idle.p_wait) == (1, 0)


@settings(max_examples=60)
@given(
    erlangs=st.floats(0.05, 60),
    patience_s=st.one_of(st.just(math.inf), st.floats(5, 5000)),
    spare=st.integers(1, 12),
    threshold_s=st.floats(0, 120),
)
def test_shares_are_shares_and_one_agent_more_is_never_worse(
    erlangs: float, patience_s: float, spare: int, threshold_s: float
) -> None:
    load = Load(contacts=erlangs, interval_s=180, aht_s=180, patience_s=patience_s)
    less, more = (outlook(load, math.floor(erlangs) + spare + extra, threshold_s) for extra in (0, 1))
    for found in (less, more):
        for share in (found.p_wait, found.answered_in_time, found.abandoned, found.abandoned_in_time, found.occupancy):
            assert -1e-12 <= share <= 1 + 1e-12
        assert found.abandoned_in_time <= found.abandoned + 1e-12
        assert found.occupancy * found.agents == pytest.approx(erlangs * found.answered)
    assert more.answered_in_time >= less.answered_in_time - 1e-12
    assert more.abandoned <= less.abandoned + 1e-12
    assert (more.asa_s or 0) <= (less.asa_s or 0) + 1e-9


@settings(max_examples=40)
@given(erlangs=st.floats(0.05, 200), share=st.floats(0.05, 0.99), most=st.floats(0.3, 1))
def test_the_agents_needed_reach_the_target_and_one_less_does_not(erlangs: float, share: float, most: float) -> None:
    load, target = Load(contacts=erlangs, interval_s=300, aht_s=300), Target(share=share, max_occupancy=most)
    enough = needed(load, target).outlook
    assert enough.answered_in_time >= share
    assert enough.occupancy <= most
    if enough.agents - 1 > erlangs:
        fewer = outlook(load, enough.agents - 1)
        assert fewer.answered_in_time < share or fewer.occupancy > most


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("contacts", {"contacts": 0}),
        ("contacts", {"contacts": math.nan}),
        ("contacts", {"contacts": 1e9}),
        ("interval_s", {"interval_s": -1}),
        ("aht_s", {"aht_s": math.inf}),
        ("patience_s", {"patience_s": 0}),
    ],
)
def test_a_load_that_cannot_be_is_refused_by_its_field(field: str, changes: dict[str, float]) -> None:
    with pytest.raises(StaffingError) as caught:
        replace(HALF_HOUR, **changes)
    assert caught.value.field == field


def test_other_values_that_cannot_be_are_refused_by_their_field() -> None:
    def field(wrong: object) -> str:
        with pytest.raises(StaffingError) as caught:
            wrong()  # type: ignore[operator]
        return caught.value.field

    assert field(lambda: Target(share=1)) == "target"
    assert field(lambda: Target(threshold_s=-1)) == "target"
    assert field(lambda: Target(max_occupancy=0)) == "max_occupancy"
    assert field(lambda: needed(HALF_HOUR, Target(), shrinkage=1)) == "shrinkage"
    assert field(lambda: outlook(HALF_HOUR, 14, threshold_s=-1)) == "threshold_s"
    assert field(lambda: outlook(HALF_HOUR, -1)) == "agents"
    assert field(lambda: outlook(HALF_HOUR, 10)) == "agents"  # 10 agents for 10 erlangs: a queue without end
