"""The configured sources: an adapter each, its settings from the policy, its secrets from the environment or the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from plugin.config import ConfigError, read
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.normalise.registry import adapters
from plugin.policy.vault import Vault, VaultError

#: Settings that every source may have: the last part of its address, and who may call it.
PATH_SECRET = Setting(
    key="path_secret",
    label="Secret part of the address",
    help="The vendor is given …/hooks/<source>/<secret>; for vendors that sign nothing.",
    secret=True,
)
ALLOWED_IPS = Setting(
    key="allowed_ips",
    label="Addresses that may call",
    help="IP addresses or networks, separated by spaces; empty: anyone who can prove himself.",
)


SettingValue = str | int | float | bool | Sequence[str]


class Declared(Protocol):
    """What the policy says of a source."""

    @property
    def adapter(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, SettingValue]: ...


class Declaring(Protocol):
    @property
    def sources(self) -> Mapping[str, Declared]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConfig:
    """One source as a process may use it; `problem` says what is missing, and nothing is accepted while it does."""

    name: str
    adapter: Adapter
    settings: Settings = field(default_factory=dict, repr=False)
    problem: str | None = None

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Every live secret, for keeping them out of what is stored."""
        return tuple(
            value
            for setting in settings_of(self.adapter)
            if setting.secret
            for value in secrets(self.settings, setting.key)
        )


def settings_of(adapter: Adapter) -> list[Setting]:
    """The adapter's settings and those that every source may have."""
    named = {setting.key for setting in adapter.settings}
    return [*adapter.settings, *(setting for setting in (PATH_SECRET, ALLOWED_IPS) if setting.key not in named)]


def variable(source: str, key: str) -> str:
    """The environment variable of one setting of a source."""
    return f"DESKGAUGE_SOURCE_{source}_{key}".upper().replace("-", "_")


def vault_name(source: str, key: str) -> str:
    """Under which name the vault keeps a source's secret."""
    return f"source.{source}.{key}"


def configured_sources(
    document: Declaring, environ: Mapping[str, str], vault: Vault, known: Mapping[str, Adapter] | None = None
) -> dict[str, SourceConfig]:
    """The sources that the policy declares, and those that the environment implies: named like their adapter, with a setting set.

    A source of an unknown adapter is left out; `undeclarable` names those.
    """
    known = adapters() if known is None else known
    declared = dict(document.sources.items())
    stored = frozenset(vault.names("source."))
    found = {}
    for name, source in declared.items():
        if source.adapter in known:
            found[name] = _configure(name, known[source.adapter], source.settings, environ, vault)
    for key, adapter in known.items():
        if key not in declared and _is_implied(adapter, environ, stored):
            found[key] = _configure(key, adapter, {}, environ, vault)
    return found


def undeclarable(document: Declaring, known: Mapping[str, Adapter]) -> dict[str, str]:
    """The declared sources whose adapter is not there, and what to do."""
    return {
        name: f"Its adapter {source.adapter!r} is unknown. Known are: {', '.join(known)}."
        for name, source in document.sources.items()
        if source.adapter not in known
    }


def unread_variables(environ: Mapping[str, str], sources: Mapping[str, SourceConfig]) -> list[str]:
    """Variables that look like a source's setting and that no source reads: a misspelt name, most likely."""
    known = {
        variable(name, setting.key) + ending
        for name, source in sources.items()
        for setting in settings_of(source.adapter)
        for ending in ("", "_FILE")
    }
    return sorted(name for name in environ if name.startswith("DESKGAUGE_SOURCE_") and name not in known)


def _is_implied(adapter: Adapter, environ: Mapping[str, str], stored: frozenset[str]) -> bool:
    return any(
        variable(adapter.key, setting.key) in environ
        or variable(adapter.key, setting.key) + "_FILE" in environ
        or vault_name(adapter.key, setting.key) in stored
        for setting in settings_of(adapter)
    )


def _configure(
    name: str, adapter: Adapter, plain: Mapping[str, SettingValue], environ: Mapping[str, str], vault: Vault
) -> SourceConfig:
    settings: dict[str, str | tuple[str, ...]] = {}
    problems = []
    for setting in settings_of(adapter):
        try:
            value = _value(name, setting, plain, environ, vault)
        except (ConfigError, VaultError) as error:
            problems.append(str(error))
            continue
        if value:
            settings[setting.key] = tuple(value.split()) if setting.secret and not setting.file else value
        elif setting.required:
            problems.append(_missing(name, setting))
    return SourceConfig(name=name, adapter=adapter, settings=settings, problem=" ".join(problems) or None)


def _value(
    name: str, setting: Setting, plain: Mapping[str, SettingValue], environ: Mapping[str, str], vault: Vault
) -> str | None:
    """The environment wins, so that an installation can be driven by it alone."""
    given = read(variable(name, setting.key), environ)
    if given is None and setting.secret:
        given = vault.get(vault_name(name, setting.key))
    if given is None and not setting.secret:
        given = _text(plain.get(setting.key))
    return given if given is not None else setting.default


def _text(value: SettingValue | None) -> str | None:
    """As adapters read it: a list has a line for each of its elements."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "\n".join(value)


def _missing(name: str, setting: Setting) -> str:
    if setting.secret:
        command = f"deskgauge secret set {vault_name(name, setting.key)}"
        return f"{setting.label} is missing: set {variable(name, setting.key)}, or run `{command}`."
    return f"{setting.label} is missing: set `{setting.key}` of the source {name} in the policy."
