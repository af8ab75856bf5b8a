"""The demo's policy is one that the program accepts, for any day on which somebody may run it."""

from __future__ import annotations

from datetime import date

import pytest
from demo_installation import KEYS

from plugin.demo.keys import SOURCES
from plugin.demo.policy import DIGEST, RULE, policy_for
from plugin.demo.world import clock, moment
from plugin.kpi.catalogue import METRICS, known_kpis
from plugin.kpi.metric import Unit
from plugin.normalise.registry import adapters
from plugin.policy.calendar import is_open
from plugin.policy.costs import costs_between
from plugin.policy.references import Known, check
from plugin.policy.text import parse, render


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 22), date(2027, 1, 3), date(2028, 2, 29)])
def test_is_accepted_with_every_name_known(day: date) -> None:
    ratios = {key for key, metric in METRICS.items() if metric.unit is Unit.RATIO}
    settings = {key: adapter.settings for key, adapter in adapters().items()}
    check(policy_for(day), Known(kpis=known_kpis(), ratios=ratios, adapters=settings))


def test_reads_the_same_after_it_was_written() -> None:
    policy = policy_for(date(2026, 11, 23))
    assert parse(render(policy)) == policy


def test_has_a_secret_for_every_source_and_no_other() -> None:
    policy = policy_for(date(2026, 11, 23))
    assert set(policy.sources) == set(KEYS.settings()) == set(SOURCES)


def test_every_day_of_a_fortnight_costs_something() -> None:
    over_new_year = policy_for(date(2027, 1, 3))
    for day in (date(2026, 12, 21), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3)):
        costs = costs_between(over_new_year, day, date.fromordinal(day.toordinal() + 1))
        assert 1500 < costs.total() < 2500


def test_the_last_day_is_open_like_a_weekday_even_on_a_sunday() -> None:
    sunday = date(2026, 11, 22)
    calendar = policy_for(sunday).calendar()
    assert calendar is not None
    assert is_open(calendar, moment(sunday, clock("19:00")))
    assert not is_open(calendar, moment(date(2026, 11, 21), clock("19:00")))


def test_the_digest_goes_to_slack_and_mail_at_eight_and_the_rule_to_both() -> None:
    policy = policy_for(date(2026, 11, 23))
    kinds = {name: channel.kind for name, channel in policy.channels.items()}
    assert policy.digests[DIGEST].at == "08:00"
    assert {kinds[name] for name in policy.digests[DIGEST].channels} == {"slack", "email"}
    assert {kinds[name] for name in policy.rules[RULE].targets} == {"slack", "email"}
