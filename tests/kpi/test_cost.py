"""Costs: components, what they are divided by, who bears them, entries beside the policy, currencies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from installed import asked, imported, installed
from sqlalchemy import Engine

from plugin.contract.event import Channel, Event, Kind
from plugin.database import writing
from plugin.events.store import subject_key
from plugin.facts.dirty import Dirty
from plugin.facts.store import refold
from plugin.installation import Installation
from plugin.kpi.allocation import Cost, Sharing, spread
from plugin.kpi.metric import Report
from plugin.kpi.question import NOT_ALLOCATED

NOVEMBER = ("2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00")
TEAMS = """
[teams.Support]
agents = ["Ann"]
[teams.Sales]
agents = ["Bob"]
[teams.Night]
agents = ["Cy"]
"""
POLICY = f"""
currency = "EUR"
[[costs]]
category = "wages"
amount = 3000
month = "2026-11"
[[costs]]
category = "channel_tools"
amount = 90
month = "2026-11"
channel = "chat"
[[costs]]
category = "training"
amount = 60
month = "2026-11"
team = "Night"
{TEAMS}
"""
TICKETS = """
[defaults]
at = "{at}"
subject = "{id}"
channel = "email"
[[events]]
kind = { from = "{what}", values = { solved = "ticket.solved", reopened = "ticket.reopened" } }
"""
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def called(opened: Installation, folder: Path) -> None:
    """300 s of Ann in the queue support, 100 s of Bob in the queue sales."""
    lines = []
    for number, (queue, agent, talk) in enumerate(
        [("support", "Ann", 200), ("support", "Ann", 100), ("sales", "Bob", 100)]
    ):
        second = AT.timestamp() + 900 * number
        for after, who, what in (
            (0, "NONE", "ENTERQUEUE||+4930555|1"),
            (5, agent, "CONNECT|5|x|1"),
            (5 + talk, agent, f"COMPLETECALLER|5|{talk}|1"),
        ):
            lines.append(f"{second + after:.0f}|{second:.0f}.1|{queue}|{who}|{what}")
    (folder / "log").write_text("\n".join(lines) + "\n")
    imported(opened, "asterisk", [folder / "log"])


def values(report: Report, kpi: str) -> dict[tuple[str, ...], float | None]:
    return {tuple(row.group.values()): row.values[kpi].value for row in report.rows}


def entered(engine: Engine, subject: str, channel: str | None = None, **data: object) -> None:
    event = Event(
        kind=Kind.COST_ENTERED,
        at=AT,
        subject=subject,
        dedupe_key=subject,
        channel=channel,
        data=data,  # type: ignore[arg-type]
    )
    key = subject_key("inputs", "cost", subject)
    with writing(engine) as connection:
        refold(connection, "cost", {key: [event]}, {key: ("inputs", subject)}, {}, {}, Dirty())


def test_the_components_make_up_the_total(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    called(opened, tmp_path)
    kpis = ("total_cost", "total_cost.wages", "total_cost.channel_tools", "total_cost.training", "total_cost.rent")
    (row,) = asked(opened, kpis, *NOVEMBER, "month").rows
    assert [row.values[kpi].value for kpi in kpis] == [3150, 3000, 90, 60, 0]


@pytest.mark.parametrize(
    "by", [("queue",), ("team",), ("channel",), ("agent",), ("queue", "team"), ("channel", "queue")]
)
@pytest.mark.parametrize("allocation", ["", 'allocation = "contacts"\n', "allocation = {voice = 50, email = 50}\n"])
def test_every_partition_adds_up_to_the_total(
    engine: Engine, tmp_path: Path, by: tuple[str, ...], allocation: str
) -> None:
    opened = installed(engine, tmp_path, allocation + POLICY)
    called(opened, tmp_path)
    for kpi, whole in (("total_cost", 3150), ("total_cost.wages", 3000)):
        found = values(asked(opened, (kpi,), *NOVEMBER, "month", by), kpi)
        assert sum(value or 0 for value in found.values()) == pytest.approx(whole)


def test_what_nothing_can_bear_stands_by_itself(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, "allocation = {voice = 60, email = 40}\n" + POLICY)
    called(opened, tmp_path)
    # wages: 1 800 voice, of which support 3/4; 1 200 e-mail; 90 chat; 60 of the team Night, which did nothing
    by_queue = values(asked(opened, ("total_cost",), *NOVEMBER, "month", ("queue",)), "total_cost")
    assert by_queue == pytest.approx({("sales",): 450, ("support",): 1350, (NOT_ALLOCATED,): 1200 + 90 + 60})
    by_channel = values(asked(opened, ("total_cost",), *NOVEMBER, "month", ("channel",)), "total_cost")
    assert by_channel == pytest.approx({("voice",): 1800 + 36, ("email",): 1200 + 24, ("chat",): 90})
    by_team = values(asked(opened, ("total_cost",), *NOVEMBER, "month", ("team",)), "total_cost")
    assert by_team == pytest.approx({("Night",): 60, ("Sales",): 450, ("Support",): 1350, (NOT_ALLOCATED,): 1290})


def test_a_group_that_bears_costs_without_contacts_has_no_cost_per_contact(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    called(opened, tmp_path)
    found = values(
        asked(opened, ("cost_per_contact", "total_cost"), *NOVEMBER, "month", ("channel",)), "cost_per_contact"
    )
    assert found[("chat",)] is None
    assert found[("voice",)] == pytest.approx(1000)


def test_a_period_without_contacts_still_costs(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    found = asked(opened, ("total_cost", "total_cost.wages"), *NOVEMBER, "month", ("queue",))
    assert values(found, "total_cost") == pytest.approx({(NOT_ALLOCATED,): 3150})
    assert values(found, "total_cost.wages") == pytest.approx({(NOT_ALLOCATED,): 3000})


def test_minutes_are_those_of_talk_hold_and_wrap_up(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    called(opened, tmp_path)
    (row,) = asked(opened, ("cost_per_minute", "cost_per_contact.received"), *NOVEMBER, "month").rows
    assert row.values["cost_per_minute"].value == pytest.approx(3150 / (400 / 60))
    assert row.values["cost_per_contact.received"].value == pytest.approx(3150 / 3)


def test_entries_count_beside_those_of_the_policy(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    entered(engine, "rent-11", category="rent", amount=600, month="2026-11")
    entered(engine, "licences", category="licences", amount=20.5, **{"from": "2026-11-05", "to": "2026-11-06"})
    entered(engine, "october", category="rent", amount=999, month="2026-10")
    kpis = ("total_cost", "total_cost.rent", "total_cost.other")
    report = asked(opened, kpis, *NOVEMBER, "month")
    assert [report.rows[0].values[kpi].value for kpi in kpis] == pytest.approx([3770.5, 600, 20.5])
    assert report.notes == ()
    day = asked(opened, kpis, "2026-11-06T00:00:00+00:00", "2026-11-07T00:00:00+00:00")
    assert [day.rows[0].values[kpi].value for kpi in kpis] == pytest.approx([135.25, 20, 10.25])
    assert day.notes == ("Costs are pro-rated by calendar days.",)


def test_an_entry_alone_makes_costs_available(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path)
    assert asked(opened, ("total_cost",), *NOVEMBER).unavailable == {"total_cost": "missing fact: cost"}
    entered(engine, "rent-11", category="rent", amount=600, month="2026-11")
    assert asked(opened, ("total_cost",), *NOVEMBER, "month").rows[0].values["total_cost"].value == 600
    assert asked(opened, ("total_cost",), "2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00").unavailable


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (POLICY, "costs are in CHF and EUR; enter them in one currency, or add [[rates]] to the policy"),
        ("", "costs are in CHF, but the policy says EUR; write `currency` there, enter EUR, or add [[rates]]"),
    ],
)
def test_other_currencies_are_said_and_never_added(engine: Engine, tmp_path: Path, policy: str, reason: str) -> None:
    opened = installed(engine, tmp_path, policy)
    entered(engine, "rent-11", category="rent", amount=600, month="2026-11", currency="CHF")
    assert asked(opened, ("total_cost",), *NOVEMBER).unavailable == {"total_cost": reason}


def test_other_currencies_are_taken_at_the_rates_of_their_days(engine: Engine, tmp_path: Path) -> None:
    rates = (
        '[[rates]]\ncurrency = "CHF"\nrate = 1.5\nvalid_from = 2026-11-01\n'
        '[[rates]]\ncurrency = "CHF"\nrate = "1.1"\nvalid_from = 2026-11-21\n'
    )
    opened = installed(engine, tmp_path, POLICY + rates)
    entered(engine, "rent-11", category="rent", amount=600, month="2026-11", currency="CHF")
    report = asked(opened, ("total_cost", "total_cost.rent"), *NOVEMBER, "month")
    # 20 a day: 20 days at 1.5, 10 days at 1.1
    assert report.rows[0].values["total_cost.rent"].value == pytest.approx(600 + 220)
    assert report.rows[0].values["total_cost"].value == pytest.approx(3150 + 820)
    assert report.notes == ("Costs in CHF are taken at the rates of the policy.",)
    entered(engine, "rent-10", category="rent", amount=31, month="2026-10", currency="CHF")
    before = asked(opened, ("total_cost",), "2026-10-31T00:00:00+00:00", NOVEMBER[1])
    assert before.unavailable["total_cost"].startswith("costs are in CHF, but the policy says EUR;")


def test_calls_that_reached_nobody_make_a_call_cheaper(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    called(opened, tmp_path)
    (tmp_path / "more").write_text(
        "1793606400|9.1|support|NONE|ENTERQUEUE||+4930555|1\n1793606409|9.1|support|NONE|ABANDON|1|1|9\n"
    )
    imported(opened, "asterisk", [tmp_path / "more"])
    (row,) = asked(opened, ("cost_per_call", "cost_per_call.all"), *NOVEMBER, "month").rows
    assert (row.values["cost_per_call"].denominator, row.values["cost_per_call.all"].denominator) == (3, 4)
    assert row.values["cost_per_call"].numerator == row.values["cost_per_call.all"].numerator


def test_tickets_bear_costs_by_what_was_solved(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, POLICY)
    rows = [f"{number},solved,2026-11-02T10:00:00Z" for number in range(4)]
    rows += ["2,reopened,2026-11-02T11:00:00Z", "2,solved,2026-11-02T12:00:00Z"]
    (tmp_path / "tickets.csv").write_text("\n".join(["id,what,at", *rows]) + "\n")
    imported(opened, "csv", [tmp_path / "tickets.csv"], {"mapping": TICKETS})
    report = asked(opened, ("cost_per_ticket", "cost_per_resolution"), *NOVEMBER, "month")
    assert report.rows[0].values["cost_per_ticket"].value == 3150 / 4
    assert report.rows[0].values["cost_per_resolution"].value == 3150 / 3


# -- the allocation by itself

CHANNELS = ("voice", "chat", "email")
teams = st.sampled_from(["A", "B", ""])
parts = st.dictionaries(
    st.tuples(st.sampled_from(CHANNELS), st.sampled_from(["q", "r", ""]), teams),
    st.fixed_dictionaries(
        {
            "worked_ms": st.integers(0, 10**9),
            "contacts_connected": st.integers(0, 999),
            "tickets_answered": st.integers(0, 99),
        }
    ),
    max_size=8,
)
costs = st.lists(
    st.builds(
        Cost,
        category=st.sampled_from(["wages", "rent"]),
        channel=st.sampled_from([None, *CHANNELS]),
        team=st.sampled_from([None, "A", "C"]),
        amount=st.floats(0, 1e6),
    ),
    max_size=6,
)
rules = st.one_of(
    st.sampled_from(["handle_time", "contacts"]),
    st.integers(0, 100).map(lambda voice: {Channel.VOICE: voice, Channel.SOCIAL: 100 - voice}),
)


@given(parts=parts, costs=costs, rule=rules)
def test_nothing_is_lost_and_nothing_is_added(parts: dict, costs: list[Cost], rule: object) -> None:  # type: ignore[type-arg]
    sharing = Sharing(names=("channel", "queue", "team"), rule=rule, parts=parts)  # type: ignore[arg-type]
    borne = spread(costs, sharing)
    for key, wanted in (("cost", costs), ("cost_rent", [cost for cost in costs if cost.category == "rent"])):
        total = sum(cost.amount for cost in wanted)
        assert sum(sums.get(key, 0) for sums in borne.values()) == pytest.approx(total)
    for channel in CHANNELS:
        own = sum(cost.amount for cost in costs if cost.channel == channel)
        assert sum(sums["cost"] for group, sums in borne.items() if group[0] == channel) >= own * (1 - 1e-9)
    own = sum(cost.amount for cost in costs if cost.team == "C")
    assert sum(sums["cost"] for group, sums in borne.items() if group[2] == "C") == pytest.approx(own)


#: open from 8:00 to 9:15: of the three calls the first, of 200 s, comes while it is open
OFFICE = 'business_calendar = "office"\n' + POLICY + '[calendars.office]\ntimezone = "UTC"\nmonday = ["08:00-09:15"]\n'


@pytest.mark.parametrize("by", [("hours",), ("hours", "queue"), ("team", "hours")])
def test_open_and_closed_hours_bear_the_whole_cost(engine: Engine, tmp_path: Path, by: tuple[str, ...]) -> None:
    opened = installed(engine, tmp_path, OFFICE)
    called(opened, tmp_path)
    for kpi, whole in (("total_cost", 3150), ("total_cost.wages", 3000)):
        found = values(asked(opened, (kpi,), *NOVEMBER, "month", by), kpi)
        assert sum(value or 0 for value in found.values()) == pytest.approx(whole)


def test_hours_bear_what_was_worked_on_their_contacts(engine: Engine, tmp_path: Path) -> None:
    opened = installed(engine, tmp_path, OFFICE)
    called(opened, tmp_path)
    by_hours = values(asked(opened, ("total_cost.wages",), *NOVEMBER, "month", ("hours",)), "total_cost.wages")
    assert by_hours == pytest.approx({("open",): 1500, ("closed",): 1500})
