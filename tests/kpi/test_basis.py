"""What of the policy a number depends on: a setting that touches it changes its basis, and no other one does."""

from __future__ import annotations

import pytest

from plugin.kpi.basis import basis_of
from plugin.kpi.catalogue import METRICS
from plugin.policy.document import Document
from plugin.policy.text import parse

OFFICE = 'business_calendar = "office"\n[calendars.office]\nmonday = ["09:00-17:00"]'
COST = '[[costs]]\ncategory = "rent"\namount = 1\nmonth = "2026-11"'
#: a change of the policy --> KPIs that it touches, and some that it does not
TOUCHED = {
    "[definitions]\nservice_level_threshold_s = 30": ({"service_level", "agent_service_level"}, {"asa", "offered"}),
    "[definitions]\nchannel_thresholds_s = {chat = 60}": ({"service_level.sl4"}, {"asa", "offered"}),
    "[queues.Sales]\nservice_level_threshold_s = 60": ({"service_level", "agent_service_level"}, {"asa", "offered"}),
    "[definitions]\nservice_level_flow_outs = true": ({"service_level", "service_level.sl1"}, {"agent_service_level"}),
    "[definitions]\noffered_includes = []": (
        {"offered", "abandonment_rate", "asa.offered"},
        {"callback_take_up", "asa"},
    ),
    "[definitions]\nstandard_hours = 7.5": ({"contacts_per_agent.full_time"}, {"contacts_per_agent"}),
    "[queues.Sales]\ntier = 1": ({"escalation_rate", "escalation_rate.contacts"}, {"transfer_rate"}),
    "[definitions]\nshort_abandon_s = 9": ({"abandonment_rate_excl_short"}, {"abandonment_rate", "service_level"}),
    "[definitions]\nrepeat_contact_days = 9": ({"fcr_repeat", "repeat_contact_rate"}, {"fcr"}),
    "[definitions]\nbacklog_old_days = 9": ({"backlog_old"}, {"backlog", "backlog_age"}),
    "[definitions]\ncallback_within_h = 9": ({"missed_call_return_rate", "callback_completion"}, {"containment.true"}),
    "[definitions]\nself_service_repeat_h = 9": ({"containment.true"}, {"containment", "fcr_repeat"}),
    "[definitions]\nfirst_solution_min = 9": ({"fcr.within"}, {"fcr"}),
    '[definitions]\nproductive_activities = ["break"]': ({"utilisation"}, {"occupancy"}),
    '[sources.pbx]\nadapter = "asterisk"\nattribution = "end"': (
        {"offered", "aht", "asa.p90"},
        {"solved", "login_time"},
    ),
    OFFICE: (
        {"asa.business", "resolution_time.business.p50", "after_hours", "sla_compliance"},
        {"asa", "resolution_time", "backlog"},
    ),
    "[tickets]\nignore_thanks = true": ({"reopen_rate", "solved"}, {"offered", "csat"}),
    '[[sla]]\nfirst_response = {any = "1h"}': ({"sla_compliance"}, {"first_response_time"}),
    COST: ({"total_cost", "cost_per_call"}, {"offered"}),
    'timezone = "Europe/Riga"': ({"total_cost", "churn", "agent_turnover", "backlog.mean"}, {"offered", "backlog"}),
    '[[targets]]\nkpi = "asa"\nvalue = 20': ({"plan_attainment", "plan_attainment.asa"}, {"asa"}),
    'language = "lv"\n[definitions]\ngrace_h = 1': (set(), set(METRICS)),
}


@pytest.mark.parametrize("change", TOUCHED)
def test_a_setting_changes_the_basis_of_what_it_touches_alone(change: str) -> None:
    touched, others = TOUCHED[change]
    document = parse(change)
    assert {kpi for kpi in touched if basis_of(kpi, document) == basis_of(kpi, Document())} == set()
    assert {kpi for kpi in others if basis_of(kpi, document) != basis_of(kpi, Document())} == set()


def test_who_belongs_to_a_team_matters_where_teams_are_told_apart() -> None:
    teams = parse('[teams.Day]\nagents = ["Ann"]')
    solver = parse('[definitions]\nrated_agent = "solver"')
    assert basis_of("offered", teams) == basis_of("offered", Document())
    assert basis_of("offered", teams, {"team"}) != basis_of("offered", Document(), {"team"})
    assert basis_of("csat", solver) == basis_of("csat", Document())
    assert basis_of("csat", solver, {"agent"}) != basis_of("csat", Document(), {"agent"})


def test_what_an_attainment_rests_on_is_its_kpi_too() -> None:
    target = '[[targets]]\nkpi = "service_level"\nvalue = 0.8\n'
    before, after = parse(target), parse(target + "[definitions]\nservice_level_threshold_s = 30")
    for key in ("plan_attainment", "plan_attainment.service_level"):
        assert basis_of(key, before) != basis_of(key, after)
