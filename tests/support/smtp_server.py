"""A real SMTP server with STARTTLS, a login, a certificate made on the spot, and refusals on demand."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "deskgauge"
PASSWORD = "p@ss/word"


@dataclass
class Mailbox:
    """What the server took, and what it shall answer next: one line per scripted answer, the rest is taken."""

    host: str = "127.0.0.1"
    port: int = 0
    ca_file: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuse_recipients: dict[str, str] = field(default_factory=dict)
    answers: deque[str] = field(default_factory=deque)
    cut_after_accepting: int = 0
    secured: list[bool] = field(default_factory=list)

    def url(self, query: str = "", credentials: str = f"{USER}:p%40ss%2Fword@") -> str:
        return f"smtp://{credentials}{self.host}:{self.port}?ca_file={self.ca_file}{query}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.refuse_recipients:
            return self.refuse_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.popleft()
        mail = message_from_bytes(cast(bytes, envelope.content), policy=default)
        self.mails.append(mail)
        self.raw.append(cast(bytes, envelope.content))
        self.senders.append(str(envelope.mail_from))
        self.recipients.append(list(envelope.rcpt_tos))
        self.secured.append(session.ssl is not None)
        if self.cut_after_accepting:
            self.cut_after_accepting -= 1
            cast(Any, server).transport.abort()
        return "250 taken"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    # handled=False makes aiosmtpd answer 535 itself; otherwise the client waits for ever
    return AuthResult(success=good, handled=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Files of a certificate for 127.0.0.1 and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "smtp.crt", folder / "smtp.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@contextmanager
def running(folder: Path, *, starttls: bool = True) -> Iterator[Mailbox]:
    certificate, key = make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    mailbox = Mailbox(port=_free_port(), ca_file=str(certificate))
    options: dict[str, Any] = {"auth_require_tls": starttls, "authenticator": _authenticate}
    if starttls:
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    controller = Controller(mailbox, hostname=mailbox.host, port=mailbox.port, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
