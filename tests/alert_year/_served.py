"""How callers are truly served: what load and staff give on average, whatever chance made of it.

An alert in a half hour in which one caller in ten was bound to give up is news for a supervisor, planted or not. As staffed by the
plan that is so in no hour; it takes more callers or fewer agents than planned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

#: how long callers wait at most, on average
PATIENCE_MIN = 3.0
#: twice the five in a hundred that centres usually allow
BADLY = 0.1
HALF_HOUR = 30


@dataclass(frozen=True, kw_only=True)
class Served:
    """Up to each minute how many callers were expected in opening hours, and how many of them were expected to give up."""

    callers: list[float] = field(default_factory=lambda: [0.0])
    lost: list[float] = field(default_factory=lambda: [0.0])

    def add(self, rate: float, agents: int, handle_min: float) -> None:
        expected = rate if agents else 0.0
        # Rounded, because few different ones are worth a calculation.
        share = abandonment(round(rate, 3), agents, round(handle_min, 1)) if agents else 0.0
        self.callers.append(self.callers[-1] + expected)
        self.lost.append(self.lost[-1] + expected * share)

    def was_bad(self, minute: int) -> bool:
        """In the half hour before."""
        last = min(minute, len(self.lost) - 1)
        first = max(0, last - HALF_HOUR)
        callers = self.callers[last] - self.callers[first]
        return callers > 0 and self.lost[last] - self.lost[first] >= BADLY * callers


@cache
def abandonment(rate: float, agents: int, handle_min: float) -> float:
    """The share of callers that give up in the long run: M/M/n with exponential patience (Erlang A).

    With p(k) the chance that k are in the system: patience⁻¹ · Σ (k − n)⁺ p(k) / rate. O. Garnett, A. Mandelbaum and M. Reiman,
    "Designing a call center with impatient customers", Manufacturing & Service Operations Management 4 (2002), 208-227.
    """
    if not rate:
        return 0.0
    weight, total, waiting, inside = 1.0, 1.0, 0.0, 0
    while inside <= agents or weight > 1e-9 * total:
        inside += 1
        waits = max(inside - agents, 0)
        weight *= rate / (min(inside, agents) / handle_min + waits / PATIENCE_MIN)
        total += weight
        waiting += waits * weight
    return waiting / PATIENCE_MIN / total / rate
