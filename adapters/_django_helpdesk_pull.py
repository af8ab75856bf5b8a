"""All tickets of django-helpdesk, page by page, each in the shape of a webhook."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.contract.api import ApiRequest, ask, basic
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

#: the API computes all tickets anew for each page, so few long ones
PAGE = 200
#: statuses of tickets that nobody has finished, in the usual numbers
UNFINISHED = ("1", "2")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Tickets by id; the API tells neither when one changed nor lets it be asked for, so that all are looked at.

    A cursor is the number of the next page: tickets are only ever added behind.
    """
    headers = basic(first(settings, "api_user", "") or "", first(settings, "api_password", "") or "")
    address = (first(settings, "base_url", "") or "").rstrip("/")
    number: int | None = int(cursor) if cursor else 1
    while number is not None:
        url = f"{address}/api/tickets/?page={number}&page_size={PAGE}"
        # A page that is no more there: tickets were deleted meanwhile.
        expects = (200,) if number == 1 else (200, 404)
        page = yield from ask(ApiRequest(url=url, headers=headers, expects=expects))
        bodies = [_as_delivery(ticket) for ticket in page["results"].items() if _is_wanted(ticket, since)]
        following = None if page["next"].is_absent else number + 1
        yield Page(bodies=bodies, cursor=str(following or number))
        number = following


def _is_wanted(ticket: Payload, since: datetime) -> bool:
    """Unfinished, or touched since, or with a status of which its follow-ups say nothing."""
    followups = list(ticket["followup_set"].items())
    status = ticket["status"].text()
    told = [one["new_status"].text() for one in followups if not one["new_status"].is_absent]
    return (
        status in UNFINISHED
        or any(one["date"].iso() >= since for one in followups)
        or status != (told[-1] if told else "1")
    )


def _as_delivery(ticket: Payload) -> bytes:
    return delivery({"ticket": ticket.raw})


PULL = Pull(
    steps=steps,
    origins=("{base_url}",),
    needs=("base_url", "api_user", "api_password"),
    per_minute=30,
    every=timedelta(hours=1),
)
