from __future__ import annotations

import json

import pytest

from plugin.policy.document import Document, EmailTarget, Grain, SlackTarget, Weekday
from plugin.policy.problems import PolicyError
from plugin.policy.text import from_data, parse, render, to_data

RULE = """
[rules.queue_wrong]
kpi = "abandonment_rate"
fire_above = 0.15
clear_at = 0.1
window = "30m"
for = "5m"
clear_for = "1h30m"
scope = { queue = "Support" }
"""


def refusals(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def test_an_empty_document_is_valid_and_has_the_defaults() -> None:
    document = parse("")
    assert document == Document()
    assert (document.timezone, document.week_starts_on, document.language) == ("UTC", Weekday.MONDAY, "en")
    assert document.definitions.service_level_variant == "SL-3"
    assert document.definitions.service_level_threshold_s == 20
    assert document.definitions.short_abandon_s == 5
    assert document.calendar() is None


def test_a_rule_is_read_in_seconds() -> None:
    rule = parse(RULE).rules["queue_wrong"]
    assert (rule.window_s, rule.hold_s, rule.clear_hold_s, rule.cooldown_s) == (1800, 300, 5400, 600)
    assert (rule.fire_above, rule.clear_at, rule.min_sample) == (0.15, 0.1, 20)
    assert rule.scope.queue == "Support"


def test_a_clear_value_on_the_wrong_side_is_refused() -> None:
    assert refusals(RULE.replace("clear_at = 0.1", "clear_at = 0.2")) == [
        "rules.queue_wrong.clear_at: must be below fire_above (0.15), because the rule fires above it"
    ]
    below = RULE.replace("fire_above", "fire_below")
    assert refusals(below) == [
        "rules.queue_wrong.clear_at: must be above fire_below (0.15), because the rule fires below it"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone = 3", "timezone: must be a text in quotes"),
        (
            'timezone = "+03:00"',
            'timezone: is not a time zone; write a name such as "Europe/Riga", not an offset',
        ),
        ('language = "de"', "language: must be 'en', 'lv', 'ru' or 'zh'"),
        ('currency = "eur"', 'currency: must be three capital letters like "EUR"'),
        ('curency = "EUR"', "curency: unknown key; did you mean currency?"),
        ("[teams.night]\nagent = []", "teams.night.agent: unknown key; did you mean agents?"),
        ('[teams."Night shift"]\nagents = [""]', 'teams."Night shift".agents[0]: must not be empty'),
        ("[teams]\nnight = 1", "teams.night: must be a table"),
        ("[calendars.x]\nmondy = []", "calendars.x.mondy: unknown key; did you mean monday?"),
        (
            '[calendars.x]\nmonday = ["9-17"]',
            'calendars.x.monday[0]: must be written like "09:00-12:30", or "22:00-06:00" over midnight',
        ),
        (
            '[calendars.x.exceptions]\n2026-12-25 = "shut"',
            'calendars.x.exceptions.2026-12-25: must be "closed" or a list like ["09:00-13:00"]',
        ),
        ('[calendars.x.exceptions]\nxmas = "closed"', "calendars.x.exceptions.xmas: must be a date like 2026-12-24"),
        ("[definitions]\nshort_abandon_s = 7.5", "definitions.short_abandon_s: must be a whole number without quotes"),
        (
            "[definitions]\nservice_level_threshold_s = 5",
            "definitions: short_abandon_s (5) must be below service_level_threshold_s (5); lower one or raise the other",
        ),
        (
            "[definitions]\nchannel_thresholds_s = {chat = 5}",
            "definitions: short_abandon_s (5) must be below channel_thresholds_s.chat (5); lower one or raise the other",
        ),
        (
            "[queues.Sales]\nservice_level_threshold_s = 4",
            "short_abandon_s (5) must be below queues.Sales.service_level_threshold_s (4); lower one or raise the other",
        ),
        (
            '[definitions]\noffered_includes = ["abandoned"]',
            "definitions.offered_includes[0]: must be 'flow_out', 'timeout', 'voicemail' or 'callback_requested'",
        ),
        ('[[targets]]\nkpi = "aht"', "targets[0]: needs a value, or both low and high for a band"),
        (
            '[[targets]]\nkpi = "occupancy"\nlow = 0.9\nhigh = 0.7',
            "targets[0]: low (0.9) must be below high (0.7); exchange them",
        ),
        ('[[targets]]\nkpi = "aht"\nvalue = nan', "targets[0].value: must be a finite number"),
        ('[[targets]]\nkpi = "aht"\nvalue = true', "targets[0].value: must be a number without quotes"),
        (
            '[[targets]]\nkpi = "aht"\nvalue = 1\ngrain = "quarter_hour"',
            "targets[0].grain: must be hour, day, week, month, quarter or year",
        ),
        ('[[costs]]\ncategory = "it"\namount = -1\nmonth = "2026-10"', "costs[0].amount: must be at least 0"),
        (
            '[[costs]]\ncategory = "it"\namount = "1,250"\nmonth = "2026-10"',
            'costs[0].amount: must be a number like 1250 or "1250.50"',
        ),
        (
            '[[costs]]\ncategory = "it"\namount = 1\nmonth = "2026-13"',
            'costs[0].month: must be a month like "2026-10"',
        ),
        ('[[costs]]\ncategory = "it"\namount = 1', 'costs[0]: needs either month = "2026-10", or both from and to'),
        (
            '[[costs]]\ncategory = "it"\namount = 1\nfrom = 2026-10-02\nto = 2026-10-01',
            "costs[0]: from (2026-10-02) must not be after to (2026-10-01); exchange them",
        ),
        (
            "[allocation]\nvoice = 70\nchat = 20",
            "allocation: must add up to 100 percent; it adds up to 90",
        ),
        (
            'allocation = "calls"',
            'allocation: must be "handle_time", "contacts" or a table like {voice = 70, chat = 30}',
        ),
        (
            '[sources."My PBX"]\nadapter = "asterisk"',
            'sources."My PBX": must be small letters, digits, - and _, because it is part of an address',
        ),
        ("[sources.pbx]", "sources.pbx.adapter: is missing; add it"),
        (
            '[channels.ops]\nkind = "slack"\nchannel = "#ops"',
            "channels.ops.channel: must be the channel's ID like C0123ABCD; "
            "Slack shows it at the end of the channel's details",
        ),
        (
            '[channels.ops]\nkind = "slack"\nchannel = "C1"\nto = []',
            "channels.ops.to: unknown key; write one of kind, channel, or remove it",
        ),
        (
            '[channels.ops]\nkind = "fax"',
            "channels.ops: its kind must be one of 'slack', 'email', 'webhook', 'apprise'",
        ),
        ("[channels.ops]", 'channels.ops: its kind is missing; add kind = "slack" or kind = "email"'),
        ('[channels.ops]\nkind = "email"\nto = []', "channels.ops.to: must have at least one address"),
        (
            '[channels.ops]\nkind = "email"\nto = ["a@example.com\\nBcc: b@example.com"]',
            "channels.ops.to[0]: must be one e-mail address",
        ),
        (
            '[rules.r]\nkpi = "asa"\nfire_above = 60\nwindow = "soon"',
            'rules.r.window: must be a duration like "30s", "15m" or "1h30m"',
        ),
        ('[rules.r]\nkpi = "asa"\nfire_above = 60\nwindow = 0', 'rules.r.window: must be from "1s" to "31d"'),
        ('[rules.r]\nkpi = "asa"\nfire_above = 60\nhold = "5m"', "rules.r.hold: unknown key"),
        ('[digests.d]\nat = "8:00"', 'digests.d.at: must be a time of day like "08:00"'),
        (
            '[digests.d]\ngrain = "month"\ncompare = "weekday"',
            'digests.d.compare: "weekday" is for grain hour or day; write "previous" or "year"',
        ),
        (
            '[digests.d]\nkind = "audit"',
            "digests.d.grain: an audit looks for what fails again and again; write week, month, quarter or year",
        ),
        (
            '[digests.d]\ncompare = ["year", "year"]',
            'digests.d.compare: must be "previous", "weekday", "year" or a list of them, each once',
        ),
        ("timezone", "this is not TOML: "),
    ],
)
def test_a_refusal_names_the_key_and_the_remedy(text: str, said: str) -> None:
    (line,) = refusals(text)
    assert line.startswith(said)
    assert line == said or said.endswith(("unknown key", "TOML: "))


