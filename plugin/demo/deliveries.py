"""The centre in, signed requests in the order of sending out: with what the network does to them, as it does everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import ModuleType

from plugin.demo.centre import DAYS, simulate
from plugin.demo.keys import Keys, make_keys
from plugin.demo.posting import DemoRequest, Posting
from plugin.demo.vendors import aircall, asterisk, chat, twilio, zendesk
from plugin.demo.world import Centre

VENDORS: Mapping[str, ModuleType] = {
    "twilio": twilio,
    "aircall": aircall,
    "asterisk": asterisk,
    "zendesk": zendesk,
    "chat": chat,
}
BASE_URL = "http://127.0.0.1:8080"
#: of so many postings one comes a second time, and one only after what followed it
REPEATED_EVERY, LATE_EVERY = 997, 1499
FORGED = "twilio"
REPEATED_AFTER, LATE_BY = timedelta(seconds=40), timedelta(minutes=11)

Clock = Callable[[], datetime]


def fortnight(
    end_date: date,
    *,
    days: int = DAYS,
    scale: float = 1.0,
    keys: Keys | None = None,
    base_url: str = BASE_URL,
    signed_at: Clock | None = None,
) -> Iterator[DemoRequest]:
    """Every request up to the end of `end_date`, in the order of sending.

    `signed_at` is asked for the time that a signature states; without it each request is signed when it was sent, so that a
    receiver whose clock shows `sent_at` takes it.
    """
    used = keys or make_keys("demo")
    for posting in postings(simulate(end_date, days=days, scale=scale), used):
        yield signed(posting, used, base_url, signed_at() if signed_at else posting.sent_at)


def postings(centre: Centre, keys: Keys) -> list[Posting]:
    """Not signed yet; what lies beyond the centre's end is left out."""
    found = [
        posting
        for day in centre.days
        for vendor in VENDORS.values()
        for posting in vendor.postings(day, keys)
        if posting.sent_at < centre.until
    ]
    found.sort(key=lambda posting: posting.sent_at)
    return sorted(_as_networks_are(found), key=lambda posting: posting.sent_at)


def _as_networks_are(found: Sequence[Posting]) -> Iterator[Posting]:
    """Some twice, some late, and one that somebody signed with a secret that is not ours."""
    forged_from = len(found) * 9 // 10
    for place, posting in enumerate(found, start=1):
        late = place % LATE_EVERY == 0
        yield replace(posting, sent_at=posting.sent_at + LATE_BY) if late else posting
        if place % REPEATED_EVERY == 0:
            yield replace(posting, sent_at=posting.sent_at + REPEATED_AFTER, expected="duplicate")
        if place >= forged_from and posting.source == FORGED:
            forged_from = len(found) + 1
            yield replace(posting, sent_at=posting.sent_at + REPEATED_AFTER, expected="refused", forged=True)


def signed(posting: Posting, keys: Keys, base_url: str, at: datetime) -> DemoRequest:
    proof = VENDORS[posting.source].sign(posting, keys, at, base_url)
    return DemoRequest(
        method="POST",
        path=posting.target,
        headers={**posting.headers, **proof},
        body=posting.body,
        sent_at=posting.sent_at,
        source=posting.source,
        expected=posting.expected,
    )
