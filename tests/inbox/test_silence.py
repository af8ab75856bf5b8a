"""A source is called silent against its own rhythm, in opening hours, and never for what was always so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from plugin.database import reading, writing
from plugin.inbox.heard import Slot, last_heard, note, note_receiving, outages, prune_heard, slot_of, slots_of
from plugin.inbox.silence import Silence, silence_of, silences
from plugin.inbox.tally import Tally
from plugin.policy.calendar import Calendar
from plugin.policy.document import Document
from plugin.policy.text import parse

RIGA = ZoneInfo("Europe/Riga")
MONDAY = datetime(2026, 3, 2, tzinfo=RIGA)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WEEK = "".join(f'{day} = ["09:00-17:00"]\n' for day in DAYS)
POLICY = f'timezone = "Europe/Riga"\nbusiness_calendar = "office"\n[calendars.office]\n{WEEK}'
OFFICE = parse(POLICY).calendar()


def slots(moments: list[datetime]) -> list[Slot]:
    found: dict[datetime, Slot] = {}
    for moment in sorted(each.astimezone(UTC) for each in moments):
        one = Slot(first_at=moment, last_at=moment)
        found[slot_of(moment)] = found[slot_of(moment)] + one if slot_of(moment) in found else one
    return list(found.values())


def at(day: int, clock: str, start: datetime = MONDAY) -> datetime:
    """The local clock of a day, whatever the season."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return start + timedelta(days=day, hours=hours, minutes=minutes)


def steadily(days: int, minutes: int = 10, *, start: datetime = MONDAY, weekends: bool = False) -> Iterator[datetime]:
    """Every so many minutes from 9 to 17 o'clock."""
    for day in range(days):
        if weekends or day % 7 < 5:
            yield from (at(day, "9:00", start) + timedelta(minutes=past) for past in range(0, 480, minutes))


def judged(moments: list[datetime], now: datetime, calendar: Calendar | None = OFFICE) -> Silence | None:
    return silence_of(slots(moments), calendar, RIGA, now.astimezone(UTC))


def is_silent(moments: list[datetime], now: datetime, calendar: Calendar | None = OFFICE) -> bool:
    found = judged(moments, now, calendar)
    return found is not None and found.is_unusual


@pytest.mark.parametrize("calendar", [OFFICE, None])
def test_a_busy_source_is_silent_after_half_an_hour_of_the_hours_in_which_it_usually_sends(
    calendar: Calendar | None,
) -> None:
    until_ten = [*steadily(28), *(moment for moment in steadily(29) if at(28, "0:00") < moment <= at(28, "10:00"))]
    assert not is_silent(until_ten, at(28, "10:30"), calendar)
    assert is_silent(until_ten, at(28, "10:31"), calendar)
    found = judged(until_ten, at(28, "10:31"), calendar)
    assert found is not None
    assert (found.last_at, found.lasts_ms, found.limit_ms) == (at(28, "10:00"), 31 * 60_000, 30 * 60_000)


@pytest.mark.parametrize("calendar", [OFFICE, None])
@pytest.mark.parametrize("now", [at(25, "23:00"), at(26, "12:00"), at(28, "3:00"), at(28, "9:05")])
def test_nights_and_weekends_are_no_silence_with_a_calendar_or_without(
    calendar: Calendar | None, now: datetime
) -> None:
    assert not is_silent(list(steadily(28)), now, calendar)


def test_a_public_holiday_is_no_silence_and_its_week_does_not_count() -> None:
    closed = parse(POLICY + f'[calendars.office.exceptions]\n{at(28, "0:00"):%Y-%m-%d} = "closed"\n').calendar()
    assert not is_silent(list(steadily(28)), at(28, "16:00"), closed)
    assert is_silent(list(steadily(28)), at(29, "9:40"), closed)
    # After two weeks, of which one had a holiday, nothing is known of Mondays.
    one_monday = [moment for moment in steadily(14) if moment.date() != MONDAY.date()]
    first = parse(POLICY + f'[calendars.office.exceptions]\n{MONDAY:%Y-%m-%d} = "closed"\n').calendar()
    found = judged(one_monday, at(14, "16:00"), first)
    assert found is not None
    assert found.lasts_ms == 10 * 60_000  # those of Friday


