"""A login that a vendor's API gives for credentials, kept for as long as the API takes it: RFC 6749, section 4.4, and the like."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urlencode

from plugin.contract.api import ApiRequest, ApiResponse, Asked, received
from plugin.contract.payload import parse_json

Answered: TypeAlias = Generator[ApiRequest, ApiResponse, ApiResponse]
REFUSED = 401


@dataclass(kw_only=True, slots=True)
class Login:
    """`grant` is what is asked for a token. A token that is refused is replaced once; a second refusal is the reader's to tell."""

    grant: ApiRequest
    token: str = ""

    def ask(self, request: ApiRequest) -> Asked:
        """The answer's JSON, as `pull.ask` gives it."""
        response = yield from self.answer(request)
        return parse_json(response.body)

    def answer(self, request: ApiRequest) -> Answered:
        if not self.token:
            yield from self.renew()
        response = yield self._signed(request, *request.expects, REFUSED)
        if response.status != REFUSED:
            return response
        yield from self.renew()
        return (yield self._signed(request, *request.expects))

    def renew(self) -> Generator[ApiRequest, ApiResponse, datetime]:
        """Logs in anew; returns when the answer came."""
        response = yield self.grant
        self.token = parse_json(response.body)["access_token"].text()
        return received(response)

    def _signed(self, request: ApiRequest, *expects: int) -> ApiRequest:
        headers = {**request.headers, "Authorization": f"Bearer {self.token}"}
        return replace(request, headers=headers, expects=expects)


def grant(url: str, headers: Mapping[str, str], **form: str) -> ApiRequest:
    """The request of a token: a form with the credentials in the headers, or among `form`."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ApiRequest(url=url, method="POST", headers={**kind, **headers}, body=urlencode(form).encode())
