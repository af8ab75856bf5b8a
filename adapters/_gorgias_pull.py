"""Gorgias's tickets through its API, each as a body that is the ticket itself.

https://developers.gorgias.com/reference/pagination-1 and .../reference/get_api-tickets (read on 2026-11-27): pages by
`meta.next_cursor`, in the order of the last change. The list shows tickets without their messages, so each is asked for.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode

from adapters._gorgias_registration import API, ORIGIN, login
from plugin.contract.api import ApiRequest, ask
from plugin.contract.event import Json
from plugin.contract.payload import Payload, parse_json
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

PER_PAGE = 50
END = "end"
GONE = 404
#: what events are made of; texts and subjects stay in Gorgias
TICKET = (
    "id",
    "status",
    "priority",
    "channel",
    "from_agent",
    "spam",
    "customer_id",
    "assignee_user_id",
    "assignee_team_id",
    "created_datetime",
    "updated_datetime",
    "closed_datetime",
    "trashed_datetime",
    "snooze_datetime",
)
MESSAGE = ("id", "public", "channel", "via", "from_agent", "rule_id", "created_datetime")
SURVEY = ("score", "sent_datetime", "scored_datetime")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """The newest change first, as far as it is new enough: what changes meanwhile moves ahead, where the next reading finds it."""
    place = cursor or ""
    while place != END:
        query = {"limit": PER_PAGE, "order_by": "updated_datetime:desc"} | ({"cursor": place} if place else {})
        page = yield from ask(_request(settings, f"?{urlencode(query)}"))
        listed = list(page["data"].items())
        fresh = [each for each in listed if each["updated_datetime"].iso() >= since]
        bodies = []
        for each in fresh:
            answer = yield _request(settings, f"/{quote(each['id'].text(), safe='')}", GONE)
            bodies += [] if answer.status == GONE else [delivery(kept(parse_json(answer.body)))]
        following = page["meta"]["next_cursor"].text_or()
        place = following if following and len(fresh) == len(listed) else END
        yield Page(bodies=bodies, cursor=place)


def _request(settings: Settings, rest: str, *expects: int) -> ApiRequest:
    origin = ORIGIN.format(subdomain=first(settings, "subdomain", ""))
    return ApiRequest(url=f"{origin}/api/tickets{rest}", headers=login(settings), expects=(200, *expects))


def kept(ticket: Payload) -> Json:
    """The ticket without what was written in it."""
    customer = ticket["customer"]
    told: dict[str, Json] = {
        **_some(ticket, TICKET),
        "customer": {
            **_some(customer, ("id", "email")),
            "channels": [_some(each, ("type", "address")) for each in customer["channels"].items()],
        },
        "assignee_user": _some(ticket["assignee_user"], ("id",)),
        "assignee_team": _some(ticket["assignee_team"], ("id", "name")),
        "messages": [
            {**_some(each, MESSAGE), "sender": _some(each["sender"], ("id", "name"))}
            for each in ticket["messages"].items()
        ],
    }
    if isinstance(ticket["satisfaction_survey"].raw, dict):
        told["satisfaction_survey"] = _some(ticket["satisfaction_survey"], SURVEY)
    return told


def _some(shown: Payload, names: tuple[str, ...]) -> dict[str, Json]:
    return {name: shown[name].raw for name in names if not shown[name].is_absent}


#: an account may ask 40 times in 20 seconds
PULL = Pull(steps=steps, origins=(ORIGIN,), needs=API, per_minute=100)
