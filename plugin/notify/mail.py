"""Messages out by SMTP: one connection per message, and the server's answer as a decision."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from plugin.notify.dkim import DkimKey, sign
from plugin.notify.errors import DeliveryFailed
from plugin.notify.mail_format import Sender, addresses, compose, draw
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt

_TIMEOUT_S = 30
_STARTTLS = ("yes", "no")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpServer:
    """`tls` is "starttls", "implicit" or "none"; `ca_file` trusts a certificate that the house made itself."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


def parse_smtp_url(url: str) -> SmtpServer:
    """smtp://user:password@host:587?starttls=yes|no&ca_file=… or smtps://…; raises `ValueError` that says what is wrong."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = query.keys() - {"starttls", "ca_file"}
    starttls = query.get("starttls", "yes")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("SMTP_URL must look like smtp://user:password@mail.example.org:587")
    if unknown or starttls not in _STARTTLS:
        raise ValueError("SMTP_URL: after the ? only starttls=yes, starttls=no and ca_file=… are known")
    tls = "implicit" if parts.scheme == "smtps" else "starttls" if starttls == "yes" else "none"
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if tls == "implicit" else 587),
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca_file=query.get("ca_file", ""),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MailNotifier:
    """A repeat after a crash cannot be asked for: its Message-ID is the same, by which the receiving side knows the copy."""

    server: SmtpServer
    sender: Sender
    dkim: DkimKey | None = None
    #: to whom servers return what cannot be delivered; empty: the sender
    returns: str = ""

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        picture = draw(message)
        mail = compose(message, envelope, self.sender, picture)
        refused = self._hand_over(mail, addresses(envelope.target))
        notes = [picture.note] if picture.note else []
        notes += [f"{address} was refused: {why}" for address, why in refused.items()]
        return Receipt(where=envelope.target, reference=str(mail["Message-ID"]), note=" ".join(notes))

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        """Mail cannot be changed: the news goes into the same thread."""
        return self.send(message, envelope)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None

    def _hand_over(self, mail: EmailMessage, recipients: list[str]) -> Mapping[str, str]:
        """The recipients that the server refused while it took others; raises `DeliveryFailed` when it took none."""
        envelope_sender = addresses(self.returns or self.sender.address)[0]
        written = mail.as_bytes()
        # As bytes, because a signature is one of bytes.
        signed = sign(written, self.dkim) if self.dkim else written
        try:
            with self._connection() as smtp:
                refused = smtp.sendmail(envelope_sender, recipients, signed)
        except (smtplib.SMTPException, OSError) as error:
            raise _failed(error) from error
        return {address: _text(code, answer) for address, (code, answer) in refused.items()}

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        smtp = self._connect()
        try:
            if self.server.tls == "starttls":
                smtp.starttls(context=_context(self.server))
            if self.server.user:
                smtp.login(self.server.user, self.server.password)
            yield smtp
            # The message is the server's now: a farewell that goes wrong must not make it be sent again.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        host, port = self.server.host, self.server.port
        # The name is given, because finding one's own can wait for DNS.
        own = self.sender.domain
        if self.server.tls == "implicit":
            return smtplib.SMTP_SSL(host, port, own, timeout=_TIMEOUT_S, context=_context(self.server))
        return smtplib.SMTP(host, port, own, timeout=_TIMEOUT_S)


def _context(server: SmtpServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        text = f"SMTP_URL: ca_file cannot be read ({type(error).__name__}): correct its path."
        raise DeliveryFailed(text, permanent=True, broken=True) from error


def _failed(error: smtplib.SMTPException | OSError) -> DeliveryFailed:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _all_refused(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        advice = "Where the network is trusted, SMTP_URL may end in ?starttls=no." if "STARTTLS" in str(error) else ""
        return DeliveryFailed(f"The mail server cannot do this: {error} {advice}".strip(), permanent=True, broken=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = "correct the host in SMTP_URL, or add ?ca_file=… to it"
        text = f"The mail server's certificate is not trusted ({error.verify_message}): {advice}."
        return DeliveryFailed(text, permanent=True, broken=True)
    return DeliveryFailed(
        f"The mail server could not be reached, or broke off ({type(error).__name__}).", permanent=False
    )


def _all_refused(error: smtplib.SMTPRecipientsRefused) -> DeliveryFailed:
    """Permanent only when no recipient may be taken later."""
    answers = list(error.recipients.values())
    permanent = all(code >= 500 for code, _ in answers)
    text = _text(*answers[0])
    return DeliveryFailed(f"The mail server refused every recipient: {text}", permanent=permanent, broken=permanent)


def _refused(error: smtplib.SMTPResponseException) -> DeliveryFailed:
    permanent = error.smtp_code >= 500
    text = _text(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        text = f"The mail server refused the login: correct the user and password in SMTP_URL. ({text})"
        return DeliveryFailed(text, permanent=permanent, broken=permanent)
    if isinstance(error, smtplib.SMTPSenderRefused):
        text = f"The mail server refused the sender: correct DESKGAUGE_MAIL_FROM. ({text})"
        return DeliveryFailed(text, permanent=permanent, broken=permanent)
    return DeliveryFailed(f"The mail server refused the message: {text}", permanent=permanent)


def _text(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(words.split())[:300]}"
