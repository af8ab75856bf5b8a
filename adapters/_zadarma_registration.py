"""The address of Zadarma's notifications about events in the PBX, set through its API: a PBX has one.

https://zadarma.com/en/support/api/ (callinfo: address and notifications; the signature of a request), read on 2026-11-27; what is
signed and sent is as in Zadarma's own library, github.com/zadarma/user-api-v1 lib/Client.php @28b8da9.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from hashlib import md5
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ApiResponse, ask
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.registration import CreateSteps, FindSteps, Registration, RemoveSteps, Thing, Wanted, place
from plugin.contract.settings import Settings, first
from plugin.contract.signature import hmac_hex

ORIGIN = "https://api.zadarma.com"
PLACE = "notifications about events in the PBX"
PATH = "/v1/pbx/callinfo/"
#: all that the API knows of calls
NOTIFICATIONS = (
    "notify_start",
    "notify_internal",
    "notify_answer",
    "notify_end",
    "notify_out_start",
    "notify_out_end",
)


def find(settings: Settings, wanted: Wanted) -> FindSteps:
    there = yield from _address(settings)
    return [place(PLACE, there)] if there == wanted.url else []


def create(settings: Settings, wanted: Wanted) -> CreateSteps:
    there = yield from _address(settings)
    if there:
        raise BadPayload(PLACE, "Zadarma sends them to one address, and another program has it: remove it there first.")
    answer = yield request(settings, "POST", f"{PATH}url/", url=wanted.url)
    _succeeded(parse_json(answer.body))
    yield place(PLACE, wanted.url)
    answer = yield request(settings, "POST", f"{PATH}notifications/", **dict.fromkeys(NOTIFICATIONS, "true"))
    _succeeded(parse_json(answer.body))


def remove(settings: Settings, thing: Thing) -> RemoveSteps:
    """Another program may have its address there by now: that one stays."""
    there = yield from _address(settings)
    if there and place(PLACE, there) == thing:
        answer = yield request(settings, "DELETE", f"{PATH}url/")
        _succeeded(parse_json(answer.body))


def _address(settings: Settings) -> Generator[ApiRequest, ApiResponse, str]:
    answer = yield from ask(request(settings, "GET", PATH))
    return _succeeded(answer)["url"].text_or("") or ""


def _succeeded(answer: Payload) -> Payload:
    if answer["status"].raw != "success":
        raise BadPayload("status", f"Zadarma refused it and said: {answer['message'].raw}.")
    return answer


def request(settings: Settings, method: str, path: str, **params: str) -> ApiRequest:
    """Signed with the API secret: the path, the parameters in order and their MD5."""
    query = urlencode(sorted({**params, "format": "json"}.items()))
    text = f"{path}{query}{md5(query.encode(), usedforsecurity=False).hexdigest()}".encode()
    signature = base64.b64encode(hmac_hex("sha1", first(settings, "api_secret", "") or "", text).encode()).decode()
    headers = {"Authorization": f"{first(settings, 'api_key', '')}:{signature}"}
    if method == "GET":
        return ApiRequest(url=f"{ORIGIN}{path}?{query}", headers=headers)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return ApiRequest(url=f"{ORIGIN}{path}", method=method, headers=headers, body=query.encode())


REGISTRATION = Registration(
    find=find, create=create, remove=remove, origins=(ORIGIN,), needs=("api_key", "api_secret"), per_minute=60
)
