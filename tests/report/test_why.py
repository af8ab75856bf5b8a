"""Why a KPI moved: parts that add up to the change to the last digit, and a model that takes no order of the factors for better."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from busy_centre import DOCUMENT, NOW
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from plugin.database import reading
from plugin.kpi.answer import Ask, AskError, answer
from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Measurement, Report
from plugin.kpi.modelled import FACTORS, expected, model, shapley
from plugin.kpi.period import Grain, period_of, previous
from plugin.kpi.profile import Hour
from plugin.kpi.terms import Terms, terms_of
from plugin.report.drivers import contributions
from plugin.report.render_why import why_json, why_text
from plugin.report.why import why

parts = st.dictionaries(
    st.sampled_from("abcde"), st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=5
)


def of(numbers: dict[str, tuple[int, int]]) -> dict[str, Measurement]:
    return {name: Measurement(numerator=min(one), denominator=max(one)) for name, one in numbers.items()}


@given(now=parts, before=parts)
def test_rate_and_mix_of_all_groups_add_up_to_the_change(
    now: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]
) -> None:
    new, old = of(now), of(before)
    sums = [(sum(one.numerator for one in side.values()), sum(one.n for one in side.values())) for side in (new, old)]
    found = contributions(new, old)
    if not (sums[0][1] and sums[1][1]):
        assert found == ()
        return
    assert sum(one.amount for one in found) == pytest.approx(sums[0][0] / sums[0][1] - sums[1][0] / sums[1][1])
    assert all(one.amount == pytest.approx((one.rate or 0) + (one.mix or 0)) for one in found)


def test_a_worse_group_is_a_rate_effect_and_a_larger_bad_group_a_mix_effect() -> None:
    before = {"a": Measurement(numerator=90, denominator=100), "b": Measurement(numerator=50, denominator=100)}
    worse = {"a": Measurement(numerator=70, denominator=100), "b": Measurement(numerator=50, denominator=100)}
    larger = {"a": Measurement(numerator=90, denominator=100), "b": Measurement(numerator=150, denominator=300)}
    (a, b) = contributions(worse, before)
    assert (a.group, a.rate, a.mix) == ("a", pytest.approx(-0.1), pytest.approx(0))  # half of the calls, 20 points
    assert (b.rate, b.mix) == (0, 0)
    moved = {one.group: one for one in contributions(larger, before)}
    # 240/400 against 140/200: -10 points; a shrank from 1/2 to 1/4 at 90 %, b grew to 3/4 at 50 %, against 70 % of all
    assert moved["a"].mix == pytest.approx(-0.25 * 0.2)
    assert moved["b"].mix == pytest.approx(0.25 * -0.2)
    assert moved["a"].rate == moved["b"].rate == 0


def test_shapley_values_share_a_runway_as_the_airport_game_does() -> None:
    # Littlechild and Owen 1973: a runway costs what the largest plane needs, 1, 2 and 5 units: 1/3, 1/3 + 1/2, 1/3 + 1/2 + 3
    costs = {"small": 1.0, "middle": 2.0, "large": 5.0}

    def worth(there: frozenset[str]) -> float:
        return max((costs[one] for one in there), default=0.0)

    shares = [shapley(one, tuple(costs), worth) for one in costs]
    assert shares == pytest.approx([1 / 3, 5 / 6, 23 / 6])


def hours(contacts: float, aht_s: float | None, agents: float | None) -> dict[int, Hour]:
    return {10: Hour(contacts=contacts, aht_s=aht_s, agents=agents, hours=1)}


@pytest.mark.parametrize("kpi", ["asa", "service_level", *(f"service_level.sl{number}" for number in range(1, 7))])
def test_effects_of_volume_handle_time_and_agents_add_up_to_what_the_model_says(kpi: str) -> None:
    found = model(METRICS[kpi], hours(240, 200, 13.5), hours(200, 180, 14), 90, Terms())
    assert found is not None
    assert sum(found.effects.values()) == pytest.approx(found.now - found.before)
    worse = -1 if kpi.startswith("service_level") else 1
    assert all(math.copysign(1, found.effects[factor]) == worse for factor in FACTORS)


def test_what_did_not_change_has_no_effect() -> None:
    found = model(METRICS["service_level"], hours(240, 180, 14), hours(200, 180, 14), 90, Terms())
    assert found is not None
    assert found.effects["handle_time"] == found.effects["staffing"] == 0
    assert found.effects["volume"] == pytest.approx(found.now - found.before)


def test_half_an_agent_is_one_more_for_half_of_the_hour() -> None:
    values = [expected(METRICS["service_level"], iter([(200.0, 180.0, n)]), 90, Terms()) for n in (13.0, 13.5, 14.0)]
    assert values[1] == pytest.approx(((values[0] or 0) + (values[2] or 0)) / 2)


def test_without_agents_or_handle_times_there_is_no_model() -> None:
    known = hours(200, 180, 14)
    assert model(METRICS["asa"], hours(200, 180, None), known, 90, Terms()) is None
    assert model(METRICS["asa"], hours(200, None, 14), known, 90, Terms()) is None


@pytest.mark.parametrize("by", ["queue", "team", "agent", "hour"])
def test_the_groups_of_a_centre_and_what_they_do_not_tell_make_the_change(centre: Engine, by: str) -> None:
    day = period_of(Grain.DAY, datetime(2026, 11, 23, 9, tzinfo=UTC), "Europe/Riga")
    with reading(centre) as connection:

        def ask(question: Ask) -> Report:
            return answer(connection, DOCUMENT, question, NOW, {"asterisk": ("queue", "talk")})

        found = why(ask, "service_level", day, previous(day), terms_of(DOCUMENT), by)
        with pytest.raises(AskError) as caught:
            why(ask, "longest_wait", day, previous(day), terms_of(DOCUMENT), by)
    assert caught.value.field == "kpi"
    assert found.change
    assert sum(one.amount for one in found.groups) + found.remainder == pytest.approx(found.change)
    assert found.remainder == pytest.approx(0, abs=1e-9)
    assert why_json(found)["change"] == found.change
    for language in ("en", "lv", "ru", "zh"):
        assert len(why_text(found, language).splitlines()) >= 3 + len(found.groups)
