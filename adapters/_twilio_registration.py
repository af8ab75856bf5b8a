"""The event callback of a TaskRouter workspace, set through its API: a workspace has one.

https://www.twilio.com/docs/taskrouter/api/workspace (EventCallbackUrl, EventsFilter), read on 2026-11-27. The filter takes names
with commas and no spaces between, and an empty address ends the callbacks, as programs do it that run with Twilio:
github.com/techmatters/flex twilio-iac.
"""

from __future__ import annotations

from collections.abc import Generator
from urllib.parse import quote, urlencode

from adapters._twilio_pull import ORIGIN
from adapters._twilio_taskrouter import READ
from plugin.contract.api import ApiRequest, ApiResponse, ask, basic
from plugin.contract.payload import BadPayload
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted, place
from plugin.contract.settings import Settings, first

PLACE = "event callback of the workspace"
API = ("account_sid", "auth_token", "workspace_sid")


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    there = yield from _address(settings)
    return [place(PLACE, there)] if there == wanted.url else []


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    there = yield from _address(settings)
    if there:
        raise BadPayload(
            PLACE,
            "a workspace has one, and another program has it: remove it there first, or use Event Streams by hand.",
        )
    yield _request(settings, EventCallbackUrl=wanted.url, EventsFilter=",".join(READ))
    yield place(PLACE, wanted.url)


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    """Another program may have its address there by now: that one stays."""
    there = yield from _address(settings)
    if there and place(PLACE, there) == thing:
        yield _request(settings, EventCallbackUrl="", EventsFilter="")


def _address(settings: Settings) -> Generator[ApiRequest, ApiResponse, str]:
    workspace = yield from ask(_request(settings))
    return workspace["event_callback_url"].text_or("") or ""


def _request(settings: Settings, **changes: str) -> ApiRequest:
    """Of the workspace itself; without `changes` it is read."""
    account, token, workspace = (first(settings, key, "") or "" for key in API)
    url = f"{ORIGIN}/v1/Workspaces/{quote(workspace, safe='')}"
    if not changes:
        return ApiRequest(url=url, headers=basic(account, token))
    headers = {**basic(account, token), "Content-Type": "application/x-www-form-urlencoded"}
    return ApiRequest(url=url, method="POST", headers=headers, body=urlencode(changes).encode())


REGISTRATION = Registration(find=find, create=create, remove=remove, origins=(ORIGIN,), needs=API, per_minute=60)
