"""The mail of a survey: its address is opened and its links are signed only while it is being sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from smtplib import SMTPRecipientsRefused
from typing import Any, cast

from sqlalchemy import Engine, Row, Table, select, update

from plugin.contract.event import Json
from plugin.database import reading, writing
from plugin.inbox.store import delivery_row, insert_deliveries
from plugin.normalise.customer import masked
from plugin.normalise.own_survey import SOURCE, own_delivery
from plugin.normalise.reach import unseal
from plugin.notify.errors import DeliveryFailed
from plugin.notify.follow_up.links import STOP, sign
from plugin.notify.follow_up.tables import Decision, SurveyMail, SurveyOptOut
from plugin.notify.follow_up.words import CHOICES, choice, words
from plugin.notify.mail import MailNotifier
from plugin.notify.mail_format import Sender
from plugin.notify.message import Action, Message, Section
from plugin.notify.notifier import Envelope, Receipt
from plugin.policy.follow_up import FollowUp

#: the outbox's kind of these mails; their target is the survey's id, never an address
KIND = "survey"
MAIL = cast(Table, SurveyMail.__table__)  # type: ignore[attr-defined]
OPT_OUT = cast(Table, SurveyOptOut.__table__)  # type: ignore[attr-defined]


def question_of(survey: FollowUp, language: str) -> Message:
    """What waits in the outbox: neither address nor links."""
    ends = words(f"ends.{survey.type}", language)
    return Message(
        title=survey.subject or words(f"subject.{survey.type}", language),
        summary=survey.question or words(f"question.{survey.type}", language),
        sections=tuple(Section(text=text) for text in (ends, words("how", language)) if text),
        language=language,
    )


def told_of(row: Row[Any]) -> dict[str, Json]:
    """What a delivery of the built-in source says about a survey."""
    place = {key: getattr(row, key) or None for key in ("queue", "agent", "channel")}
    return {"id": row.id, "type": row.type, row.about: row.subject, **place}


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyNotifier:
    """`mail` is how all mails go out. What is sent becomes a delivery of the source `survey`."""

    engine: Engine
    mail: MailNotifier
    base_url: str
    secret: bytes = field(repr=False)

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        with reading(self.engine) as connection:
            row = connection.execute(select(MAIL).where(MAIL.c.id == envelope.target)).first()
            stopped = (
                row is not None
                and connection.execute(select(OPT_OUT.c.customer).where(OPT_OUT.c.customer == row.customer)).first()
            )
        if row is None or row.decision != Decision.WAITING:
            return Receipt(where=envelope.target, reference="", note="There is nothing to send any more.")
        if stopped:
            self._settle(row.id, Decision.OPTED_OUT)
            return Receipt(where=envelope.target, reference="", note="The customer wants no surveys.")
        receipt = self._hand_over(message, envelope, row)
        self._note_sent(row, envelope)
        return Receipt(where=envelope.target, reference=receipt.reference)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        return self.send(message, envelope)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None

    def _hand_over(self, message: Message, envelope: Envelope, row: Row[Any]) -> Receipt:
        address = unseal(row.sealed or b"", self.secret)
        if address is None:
            self._settle(row.id, Decision.FAILED)
            text = "The address was sealed with another DESKGAUGE_SECRET_KEY and cannot be opened."
            raise DeliveryFailed(text, permanent=True)
        sender = Sender(
            address=row.sender or self.mail.sender.address,
            unsubscribe_url=self._link(row.id, STOP, envelope),
        )
        asked = replace(message, actions=tuple(self._actions(message, row, envelope)))
        try:
            return replace(self.mail, sender=sender).send(asked, replace(envelope, target=address))
        except DeliveryFailed as failure:
            raise self._failed(failure, row.id, address) from failure

    def _failed(self, failure: DeliveryFailed, identity: str, address: str) -> DeliveryFailed:
        """An address that is refused concerns this customer only; anything else is tried again. No reason names the address."""
        refused = isinstance(failure.__cause__, SMTPRecipientsRefused) or failure.__cause__ is None
        permanent = failure.permanent and refused
        if permanent:
            self._settle(identity, Decision.FAILED)
        return DeliveryFailed(failure.reason.replace(address, masked(address)), permanent=permanent)

    def _actions(self, message: Message, row: Row[Any], envelope: Envelope) -> list[Action]:
        return [
            Action(
                action_id=f"survey.{score}",
                label=choice(score, message.language),
                url=self._link(row.id, score, envelope),
            )
            for score in CHOICES[row.type]
        ]

    def _link(self, identity: str, score: str, envelope: Envelope) -> str:
        return f"{self.base_url}/s/{sign(self.secret, identity, score, envelope.created_at)}"

    def _note_sent(self, row: Row[Any], envelope: Envelope) -> None:
        """A repeat after a crash says the same of the same moment, so that it is one delivery."""
        at = envelope.created_at
        request = own_delivery("sent", at, told_of(row), at)
        insert_deliveries(self.engine, [delivery_row(SOURCE, request, f"{row.id}:sent")])
        self._settle(row.id, Decision.SENT)

    def _settle(self, identity: str, decision: Decision) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(MAIL).where(MAIL.c.id == identity).values(decision=decision, sealed=None))
