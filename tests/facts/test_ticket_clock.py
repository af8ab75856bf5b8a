"""Tickets over two clock changes, a holiday and two calendars, against a count of every minute that shares no code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from plugin.contract.event import Event, Kind
from plugin.facts.fold import fold_ticket, in_order
from plugin.facts.reckoning import reckoning_of
from plugin.policy.text import parse

RIGA, NEW_YORK = ZoneInfo("Europe/Riga"), ZoneInfo("America/New_York")
POLICY = """
timezone = "Europe/Riga"
business_calendar = "riga"
[queues.overseas]
calendar = "overseas"
[calendars.riga]
monday = ["09:00-12:30", "13:00-18:00"]
tuesday = ["09:00-18:00"]
wednesday = ["09:00-18:00"]
thursday = ["09:00-18:00"]
friday = ["22:00-06:00"]
sunday = ["02:00-05:00"]
[calendars.riga.exceptions]
2026-04-03 = "closed"
[[calendars.riga.later]]
valid_from = 2026-04-01
monday = ["10:00-16:00"]
tuesday = ["10:00-16:00"]
wednesday = ["10:00-16:00"]
thursday = ["10:00-16:00"]
friday = ["10:00-16:00"]
sunday = ["02:00-05:00"]
[calendars.overseas]
timezone = "America/New_York"
monday = ["08:00-20:00"]
wednesday = ["08:00-20:00"]
saturday = ["00:00-24:00"]
"""
RECKONING = reckoning_of(parse(POLICY))


def open_in_riga(moment: datetime) -> bool:
    local = moment.astimezone(RIGA)
    clock, weekday, day = local.hour + local.minute / 60, local.weekday(), local.date()
    old = day < date(2026, 4, 1)
    if weekday == 5 and clock < 6 and date(2026, 4, 1) > day - timedelta(days=1):
        return True  # Friday's shift, which lasts until Saturday at six
    if day == date(2026, 4, 3):
        return False
    if weekday == 6:
        return 2 <= clock < 5
    if not old:
        return weekday < 5 and 10 <= clock < 16
    if weekday == 0:
        return 9 <= clock < 12.5 or 13 <= clock < 18
    return clock >= 22 if weekday == 4 else weekday < 4 and 9 <= clock < 18


def open_overseas(moment: datetime) -> bool:
    local = moment.astimezone(NEW_YORK)
    return local.weekday() == 5 or (local.weekday() in (0, 2) and 8 <= local.hour < 20)


def minutes(start: datetime, end: datetime, moved_at: datetime) -> int:
    counted, moment = 0, start
    while moment < end:
        counted += open_in_riga(moment) if moment < moved_at else open_overseas(moment)
        moment += timedelta(minutes=1)
    return counted


@pytest.mark.parametrize("first", [datetime(2026, 3, 24, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)])
def test_first_reply_and_solution_agree_with_a_count_of_every_minute(first: datetime) -> None:
    random = Random(5)
    for _ in range(12):
        opened_at = first + timedelta(minutes=random.randrange(6 * 1440))
        moments = [opened_at + timedelta(minutes=random.randrange(1, 9 * 1440)) for _ in range(3)]
        replied_at, moved_at, solved_at = moments[0], moments[1], max(moments)
        told = [
            (Kind.TICKET_OPENED, opened_at, "support", {}),
            (Kind.TICKET_AGENT_REPLIED, replied_at, None, {"actor": "human"}),
            (Kind.TICKET_ASSIGNED, moved_at, "overseas", {}),
            (Kind.TICKET_SOLVED, solved_at, None, {}),
        ]
        events = [Event(kind=k, at=at, subject="1", dedupe_key=str(k), queue=q, data=data) for k, at, q, data in told]
        facts = fold_ticket(in_order(events), RECKONING)
        assert facts.first_response_ms == (replied_at - opened_at) // timedelta(milliseconds=1)
        assert facts.resolution_ms == (solved_at - opened_at) // timedelta(milliseconds=1)
        assert facts.first_response_business_ms == minutes(opened_at, replied_at, moved_at) * 60_000
        assert facts.resolution_business_ms == minutes(opened_at, solved_at, moved_at) * 60_000
        assert facts.first_resolution_business_ms == facts.requester_wait_business_ms == facts.resolution_business_ms
