"""Jira's administrators' webhooks: Cloud, Data Center since 10 and before it.

Shapes of https://developer.atlassian.com/cloud/jira/platform/webhooks/ and, for Data Center, of those who call it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry import Registry, Vendor, basic
from vendor_api import Asked, Told

EVENTS = {"jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created"}
JQL = "project = SUP"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """`version` as Data Center tells it; None is Cloud."""

    origin: str
    authorization: str
    path: str
    version: int | None = None

    def __call__(self, registry: Registry, asked: Asked) -> Told:
        assert asked.origin == self.origin
        if asked.headers.get("authorization") != self.authorization:
            return Told(status=401, body={"message": "Client must be authenticated to access this resource."})
        if asked.path == "/rest/api/2/serverInfo":
            return Told(body={"deploymentType": "Server", "versionNumbers": [self.version, 3, 1]})
        if not asked.path.startswith(self.path):
            return Told(status=404)
        return self._webhooks(registry, asked, asked.path.removeprefix(self.path))

    def _webhooks(self, registry: Registry, asked: Asked, rest: str) -> Told:
        if (asked.method, rest) == ("GET", ""):
            return Told(body=self._listed(registry, asked.query))
        if (asked.method, rest) == ("POST", ""):
            body = json.loads(asked.body)
            assert set(body["events"]) == EVENTS
            return Told(status=201, body=self._shown(registry, registry.add(body["url"], self._secret(body))))
        found = re.fullmatch(r"/([^/]+)", rest)
        if asked.method == "DELETE" and found:
            return Told(status=204 if registry.drop(found[1]) else 404)
        return Told(status=405)

    def _listed(self, registry: Registry, query: Mapping[str, str]) -> list[dict[str, Any]]:
        ids = sorted(registry.webhooks)
        if self._is_new:
            start = int(query.get("start", 0))
            ids = ids[start : start + 1]
        return [self._shown(registry, id) for id in ids]

    def _shown(self, registry: Registry, id: str) -> dict[str, Any]:
        url = registry.webhooks[id]
        if self._is_new:
            return {"id": id, "url": url, "active": True, "scopeType": "global"}
        return {"url": url, "enabled": True, "self": f"{self.origin}{self.path}/{id}"}

    def _secret(self, body: Mapping[str, Any]) -> str | None:
        if self._is_new:
            configuration = body["configuration"]
            assert (configuration["EXCLUDE_BODY"], configuration["FILTERS"]) == ("false", JQL)
            return str(configuration["SECRET"])
        assert body["excludeBody"] is False
        assert body["filters"] == {"issue-related-events-section": JQL}
        assert self.version is None or "secret" not in body
        return body.get("secret")

    @property
    def _is_new(self) -> bool:
        return self.version is not None and self.version >= 10


OLD = "/rest/webhooks/1.0/webhook"
SERVER = {"base_url": "https://jira.example.org", "api_token": "made-up-token", "jql": JQL}
CLOUD = Vendor(
    adapter="jira",
    login={
        "base_url": "https://made-up.atlassian.net",
        "api_user": "ann@example.org",
        "api_token": "made-up-token",
        "jql": JQL,
    },
    routes=Edition(
        origin="https://made-up.atlassian.net", authorization=basic("ann@example.org", "made-up-token"), path=OLD
    ),
)
SINCE_10 = Vendor(
    adapter="jira",
    name="jira data center",
    login=SERVER,
    routes=Edition(
        origin=SERVER["base_url"],
        authorization="Bearer made-up-token",
        path="/rest/jira-webhook/1.0/webhooks",
        version=10,
    ),
)
BEFORE_10 = Vendor(
    adapter="jira",
    login=SERVER,
    routes=Edition(origin=SERVER["base_url"], authorization="Bearer made-up-token", path=OLD, version=9),
)
