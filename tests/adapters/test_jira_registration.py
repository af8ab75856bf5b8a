"""What a webhook at a Jira needs to be provable."""

from __future__ import annotations

import json

import pytest
from registry import Registry, Vendor
from registry_jira import BEFORE_10, CLOUD
from vendor_api import Asked

from adapters._jira_registration import create
from plugin.contract.api import ApiRequest, ApiResponse
from plugin.contract.payload import BadPayload
from plugin.contract.registration import Wanted

WANTED = Wanted(url="https://gauge.example.org/hooks/desk", name="Deskgauge desk", secret="whsec_bWFkZS11cA==")


def made(vendor: Vendor, **settings: str) -> Registry:
    registry = Registry()
    steps = create({key: (value,) for key, value in {**vendor.login, **settings}.items()}, WANTED)
    answer = ApiResponse(status=200, headers={}, body=b"")
    try:
        step = next(steps)
        while True:
            if isinstance(step, ApiRequest):
                answer = answered(vendor, registry, step)
            step = steps.send(answer)
    except StopIteration:
        return registry


def answered(vendor: Vendor, registry: Registry, request: ApiRequest) -> ApiResponse:
    origin = vendor.login["base_url"]
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = request.url.removeprefix(origin)
    asked = Asked(method=request.method, origin=origin, path=path, query={}, headers=headers, body=request.body)
    told = vendor.routes(registry, asked)
    assert told.status in request.expects
    return ApiResponse(status=told.status, headers={}, body=json.dumps(told.body).encode())


def test_one_that_cannot_sign_gets_no_webhook_that_ought_to() -> None:
    with pytest.raises(BadPayload, match="proof"):
        made(BEFORE_10)


def test_one_that_cannot_sign_is_proven_by_the_address() -> None:
    registry = made(BEFORE_10, proof="address", path_secret="made-up-part")
    assert list(registry.webhooks.values()) == [WANTED.url]


def test_proven_by_the_address_it_is_given_no_secret() -> None:
    registry = made(CLOUD, proof="address", path_secret="made-up-part")
    assert WANTED.secret not in registry.given.values()


def test_without_any_proof_none_is_made() -> None:
    with pytest.raises(BadPayload, match="path_secret"):
        made(CLOUD, proof="address")
