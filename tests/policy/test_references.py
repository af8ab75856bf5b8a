from __future__ import annotations

import pytest

from plugin.contract.adapter import Setting
from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.text import parse

KNOWN = Known(
    kpis={"asa", "abandonment_rate"},
    ratios={"abandonment_rate"},
    adapters={"aircall": [Setting(key="region", label="Region"), Setting(key="token", label="Token", secret=True)]},
)


def refusals(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse(text, known=KNOWN)
    return str(caught.value).splitlines()


def rule(*lines: str) -> str:
    return "\n".join(['[rules.r]\nkpi = "asa"\nfire_above = 60', *lines])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'business_calendar = "office"',
            'business_calendar: "office" does not exist; add [calendars.office] or remove it',
        ),
        (
            rule('calendar = "office"', "[calendars.shop]"),
            'rules.r.calendar: "office" does not exist; add [calendars.office] or write one of shop',
        ),
        (rule('targets = ["ops"]'), 'rules.r.targets[0]: "ops" does not exist; add [channels.ops] or remove it'),
        (
            '[digests.d]\nchannels = ["on call"]',
            'digests.d.channels[0]: "on call" does not exist; add [channels."on call"] or remove it',
        ),
        (rule('scope = { team = "a" }'), 'rules.r.scope.team: "a" does not exist; add [teams.a] or remove it'),
        (
            '[[costs]]\ncategory = "it"\namount = 1\nmonth = "2026-10"\nteam = "a"',
            'costs[0].team: "a" does not exist; add [teams.a] or remove it',
        ),
        (
            '[teams.a]\nagents = ["Ann"]\n[teams.b]\nagents = ["Bob", "Ann"]',
            "teams.b.agents[1]: already belongs to team a; an agent is in one team, remove the name here or there",
        ),
        (
            '[aliases.agents."Ann Example"]\npbx = "a17"',
            'aliases.agents."Ann Example".pbx: "pbx" does not exist; add [sources.pbx] or remove it',
        ),
        ('[digests.d]\nkpis = ["asa", "asaa"]', 'digests.d.kpis[1]: "asaa" is not a KPI; did you mean asa?'),
        (
            '[[targets]]\nkpi = "zzz"\nvalue = 1',
            'targets[0].kpi: "zzz" is not a KPI; write one of abandonment_rate, asa',
        ),
        ('[rules.r]\nkpi = "asa.p99"\nfire_above = 60', 'rules.r.kpi: "asa.p99" is not a KPI; did you mean asa?'),
        (
            '[rules.r]\nkpi = "abandonment_rate"\nfire_above = 15',
            "rules.r.fire_above: must be a share from 0 to 1; write 15 % as 0.15",
        ),
        ('[sources.a]\nadapter = "acme"', 'sources.a.adapter: "acme" is not an adapter; write one of aircall'),
        (
            '[sources.a]\nadapter = "aircall"\n[sources.a.settings]\ntoken = "x"',
            "sources.a.settings.token: is a secret and must not be written here; "
            "enter it with `deskgauge connect` or in the environment",
        ),
        (
            '[sources.a]\nadapter = "aircall"\n[sources.a.settings]\nzone = "x"',
            "sources.a.settings.zone: unknown setting or write one of region, token",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(text: str, said: str) -> None:
    assert refusals(text) == [said]


def test_a_variant_of_a_known_kpi_is_known() -> None:
    document = parse('[rules.r]\nkpi = "asa.p90"\nfire_above = 60', known_kpis={"asa"})
    assert document.rules["r"].kpi == "asa.p90"


def test_without_a_catalogue_any_kpi_may_be_named() -> None:
    assert parse('[digests.d]\nkpis = ["anything"]').digests["d"].kpis == ("anything",)


def test_a_spelling_of_two_names_is_refused_at_both_places() -> None:
    said = refusals(
        '[sources.pbx]\nadapter = "aircall"\n[aliases.queues.Support]\npbx = ["help", "care"]\n[aliases.queues.Sales]\npbx = "help"'
    )
    assert said == [
        'aliases.queues.Support.pbx[0]: "help" stands for more than one name; leave it in one place',
        'aliases.queues.Sales.pbx[0]: "help" stands for more than one name; leave it in one place',
    ]
