"""Front's events through its API, which are the objects that its webhooks send.

https://dev.frontapp.com/reference/listevents (newest first; `limit`, `q[after]`, `q[before]` in seconds with three decimals,
`q[types]`, the next page in `_pagination`), https://dev.frontapp.com/reference/events, https://docs.rs/front-api
(read 2026-11-27). That a page has 15 events at most is what other programs count on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from adapters._front_event import HANDLERS
from plugin.contract.api import ApiRequest, ask, same_place
from plugin.contract.event import Json
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://api2.frontapp.com"
PER_PAGE = 15
END = "end"
CONVERSATION = ("id", "created_at")
PERSON, INBOX = ("id", "username"), ("id", "name")
MESSAGE = ("id", "type", "created_at")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Newest first, so that what comes meanwhile moves nothing. A cursor is the time before which a later reading goes on."""
    if cursor == END:
        return
    headers = {"Authorization": f"Bearer {first(settings, 'api_token', '') or ''}", "Accept": "application/json"}
    url: str | None = _url(since, cursor)
    while url is not None:
        page = yield from ask(ApiRequest(url=url, headers=headers))
        found = list(page["_results"].items())
        url = same_place(page["_pagination"]["next"].text_or(), ORIGIN)
        place = END if url is None else _before(found, cursor)
        yield Page(bodies=[body_of(event) for event in found], cursor=place)


def _url(since: datetime, before: str | None) -> str:
    query = [("limit", str(PER_PAGE)), ("q[after]", f"{since.timestamp() - 1:.3f}")]
    query += [("q[before]", before)] if before else []
    return f"{ORIGIN}/events?{urlencode([*query, *(('q[types][]', name) for name in HANDLERS)])}"


def _before(found: Sequence[Payload], cursor: str | None) -> str:
    """A little later than the oldest event seen, for others may be of the same moment."""
    times = [event["emitted_at"].number() for event in found]
    return f"{min(times) + 0.002:.3f}" if times else cursor or ""


def body_of(event: Payload) -> bytes:
    """What is read of an event, without texts and addresses of teammates."""
    conversation = event["conversation"]
    told: dict[str, Json] = {
        **{name: event[name].raw for name in ("id", "type", "emitted_at")},
        "conversation": {
            **_part(conversation, CONVERSATION),
            "recipient": {"handle": conversation["recipient"]["handle"].raw},
            "last_message": _message(conversation["last_message"]),
        },
    }
    return delivery({**told, **{side: _side(event[side]) for side in ("source", "target")}})


def _side(side: Payload) -> Json:
    data, kind = side["data"], side["_meta"]["type"].raw
    names = INBOX if kind in ("inbox", "inboxes") else PERSON
    if isinstance(data.raw, list):
        entries: list[Json] = [_part(each, names) for each in data.items()]
        return {"_meta": {"type": kind}, "data": entries}
    return {"_meta": {"type": kind}, "data": _message(data) if kind == "message" else _part(data, names)}


def _message(message: Payload) -> dict[str, Json]:
    author = message["author"]
    return {**_part(message, MESSAGE), "author": None if author.is_absent else _part(author, PERSON)}


def _part(payload: Payload, names: Sequence[str]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


PULL = Pull(steps=steps, origins=(ORIGIN,), needs=("api_token",), per_minute=45)
