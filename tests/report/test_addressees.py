"""Channels of the policy as targets of the outbox."""

from __future__ import annotations

from plugin.policy.document import Document
from plugin.report.addressees import Addressee, addressees

DOCUMENT = Document.model_validate(
    {
        "channels": {
            "leads": {"kind": "email", "to": ["ann@example.org", "bob@example.org"]},
            "ops": {"kind": "email", "to": ["bob@example.org"]},
            "oncall": {"kind": "webhook", "name": "on-call"},
        }
    }
)


def test_every_address_gets_a_mail_of_its_own_and_one_only() -> None:
    assert addressees(DOCUMENT, ["leads", "ops", "gone", "oncall"]) == (
        Addressee(kind="email", target="ann@example.org"),
        Addressee(kind="email", target="bob@example.org"),
        Addressee(kind="webhook", target="on-call"),
    )
