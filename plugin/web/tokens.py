"""Tokens of programs and television screens: only their hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Engine, Row, Table, insert, select, update

from plugin.database import reading, writing
from plugin.web.accounts import AccountError
from plugin.web.tables import ApiToken, Scope

TOKEN = cast(Table, ApiToken.__table__)  # type: ignore[attr-defined]
#: Begins every token, so that secret scanners and people recognise it.
PREFIX = "dg_"
_HINT_LENGTH = len(PREFIX) + 5
#: `last_used_at` is written at most this often: reading must not become writing.
_USE_NOTED_EVERY = timedelta(minutes=10)


def create_token(
    engine: Engine, name: str, scopes: Iterable[Scope | str], now: datetime, expires_at: datetime | None = None
) -> str:
    """Returns the token, which cannot be read again; raises `AccountError`."""
    if not name.strip():
        raise AccountError("name", "say what the token is for")
    if expires_at is not None and expires_at <= now:
        raise AccountError("expires", "must lie in the future")
    token = PREFIX + secrets.token_urlsafe(32)
    row = {
        "name": name.strip(),
        "hint": token[:_HINT_LENGTH],
        "digest": _digest(token),
        "scopes": " ".join(sorted({_scope(scope) for scope in scopes}) or [Scope.READ]),
        "created_at": now,
        "expires_at": expires_at,
    }
    with writing(engine) as connection:
        connection.execute(insert(TOKEN), row)
    return token


def revoke_token(engine: Engine, hint_or_name: str, now: datetime) -> int:
    """Revokes every live token with this name or this beginning, and returns how many."""
    statement = update(TOKEN).where(
        (TOKEN.c.name == hint_or_name) | (TOKEN.c.hint == hint_or_name[:_HINT_LENGTH]), TOKEN.c.revoked_at.is_(None)
    )
    with writing(engine) as connection:
        return connection.execute(statement.values(revoked_at=now)).rowcount


def tokens(engine: Engine) -> list[Row[Any]]:
    """name, hint, scopes and moments of every token, the newest first."""
    columns = [column for column in TOKEN.c if column.name != "digest"]
    with reading(engine) as connection:
        return list(connection.execute(select(*columns).order_by(TOKEN.c.id.desc())))


def opens(engine: Engine, token: str, scope: Scope, now: datetime) -> bool:
    """Whether the token is live and has the scope."""
    if not token.startswith(PREFIX):
        return False
    with reading(engine) as connection:
        row = connection.execute(select(TOKEN).where(TOKEN.c.digest == _digest(token))).first()
    if row is None or row.revoked_at or (row.expires_at and row.expires_at <= now) or scope not in row.scopes.split():
        return False
    if row.last_used_at is None or now - row.last_used_at > _USE_NOTED_EVERY:
        with writing(engine) as connection:
            connection.execute(update(TOKEN).where(TOKEN.c.id == row.id).values(last_used_at=now))
    return True


def _digest(token: str) -> bytes:
    # A token has 256 random bits, so that a fast hash is as good as a slow one.
    return sha256(token.encode()).digest()


def _scope(scope: Scope | str) -> str:
    try:
        return Scope(scope).value
    except ValueError:
        raise AccountError("scope", f"{scope} is not a scope; choose from {', '.join(Scope)}") from None
