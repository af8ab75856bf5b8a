"""TaskRouter's Events API, page by page: the records of a workspace since a moment, each as one delivery."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Iterable
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from plugin.contract.adapter import PullRequest, PullResponse, Settings, first
from plugin.contract.payload import BadPayload, parse_json

API = "https://taskrouter.twilio.com/v1/"


def pull(settings: Settings, since: datetime) -> Generator[PullRequest, PullResponse, Iterable[bytes]]:
    """Twilio keeps events for 30 days; https://www.twilio.com/docs/taskrouter/api/event, read on 2026-11-24."""
    account, workspace = first(settings, "account_sid"), first(settings, "workspace_sid")
    if account is None or workspace is None:
        raise BadPayload(
            "workspace_sid", "enter account_sid and workspace_sid of this source to read events from the API"
        )
    login = base64.b64encode(f"{account}:{first(settings, 'auth_token', '')}".encode()).decode()
    query = urlencode({"StartDate": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "PageSize": 1000})
    url: str | None = f"{API}Workspaces/{quote(workspace, safe='')}/Events?{query}"
    bodies: list[bytes] = []
    while url is not None:
        response = yield PullRequest(method="GET", url=url, headers={"Authorization": f"Basic {login}"})
        if response.status != 200:
            raise BadPayload("events", f"Twilio's API answered {response.status}: check account_sid and workspace_sid")
        page = parse_json(response.body)
        bodies += [json.dumps(event.raw).encode() for event in page["events"].items()]
        following = page["meta"]["next_page_url"].text_or()
        url = following if following is not None and following.startswith(API) else None
    return bodies
