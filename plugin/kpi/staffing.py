"""How many agents a load needs, and how long customers wait with so many: Erlang C, and Erlang A when customers lose patience.

Contacts arrive at random (Poisson) at a constant rate, handle times and patience are exponential, whoever waits longest is next.
With n agents, rate λ, service μ and loss of patience θ, the time that a customer of boundless patience would wait has the density
λ·g(x)/(E + λJ), where g(x) = exp(λ(1 - e^-θx)/θ - nμx), J = ∫g and E = 1/B(n - 1, λ/μ) with Erlang's loss formula B (Baccelli and
Hebuterne 1981; Mandelbaum and Zeltyn, "Service engineering in action", 2007). J = Σ λ^k / ((nμ)(nμ + θ)…(nμ + kθ)) (Riordan 1962);
all other quantities are sums over the same terms, none of which is negative, so that nothing cancels. θ = 0 is Erlang C.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: beyond it a table of agents is no plan; it bounds the work that a request can cause
MOST_ERLANGS = 20_000
_ENOUGH = 1e-16
_HUGE = 1e200


class StaffingError(ValueError):
    """A value that allows no answer; `field` names it, `message` says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """`contacts` arrive in `interval_s`. `patience_s`: how long customers wait on average before they give up, or inf."""

    contacts: float
    interval_s: float
    aht_s: float
    patience_s: float = math.inf

    def __post_init__(self) -> None:
        for field in ("contacts", "interval_s", "aht_s", "patience_s"):
            _check(getattr(self, field) > 0, field, "must be more than 0")
        for field in ("contacts", "interval_s", "aht_s"):
            _check(math.isfinite(getattr(self, field)), field, "must be a number")
        _check(self.erlangs <= MOST_ERLANGS, "contacts", f"more than {MOST_ERLANGS} agents would talk at once")

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.contacts / self.interval_s

    @property
    def erlangs(self) -> float:
        """How many agents would be busy on average if nobody gave up."""
        return self.rate * self.aht_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """`share` of all contacts answered within `threshold_s`, and at most `max_occupancy` of the agents' time spent on contacts."""

    share: float = 0.8
    threshold_s: float = 20.0
    max_occupancy: float = 1.0

    def __post_init__(self) -> None:
        _check(0 < self.share < 1, "target", "the share must lie between 0 and 100 per cent, such as 80/20")
        _check(0 <= self.threshold_s < math.inf, "target", "the time must not be negative, such as 80/20")
        _check(0 < self.max_occupancy <= 1, "max_occupancy", "must be more than 0 and at most 1 (100 per cent)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What is to be expected. Shares are of all contacts that arrive; `asa_s` is of the answered ones, None when there are none.

    `answered_in_time` is the service level SL-3.
    """

    agents: int
    p_wait: float
    answered_in_time: float
    abandoned: float
    abandoned_in_time: float
    asa_s: float | None
    occupancy: float

    @property
    def answered(self) -> float:
        return 1 - self.abandoned


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """`scheduled` agents have to be on the roster so that `outlook.agents` are there."""

    outlook: Outlook
    scheduled: int


def outlook(load: Load, agents: int, threshold_s: float = 20.0) -> Outlook:
    """Raises `StaffingError` when the queue would grow without end: nobody gives up, and there is no less work than agents."""
    _check(agents >= 0, "agents", "must not be negative")
    _check(0 <= threshold_s < math.inf, "threshold_s", "must not be negative")
    if math.isinf(load.patience_s):
        least = math.floor(load.erlangs) + 1
        _check(agents >= least, "agents", f"{agents} cannot do the work of {load.erlangs:.2f}; {least} are the least")
    elif agents == 0:
        lost = -math.expm1(-threshold_s / load.patience_s)
        return Outlook(
            agents=0, p_wait=1, answered_in_time=0, abandoned=1, abandoned_in_time=lost, asa_s=None, occupancy=0
        )
    return _outlook(load, agents, threshold_s)


def needed(load: Load, target: Target, shrinkage: float = 0.0) -> Need:
    """The fewest agents that reach the target. `shrinkage`: the share of paid time in which agents are not there for contacts."""
    _check(0 <= shrinkage < 1, "shrinkage", "must be at least 0 and less than 1 (100 per cent)")
    failing = math.floor(load.erlangs) if math.isinf(load.patience_s) else 0
    enough = failing + 1
    while not _reaches(outlook(load, enough, target.threshold_s), target):
        failing, enough = enough, 2 * enough
    while enough - failing > 1:
        middle = (failing + enough) // 2
        if _reaches(outlook(load, middle, target.threshold_s), target):
            enough = middle
        else:
            failing = middle
    found = outlook(load, enough, target.threshold_s)
    # Rounded first: 14 agents at 30 per cent are 20, though 14 / (1 - 0.3) is a little more in binary.
    return Need(outlook=found, scheduled=math.ceil(round(enough / (1 - shrinkage), 9)))


def _check(good: bool, field: str, message: str) -> None:
    if not good:
        raise StaffingError(field, message)


def _reaches(found: Outlook, target: Target) -> bool:
    return found.answered_in_time >= target.share and found.occupancy <= target.max_occupancy


def _outlook(load: Load, agents: int, threshold_s: float) -> Outlook:
    rate, service, leaving = load.rate, agents / load.aht_s, 1 / load.patience_s
    loss = _erlang_b(load.erlangs, agents - 1)
    whole = _waiting(rate, service, leaving)
    # Everything is divided by E and by exp(scale), which keeps the sums small.
    weight = math.exp(-whole.scale) + loss * rate * whole.all
    abandoned = loss * leaving * whole.length / weight
    later = _waiting(rate * math.exp(-leaving * threshold_s), service, leaving)
    grown = rate * (threshold_s if leaving == 0 else -math.expm1(-leaving * threshold_s) / leaving)
    # g(T), which takes J from 0 to T on.
    left = math.exp(grown - service * threshold_s - whole.scale + later.scale)
    late = loss * left * service * later.beyond / weight
    waiting = loss * rate * left * math.exp(-leaving * threshold_s) * later.all / weight
    answered = 1 - abandoned
    return Outlook(
        agents=agents,
        p_wait=loss * rate * whole.all / weight,
        answered_in_time=max(0.0, answered - late),
        abandoned=abandoned,
        abandoned_in_time=max(0.0, abandoned + late - waiting),
        asa_s=loss * whole.delay / weight / answered if answered > 0 else None,
        occupancy=rate * answered / service,
    )


def _erlang_b(erlangs: float, agents: int) -> float:
    """The share of blocked calls on so many lines without a queue."""
    blocked = 1.0
    for lines in range(1, agents + 1):
        blocked = erlangs * blocked / (lines + erlangs * blocked)
    return blocked


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiting:
    """Sums over the lengths of the queue, divided by exp(scale): J, J without its first term, Σ k·term, and nμ·∫x·g(x) dx - J."""

    all: float
    beyond: float
    length: float
    delay: float
    scale: float


def _waiting(rate: float, service: float, leaving: float) -> _Waiting:
    if leaving == 0:
        free = service - rate
        beyond = rate / service / free
        return _Waiting(all=1 / free, beyond=beyond, length=beyond * service / free, delay=rate / free**2, scale=0)
    term = 1 / service
    total, beyond, length, delay, scale, steps, queue = term, 0.0, 0.0, 0.0, 0.0, 0.0, 0
    while term > _ENOUGH * total or rate > service + queue * leaving:
        queue += 1
        steps += service / (service + queue * leaving)
        term *= rate / (service + queue * leaving)
        total, beyond, length, delay = total + term, beyond + term, length + queue * term, delay + steps * term
        if total > _HUGE:
            term, total, beyond, length, delay = (each / _HUGE for each in (term, total, beyond, length, delay))
            scale += math.log(_HUGE)
    return _Waiting(all=total, beyond=beyond, length=length, delay=delay, scale=scale)
