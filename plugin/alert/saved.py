"""The state of a rule as the JSON text that is stored, and back."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from plugin.alert.state import State


@cache
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


def to_json(state: State) -> str:
    return _adapter().dump_json(state, exclude_defaults=True).decode()


def from_json(text: str) -> State:
    return _adapter().validate_json(text)
