"""Ways out whose address is a secret: the name in the policy leads to variables of the environment."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.config import APPRISE, WEBHOOK
from plugin.notify.errors import DeliveryFailed

_PREFIXES = {"webhook": WEBHOOK, "apprise": APPRISE}
_PARTS = {"webhook": ("URL", "SECRET"), "apprise": ("",)}


def variable(kind: str, name: str, what: str = "") -> str:
    """`DESKGAUGE_WEBHOOK_ON_CALL_URL`, `DESKGAUGE_APPRISE_BOSS`."""
    return _PREFIXES[kind] + _key(name, what)


def variables(kind: str, name: str) -> tuple[str, ...]:
    """Those without which nothing can be sent there."""
    return tuple(variable(kind, name, what) for what in _PARTS[kind])


def value_of(kind: str, values: Mapping[str, str], name: str, what: str = "") -> str:
    """Raises `DeliveryFailed` with the variable to set."""
    value = values.get(_key(name, what))
    if value is None:
        raise DeliveryFailed(
            f"Nothing is set up for {kind} {name}: set {variable(kind, name, what)}.", permanent=True, broken=True
        )
    return value


def optional(values: Mapping[str, str], name: str, what: str) -> str:
    return values.get(_key(name, what), "")


def _key(name: str, what: str) -> str:
    return "_".join(part for part in (name, what) if part).upper().replace("-", "_")
