"""Repeatable chance: the same names of a draw give the same draw, on every machine and in every release of Python."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


def draws(*names: object) -> Random:
    """A source of chance of its own for each combination of names, so that one day does not depend on another."""
    return Random(token(*names))  # noqa: S311 - a simulation keeps no secrets


def token(*names: object) -> str:
    """32 hexadecimal digits that stand for the names."""
    return hashlib.sha256("\x1f".join(str(name) for name in names).encode()).hexdigest()[:32]


def number(*names: object, digits: int) -> int:
    """A whole number with that many digits that stands for the names."""
    low = int("1" + "0" * (digits - 1))
    return low + int(token(*names), 16) % (9 * low)


def about(chance: Random, median: float, spread: float = 0.5) -> int:
    """A positive whole number, log-normal around its median: most are near it, a few far above."""
    return max(1, round(median * math.exp(spread * chance.gauss(0, 1))))


def count(chance: Random, mean: float) -> int:
    """How often something happens whose mean is known (Poisson)."""
    limit, product, found = math.exp(-min(mean, 500)), chance.random(), 0
    while product > limit:
        product *= chance.random()
        found += 1
    return found


def weighted(chance: Random, choices: Sequence[tuple[_T, float]]) -> _T:
    return chance.choices([value for value, _ in choices], [weight for _, weight in choices])[0]
