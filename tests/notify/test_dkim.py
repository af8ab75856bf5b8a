"""Signatures of mails as a receiving server checks them, after a real SMTP server has taken them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
import smtp_server
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from every_message import LANGUAGES, digest
from fake_slack import START
from smtp_server import Mailbox

from plugin.config import Config, load
from plugin.doctor import ways_out
from plugin.kpi.period import Grain
from plugin.notify.dkim import DkimKey, record, sign
from plugin.notify.errors import DeliveryFailed
from plugin.notify.mail import MailNotifier
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope
from plugin.notify.registry import dkim_key, notifiers

ENVELOPE = Envelope(id="a" * 32, target="lead@example.org", created_at=START)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return written.decode()


@pytest.fixture(scope="module")
def key() -> DkimKey:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return DkimKey(pem=pem(made), selector="deskgauge", domain="desk.example.org")


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with smtp_server.running(tmp_path) as box:
        yield box


def is_valid(mail: bytes, key: DkimKey) -> bool:
    """As a receiver does with the record that it finds in DNS."""
    records = {f"{key.record_name}.".encode(): record(key).encode()}
    return bool(dkim.verify(mail, dnsfunc=lambda name, timeout=5: records.get(name)))


def notifier(mailbox: Mailbox, key: DkimKey) -> MailNotifier:
    config = Config(
        data_dir=Path(),
        database_url="",
        base_url="",
        smtp_url=mailbox.url(),
        mail_from="Deskgauge <d@desk.example.org>",
        mail_returns="returns@desk.example.org",
        dkim_key=key.pem,
    )
    found = notifiers(config)["email"]
    assert isinstance(found, MailNotifier)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_arrives_verifies_in_every_language(mailbox: Mailbox, key: DkimKey, language: str) -> None:
    message = replace(digest(Grain.DAY, language), unsubscribe_url="https://desk.example.org/unsubscribe/1")
    notifier(mailbox, key).send(message, ENVELOPE)
    (raw,) = mailbox.raw
    assert is_valid(raw, key)
    assert raw.isascii()
    signed = str(mailbox.mails[0]["DKIM-Signature"]).replace(" ", "")
    for name in ("from", "subject", "list-unsubscribe", "list-unsubscribe-post"):
        assert name in signed.partition("h=")[2].partition(";")[0].split(":")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"From: Deskgauge", b"From: Somebody"),
        (b"Subject: Firing", b"Subject: Over"),
        (b"34 %", b"14 %"),
        (b"To: lead@", b"Reply-To: x@example.org\r\nList-Unsubscribe: <https://evil.example>\r\nTo: lead@"),
    ],
)
def test_what_was_changed_on_the_way_does_not_verify(
    mailbox: Mailbox, key: DkimKey, before: bytes, after: bytes
) -> None:
    notifier(mailbox, key).send(Message(title="Firing", summary="34 % of 50 calls"), ENVELOPE)
    (raw,) = mailbox.raw
    assert before in raw
    assert is_valid(raw, key)
    assert not is_valid(raw.replace(before, after), key)


def test_what_cannot_be_delivered_returns_to_an_address_of_its_own(mailbox: Mailbox, key: DkimKey) -> None:
    notifier(mailbox, key).send(Message(title="Firing"), ENVELOPE)
    assert mailbox.senders == ["returns@desk.example.org"]
    assert mailbox.mails[0]["From"] == "Deskgauge <d@desk.example.org>"


@pytest.mark.parametrize(
    "wrong", ["no key", pem(ec.generate_private_key(ec.SECP256R1()))], ids=["text", "elliptic curve"]
)
def test_a_key_that_cannot_sign_is_told_and_not_shown(mailbox: Mailbox, key: DkimKey, wrong: str) -> None:
    with pytest.raises(DeliveryFailed, match="DESKGAUGE_DKIM_KEY") as failure:
        notifier(mailbox, replace(key, pem=wrong)).send(Message(title="x"), ENVELOPE)
    assert failure.value.broken
    assert wrong not in failure.value.reason
    assert mailbox.mails == []
    assert [one.level.value for one in ways_out.dkim(replace(key, pem=wrong), "x", has_extra=True)] == ["error"]


def test_without_the_extra_it_says_what_to_install(key: DkimKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(DeliveryFailed, match="install `deskgauge"):
        sign(b"From: a@example.org\r\n\r\nx", key)


def test_the_doctor_says_what_to_publish(key: DkimKey) -> None:
    (found,) = ways_out.dkim(key, "desk.example.org", has_extra=True)
    assert "deskgauge._domainkey.desk.example.org" in found.text
    assert "v=DKIM1; k=rsa; p=MIIB" in found.text
    levels = [one.level.value for one in ways_out.dkim(key, "example.com", has_extra=False)]
    assert levels == ["error", "ok", "warn"]
    assert list(ways_out.dkim(None, "desk.example.org", has_extra=False)) == []


def test_the_domain_is_that_of_the_sender_unless_another_is_set(key: DkimKey) -> None:
    environ = {"DESKGAUGE_MAIL_FROM": "D <d@desk.example.org>", "DESKGAUGE_DKIM_KEY": key.pem}
    assert dkim_key(load(environ)) == key
    other = dkim_key(load({**environ, "DESKGAUGE_DKIM_DOMAIN": "example.org", "DESKGAUGE_DKIM_SELECTOR": "s1"}))
    assert other is not None
    assert other.record_name == "s1._domainkey.example.org"
