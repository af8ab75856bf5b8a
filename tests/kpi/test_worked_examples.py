"""Published worked examples of contact-centre formulas through the catalogue: what a book says, the program says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import add
from typing import Any

import pytest
from adapter_fixtures import shared

from plugin.contract.event import Event, Kind
from plugin.facts.fold import fold_contact, fold_ticket, in_order
from plugin.facts.reckoning import Reckoning
from plugin.facts.rows import Rows, contact_rows
from plugin.kpi import staffing
from plugin.kpi.attainment import attained
from plugin.kpi.catalogue import METRICS
from plugin.kpi.measure import measured_value
from plugin.kpi.metric import Better, Measurement
from plugin.policy.plan import Target

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
#: ICMI QueueTips 2002: 1 000 answered, 860 of them within 20 s; 60 abandoned, 20 within 20 s, 10 within 5 s
ICMI = {"answered": 1000, "answered_in_time": 860, "abandoned": 60, "abandoned_in_time": 20, "abandoned_short": 10}


def measured(kpi: str, sums: Mapping[str, float]) -> Measurement:
    return measured_value(METRICS[kpi], sums)


def total(parts: list[Measurement]) -> Measurement:
    return reduce(add, parts)


def percent(measurement: Measurement) -> float:
    assert measurement.value is not None
    return measurement.value * 100


def attainment(actual: float, target: float, direction: str) -> float:
    wanted = Target.model_validate({"kpi": "asa", "value": target, "direction": direction})
    reached = attained(actual, wanted, Better.NEUTRAL)
    assert reached is not None
    return reached * 100


# -- service level


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("sl1", 83.02),  # (860 + 20) / 1 060
        ("sl2", 86.00),  # 860 / 1 000
        ("sl3", 81.13),  # 860 / 1 060
        ("sl4", 82.69),  # 860 / (1 060 - 20)
        ("sl5", 81.90),  # 860 / (1 060 - 10)
        ("sl6", 82.08),  # (860 + 10) / 1 060
    ],
)
def test_six_service_levels_of_the_same_calls(variant: str, expected: float) -> None:
    assert percent(measured(f"service_level.{variant}", ICMI)) == pytest.approx(expected, abs=0.005)


def test_service_levels_of_two_centres_are_added_by_calls_and_not_averaged() -> None:
    # 78 % of 300 calls and 85 % of 1 200: (234 + 1 020) / 1 500, where the mean of the shares would be 81.5 %
    centres = [(300, 234), (1200, 1020)]
    parts = [measured("service_level.sl2", {"answered": calls, "answered_in_time": good}) for calls, good in centres]
    assert percent(total(parts)) == pytest.approx(83.6)


# -- handling


def test_handle_time_is_talk_hold_and_wrap_up_per_call() -> None:
    # 100 calls: 5 000 s + 1 000 s + 2 000 s
    assert measured("aht", {"handle_ms": 8_000_000, "talks": 100}).value == 80


def test_handle_times_of_groups_are_weighted_by_their_calls() -> None:
    # 250 s x 100, 250 s x 150, 249 s x 100, 600 s x 2: 88 600 s / 352 calls; the mean of means would be 337.25 s
    groups = [(250, 100), (250, 150), (249, 100), (600, 2)]
    parts = [measured("aht", {"handle_ms": mean * calls * 1000, "talks": calls}) for mean, calls in groups]
    assert total(parts).value == pytest.approx(251.70, abs=0.005)


def test_ring_time_before_another_agent_is_part_of_the_wait_in_the_queue() -> None:
    # Aircall: 25 s on the phone of agent 1, then 5 s on that of agent 2, who answers: outside of 20 s for the number
    wait_s, ring_s = aircall_rings(25, 5)
    assert (wait_s, ring_s) == (30, 5)


@pytest.mark.parametrize(("adherent", "expected"), [(150, 83.3333), (165, 91.6667)])
def test_adherence_is_the_planned_time_in_which_the_agent_was_there(adherent: float, expected: float) -> None:
    # Amazon Connect: 150 and 165 of 180 scheduled minutes
    assert adherence(adherent, 180) == pytest.approx(expected, abs=0.0001)


def test_occupancy_is_the_work_of_the_calls_over_the_time_of_the_agents() -> None:
    # Oki-Toki: 250 calls of 200 s in half an hour by 32 agents, 50 000 s / 57 600 s
    assert occupancy(250, 200, 32) == pytest.approx(0.868056, abs=1e-6)


def test_an_agent_answers_for_the_time_of_his_own_ring() -> None:
    # Aircall: 25 s missed by agent 1, then 5 s by agent 2: 0 of 1, and 1 of 1 within 20 s
    first = measured("agent_service_level", {"rings_in_time": 0, "rings_timed": 1})
    second = measured("agent_service_level", {"rings_in_time": int(aircall_rings(25, 5)[1] <= 20), "rings_timed": 1})
    assert (first.value, second.value, total([first, second]).value) == (0, 1, 0.5)


def adherence(adherent_min: float, scheduled_min: float) -> float:
    return percent(
        measured("adherence", {"adherent_ms": adherent_min * 60_000, "scheduled_ms": scheduled_min * 60_000})
    )


def occupancy(calls: float, handle_s: float, agents: float) -> float:
    """Of half an hour, as a fraction."""
    busy_s = calls * handle_s
    sums = {"occupied_ms": busy_s * 1000, "idle_ms": (agents * 1800 - busy_s) * 1000}
    return measured("occupancy", sums).value or 0


def test_a_contact_that_counts_by_its_end_is_whole_in_the_interval_in_which_it_ended() -> None:
    # Amazon Connect: 05:23 to 06:15 is 52 minutes of 06:00 to 06:30, and none of 05:00 to 05:30
    assert minutes_counted("05:23", "06:15", "06:00", "06:30") == 52
    assert minutes_counted("05:23", "06:15", "05:00", "05:30") == 0


# -- money, satisfaction, plan


def test_cost_per_call_and_per_contact() -> None:
    assert measured("cost_per_call", {"voice_cost": 50_000, "calls_connected": 100_000}).value == 0.50
    contacts = {"cost": 50_000, "contacts_connected": 9_000, "tickets_answered": 1_000}
    assert measured("cost_per_contact", contacts).value == 5


def test_satisfaction_is_the_share_of_positive_answers() -> None:
    assert percent(measured("csat", {"csat_positive": 150, "csat_answers": 250})) == 60


def test_promoters_less_detractors_of_all_answers() -> None:
    # 70 promoters, 10 passives, 20 detractors: 70 % - 20 %
    assert measured("nps", {"nps_promoters": 70, "nps_detractors": 20, "nps_answers": 100}).value == 50
    # Two teams with 100 and -100 of 9 and 1 answers are 80 together, not 0.
    teams = [
        measured("nps", {"nps_promoters": 9, "nps_answers": 9}),
        measured("nps", {"nps_detractors": 1, "nps_answers": 1}),
    ]
    assert total(teams).value == 80


def test_customers_kept_and_lost() -> None:
    # 98 at the start, 45 lost: 45.9 % (published as 46)
    assert percent(measured("churn", {"customers_lost": 45, "customers_at_start": 98})) == pytest.approx(
        45.918, abs=0.001
    )
    # 200 at the end of which 20 are new, of 240 at the start: 180 / 240
    assert percent(measured("retention", {"customers_kept": 180, "customers_at_start": 240})) == 75


@pytest.mark.parametrize(("actual", "expected"), [(50, 100), (0, 200), (100, 0), (200, -200)])
def test_less_is_better_reaches_the_plan_on_a_line(actual: float, expected: float) -> None:
    # Infor: target 50, 2 - actual / 50
    assert attainment(actual, 50, "lower") == expected


@pytest.mark.parametrize(("actual", "expected"), [(45, 90), (75, 150)])
def test_more_is_better_is_not_capped(actual: float, expected: float) -> None:
    # SAP: target 50, actual / 50
    assert attainment(actual, 50, "higher") == expected


# -- a real month: a bank's call centre, February 1999 (Technion)


@pytest.mark.parametrize(
    ("kpi", "sums", "expected"),
    [
        ("abandonment_rate", {"abandoned": 3963, "offered": 31125}, 0.127325),
        ("abandonment_rate_excl_short", {"abandoned": 3963, "abandoned_short": 274, "offered": 31125}, 0.119575),
        ("service_level.sl3", {"answered": 27162, "answered_in_time": 16209, "abandoned": 3963}, 0.520771),
        ("service_level.sl2", {"answered": 27162, "answered_in_time": 16209}, 0.596753),
        ("asa", {"answered_wait_ms": 1_107_512_000, "answered_waits": 27162}, 40.7743),
        ("average_time_to_abandon", {"abandoned_wait_ms": 259_695_000, "abandoned_waits": 3963}, 65.5299),
        ("talk_time", {"talk_ms": 4_790_100_000, "talks": 27162}, 176.353),
        ("reopen_rate", {"reopened_tickets": 10, "solved": 890}, 0.0112360),  # UCI log of incidents
    ],
)
def test_figures_of_public_data(kpi: str, sums: dict[str, float], expected: float) -> None:
    assert measured(kpi, sums).value == pytest.approx(expected, rel=5e-6)


def test_two_halves_add_up_to_the_whole() -> None:
    for kpi, metric in METRICS.items():
        names = {*metric.numerator, *(metric.denominator or {})}
        early, late = ({name: float(part + len(name)) for name in names} for part in (3, 11))
        whole = {name: early[name] + late[name] for name in names}
        added = measured(kpi, early) + measured(kpi, late)
        assert added.numerator == pytest.approx(measured(kpi, whole).numerator), kpi
        assert added.denominator == measured(kpi, whole).denominator, kpi


def test_a_share_a_mean_or_a_maximum_of_nothing_is_unknown_and_a_count_of_nothing_is_zero() -> None:
    for kpi, metric in METRICS.items():
        counts = metric.denominator is None and metric.over_time != "max"
        assert measured(kpi, {}).value == (0 if counts else None), kpi


# -- the collected examples beside the project


def aircall_rings(first_s: float, second_s: float) -> tuple[float, float]:
    """Wait of the queue visit, and ring time of the agent who answered, in seconds."""

    def event(kind: Kind, second: float, **more: Any) -> Event:
        return Event(
            kind=kind, at=MONDAY + timedelta(seconds=second), subject="1", dedupe_key=f"{kind}{second}", **more
        )

    events = [
        event(Kind.CONTACT_QUEUED, 0, queue="Sales"),
        event(Kind.CONTACT_RINGING, 0, agent="Ann"),
        event(Kind.CONTACT_RINGING, first_s, agent="Ann", data={"result": "missed"}),
        event(Kind.CONTACT_RINGING, first_s + 0.001, agent="Bob"),
        event(Kind.CONTACT_ANSWERED, first_s + 0.001 + second_s, agent="Bob"),
    ]
    facts = fold_contact(in_order(events))
    (answered,) = [ring.ring_ms for ring in facts.rings if ring.result == "answered"]
    assert facts.visits[0].wait_ms is not None
    assert answered is not None
    return round(facts.visits[0].wait_ms / 1000), answered / 1000


def minutes_counted(start: str, end: str, counted_from: str, counted_to: str) -> float:
    """Minutes of talk that one contact, which an agent took at once, adds to a half hour where it counts by its end."""

    def at(clock: str) -> datetime:
        return datetime.combine(MONDAY.date(), time.fromisoformat(clock), UTC)

    told = ((Kind.CONTACT_QUEUED, start), (Kind.CONTACT_ANSWERED, start), (Kind.CONTACT_ENDED, end))
    events = [Event(kind=kind, at=at(clock), subject="1", dedupe_key=kind, queue="Sales") for kind, clock in told]
    rows: Rows = {}
    identity = {"subject_key": 1, "source": "connect", "subject": "1"}
    contact_rows(rows, identity, fold_contact(in_order(events)), Reckoning(by_end=frozenset({"connect"})))
    found = [leg for leg in rows["agent_leg"] if at(counted_from) <= leg["counted_at"] < at(counted_to)]
    return sum(int(leg["talk_ms"]) for leg in found) / 60_000


def bot_then_reopened() -> float:
    """Minutes to the first response: created Monday 09:00, solved by a bot 09:05, reopened Friday 14:00, answered 14:10."""
    steps = [
        (Kind.TICKET_OPENED, timedelta(hours=9), {}),
        (Kind.TICKET_SOLVED, timedelta(hours=9, minutes=5), {"actor": "bot"}),
        (Kind.TICKET_REOPENED, timedelta(days=4, hours=14), {}),
        (Kind.TICKET_AGENT_REPLIED, timedelta(days=4, hours=14, minutes=10), {"actor": "human"}),
    ]
    events = [
        Event(kind=kind, at=MONDAY + after, subject="7", dedupe_key=kind, data=dict(data))
        for kind, after, data in steps
    ]
    facts = fold_ticket(in_order(events))
    assert facts.first_response_at is not None
    return (facts.first_response_at - facts.first_response_from) / timedelta(minutes=1)


def _service_level(variant: str) -> Callable[[Any], float]:
    def compute(inputs: Any) -> float:
        sums = {
            "answered": inputs["answered"],
            "answered_in_time": inputs["answered_le_20"],
            "abandoned": inputs["abandoned"],
            "abandoned_in_time": inputs["abandoned_le_20"],
            "abandoned_short": inputs["abandoned_le_5"],
        }
        return percent(measured(f"service_level.{variant}", sums))

    return compute


def _cisco(inputs: Any) -> float:
    in_time, late = inputs["answered_lt_30"], inputs["answered_gt_30"]
    return percent(measured("service_level.sl2", {"answered": in_time + late, "answered_in_time": in_time}))


def _combined(inputs: Any) -> float:
    parts = [
        measured("service_level.sl2", {"answered": each["calls"], "answered_in_time": each["calls"] * each["sl"] / 100})
        for each in inputs
    ]
    return percent(total(parts))


def _weighted(inputs: Any) -> float:
    parts = [measured("aht", {"handle_ms": mean * calls * 1000, "talks": calls}) for mean, calls in inputs]
    return total(parts).value or 0


def _handle_time(inputs: Any) -> float:
    seconds = inputs["talk"] + inputs["hold"] + inputs["acw"]
    return measured("aht", {"handle_ms": seconds * 1000, "talks": inputs["calls"]}).value or 0


def _cost(inputs: Any) -> float:
    return measured("cost_per_call", {"voice_cost": inputs["cost"], "calls_connected": inputs["calls"]}).value or 0


def _csat(inputs: Any) -> float:
    return percent(measured("csat", {"csat_positive": inputs["positive"], "csat_answers": inputs["responses"]}))


def _nps(inputs: Any) -> float:
    answers = inputs["promoters"] + inputs["passives"] + inputs["detractors"]
    sums = {"nps_promoters": inputs["promoters"], "nps_detractors": inputs["detractors"], "nps_answers": answers}
    return measured("nps", sums).value or 0


def _churn(inputs: Any) -> float:
    return percent(measured("churn", {"customers_lost": inputs["lost"], "customers_at_start": inputs["start"]}))


def _erlang_wait(inputs: Any) -> float:
    load = staffing.Load(contacts=inputs["lam_per_min"], interval_s=60, aht_s=inputs["aht_min"] * 60)
    return staffing.outlook(load, inputs["agents"]).asa_s or 0


def _erlang_agents(inputs: Any) -> dict[str, float]:
    load = staffing.Load(
        contacts=inputs["transactions"], interval_s=inputs["interval_min"] * 60, aht_s=inputs["aht_min"] * 60
    )
    target = staffing.Target(share=inputs["sl"], threshold_s=inputs["asa_s"], max_occupancy=inputs["max_occ"])
    found = staffing.needed(load, target, inputs["shrinkage"])
    assert found.scheduled == 20
    told = found.outlook
    return {
        "raw_positions": told.agents,
        "sl": told.answered_in_time,
        "occ": told.occupancy,
        "p_wait": told.p_wait,
    }


def _erlang_day(inputs: Any) -> dict[str, float]:
    load = staffing.Load(contacts=inputs["lam_per_min"], interval_s=60, aht_s=60 / inputs["mu"])
    told = staffing.outlook(load, inputs["agents"], inputs["awt_s"])
    return {"sl": told.answered_in_time, "asa_min": (told.asa_s or 0) / 60, "occ": told.occupancy}


COLLECTED: dict[str, Callable[[Any], Any]] = {
    "icmi_sl1": _service_level("sl1"),
    "icmi_sl2": _service_level("sl2"),
    "icmi_sl4": _service_level("sl4"),
    "derived_sl5": _service_level("sl5"),
    "cisco_icr": _cisco,
    "techtarget_combine": _combined,
    "cch_weighted_aht": _weighted,
    "aht_80s": _handle_time,
    "cost_050": _cost,
    "csat_60": _csat,
    "nps_50a": _nps,
    "churn": _churn,
    "infor_dec_50": lambda inputs: attainment(inputs["actual"], inputs["target"], "lower"),
    "infor_dec_200": lambda inputs: attainment(inputs["actual"], inputs["target"], "lower"),
    "sap_ach_45": lambda inputs: attainment(inputs["actual"], inputs["target"], "higher"),
    "sap_ach_75": lambda inputs: attainment(inputs["actual"], inputs["target"], "higher"),
    "aws_period": lambda inputs: minutes_counted(inputs["start"], inputs["end"], "06:00", "06:30"),
    "aircall_sla": lambda inputs: list(aircall_rings(inputs["ring_agent1"], inputs["ring_agent2_answered"])),
    "herzog_erlc": _erlang_wait,
    "lecuyer_mmc": _erlang_day,
    "pyworkforce": _erlang_agents,
    "aws_adh2": lambda inputs: adherence(inputs["adherent_min"], inputs["scheduled_min"]),
    "okitoki_occ": lambda inputs: occupancy(inputs["calls_per_half_hour"], inputs["aht"], inputs["agents"]),
    "chatwoot_reopen_frt": lambda inputs: bot_then_reopened(),
}


def test_every_collected_example_comes_out_as_computed() -> None:
    entries = {entry["id"]: entry for entry in json.loads(shared("oracles", "worked_examples.json").read_text())}
    assert set(entries) == set(COLLECTED)
    for name, compute in COLLECTED.items():
        assert compute(entries[name]["inputs"]) == pytest.approx(entries[name]["computed"]), name
