"""Files of iCalendar with the exceptions that follow, and what is refused and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from installed import installed
from sqlalchemy import Engine

from plugin.cli import main
from plugin.policy.calendar import Interval
from plugin.policy.ical import IcalError, exceptions_of

UNTIL = date(2028, 1, 1)


def ics(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


def read(*events: str) -> dict[date, tuple[Interval, ...]]:
    return exceptions_of(ics(*events), "Europe/Riga", UNTIL)


def test_whole_days_are_closed_and_the_end_is_the_day_after_the_last() -> None:
    assert read("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227", "DTSTART;VALUE=DATE:20260101") == {
        date(2026, 1, 1): (),
        date(2026, 12, 24): (),
        date(2026, 12, 25): (),
        date(2026, 12, 26): (),
    }


def test_an_event_with_times_is_what_its_day_is_open_in_the_zone_of_the_calendar() -> None:
    found = read(
        "DTSTART;TZID=Europe/Riga:20261223T090000\r\nDTEND;TZID=Europe/Riga:20261223T130000",
        "DTSTART:20261223T120000Z\r\nDTEND:20261223T140000Z",
        "DTSTART:20261231T220000\r\nDTEND:20270101T000000",
    )
    assert found == {
        date(2026, 12, 23): (Interval(9 * 60, 13 * 60), Interval(14 * 60, 16 * 60)),
        date(2026, 12, 31): (Interval(22 * 60, 24 * 60),),
    }


def test_long_lines_are_joined_cancelled_events_and_alarms_are_left_out() -> None:
    found = read(
        "SUMMARY;LANGUAGE=en:A very lo\r\n ng name: of a day\r\nDTSTART;VALUE=DATE:202605\r\n 01"
        "\r\nBEGIN:VALARM\r\nDTSTART;VALUE=DATE:20260601\r\nEND:VALARM",
        "STATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20260701",
    )
    assert found == {date(2026, 5, 1): ()}


def test_what_repeats_is_written_out_up_to_a_date_without_its_own_exceptions() -> None:
    found = read("DTSTART;VALUE=DATE:20241225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20251225")
    assert found == {date(2024, 12, 25): (), date(2026, 12, 25): (), date(2027, 12, 25): ()}


def test_a_duration_stands_for_an_end() -> None:
    assert read("DTSTART:20261224T070000Z\r\nDURATION:PT4H30M") == {
        date(2026, 12, 24): (Interval(9 * 60, 13 * 60 + 30),)
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html>", "is not a readable iCalendar file"),
        ("VERSION:2.0", "is not a readable iCalendar file"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT", "is not a readable iCalendar file"),
        (ics("SUMMARY:Party"), 'the event "Party" has no DTSTART'),
        (ics("DTSTART:20261224T090000\nDTEND:20261224T090000"), 'the event "" of 2026-12-24 must end after its start'),
        (ics("DTSTART:20261224T090000\nDTEND:20261226T090000"), 'the event "" of 2026-12-24 must end after its start'),
        (ics("DTSTART:20261224T090030\nDTEND:20261224T100000"), 'the event "" of 2026-12-24 must begin and end at a'),
        (
            ics("SUMMARY:Sale\nDTSTART;TZID=Mars:20261224T090000\nDTEND:20261224T100000"),
            'the event "Sale" of 2026-12-24 is in the zone Mars',
        ),
        (ics("DTSTART;VALUE=DATE:20261324"), "is not a readable iCalendar file"),
        (ics("DTSTART:20261324T090000\nDTEND:20261224T100000"), "is not a readable iCalendar file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(IcalError) as caught:
        exceptions_of(text, "UTC", UNTIL)
    assert str(caught.value).startswith(said)


def test_the_command_adds_exceptions_to_a_calendar_and_keeps_the_others(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = installed(engine, tmp_path, '[calendars.office]\n[calendars.office.exceptions]\n2026-01-02 = "closed"')
    monkeypatch.setenv("DESKGAUGE_DATABASE_URL", opened.config.database_url)
    monkeypatch.setenv("DESKGAUGE_DATA_DIR", str(tmp_path))
    file = tmp_path / "holidays.ics"
    file.write_text(ics("DTSTART;VALUE=DATE:20261224"))
    result = CliRunner().invoke(main, ["policy", "calendar-import", "office", str(file)])
    assert result.exit_code == 0, result.output
    assert '+ calendars.office.exceptions.2026-12-24 = "closed"' in result.output
    opened.reload()
    assert opened.document.calendars["office"].exceptions == {date(2026, 1, 2): (), date(2026, 12, 24): ()}
    file.write_text("nothing")
    assert (
        "is not a readable iCalendar file"
        in CliRunner().invoke(main, ["policy", "calendar-import", "office", str(file)]).output
    )
    assert "does not exist" in CliRunner().invoke(main, ["policy", "calendar-import", "shop", str(file)]).output
