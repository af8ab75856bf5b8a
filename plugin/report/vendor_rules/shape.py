"""What a vendor's rule is: how it makes a number that we have, too, in our own sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plugin.kpi.by_rule import Made
from plugin.kpi.catalogue import METRICS
from plugin.policy.document import Attribution

NOT_KNOWN = "not known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A statement about a vendor and where it is from; without a source nothing is known."""

    says: str = NOT_KNOWN
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`kpi` is our key of the number. `made` None: it cannot be made here, and `says` tells why.

    `screen`: the vendor's page, dashboard or setting for which it holds, where it has several.
    """

    kpi: str
    made: Made | None
    says: str
    source: str = ""
    screen: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vendor:
    """`attribution` None: it is not known, or its numbers have no such choice; ours by entry is then shown."""

    key: str
    title: str
    attribution: Attribution | None = None
    period: Said = Said()
    empty: Said = Said()
    hours: Said = Said()
    rules: tuple[Rule, ...]


def made(kpi: str, numerator: Mapping[str, float], denominator: Mapping[str, float] | None = None) -> Made:
    """Like a KPI of ours, but of other sums."""
    return replace(METRICS[kpi], numerator=numerator, denominator=denominator)


def each(*measures: str) -> dict[str, float]:
    """Their sum."""
    return dict.fromkeys(measures, 1)


def not_known(kpi: str) -> Rule:
    return Rule(kpi=kpi, made=None, says=NOT_KNOWN)
