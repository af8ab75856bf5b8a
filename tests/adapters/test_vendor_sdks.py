"""What the vendors' own libraries sign is believed here, what they refuse is refused; every difference is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlparse, urlsplit

import pytest
from adapter_fixtures import build_request
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_requests import FORM, JSON
from twilio.request_validator import add_port, remove_port
from vendor_sdks import IN_THE_TOKEN, VENDORS, Vendor, now, passes, with_headers

from plugin.contract.request import WebhookRequest

#: RFC 7518 asks for 32 bytes; what a vendor hands out as a secret may be shorter
pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.warnings.InsecureKeyLengthWarning")

URL = "https://kpi.example.com/hooks/one"
WINDOW_S = 300
#: vendor, change --> why ours refuses what the vendor's code lets pass
STRICTER: Mapping[tuple[str, str], str] = {
    ("vonage", "body"): "the library checks the token alone, not the hash of the body that is in it",
    ("vonage", "old"): "the library knows no age, only the time after which a token is void, which need not be in it",
    ("vonage", "signature"): "the library compares bytes: the last letter may be one of several that mean the same",
    ("dialpad", "body"): "as Vonage's signature",
    ("standard webhooks", "signature"): "as Vonage's signature",
    ("standard webhooks", "time"): "the library takes 1795779158.0 for the number that was signed",
    ("hubspot v3", "ahead"): "the library looks back only",
}
#: characters of one-letter changes: all that may stand in a URL, a form, a token or base64; a space behind a token means nothing
LETTERS = st.sampled_from("aZ09+/=-_.~%&;:,@!$'()*")


@st.composite
def delivered(draw: st.DrawFn, vendor: Vendor, ages: st.SearchStrategy[int]) -> tuple[WebhookRequest, str]:
    """A request that was signed as many seconds ago, received now, and its secret."""
    secret, received_at = draw(vendor.secret), now()
    request = replace(draw(vendor.unsigned), received_at=received_at)
    return vendor.sign(request, secret, received_at - timedelta(seconds=draw(ages))), secret


def judged(vendor: Vendor, request: WebhookRequest, secret: str) -> tuple[bool, bool]:
    return passes(vendor.ours, request, secret), passes(vendor.theirs, request, secret)


@pytest.mark.parametrize("name", VENDORS)
@settings(max_examples=30)
@given(data=st.data())
def test_what_a_vendors_own_library_signs_and_believes_is_believed(name: str, data: st.DataObject) -> None:
    vendor = VENDORS[name]
    # Vonage's library believes no token of a clock that is ahead.
    earliest = 0 if vendor.time == IN_THE_TOKEN else 10 - WINDOW_S
    request, secret = data.draw(delivered(vendor, st.integers(earliest, WINDOW_S - 10)))
    assert judged(vendor, request, secret) == (True, True)


# -- changes on the way


def changed_text(draw: st.DrawFn, text: str, start: int = 0, end: int | None = None) -> str:
    """One letter from `start` to `end` is another one; where it is behind the last, there is one more."""
    at = draw(st.integers(start, len(text) if end is None else end))
    return text[:at] + draw(LETTERS.filter(lambda letter: text[at : at + 1] != letter)) + text[at + 1 :]


def body(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    return request.with_body(changed_text(draw, request.body.decode("latin-1")).encode("latin-1"))


def address(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    """Behind the host: the host is that of the configured base URL."""
    parts = urlsplit(request.url)
    return replace(request, url=changed_text(draw, request.url, len(f"{parts.scheme}://{parts.netloc}")))


def port(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    """The scheme's own port is in the address or left out, which Twilio alone does not mind."""
    return replace(request, url=draw(st.sampled_from([add_port, remove_port]))(urlparse(request.url)))


def signature(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    assert vendor.proof is not None
    value = request.headers[vendor.proof]
    changed = changed_text(draw, value, value.find(" ") + 1, len(value) - 1)
    return with_headers(request, {vendor.proof: changed})


def missing(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    gone = draw(st.sampled_from(sorted(set(request.headers) - {"content-type"})))
    return replace(request, headers={name: value for name, value in request.headers.items() if name != gone})


def time(draw: st.DrawFn, request: WebhookRequest, vendor: Vendor) -> WebhookRequest:
    """Another moment of the window than the signed one, or no moment."""
    assert vendor.time
    stamp = request.headers[vendor.time]
    later = str(int(stamp) + draw(st.integers(1, 9)))
    return with_headers(
        request, {vendor.time: draw(st.sampled_from([later, f"{stamp}.0", f" {stamp}", "", "soon", "-1"]))}
    )


CHANGES = {"body": body, "address": address, "port": port, "signature": signature, "missing": missing, "time": time}


def _applies(vendor: Vendor, change: str) -> bool:
    needed = {"signature": vendor.proof, "missing": vendor.proof, "time": vendor.time}
    return bool(needed.get(change, "always"))


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name in VENDORS for change in CHANGES if _applies(VENDORS[name], change)]
)
@settings(max_examples=15)
@given(data=st.data())
def test_a_request_that_was_changed_gets_the_verdict_of_the_vendors_own_library(
    name: str, change: str, data: st.DataObject
) -> None:
    vendor = VENDORS[name]
    request, secret = data.draw(delivered(vendor, st.just(20)))
    ours, theirs = judged(vendor, CHANGES[change](data.draw, request, vendor), secret)
    assert ours is (theirs and (name, change) not in STRICTER)


