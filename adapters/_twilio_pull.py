"""TaskRouter's Events API, page by page: the records of a workspace since a moment, each as one delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from plugin.contract.api import ApiRequest, ask, basic, same_place
from plugin.contract.pull import Page, Pull, PullSteps, delivery
from plugin.contract.settings import Settings, first

ORIGIN = "https://taskrouter.twilio.com"
KEPT = timedelta(days=30)


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """The records as the API gives them, newest first; https://www.twilio.com/docs/taskrouter/api/event, read on 2026-11-24."""
    headers = basic(first(settings, "account_sid", "") or "", first(settings, "auth_token", "") or "")
    query = urlencode({"StartDate": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "PageSize": 1000})
    workspace = quote(first(settings, "workspace_sid", "") or "", safe="")
    url: str | None = cursor or f"{ORIGIN}/v1/Workspaces/{workspace}/Events?{query}"
    while url is not None:
        page = yield from ask(ApiRequest(url=url, headers=headers))
        url = same_place(page["meta"]["next_page_url"].text_or(), ORIGIN)
        yield Page(bodies=[delivery(event.raw) for event in page["events"].items()], cursor=url or "")


PULL = Pull(
    steps=steps, origins=(ORIGIN,), needs=("account_sid", "auth_token", "workspace_sid"), per_minute=60, kept=KEPT
)
