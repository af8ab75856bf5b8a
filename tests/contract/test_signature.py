"""Proofs by the Standard Webhooks specification and by ed25519, with what a forger would try."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.contract.signature import (
    Rejected,
    ed25519_matches,
    hmac_base64,
    signed_time,
    standard_webhook_signature,
    verify_standard_webhook,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET, OTHER = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw==", "whsec_b3RoZXIgc2VjcmV0IGhlcmU="


def headers(signature: str, timestamp: str = STAMP) -> dict[str, str]:
    return {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}


def test_any_of_the_listed_signatures_and_any_live_secret_may_match() -> None:
    good = standard_webhook_signature(SECRET, "msg_1", STAMP, b"{}")
    verify_standard_webhook(headers(f"v1,xyz {good}"), b"{}", [OTHER, SECRET], NOW)


@pytest.mark.parametrize(
    ("secret", "timestamp", "body"),
    [
        (OTHER, STAMP, b"{}"),
        (SECRET, STAMP, b"{ }"),
        (SECRET, str(int(STAMP) - 301), b"{}"),
        (SECRET, str(int(STAMP) + 301), b"{}"),
    ],
    ids=["another secret", "another body", "too old", "from the future"],
)
def test_what_is_not_proven_or_not_fresh_is_refused(secret: str, timestamp: str, body: bytes) -> None:
    signature = standard_webhook_signature(secret, "msg_1", timestamp, b"{}")
    with pytest.raises(Rejected):
        verify_standard_webhook(headers(signature, timestamp), body, [SECRET], NOW)


@pytest.mark.parametrize("junk", ["", "yesterday", "1e9", "-1", "²", "9" * 40])
def test_a_junk_timestamp_is_a_refusal_and_no_crash(junk: str) -> None:
    with pytest.raises(Rejected):
        verify_standard_webhook(headers("v1,xyz", junk), b"{}", [SECRET], NOW)


def test_a_secret_may_come_without_its_padding() -> None:
    good = standard_webhook_signature(SECRET, "msg_1", STAMP, b"{}")
    verify_standard_webhook(headers(good), b"{}", [SECRET.rstrip("=")], NOW)


@pytest.mark.parametrize("broken", ["whsec_", "whsec_=", "whsec_====", "whsec_A", "whsec_not base64!"])
def test_a_secret_that_cannot_be_read_proves_nothing_not_even_with_an_empty_key(broken: str) -> None:
    forged = "v1," + hmac_base64("sha256", b"", f"msg_1.{STAMP}.".encode() + b"{}")
    with pytest.raises(Rejected):
        verify_standard_webhook(headers(forged), b"{}", [broken], NOW)


def test_a_signed_time_is_read_in_its_unit() -> None:
    assert signed_time(STAMP, "X-Time") == NOW
    assert signed_time(f"{STAMP}500", "X-Time", in_ms=True) == NOW.replace(microsecond=500_000)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1.5", " 1", "1_0", "²", "١", "9" * 15])
@pytest.mark.parametrize(("in_ms", "unit"), [(False, "seconds"), (True, "milliseconds")])
def test_a_signed_time_that_is_no_number_is_refused_and_its_header_named(stamp: str, in_ms: bool, unit: str) -> None:
    with pytest.raises(Rejected, match=f"The X-Time header is not a number of {unit}"):
        signed_time(stamp, "X-Time", in_ms=in_ms)


def test_seconds_have_no_more_digits_than_a_year_may_have() -> None:
    assert signed_time("9" * 11, "X-Time").year == 5138
    with pytest.raises(Rejected):
        signed_time("9" * 12, "X-Time")


def test_without_any_secret_nothing_is_accepted() -> None:
    with pytest.raises(Rejected):
        verify_standard_webhook(headers("v1,xyz"), b"{}", [], NOW)


# RFC 8032, section 7.1, tests 2 and 3
ED25519 = [
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), ED25519)
def test_ed25519_agrees_with_the_vectors_of_the_standard(key: str, message: str, signature: str) -> None:
    public, said, signed = (bytes.fromhex(text) for text in (key, message, signature))
    assert ed25519_matches(public, signed, said)
    assert not ed25519_matches(public, signed, said + b"!")
    assert not ed25519_matches(public, signed[::-1], said)
    assert not ed25519_matches(public, b"", said)
    assert not ed25519_matches(public[:-1], signed, said)
    assert not ed25519_matches(b"", signed, said)
