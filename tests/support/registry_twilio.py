"""A TaskRouter workspace with its one event callback; shapes of https://www.twilio.com/docs/taskrouter/api/workspace."""

from __future__ import annotations

from urllib.parse import parse_qs

from registry import Registry, Vendor, basic
from vendor_api import Asked, Told

WORKSPACE = "WS" + "0" * 32
ACCOUNT = "AC" + "0" * 32
SOME = {"task.created", "task-queue.entered", "reservation.timeout", "worker.activity.update"}


def _change(registry: Registry, url: str, events: str) -> None:
    registry.webhooks.clear()
    if url:
        assert set(events.split(",")) >= SOME
        assert " " not in events
        registry.add(url)
    else:
        assert events == ""


def routes(registry: Registry, asked: Asked) -> Told:
    assert asked.origin == "https://taskrouter.twilio.com"
    if asked.headers.get("authorization") != basic(ACCOUNT, "made-up-token"):
        return Told(status=401, body={"code": 20003, "message": "Authenticate"})
    if asked.path != f"/v1/Workspaces/{WORKSPACE}":
        return Told(status=404, body={"code": 20404, "message": "not found"})
    if asked.method == "POST":
        form = parse_qs(asked.body.decode(), keep_blank_values=True)
        _change(registry, form["EventCallbackUrl"][0], form["EventsFilter"][0])
    return Told(body={"sid": WORKSPACE, "event_callback_url": next(iter(registry.webhooks.values()), None)})


TWILIO = Vendor(
    adapter="twilio",
    login={"account_sid": ACCOUNT, "auth_token": "made-up-token", "workspace_sid": WORKSPACE},
    routes=routes,
    is_told=False,
    has_one_place=True,
)
