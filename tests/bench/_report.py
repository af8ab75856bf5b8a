"""What a run measured: figures for reading, and ratios that are held against a goal."""

# ruff: noqa: T201
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """Prints as it goes; `close` prints the missed goals and returns the exit code (0: all met)."""

    #: measure the largest sizes too, which takes many minutes
    full: bool = False
    #: databases and numbers of contacts; where none of a kind is named, a section measures all of that kind
    only: tuple[str, ...] = ()
    missed: list[str] = field(default_factory=list)

    def section(self, name: str) -> None:
        print(f"\n{name}\n{'-' * len(name)}", flush=True)

    def figure(self, name: str, text: str) -> None:
        print(f"  {name:<72} {text}", flush=True)

    def wants(self, name: str) -> bool:
        """Numbers stand for contacts, other names for databases."""
        alike = [one for one in self.only if one.isdigit() == name.isdigit()]
        return name in alike or not alike

    def skip(self, name: str, why: str) -> None:
        print(f"  {name:<72} not measured: {why}", flush=True)

    def at_least(self, name: str, value: float, goal: float, unit: str = "x") -> None:
        self._hold(name, value, goal, unit, met=value >= goal, sign=">=")

    def at_most(self, name: str, value: float, goal: float, unit: str = "x") -> None:
        self._hold(name, value, goal, unit, met=value <= goal, sign="<=")

    def close(self) -> int:
        if self.missed:
            print("\nMissed goals: " + "; ".join(self.missed))
        return 1 if self.missed else 0

    def _hold(self, name: str, value: float, goal: float, unit: str, *, met: bool, sign: str) -> None:
        verdict = "" if met else "   MISSED"
        self.figure(name, f"{value:.3g} {unit}   goal {sign} {goal:.3g}{verdict}")
        if not met:
            self.missed.append(name)
