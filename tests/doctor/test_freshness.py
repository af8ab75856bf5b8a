"""Silence is judged in opening time, by what the source itself did in the two weeks before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from adapters.aircall import ADAPTER
from adapters.generic import ADAPTER as GENERIC
from plugin.contract.event import Event, Kind
from plugin.database import reading, writing
from plugin.doctor.freshness import fallen_silent, never_told, silences
from plugin.drain import Parsed, _prepared, _store
from plugin.events.arrivals import busy_hours
from plugin.inbox.silence import Silence as SourceSilence
from plugin.inbox.sources import add_source
from plugin.normalise.sources import SourceConfig
from plugin.policy.text import parse

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = "".join(f'{day} = ["09:00-17:00"]\n' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
OFFICE = parse(f'business_calendar = "office"\n[calendars.office]\n{WEEK}').calendar()


def hours(days: int, first: int = 9, last: int = 17, step: int = 1) -> list[datetime]:
    """Busy hours of the first so many working days from Monday on."""
    dates = [MONDAY + timedelta(days=day + 2 * (day // 5)) for day in range(days)]
    return [date + timedelta(hours=hour) for date in dates for hour in range(first, last, step)]


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def told(busy: Mapping[tuple[str, Kind], list[datetime]], now: datetime) -> list[str]:
    return [finding.text for finding in silences(busy, OFFICE, now)]


ENDED, WRAPPED = ("phone", Kind.CONTACT_ENDED), ("phone", Kind.CONTACT_WRAPPED_UP)


@pytest.mark.parametrize("now", [at(4, 17), at(6, 12), at(7, 8.9), at(7, 10.9)])
def test_a_night_and_a_weekend_are_no_silence(now: datetime) -> None:
    assert told({ENDED: hours(5)}, now) == []


def test_a_source_that_tells_nothing_in_opening_hours_is_named_once() -> None:
    found = told({ENDED: hours(5), WRAPPED: hours(5)}, at(7, 11.5))
    assert found == [
        "nothing has happened there since 2026-03-06 17:00 UTC, 2 h of opening time (at most 0 h in the two weeks before)"
    ]


def test_a_source_that_is_told_as_silent_is_not_told_twice() -> None:
    silence = SourceSilence(last_at=at(4, 17), lasts_ms=2 * 3_600_000, limit_ms=1_800_000)
    (found,) = fallen_silent({"phone": silence, "mail": None, "chat": replace(silence, lasts_ms=0)})
    assert (found.check, found.level) == ("source phone", "error")
    assert found.text == ("is silent since 2026-03-06 17:00 UTC: 2 hours in which it usually sends (30 minutes may be)")
    assert list(silences({ENDED: hours(5)}, OFFICE, at(7, 11.5), silent=["phone"])) == []


def test_a_kind_of_events_that_stays_away_is_named_with_what_it_costs() -> None:
    (found,) = told({ENDED: hours(5), WRAPPED: hours(4)}, at(4, 17))
    assert found.startswith("no contact.wrapped_up since 2026-03-05 17:00 UTC, 8 h of opening time (at most 0 h")
    assert found.endswith("while other events come; rests on it: Average wrap-up time")


def test_a_source_that_is_often_silent_may_be_silent_half_as_long_again() -> None:
    rare = hours(12, step=7)  # from 9 and from 16: six hours without anything in between, and so 11 may be
    assert told({ENDED: rare}, at(16, 11)) == []  # 16 to 17 of Tuesday was busy
    assert told({ENDED: rare[:-1]}, at(16, 11.9)) == []  # 7 h of Tuesday, 2.9 h of Wednesday
    assert told({ENDED: rare[:-1]}, at(16, 12.9)) == []
    assert len(told({ENDED: rare[:-1]}, at(16, 13.1))) == 1


def test_of_a_source_that_has_just_begun_nothing_is_said() -> None:
    assert told({ENDED: hours(2)}, at(20, 12)) == []


def source(adapter: str = "aircall") -> dict[str, SourceConfig]:
    chosen = {"aircall": ADAPTER, "generic": replace(GENERIC, facts=("hold",))}[adapter]
    return {"phone": SourceConfig(name="phone", adapter=chosen)}


def facts(found: Iterator[object]) -> list[str]:
    return [str(finding.text).partition(": never")[0] for finding in found]  # type: ignore[attr-defined]


def test_what_a_vendor_could_tell_and_never_did_is_named() -> None:
    shown = {"phone": ["talk", "ring", "transfer", "agent", "queue", "login"]}
    assert facts(never_told(source(), shown, {"phone": 200})) == ["hold times", "wrap-up times", "agent states"]


def test_nothing_is_missing_before_enough_has_come_or_where_nothing_was_promised() -> None:
    assert facts(never_told(source(), {}, {"phone": 199})) == []
    assert facts(never_told(source("generic"), {}, {"phone": 200})) == []


def test_busy_hours_are_counted_by_source_and_kind(engine: Engine) -> None:
    moments = [at(0, 9), at(0, 9.5), at(0, 11), at(0, 12)]
    events = [
        Event(kind=Kind.CONTACT_QUEUED, at=moment, subject=str(moment), dedupe_key=str(moment), queue="Help")
        for moment in moments
    ]
    with writing(engine) as connection:
        add_source(connection, "phone", "generic", MONDAY)
        _store(connection, _prepared(Parsed(events=[("phone", 1, event) for event in events]), b"secret"))
    with reading(engine) as connection:
        found = busy_hours(connection, list(Kind), MONDAY, at(0, 12))
    assert found == {("phone", Kind.CONTACT_QUEUED): [at(0, 9), at(0, 11)]}
