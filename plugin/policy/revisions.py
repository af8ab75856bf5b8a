"""The documents that were in force, one row each: what is read is the newest, what is written is never changed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from plugin.database import Moment, RowId
from plugin.policy.changes import diff
from plugin.policy.document import Document
from plugin.policy.references import Known, check
from plugin.policy.text import from_data, render, to_data


class PolicyRevision(SQLModel, table=True):
    """One whole document as JSON; `diff` has one line per change from the revision before, empty for none."""

    __tablename__ = "policy_revision"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    document: str = Field(sa_column=Column(Text, nullable=False))
    author: str
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    diff: str = Field(sa_column=Column(Text, nullable=False))


class UnknownRevision(ValueError):
    """There is no revision of that number."""


class OutdatedRevision(ValueError):
    """Somebody else applied a document in the meantime."""


def current(session: Session) -> Document:
    """The document in force; the empty one before the first. Raises `PolicyError` when this release cannot read it."""
    revision = latest(session)
    return Document() if revision is None else document_of(revision)


def latest(session: Session) -> PolicyRevision | None:
    return session.exec(select(PolicyRevision).order_by(col(PolicyRevision.id).desc()).limit(1)).first()


def document_of(revision: PolicyRevision) -> Document:
    return from_data(json.loads(revision.document))


def apply(
    session: Session,
    document: Document,
    author: str,
    at: datetime,
    *,
    based_on: int | None = None,
    known: Known | None = None,
) -> PolicyRevision | None:
    """The new revision; None when the document is the one in force. Raises `PolicyError`.

    `based_on` is the revision that the author had read, 0 before the first; `OutdatedRevision` when it is no longer the newest.
    """
    check(document, known)
    before = latest(session)
    newest = 0 if before is None or before.id is None else before.id
    if based_on is not None and based_on != newest:
        raise OutdatedRevision(
            f"revision {newest} was applied after revision {based_on} was read; load it and change it again"
        )
    old, new = {} if before is None else json.loads(before.document), to_data(document)
    if before is not None and old == new:
        return None
    text = json.dumps(new, ensure_ascii=False)
    revision = PolicyRevision(id=newest + 1, document=text, author=author, at=at, diff="\n".join(diff(old, new)))
    session.add(revision)
    _number(session, newest)
    return revision


def _number(session: Session, newest: int) -> None:
    """Of two writers that read the same newest revision, one gets the next number."""
    try:
        session.flush()
    except IntegrityError:
        raise OutdatedRevision(
            f"somebody applied revision {newest + 1} at the same time; load it and change it again"
        ) from None


def export(session: Session) -> str:
    """The document in force as TOML."""
    return render(current(session))


def history(session: Session, limit: int = 50) -> Sequence[PolicyRevision]:
    """Newest first."""
    return session.exec(select(PolicyRevision).order_by(col(PolicyRevision.id).desc()).limit(limit)).all()


def revision_at(session: Session, instant: datetime) -> PolicyRevision | None:
    """The revision that was in force then; None before the first."""
    newest = col(PolicyRevision.id).desc()
    return session.exec(
        select(PolicyRevision).where(col(PolicyRevision.at) <= instant).order_by(newest).limit(1)
    ).first()


def rollback(session: Session, number: int, author: str, at: datetime) -> PolicyRevision | None:
    """Applies the document of an earlier revision as a new one; None when it is the one in force."""
    revision = session.get(PolicyRevision, number)
    if revision is None:
        raise UnknownRevision(f"there is no policy revision {number}; `deskgauge policy history` lists them")
    return apply(session, document_of(revision), author, at)
