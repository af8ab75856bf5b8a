"""Secrets that were entered in the pages or at the command line: encrypted in the table `secret`, names in clear."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Engine, LargeBinary, select
from sqlmodel import Field, SQLModel, col

from plugin.database import reading, session_scope

_SALT = b"deskgauge vault v1"
_MISSING = (
    "DESKGAUGE_SECRET_KEY is not set, so stored secrets cannot be read or written. "
    "Set it to a long random text (for example the output of `openssl rand -hex 32`) and keep it with your backups."
)
_WRONG = (
    "The secret {name} was stored under another DESKGAUGE_SECRET_KEY. "
    "Set the key that was used then, or enter the secret again."
)


class VaultError(ValueError):
    """A stored secret cannot be read or written; the text says what to set."""


class Secret(SQLModel, table=True):
    """One encrypted value, such as `source.aircall.token`."""

    __tablename__ = "secret"

    name: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


@lru_cache(maxsize=4)
def _cipher(passphrase: str) -> Fernet:
    key = hashlib.scrypt(passphrase.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))


class Vault:
    """The stored secrets of one installation; any passphrase is accepted as the key."""

    def __init__(self, engine: Engine, passphrase: str | None) -> None:
        self._engine = engine
        self._passphrase = passphrase

    def put(self, name: str, value: str) -> None:
        sealed = self._fernet().encrypt(value.encode())
        with session_scope(self._engine) as session:
            session.merge(Secret(name=name, value=sealed))

    def get(self, name: str) -> str | None:
        """None when nothing is stored under the name; raises `VaultError` when the key does not open it."""
        with reading(self._engine) as connection:
            value = connection.scalar(select(col(Secret.value)).where(col(Secret.name) == name))
        return None if value is None else self._open(name, value)

    def delete(self, name: str) -> bool:
        """Whether there was one."""
        with session_scope(self._engine) as session:
            row = session.get(Secret, name)
            if row is not None:
                session.delete(row)
        return row is not None

    def names(self, prefix: str = "") -> list[str]:
        with reading(self._engine) as connection:
            names = connection.scalars(select(col(Secret.name)).order_by(col(Secret.name)))
            return [name for name in names if name.startswith(prefix)]

    def _open(self, name: str, value: bytes) -> str:
        try:
            return self._fernet().decrypt(value).decode()
        except InvalidToken:
            raise VaultError(_WRONG.format(name=name)) from None

    def _fernet(self) -> Fernet:
        if not self._passphrase:
            raise VaultError(_MISSING)
        return _cipher(self._passphrase)
