"""Who wants no more mails of a digest: one address of one digest, by a link that names neither."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Column, Connection, Row, Table, delete, select
from sqlmodel import Field, SQLModel

from plugin.database import Moment, insert_new
from plugin.policy.document import Document
from plugin.report.addressees import Addressee, addressees


class DigestOptOut(SQLModel, table=True):
    """`by` is "mail" for the one-click button, "page" for the link in the text."""

    __tablename__ = "digest_opt_out"

    digest: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    by: str


_OUT = cast(Table, DigestOptOut.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    digest: str
    address: str


def link(base_url: str, secret: bytes, recipient: Recipient) -> str:
    """Empty without an address over TLS, which RFC 8058 demands."""
    return f"{base_url}/unsubscribe/{_token(secret, recipient)}" if base_url.startswith("https://") and secret else ""


def recipient_of(document: Document, secret: bytes, token: str) -> Recipient | None:
    """None for a link that was not made here, or whose digest or address the policy has no more."""
    found = (
        each for each in _recipients(document) if hmac.compare_digest(_token(secret, each).encode(), token.encode())
    )
    return next(found, None)


def _recipients(document: Document) -> Iterator[Recipient]:
    for name, digest in document.digests.items():
        for to in addressees(document, digest.channels):
            if to.kind == "email":
                yield Recipient(digest=name, address=to.target)


def _token(secret: bytes, recipient: Recipient) -> str:
    key = hashlib.sha256(b"recipients of digests\x00" + secret).digest()
    return hmac.new(key, f"{recipient.digest}\x00{recipient.address}".encode(), hashlib.sha256).hexdigest()[:40]


def leave(connection: Connection, recipient: Recipient, by: str, now: datetime) -> None:
    """Once: the first moment is kept."""
    statement = insert_new(_OUT, connection.dialect.name)
    connection.execute(statement, {"digest": recipient.digest, "address": recipient.address, "at": now, "by": by})


def come_back(connection: Connection, recipient: Recipient) -> bool:
    """Whether he had left."""
    here = (_OUT.c.digest == recipient.digest, _OUT.c.address == recipient.address)
    return connection.execute(delete(_OUT).where(*here)).rowcount > 0


def has_left(connection: Connection, recipient: Recipient) -> bool:
    here = (_OUT.c.digest == recipient.digest, _OUT.c.address == recipient.address)
    return connection.execute(select(_OUT.c.at).where(*here)).first() is not None


def gone(connection: Connection) -> Sequence[Row[Any, Any, Any, Any]]:
    """Digest, address, moment and way of everybody who left."""
    query = select(_OUT.c.digest, _OUT.c.address, _OUT.c.at, _OUT.c.by)
    return connection.execute(query.order_by(_OUT.c.digest, _OUT.c.address)).all()


def staying(connection: Connection, document: Document, digest: str) -> tuple[Addressee, ...]:
    """Those to whom the digest is sent."""
    left = set(connection.scalars(select(_OUT.c.address).where(_OUT.c.digest == digest)))
    channels = addressees(document, document.digests[digest].channels)
    return tuple(to for to in channels if to.kind != "email" or to.target not in left)
