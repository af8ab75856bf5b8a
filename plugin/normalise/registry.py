"""Which vendors this installation can read: the modules of the package `adapters` and other distributions' entry points."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points, packages_distributions

import adapters as own
from plugin.contract.adapter import Adapter

GROUP = "deskgauge.adapters"
_DISTRIBUTION = "deskgauge"


class AdapterError(RuntimeError):
    """An adapter cannot be loaded, or two claim one name; the text says whose they are and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """An adapter of another distribution."""

    key: str
    distribution: str
    version: str


@cache
def adapters() -> Mapping[str, Adapter]:
    """Every known adapter by its key."""
    return collect([*_own(), *_installed()])


def collect(found: Iterable[tuple[str, object]]) -> Mapping[str, Adapter]:
    """The adapters by key from (where it was found, the object); raises `AdapterError`."""
    known: dict[str, Adapter] = {}
    origins: dict[str, str] = {}
    for origin, adapter in found:
        if not isinstance(adapter, Adapter):
            raise AdapterError(
                f"{origin}: an object of plugin.contract.adapter.Adapter expected. Uninstall or correct it."
            )
        if adapter.key in known:
            raise AdapterError(
                f"The adapter {adapter.key!r} is there twice: in {origins[adapter.key]} and in {origin}. "
                "Uninstall one of them, or give one another key."
            )
        known[adapter.key], origins[adapter.key] = adapter, origin
    return dict(sorted(known.items()))


def _own() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(own.__path__):
        if not module.name.startswith("_"):
            name = f"{own.__name__}.{module.name}"
            adapter = getattr(import_module(name), "ADAPTER", None)
            if adapter is not None:
                yield name, adapter


def _installed() -> Iterator[tuple[str, object]]:
    for entry in entry_points(group=GROUP):
        origin = f"{entry.value} of the distribution {entry.dist.name if entry.dist else 'unknown'}"
        try:
            yield origin, entry.load()
        except (ImportError, AttributeError) as error:
            raise AdapterError(f"{origin} cannot be loaded ({error}). Uninstall or update it.") from error


def foreign_adapters() -> list[Foreign]:
    return [
        Foreign(key=adapter.key, distribution=entry.dist.name, version=entry.dist.version)
        for entry in entry_points(group=GROUP)
        if entry.dist is not None and isinstance(adapter := entry.load(), Adapter)
    ]


def check_package_owner() -> None:
    """Raises `AdapterError` when another distribution put its files into the folder of ours."""
    require_own_package(packages_distributions().get(own.__name__, []))


def require_own_package(owners: Iterable[str]) -> None:
    foreign = sorted({owner for owner in owners if owner.lower() != _DISTRIBUTION})
    if foreign:
        raise AdapterError(
            f"The Python package `{own.__name__}` of Deskgauge is also claimed by {', '.join(foreign)}, which may have "
            f"overwritten it. Install Deskgauge into an environment of its own, or run `pip uninstall {foreign[0]}` and "
            "install Deskgauge again."
        )