@pytest.mark.parametrize("name", VENDORS)
@settings(max_examples=15)
@given(data=st.data())
def test_another_secret_is_refused_by_both(name: str, data: st.DataObject) -> None:
    vendor = VENDORS[name]
    request, secret = data.draw(delivered(vendor, st.just(20)))
    other = data.draw(vendor.secret.filter(lambda text: text.rstrip("=") != secret.rstrip("=")))
    assert judged(vendor, request, other) == (False, False)


@pytest.mark.parametrize(("change", "sign"), [("old", 1), ("ahead", -1)])
@pytest.mark.parametrize("name", [name for name in VENDORS if VENDORS[name].time is not None])
@settings(max_examples=10)
@given(data=st.data())
def test_a_request_of_another_time_gets_the_verdict_of_the_vendors_own_library(
    name: str, change: str, sign: int, data: st.DataObject
) -> None:
    vendor = VENDORS[name]
    age = st.integers(WINDOW_S + 10, 10**8).map(lambda seconds: sign * seconds)
    ours, theirs = judged(vendor, *data.draw(delivered(vendor, age)))
    assert (ours, theirs) == (False, (name, change) in STRICTER)


# -- differences that no change on the way shows


@pytest.mark.parametrize(
    "name", ["twilio", "twilio json", "twilio shared key", "hubspot v1", "hubspot v2", "hubspot v3"]
)
def test_an_empty_secret_which_everybody_knows_proves_nothing_although_the_library_takes_it(name: str) -> None:
    vendor = VENDORS[name]
    headers = JSON if name == "twilio json" else FORM
    request = vendor.sign(build_request(url=URL, body="a=1", headers=headers, received_at=now()), "", now())
    assert judged(vendor, request, "") == (False, True)


def test_a_json_delivery_of_twilio_without_a_hash_is_refused_even_if_empty() -> None:
    request = build_request(url=URL, body="", headers=JSON, received_at=now())
    signed = VENDORS["twilio"].sign(request, "secret", now())
    assert judged(VENDORS["twilio"], signed, "secret") == (False, True)


@pytest.mark.parametrize("end", ["?", ";"])
def test_twilio_signs_an_address_with_a_bare_end_that_its_library_overlooks_when_it_judges(end: str) -> None:
    request = build_request(url=URL + end, body="a=1", headers=FORM, received_at=now())
    signed = VENDORS["twilio"].sign(request, "secret", now())
    assert judged(VENDORS["twilio"], signed, "secret") == (True, False)


def test_a_token_of_vonage_may_be_of_a_clock_that_is_ahead_although_the_library_wants_both_alike() -> None:
    request = build_request(url=URL, body="{}", received_at=now())
    signed = VENDORS["vonage"].sign(request, "secret", now() + timedelta(seconds=100))
    assert judged(VENDORS["vonage"], signed, "secret") == (True, False)


def test_hubspot_writes_some_escapes_plainly_before_it_signs_which_its_library_leaves_to_its_user() -> None:
    vendor = VENDORS["hubspot v3"]
    signed = vendor.sign(build_request(url=f"{URL}?a=b:c", body="[]", received_at=now()), "secret", now())
    arrived = replace(signed, url=f"{URL}?a=b%3Ac")
    assert judged(vendor, arrived, "secret") == (True, False)


def test_a_secret_of_a_standard_webhook_without_its_mark_is_taken_as_it_is_where_the_library_decodes_it() -> None:
    vendor, secret = VENDORS["standard webhooks"], "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
    marked = vendor.sign(build_request(url=URL, body="{}", received_at=now()), f"whsec_{secret}", now())
    assert judged(vendor, marked, f"whsec_{secret}") == (True, True)
    assert judged(vendor, marked, secret) == (False, True)
