"""A mail that came back goes in (RFC 3464), the address that does not work is marked; nothing else of it is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from typing import cast

from sqlalchemy import Table, update
from sqlmodel import Session

from plugin.notify.outcome import mark_broken
from plugin.notify.tables import ChannelState, OutboxMessage, State

_CHANNEL = cast(Table, ChannelState.__table__)  # type: ignore[attr-defined]
_OURS = re.compile(r"<([0-9a-f]{32})@deskgauge\.", re.IGNORECASE)
_SHOWN = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """`message` is the id of ours that came back: whoever forges a return does not know one."""

    message: str
    reason: str


def returned(raw: bytes) -> Returned | None:
    """None for what is no report of a permanent failure of a mail of ours: a delay, an answer out of office, anything else."""
    mail = message_from_bytes(raw, policy=default)
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(mail.walk())
    reasons = [
        text for part in parts if part.get_content_type() == "message/delivery-status" for text in _failures(part)
    ]
    ids = [found[1] for part in parts[1:] if (found := _OURS.search(_original_id(part)))]
    return Returned(message=ids[0].lower(), reason=reasons[0]) if reasons and ids else None


def _failures(report: Mail) -> list[str]:
    """Of the blocks of recipients, those that failed for good."""
    blocks = [block for block in report.get_payload() if isinstance(block, Mail)]
    failed = [block for block in blocks if _said(block, "Action").lower() == "failed"]
    return [_reason(block) for block in failed if _said(block, "Status").startswith("5.")]


def _reason(block: Mail) -> str:
    diagnosis = _said(block, "Diagnostic-Code").rpartition(";")[2].strip()
    return f"{_said(block, 'Status')} {diagnosis}".strip()[:_SHOWN]


def _said(block: Mail, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


def _original_id(part: Mail) -> str:
    """Of the mail that came back, or of its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        payload = part.get_payload(decode=True)
        part = message_from_bytes(payload, policy=default) if isinstance(payload, bytes) else part
    return str(part.get("Message-ID", ""))


def mark(session: Session, found: Returned, now: datetime) -> str | None:
    """The address that is marked as broken; None for a message that was not sent from here."""
    row = session.get(OutboxMessage, found.message)
    if row is None or row.kind != "email" or row.state != State.SENT:
        return None
    mark_broken(session, row.kind, row.target, f"Mail came back: {found.reason}", now)
    here = (_CHANNEL.c.kind == row.kind, _CHANNEL.c.target == row.target)
    session.connection().execute(update(_CHANNEL).where(*here).values(returned_at=now))
    return row.target