def test_all_problems_are_told_at_once() -> None:
    assert refusals('currency = 1\n[teams.a]\nx = 1\n[digests.d]\nat = "25:00"') == [
        "currency: must be a text in quotes",
        "teams.a.x: unknown key; write one of agents, queues, calendar, or remove it",
        'digests.d.at: must be a time of day like "08:00"',
    ]


def test_a_refusal_does_not_repeat_what_was_written() -> None:
    with pytest.raises(PolicyError) as caught:
        parse(
            '[channels.ops]\nkind = "email"\nto = ["jane.doe at example.com"]\n[rules.r]\nkpi = 5\nfire_above = "hush"'
        )
    assert "jane" not in str(caught.value)
    assert "hush" not in str(caught.value)


FULL = """
timezone = "Europe/Riga"
week_starts_on = "sunday"
business_calendar = "office"

[allocation]
voice = 70
chat = 30

[calendars.office]
monday = ["09:00-12:30", "13:00-18:00"]
[calendars.office.exceptions]
2026-12-24 = ["09:00-13:00"]
2026-12-25 = "closed"

[teams."Night shift"]
agents = ["Ann", "Bob"]
queues = ["Support"]

[campaigns.spring]
queues = ["Sales"]

[[targets]]
kpi = "occupancy"
low = 0.7
high = 0.85
scope = { team = "Night shift", channel = "voice" }

[[costs]]
category = "wages"
amount = "1234567890123456.78"
month = "2026-10"
[[costs]]
category = "rent"
amount = 12.1
from = 2026-10-01
to = 2026-10-15

[sources.pbx]
adapter = "asterisk"
[sources.pbx.settings]
timezone = "Europe/Riga"
queues = ["a", "b"]
strict = true

[channels.ops]
kind = "slack"
channel = "C0123ABCD"
[channels.boss]
kind = "email"
to = ["boss@example.com"]

[rules.slow]
kpi = "asa.p90"
fire_above = 60
window = "15m"
for = 90
targets = ["ops"]
calendar = "office"

[digests.morning]
at = 07:30:00
weekdays = ["monday"]
channels = ["ops", "boss"]
compare = "weekday"
"""


