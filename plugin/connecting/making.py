"""A secret of a source that is new: kept, or said where it has to be entered."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from plugin.contract.adapter import Setting
from plugin.installation import Installation
from plugin.normalise.sources import variable, vault_name
from plugin.policy.vault import VaultError


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A new secret: `is_stored` says that the vault keeps it, else `variable` of the environment has to."""

    setting: Setting
    value: str = field(repr=False)
    variable: str
    is_stored: bool


def keep(opened: Installation, name: str, setting: Setting, value: str) -> Made:
    """Stores it in the vault, unless the environment has a value, which would win, or there is no key for the vault."""
    entered = variable(name, setting.key)
    is_stored = False
    if entered not in os.environ and f"{entered}_FILE" not in os.environ:
        try:
            opened.vault.put(vault_name(name, setting.key), value)
            is_stored = True
        except VaultError:
            pass
    return Made(setting=setting, value=value, variable=entered, is_stored=is_stored)