@pytest.mark.parametrize("start", [datetime(2026, 3, 2, tzinfo=RIGA), datetime(2026, 9, 28, tzinfo=RIGA)])
def test_a_change_of_the_clocks_is_no_silence(start: datetime) -> None:
    # Both switches lie on the Sunday night before the fifth Monday.
    assert start.utcoffset() != at(28, "0:00", start).utcoffset()
    for calendar in (OFFICE, None):
        assert not is_silent(list(steadily(28, start=start)), at(28, "9:00", start), calendar)
        assert is_silent(list(steadily(28, start=start)), at(28, "9:40", start), calendar)
    around_the_clock = [start.astimezone(UTC) + timedelta(minutes=10 * n) for n in range(27 * 144)]
    assert not is_silent(around_the_clock, around_the_clock[-1] + timedelta(minutes=29), None)


@pytest.mark.parametrize("days", [1, 3, 6])
def test_of_a_source_that_was_added_lately_nothing_is_said(days: int) -> None:
    assert judged(list(steadily(days)), at(days + 10, "12:00")) is None


def test_a_quiet_source_is_never_called_silent() -> None:
    rare = [at(day, "11:00") for day in (0, 2, 7, 15, 16, 24)]
    assert judged(rare, at(60, "12:00")) is None


def test_a_vendor_that_delivers_in_bursts_may_keep_its_pause() -> None:
    nightly = [at(day, "3:00") + timedelta(seconds=second) for day in range(28) for second in range(0, 300, 10)]
    for hour in range(24):
        assert not is_silent(nightly, at(27, "3:05") + timedelta(hours=hour), None)
    assert is_silent(nightly, at(30, "4:00"), None)
    hourly = [at(day, f"{hour}:05") for day in range(28) if day % 7 < 5 for hour in range(9, 17)]
    assert not is_silent(hourly, at(28, "10:05"))
    assert is_silent(hourly, at(28, "10:06"))  # two hours of those that are usual


def test_one_outage_does_not_make_the_next_one_usual() -> None:
    lost = (at(9, "10:00"), at(9, "15:00"))
    moments = [moment for moment in steadily(28) if not lost[0] < moment < lost[1]]
    assert is_silent(moments, at(28, "9:40"))


def test_the_time_in_which_we_could_not_receive_is_no_silence() -> None:
    down = [(at(28, "9:10").astimezone(UTC), at(28, "12:00").astimezone(UTC))]
    moments = [*steadily(28), at(28, "9:10")]

    def silent(clock: str) -> bool:
        found = silence_of(slots(moments), OFFICE, RIGA, at(28, clock).astimezone(UTC), down)
        return found is not None and found.is_unusual

    assert is_silent(moments, at(28, "9:41"))
    assert [silent(clock) for clock in ("9:41", "11:59", "12:30", "12:31")] == [False, False, False, True]


def test_an_outage_of_our_own_makes_no_silence_usual() -> None:
    spans = [(at(day, "10:00"), at(day, "15:00")) for day in (9, 16, 23)]
    moments = [moment for moment in steadily(28) if not any(start < moment < end for start, end in spans)]
    down = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in spans]
    found = silence_of(slots(moments), OFFICE, RIGA, at(28, "9:40").astimezone(UTC), down)
    assert found is not None
    assert found.is_unusual
    assert not is_silent(moments, at(28, "9:40"))


def test_a_limit_of_its_own_counts_no_time_in_which_we_could_not_receive(engine: Engine) -> None:
    told = parse(POLICY + '[sources.desk]\nadapter = "zendesk"\nsilent_after = "2h"\n')
    with writing(engine) as connection:
        note(connection, "desk", slots([at(0, "10:00")]))
        for clock in ("9:59", "10:01", "13:01"):
            note_receiving(connection, at(0, clock).astimezone(UTC))
    with reading(engine) as connection:
        spans = outages(connection, at(0, "9:00").astimezone(UTC), at(0, "13:02").astimezone(UTC))
        found = silences(connection, told, ["desk"], at(0, "13:02").astimezone(UTC))
    assert spans == [(at(0, "10:01"), at(0, "13:01"))]
    assert found["desk"] is not None
    assert found["desk"].lasts_ms == 2 * 60_000


