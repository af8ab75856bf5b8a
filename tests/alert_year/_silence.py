"""What the sources of the made-up centre sent goes in, the product's own incidents about silent sources come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from plugin.alert.inhibit import AFTERMATH
from plugin.inbox.heard import SLOT, Slot, slot_of
from plugin.inbox.silence import LOOKED_BACK, SHORTEST, silence_of
from plugin.policy.calendar import Calendar, open_ms
from tests.alert_year._centre import Centre, moment
from tests.alert_year._incidents import DAY, HOUR, LEAD_DAYS
from tests.alert_year._line import Known
from tests.alert_year._watching import Alert

NAME = "silent_source"
_WIDEST = "Support"
_UTC = ZoneInfo("UTC")
_SHORTEST_MIN = SHORTEST // timedelta(minutes=1)
_SLOTS = LOOKED_BACK // SLOT


def silent(centre: Centre, queues: tuple[str, ...], told: Sequence[Known]) -> Iterator[Alert]:
    """Of the source of all these queues. The opening time of the centre is that of its desk with the longest hours."""
    calendar, opened = centre.calendars[_WIDEST], centre.open_hours[_WIDEST]
    sent = [minute for minute, known in enumerate(zip(*told, strict=True)) if any(one is not None for one in known)]
    slots: list[Slot] = []
    for last, following in pairwise([*sent, centre.minutes]):
        _heard(slots, last)
        pause = range(max(last + _SHORTEST_MIN, LEAD_DAYS * DAY), following)
        counted = (minute for minute in pause if opened[minute // HOUR])
        began = next((minute for minute in counted if _is_silent(slots, calendar, moment(minute))), None)
        if began is not None:
            yield Alert(rule=NAME, queues=queues, fired=began, told=began, over=following + 1)


def muted(silences: Sequence[Alert], window: timedelta) -> list[tuple[int, int]]:
    """The minutes in which a rule of such a window judges nothing: also after the silence, while it reaches into that."""
    after = min(window, AFTERMATH) // timedelta(minutes=1)
    return [(one.fired, one.over + after) for one in silences if one.over is not None]


def _heard(slots: list[Slot], minute: int) -> None:
    heard = Slot(first_at=moment(minute), last_at=moment(minute))
    if slots and slot_of(slots[-1].last_at) == slot_of(heard.last_at):
        slots[-1] += heard
    else:
        slots.append(heard)


def _is_silent(slots: Sequence[Slot], calendar: Calendar, now: datetime) -> bool:
    """As `silences` of the product judges what the database knows."""
    last_at = slots[-1].last_at
    if timedelta(milliseconds=open_ms(calendar, last_at, now)) <= SHORTEST:
        return False
    lately = [slot for slot in slots[-_SLOTS:] if slot.last_at > last_at - LOOKED_BACK]
    silence = silence_of(lately, calendar, _UTC, now)
    return silence is not None and silence.is_unusual
