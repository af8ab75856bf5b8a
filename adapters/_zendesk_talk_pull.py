"""Talk's calls and their legs through Zendesk's incremental exports, in the order of their last change.

https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/, read 2026-11: ten requests in a minute, and the
address of a next page after the last one, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters._zendesk_pull import ORIGIN, Desk, desk_of
from adapters._zendesk_words import API
from plugin.contract.api import ApiRequest, ApiResponse, same_place
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings

#: the legs first, so that a call is never without them for long
STREAMS = ("legs", "calls")
END = "end"
#: of a start that is too close to now, as Zendesk's other exports refuse it
REFUSALS = (400, 422)
#: nothing else is kept: no charges, no recordings, no lines
FIELDS = {
    "calls": (
        "id",
        "created_at",
        "direction",
        "callback",
        "completion_status",
        "agent_id",
        "customer_id",
        "ticket_id",
        "call_group_id",
        "phone_number",
        "duration",
        "wait_time",
        "time_to_answer",
        "talk_time",
        "ivr_time_spent",
        "ivr_hops",
        "ivr_action",
        "voicemail",
        "customer_requested_voicemail",
        "exceeded_queue_wait_time",
        "outside_business_hours",
        "overflowed",
        "overflowed_to",
    ),
    "legs": (
        "id",
        "call_id",
        "type",
        "created_at",
        "completion_status",
        "agent_id",
        "duration",
        "talk_time",
        "hold_time",
        "wrap_up_time",
        "transferred_to",
        "consultation_to",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a reading is: in which export, and the page that comes next."""

    stream: str
    url: str

    @property
    def cursor(self) -> str:
        return f"{self.stream} {self.url}"


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    if cursor == END:
        return
    desk = desk_of(settings)
    for place in _places(desk, since, cursor):
        yield from _export(desk, place)
    yield Page(bodies=[], cursor=END)


def _places(desk: Desk, since: datetime, cursor: str | None) -> Iterator[Place]:
    """What is left to be read of each export."""
    begin = {name: f"{desk.origin}/api/v2/channels/voice/stats/incremental/{name}" for name in STREAMS}
    first = Place(stream=STREAMS[0], url=f"{begin[STREAMS[0]]}?start_time={int(since.timestamp())}")
    if cursor:
        stream, _, url = cursor.partition(" ")
        first = Place(stream=stream, url=url)
    yield first
    for name in STREAMS[STREAMS.index(first.stream) + 1 :]:
        yield Place(stream=name, url=f"{begin[name]}?start_time={int(since.timestamp())}")


def _export(desk: Desk, place: Place) -> PullSteps:
    """To the page whose next page is itself, or that is empty or not there yet."""
    while True:
        response = yield ApiRequest(url=place.url, headers=desk.headers, expects=(200, *REFUSALS))
        if response.status != 200:
            _require_too_recent(response)
            return
        page = parse_json(response.body)
        url = same_place(page["next_page"].text_or(), desk.origin)
        records = list(page[place.stream].items())
        following = Place(stream=place.stream, url=url or place.url)
        yield Page(
            bodies=[_kept(record, place.stream) for record in records],
            cursor=following.cursor,
            until=_until(page, place),
        )
        if not records or following == place:
            return
        place = following


def _until(page: Payload, place: Place) -> datetime | None:
    is_last, end = place.stream == STREAMS[-1], page["end_time"]
    return end.epoch_s() if is_last and not end.is_absent else None


def _kept(record: Payload, stream: str) -> bytes:
    return delivery({name: record[name].raw for name in FIELDS[stream] if name in record})


def _require_too_recent(response: ApiResponse) -> None:
    if b"recent" not in response.body.lower():
        raise BadPayload("$", f"Zendesk refused the export with status {response.status}: may this user read Talk?")


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=API, per_minute=10, every=timedelta(minutes=5))
