"""Who was asked, who was not and why, and who never wants to be asked again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from plugin.database import Moment


class Decision(StrEnum):
    """WAITING is in the outbox; the others are final."""

    WAITING = "waiting"
    SENT = "sent"
    NO_ADDRESS = "no_address"
    NOT_SAMPLED = "not_sampled"
    OPTED_OUT = "opted_out"
    THROTTLED = "throttled"
    FAILED = "failed"


class SurveyMail(SQLModel, table=True):
    """One survey about one contact or ticket, decided once. `sealed` is the address, dropped when the mail is out.

    `customer` is the keyed hash of the address, by which a customer is not asked too often; `about` is contact or ticket, and
    `source` and `subject` are its own.
    """

    __tablename__ = "survey_mail"
    __table_args__ = (
        Index("ix_survey_mail_survey_subject_key", "survey", "subject_key", unique=True),
        Index("ix_survey_mail_customer_decided_at", "customer", "decided_at"),
    )

    id: str = Field(primary_key=True)
    survey: str
    subject_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    type: str
    language: str
    question: str = ""
    about: str
    source: str
    subject: str
    channel: str = ""
    queue: str = ""
    agent: str = ""
    customer: str | None = None
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sender: str = ""
    decision: str
    decided_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class SurveyOptOut(SQLModel, table=True):
    """`customer` is the keyed hash of an address that is never asked again."""

    __tablename__ = "survey_opt_out"

    customer: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
