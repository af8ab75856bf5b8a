"""People who may open the pages: made by the command line, checked at login and with every request."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import Connection, Engine, Row, Table, func, insert, select, update

from plugin.database import reading, writing
from plugin.web import throttle
from plugin.web.tables import Role, User

USER = cast(Table, User.__table__)  # type: ignore[attr-defined]
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_LONGEST_NAME = 100


class AccountError(ValueError):
    """An account cannot be made or changed as asked; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class LoginRefused(Exception):
    """Name and password do not go together, or too many attempts failed: then `until` says when to try again."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__("too many failed attempts" if until else "wrong name or password")
        self.until = until


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    id: int
    name: str
    role: Role
    epoch: int

    def may(self, role: Role) -> bool:
        """Whether this account may do what the role may."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)


def create_user(engine: Engine, name: str, password: str, role: Role | str, now: datetime) -> Account:
    """Raises `AccountError` for a name that exists, an unknown role or a weak password."""
    tidy = _name(name)
    row = {
        "name": tidy,
        "password_hash": _hash(password, tidy),
        "role": _role(role).value,
        "active": 1,
        "epoch": 0,
        "created_at": now,
    }
    with writing(engine) as connection:
        if connection.execute(select(USER.c.id).where(USER.c.name == tidy)).first():
            raise AccountError("name", f"{tidy} exists already; choose another one, or give it a new password")
        connection.execute(insert(USER), row)
        return _account(connection.execute(select(USER).where(USER.c.name == tidy)).one())


def set_password(engine: Engine, name: str, password: str) -> None:
    """Ends the sessions of the account too."""
    tidy = _name(name)
    _change(engine, tidy, {"password_hash": _hash(password, tidy), "epoch": USER.c.epoch + 1})


def set_role(engine: Engine, name: str, role: Role | str) -> None:
    _change(engine, _name(name), {"role": _role(role).value})


def set_active(engine: Engine, name: str, active: bool) -> None:
    """An inactive account cannot log in, and its sessions end at once."""
    _change(engine, _name(name), {"active": int(active), "epoch": USER.c.epoch + 1})


def end_sessions(engine: Engine, name: str) -> None:
    _change(engine, _name(name), {"epoch": USER.c.epoch + 1})


def users(engine: Engine) -> list[Row[Any]]:
    """name, role, active, created_at, last_login_at; by name."""
    columns = (USER.c.name, USER.c.role, USER.c.active, USER.c.created_at, USER.c.last_login_at)
    with reading(engine) as connection:
        return list(connection.execute(select(*columns).order_by(USER.c.name)))


def any_user(connection: Connection) -> bool:
    return bool(connection.execute(select(func.count()).select_from(USER).where(USER.c.active == 1)).scalar())


def account_of(connection: Connection, number: int, epoch: int) -> Account | None:
    """The account of a session; None when it was switched off, or its sessions were ended."""
    row = connection.execute(select(USER).where(USER.c.id == number, USER.c.epoch == epoch, USER.c.active == 1)).first()
    return _account(row) if row else None


def log_in(engine: Engine, secret: bytes, name: str, password: str, address: str, now: datetime) -> Account:
    """Raises `LoginRefused`. It takes as long for a name that does not exist as for one that does."""
    tidy = unicodedata.normalize("NFKC", name).strip()[:_LONGEST_NAME]
    keys = throttle.keys_of(secret, tidy, address)
    with reading(engine) as connection:
        until = throttle.locked_until(connection, keys, now)
        row = connection.execute(select(USER).where(USER.c.name == tidy, USER.c.active == 1)).first()
    if until:
        raise LoginRefused(until)
    right = _matches(row.password_hash if row else _decoy(), password)
    with writing(engine) as connection:
        if row is None or not right:
            throttle.note_failure(connection, keys, now)
            raise_later = LoginRefused()
        else:
            throttle.forget(connection, keys)
            connection.execute(update(USER).where(USER.c.id == row.id).values(last_login_at=now))
            return _account(row)
    raise raise_later


def _change(engine: Engine, name: str, values: dict[str, Any]) -> None:
    with writing(engine) as connection:
        if not connection.execute(update(USER).where(USER.c.name == name).values(values)).rowcount:
            raise AccountError("name", f"there is no user {name}; `deskgauge user list` shows them all")


def _account(row: Row[Any]) -> Account:
    return Account(id=row.id, name=row.name, role=Role(row.role), epoch=row.epoch)


def _name(name: str) -> str:
    tidy = unicodedata.normalize("NFKC", name).strip()
    if not tidy or len(tidy) > _LONGEST_NAME or not tidy.isprintable():
        raise AccountError("name", f"must be a text of 1 to {_LONGEST_NAME} characters")
    return tidy


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise AccountError("role", f"{role} is not a role; choose from {', '.join(Role)}") from None


def _hash(password: str, name: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError("password", f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise AccountError("password", "is too easy to guess; a few unrelated words make a good one")
    return _hasher().hash(password)


def _matches(stored: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        with _turns():
            return _hasher().verify(stored, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _turns() -> threading.Semaphore:
    # Each check takes 64 MiB, and a flood of logins must not take the memory of the process.
    return threading.Semaphore(2)


@cache
def _decoy() -> str:
    return _hasher().hash("a password that nobody has")
