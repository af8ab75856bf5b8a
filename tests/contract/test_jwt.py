"""Tokens signed with HS256, with what a forger would try; the example of RFC 7515, appendix A.1, and tokens made here by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.contract.adapter import BadPayload
from plugin.contract.jwt import read_jwt, verify_jwt
from plugin.contract.signature import Rejected

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-tests-that-is-long-enough"
# RFC 7515, A.1: the key is given in base64url, the token expired in 2011.
RFC_KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
RFC_TOKEN = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)


def coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(claims: Any, header: Any = None, secret: str = SECRET) -> str:
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    signed = ".".join(coded(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{coded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def test_the_example_of_the_standard_is_read_and_its_signature_fits_until_it_expired() -> None:
    key = base64.urlsafe_b64decode(RFC_KEY + "==")
    in_force = datetime(2011, 3, 22, 18, 0, tzinfo=UTC)
    assert verify_jwt(RFC_TOKEN, [key], in_force, "")["iss"].text() == "joe"
    with pytest.raises(Rejected, match="expired"):
        verify_jwt(RFC_TOKEN, [key], NOW, "")
    assert read_jwt(RFC_TOKEN)["exp"].number() == 1300819380


@pytest.mark.parametrize("live", [[SECRET], ["a-newer-one", SECRET]])
def test_any_live_secret_may_have_signed(live: list[str]) -> None:
    assert verify_jwt(token({"call_id": 7}), live, NOW, "")["call_id"].text() == "7"


@pytest.mark.parametrize(
    "forged",
    [
        token({"call_id": 7}, secret="another"),
        token({"call_id": 7}, {"alg": "none"}),
        token({"call_id": 7}, {"alg": "HS512"}),
        token({"call_id": 7}, {"alg": ["HS256"]}),
        token({"call_id": 7}, {"alg": "HS256", "crit": ["b64"]}),
        token({"call_id": 7}, {}),
        token([7]),
        token({"call_id": 7}).rsplit(".", 1)[0] + ".",
        token({"call_id": 7}).rsplit(".", 1)[0],
        token({"call_id": 7}) + "=",
        token({"call_id": 7}) + ".x",
        ".".join([token({"call_id": 7}).split(".")[0], coded(b'{"call_id": 8}'), token({"call_id": 7}).split(".")[2]]),
        "",
        "..",
        "ä.ö.ü",
        "!!.!!.!!",
    ],
)
def test_what_the_secret_did_not_sign_is_refused(forged: str) -> None:
    with pytest.raises(Rejected, match="Look at the hint"):
        verify_jwt(forged, [SECRET], NOW, "Look at the hint.")


def test_without_a_secret_nothing_is_accepted_not_even_with_an_empty_key() -> None:
    with pytest.raises(Rejected):
        verify_jwt(token({}, secret=""), [], NOW, "")


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -61), ("nbf", 61)])
def test_a_token_holds_from_and_until_the_stated_times_give_or_take_a_minute(claim: str, seconds: int) -> None:
    at = NOW.timestamp()
    verify_jwt(token({claim: at + seconds - (1 if seconds > 0 else -1)}), [SECRET], NOW, "")
    with pytest.raises(Rejected):
        verify_jwt(token({claim: at + seconds}), [SECRET], NOW, "")
    with pytest.raises(Rejected, match=claim):
        verify_jwt(token({claim: "soon"}), [SECRET], NOW, "")


@pytest.mark.parametrize("junk", ["", "a.b", "a.b.c.d", "e30.!!.e30", "e30.bm8.e30"])
def test_a_text_that_is_no_token_is_a_bad_payload(junk: str) -> None:
    with pytest.raises(BadPayload):
        read_jwt(junk)
