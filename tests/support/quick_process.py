"""What a process of tests does more quickly than one of a user, with the same results.

A commit need not survive a power cut, nor a password a thief; both are tried where they are promised. Pages of many applications
are compiled once, and so is the description of their API.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter

from plugin import database
from plugin.web import accounts


def hurry(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """`folder` takes compiled templates."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(accounts, "_hasher", lambda: hasher)
    patch.setattr(database, "_prepare_sqlite", _without_syncing(database._prepare_sqlite))
    patch.setattr(PydanticModelAdapter, "json_schema", _once(PydanticModelAdapter.json_schema))
    patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(folder)))


def _without_syncing(prepare: Any) -> Any:
    def prepared(connection: Any, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    return prepared


def _once(describe: Any) -> Any:
    adapter = PydanticModelAdapter()

    @cache
    def described(model: type[Any], ref_template: str, mode: str) -> Any:
        return describe(adapter, model, ref_template=ref_template, mode=mode)

    def json_schema(_adapter: object, model: type[Any], *, ref_template: str, mode: str = "validation") -> Any:
        return described(model, ref_template, mode)

    return json_schema
