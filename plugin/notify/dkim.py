"""Signs mails by DKIM (RFC 6376) with a key of the house, where its mail server does not."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from plugin.notify.errors import DeliveryFailed

#: receivers refuse shorter ones (RFC 8301)
SHORTEST = 1024
#: what a mail has and what nobody may add; RFC 8058 wants both headers of leaving in it
_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimKey:
    """`pem` is an RSA key; its public half is published at `selector`._domainkey.`domain`."""

    pem: str = field(repr=False)
    selector: str
    domain: str

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"


def record(key: DkimKey) -> str:
    """The TXT record to publish; raises `ValueError` for a key that cannot be used."""
    public = _loaded(key).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def sign(mail: bytes, key: DkimKey) -> bytes:
    """The mail with its signature in front; raises `DeliveryFailed`."""
    try:
        # imported here, because it is an extra
        import dkim
    except ImportError:
        raise _failed("DESKGAUGE_DKIM_KEY is set, and what signs is missing: install `deskgauge[dkim]`.") from None
    try:
        _loaded(key)
    except ValueError as error:
        raise _failed(str(error)) from None
    names = [name.lower().encode() for name in _HEADERS]
    signature: bytes = dkim.sign(
        mail,
        key.selector.encode(),
        key.domain.encode(),
        key.pem.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return signature + mail


def _loaded(key: DkimKey) -> RSAPrivateKey:
    try:
        loaded = serialization.load_pem_private_key(key.pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("DESKGAUGE_DKIM_KEY is no private key in PEM without a password.") from None
    if not isinstance(loaded, RSAPrivateKey) or loaded.key_size < SHORTEST:
        raise ValueError("DESKGAUGE_DKIM_KEY is no RSA key of at least 1024 bits: `openssl genrsa 2048` makes one.")
    return loaded


def _failed(text: str) -> DeliveryFailed:
    return DeliveryFailed(text, permanent=True, broken=True)