def test_every_part_is_read() -> None:
    document = parse(FULL)
    assert document.channels == {
        "ops": SlackTarget(kind="slack", channel="C0123ABCD"),
        "boss": EmailTarget(kind="email", to=("boss@example.com",)),
    }
    assert document.digests["morning"].at == "07:30"
    assert document.digests["morning"].grain is Grain.DAY
    assert document.sources["pbx"].settings == {"timezone": "Europe/Riga", "queues": ("a", "b"), "strict": True}
    assert document.week_starts_on.number == 6
    assert str(document.costs[1].amount) == "12.1"


def test_toml_and_json_come_back_as_they_were() -> None:
    document = parse(FULL)
    assert parse(render(document)) == document
    assert from_data(json.loads(json.dumps(to_data(document)))) == document


def test_a_target_can_be_appended_to_what_is_exported() -> None:
    present = '[[targets]]\nkpi = "aht"\nvalue = 300.0\n\n[targets.scope]\nqueue = "Support"\n'
    document = parse('timezone = "Europe/Riga"\n' + present)
    more = '\n[[targets]]\nkpi = "csat"\nvalue = 0.9\n'
    longer = parse(render(document) + more)
    assert longer.targets == (*document.targets, *parse(more).targets)


def test_what_was_left_to_the_defaults_is_not_written() -> None:
    assert render(Document()) == ""
    written = to_data(parse(RULE))
    assert written["rules"]["queue_wrong"] == {
        "kpi": "abandonment_rate",
        "scope": {"queue": "Support"},
        "window": "30m",
        "fire_above": 0.15,
        "clear_at": 0.1,
        "for": "5m",
        "clear_for": "90m",
    }
    assert to_data(parse(FULL))["calendars"]["office"]["exceptions"] == {
        "2026-12-24": ["09:00-13:00"],
        "2026-12-25": "closed",
    }


def test_teams_and_campaigns_can_be_asked() -> None:
    document = parse(FULL)
    assert document.team_of_agent("Bob") == "Night shift"
    assert document.team_of_agent("Eve") is None
    assert document.teams_of_queue("Support") == ["Night shift"]
    assert document.campaigns_of_queue("Sales") == ["spring"]


def test_a_calendar_has_the_zone_of_the_document_unless_its_own() -> None:
    document = parse('timezone = "Europe/Riga"\n[calendars.a]\n[calendars.b]\ntimezone = "Asia/Tokyo"')
    a, b = document.calendar("a"), document.calendar("b")
    assert a is not None
    assert b is not None
    assert (a.timezone, b.timezone) == ("Europe/Riga", "Asia/Tokyo")


QUEUES = """
business_calendar = "office"
[calendars.office]
[calendars.night]
[calendars.weekend]
[teams.a]
queues = ["Support", "Sales"]
[teams.b]
queues = ["Support", "Sales"]
calendar = "night"
[queues.Sales]
calendar = "weekend"
"""


def test_a_queue_has_its_own_calendar_else_its_teams_else_the_centres() -> None:
    document = parse(QUEUES)
    assert [document.calendar_of_queue(queue) for queue in ("Sales", "Support", "Other")] == [
        "weekend",
        "night",
        "office",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[queues.a]\ncalendar = "x"', 'queues.a.calendar: "x" does not exist; add [calendars.x] or remove it'),
        ('[teams.a]\ncalendar = "x"', 'teams.a.calendar: "x" does not exist; add [calendars.x] or remove it'),
        ("[queues.a]\ntier = 0", "queues.a.tier: must be at least 1"),
        (
            '[calendars.a]\nholidays = "XX"',
            'calendars.a.holidays: must be a country such as "LV", or a part of one such as "DE-BY"',
        ),
        ('[calendars.a]\nholidays = "LV-RIX"', "calendars.a.holidays: RIX is not a part of LV; write LV"),
        ("[[calendars.a.later]]", "calendars.a.later[0].valid_from: is missing; add it"),
        (
            "[[calendars.a.later]]\nvalid_from = 2026-02-01\n[[calendars.a.later]]\nvalid_from = 2026-02-01",
            "calendars.a.later: each valid_from must be later than the one before; put them in order",
        ),
    ],
)
def test_a_refusal_of_calendars_and_queues_names_the_key_and_the_remedy(text: str, said: str) -> None:
    assert refusals(text) == [said]
