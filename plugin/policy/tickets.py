"""What was promised for tickets: times to the first response and to the solution, and how reopenings are taken."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from plugin.policy.fields import Name, Part, Seconds

#: stands for every priority that has no target of its own
ANY_PRIORITY = "any"


class Sla(Part):
    """Targets by priority, in force from a local date on (from ever, when it is left out) until the next entry."""

    valid_from: date | None = None
    clock: Literal["business", "wall"] = "business"
    first_response: dict[Name, Seconds] = Field(default_factory=dict)
    resolution: dict[Name, Seconds] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if not self.first_response and not self.resolution:
            raise ValueError('needs targets; write first_response = {any = "8h"} or resolution = {any = "2d"}')
        return self


class TicketTerms(Part):
    """`ignore_thanks`: a reopening that is solved again without an agent's reply did not happen."""

    ignore_thanks: bool = False


def in_order(versions: tuple[Sla, ...]) -> tuple[Sla, ...]:
    """Raises ValueError unless each came into force after the one before; only the first may have been so from ever."""
    days = [version.valid_from for version in versions]
    dated = [day for day in days[1:] if day is not None]
    if len(dated) < len(days[1:]):
        raise ValueError("every entry but the first needs a valid_from; add it")
    known = [day for day in days if day is not None]
    if known != sorted(set(known)):
        raise ValueError("each valid_from must be later than the one before; put them in order")
    return versions
