"""What was said of one incident, as the JSON text that is kept with it: every later message about it is made of this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """In the language of the centre. `title` is the alert in a line, or its end when it is over; `latest` the newest value.

    `page` and `records` are addresses, empty where the centre's own address is not known.
    """

    rule: str = ""
    subject: str = ""
    title: str = ""
    detail: str = ""
    latest: str = ""
    page: str = ""
    records: str = ""


@cache
def _adapter() -> TypeAdapter[Words]:
    return TypeAdapter(Words)


def to_json(words: Words) -> str:
    return _adapter().dump_json(words, exclude_defaults=True).decode()


def from_json(text: str) -> Words:
    return _adapter().validate_json(text)
