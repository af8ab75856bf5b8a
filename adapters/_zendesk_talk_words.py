"""Talk's names and numbers in ours, and the events that its records are told in."""

from __future__ import annotations

from plugin.contract.payload import Payload
from plugin.contract.settings import Settings, first, pairs


def seconds(value: Payload) -> int | float | None:
    number = value.number_or()
    return int(number) if number is not None and number.is_integer() else number


def name_of(number: str | None, settings: Settings) -> str | None:
    """Of an agent or a group, as the document `names` has it; 0 stands for nobody."""
    return None if number in (None, "0") else pairs(settings, "names").get(number, number)


def includes_hold(settings: Settings) -> bool:
    return first(settings, "talk_includes_hold", "no") == "yes"