def test_a_long_silence_does_not_become_usual() -> None:
    assert is_silent(list(steadily(28)), at(90, "12:00"))


def test_a_source_with_a_limit_of_its_own_needs_no_rhythm(engine: Engine) -> None:
    told = POLICY + '[sources.desk]\nadapter = "zendesk"\nsilent_after = "2h"\n[sources.idle]\nadapter = "zendesk"\n'
    with writing(engine) as connection:
        for source in ("desk", "idle"):
            note(connection, source, slots([at(0, "16:00")]))
    with reading(engine) as connection:
        # an hour on Monday, an hour and a minute on Tuesday
        found = silences(connection, parse(told), ["desk", "idle"], at(1, "10:01").astimezone(UTC))
        off = silences(connection, parse(told.replace("2h", "0s")), ["desk"], at(1, "10:01").astimezone(UTC))
    assert found["idle"] is None
    assert found["desk"] is not None
    assert found["desk"].is_unusual
    assert found["desk"].lasts_ms == 121 * 60_000
    assert off == {"desk": None}


@pytest.mark.parametrize("seed", range(4))
def test_chance_alone_calls_no_source_silent_and_an_outage_is_found(seed: int) -> None:
    chance = random.Random(seed)
    per_hour = {9: 6, 10: 14, 11: 14, 12: 7, 13: 9, 14: 12, 15: 10, 16: 5}
    moments = [
        at(day, f"{hour}:00") + timedelta(minutes=60 * chance.random())
        for day in range(56)
        if day % 7 < 5
        for hour, mean in per_hour.items()
        for _ in range(round(chance.gauss(mean, mean**0.5)))
    ]
    history = slots(moments)
    for number in range(len(history)):
        before, after = history[number], history[number + 1] if number + 1 < len(history) else None
        if after is None or before.last_at < at(28, "0:00") or after.first_at - before.last_at < timedelta(minutes=20):
            continue
        recent = [slot for slot in history[: number + 1] if slot.last_at > before.last_at - timedelta(days=28)]
        found = silence_of(recent, OFFICE, RIGA, after.first_at)
        assert found is None or not found.is_unusual
    assert is_silent([each for each in moments if each < at(51, "11:00")], at(51, "14:00"))


def test_what_arrives_is_noted_by_the_quarter_of_an_hour_and_kept_for_eight_weeks(engine: Engine) -> None:
    first, second = Tally(), Tally()
    for tally, minute in ((first, 3), (first, 1), (second, 14), (second, 16)):
        tally.received("phone", "generic", at(0, f"9:{minute:02}").astimezone(UTC))
    for tally in (first, second):
        tally.write(engine)
    with writing(engine) as connection:
        assert slots_of(connection, "phone", MONDAY.astimezone(UTC)) == [
            Slot(first_at=at(0, "9:01"), last_at=at(0, "9:14"), deliveries=3),
            Slot(first_at=at(0, "9:16"), last_at=at(0, "9:16"), deliveries=1),
        ]
        # A source that is silent keeps its weeks, however long it is.
        prune_heard(connection, at(300, "9:00").astimezone(UTC))
        assert last_heard(connection) == {"phone": at(0, "9:16")}
        note(connection, "phone", slots([at(60, "9:00")]))
        prune_heard(connection, at(60, "9:00").astimezone(UTC))
        assert [slot.last_at for slot in slots_of(connection, "phone", MONDAY)] == [at(60, "9:00")]


def test_the_limit_of_a_source_is_written_as_a_duration() -> None:
    document = parse('[sources.desk]\nadapter = "zendesk"\nsilent_after = "45m"\n')
    assert document.sources["desk"].silent_after_s == 2700
    assert document == Document.model_validate(document.model_dump(by_alias=True, mode="json"))
