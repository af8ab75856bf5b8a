"""A real month of a bank's call centre against figures that nobody here computed (public Technion data; read where it is there)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bank_month import BankMonth, published
from installed import asked

from plugin.facts.sketch import RELATIVE_ERROR
from plugin.kpi.metric import Measurement

COUNTS = {"offered": "offered", "answered": "answered", "abandoned": "abandoned"}
RATES = {
    "abandonment_rate": "abandonment_rate",
    "abandonment_rate_excl_short": "abandonment_rate_excl_short",
    "service_level": "SL_A_answered_over_offered",
    "service_level.sl3": "SL_A_answered_over_offered",
    "service_level.sl2": "SL_B_answered_over_answered",
    "service_level.sl4": "SL_C_excl_abandons_within_T",
    "service_level.sl1": "SL_D_abandons_within_T_count_good",
    "service_level.sl5": "SL_E_excl_short_abandons",
}
MEANS = {
    "asa": "asa",
    "asa.waited": "asa_waiters_only",
    "average_time_to_abandon": "avg_time_to_abandon",
    "talk_time": "att",
    "longest_wait": "longest_wait",
}
PERCENTILES = {"asa.p50": "wait_p50", "asa.p90": "wait_p90", "asa.p95": "wait_p95", "talk_time.p50": "talk_p50"}
KPIS = (*COUNTS, *RATES, *MEANS, *PERCENTILES, "service_level.sl6")


def agrees(values: dict[str, Measurement], expected: dict[str, Any]) -> None:
    for key, name in COUNTS.items():
        assert values[key].value == expected[name], key
    for key, name in RATES.items():
        value = values[key].value
        assert value is not None
        assert round(value * 100, 4) == pytest.approx(expected[name], abs=1.1e-4), key
    for key, name in MEANS.items():
        assert values[key].value == pytest.approx(expected[name], abs=6e-5), key
    for key, name in PERCENTILES.items():
        assert values[key].value == pytest.approx(expected[name], rel=RELATIVE_ERROR * 1.01, abs=1e-6), key
    assert (values["asa"].numerator, values["talk_time"].numerator) == (expected["asa_sum"], expected["talk_sum"])
    sixth = (expected["answered_le_T"] + expected["abandoned_le_short"]) / expected["offered"]
    assert values["service_level.sl6"].value == pytest.approx(sixth)


@pytest.mark.xdist_group("a bank's month")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_published_figure_of_the_month_and_of_each_day_is_reproduced(
    bank_months: Callable[[str], BankMonth], database: str
) -> None:
    bank, known = bank_months(database), published()
    assert bank.counts.bad == 0
    opened = bank.opened
    start, end = "1999-02-01T00:00:00+02:00", "1999-03-01T00:00:00+02:00"
    (month,) = asked(opened, KPIS, start, end, "month").rows
    agrees(dict(month.values), known["canonical"])
    days = {row.period.first_date.isoformat(): dict(row.values) for row in asked(opened, KPIS, start, end, "day").rows}
    for day, figures in known["canonical_by_day"].items():
        agrees(days[day], figures)
    again = bank.imported_again()
    assert (again.accepted, again.duplicate) == (0, bank.counts.accepted + bank.counts.ignored)
