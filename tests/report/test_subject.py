"""What a KPI is about: the noun of what it counts."""

from __future__ import annotations

import pytest

from plugin.report import subject


@pytest.mark.parametrize(
    ("kpi", "noun"),
    [
        ("service_level", "contact"),
        ("asa.business", "contact"),
        ("aht", "contact"),
        ("time_to_callback", "contact"),
        ("missed_call_return_rate", "customer"),
        ("resolution_time", "ticket"),
        ("sla_compliance", "ticket"),
        ("backlog_age", "ticket"),
        ("csat", "answer"),
        ("survey_response_rate", "survey"),
        ("cost_per_call", "call"),
        ("average_queue_length", ""),
        ("occupancy", ""),
        ("quality_score", ""),
        ("contacts_per_agent", ""),
        ("offered", ""),
    ],
)
def test_what_a_number_rests_on_has_a_noun_only_where_it_is_a_count_of_something(kpi: str, noun: str) -> None:
    assert subject.counted(kpi) == noun


def test_contacts_of_a_voice_queue_are_calls_and_tickets_stay_tickets() -> None:
    assert subject.counted("service_level", "voice") == "call"
    assert subject.counted("resolution_time", "voice") == "ticket"
