"""What the code knows of a release, in the words of the manifest: entries by their id, each with the keys that both have."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.metadata import metadata
from pathlib import Path

import adapters as own
from plugin.app import create_app
from plugin.config import Config, load
from plugin.contract import mapping, status
from plugin.contract.adapter import Adapter
from plugin.contract.event import Kind
from plugin.database import open_engine, schema_state
from plugin.kpi.catalogue import METRICS, PLAN_ATTAINMENT
from plugin.normalise.registry import adapters
from plugin.notify.registry import KINDS
from plugin.report.figures import LANGUAGES
from plugin.schedule.jobs import JOBS
from plugin.version import VERSION
from plugin.web.tables import Role, Scope

Entries = Mapping[str, Mapping[str, object]]
_DISTRIBUTION = "deskgauge"
_VERSION = re.compile(r"^## \[?(\d+\.\d+\.\d+)", re.MULTILINE)
_SHARED = re.compile(r"^from adapters\.(_\w+) import", re.MULTILINE)
_KIND = re.compile(r"\bKind\.([A-Z_]+)")
_MARK = "9"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """`root` is the folder of a checkout, None in an installation; `changelog` and `version` are what these say."""

    root: Path | None
    project: Mapping[str, object]
    changelog: str | None
    version: str
    revision: str | None
    locales: tuple[str, ...]
    settings: Entries
    adapters: Entries
    notifiers: Entries
    kpis: Entries
    jobs: Entries
    pages: Collection[str]
    hooks: Collection[str]
    roles: Collection[str]
    scopes: Collection[str]


def known_to_code(envvars: Iterable[str]) -> Known:
    """`envvars` are those that commands read by themselves."""
    root = checkout()
    routes = _routes()
    return Known(
        root=root,
        project=_project(root),
        changelog=_changelog(root),
        version=VERSION,
        revision=_revision(),
        locales=LANGUAGES,
        settings=_settings(envvars),
        adapters={key: adapter_entry(adapter) for key, adapter in adapters().items() if _is_own(adapter)},
        notifiers={kind: {} for kind in KINDS},
        kpis={
            metric.key: {"unit": metric.unit.value, "better": metric.better.value, "version": metric.version}
            for metric in (*METRICS.values(), PLAN_ATTAINMENT)
        },
        jobs={job.id: {"title": job.title, "every": job.every} for job in JOBS},
        pages=frozenset(rule for rule in routes if not rule.startswith("/hooks/")),
        hooks=frozenset(rule for rule in routes if rule.startswith("/hooks/")),
        roles=tuple(Role),
        scopes=tuple(Scope),
    )


def checkout() -> Path | None:
    root = Path(__file__).parents[2]
    return root if (root / "pyproject.toml").exists() else None


def _is_own(adapter: Adapter) -> bool:
    """Whether it belongs to the release, and not to another distribution."""
    return adapter.parse.__module__.startswith(f"{own.__name__}.")


def adapter_entry(adapter: Adapter) -> Mapping[str, object]:
    """What an adapter says of itself; `events` are the kinds that its files name, every kind where a mapping decides."""
    ways = {"webhook": not adapter.signature_scheme.startswith("none"), "file": adapter.files, "api": adapter.pull}
    return {
        "kind": adapter.kind,
        "title": adapter.title,
        "module": adapter.parse.__module__,
        "docs": adapter.docs,
        "delivery": tuple(way for way, offered in ways.items() if offered),
        "signature": adapter.signature_scheme if ways["webhook"] else None,
        "events": _kinds(adapter.parse.__module__),
    }


def _kinds(module: str) -> tuple[Kind, ...]:
    chosen = import_module(module)
    if getattr(chosen, "events_of", None) is mapping.events_of:
        return tuple(Kind)
    folder, stem = Path(inspect.getfile(chosen)).parent, module.rpartition(".")[2]
    texts = [file.read_text(encoding="utf-8") for file in _files(folder, stem)]
    if any(status.__name__ in text for text in texts):
        texts.append(inspect.getsource(status))
    named = {name for text in texts for name in _KIND.findall(text)}
    return tuple(kind for kind in Kind if kind.name in named)


def _files(folder: Path, stem: str) -> list[Path]:
    """An adapter's own files, and those that it shares with another product of its maker."""
    files = [folder / f"{stem}.py", *sorted(folder.glob(f"_{stem}_*.py"))]
    shared = {name for file in files for name in _SHARED.findall(file.read_text(encoding="utf-8"))}
    return files + [file for name in sorted(shared) if (file := folder / f"{name}.py") not in files]


def _project(root: Path | None) -> Mapping[str, object]:
    if root is not None:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        keys = {"id": "name", "version": "version", "description": "description", "license": "license"}
        return {**{ours: project[theirs] for ours, theirs in keys.items()}, "python": project["requires-python"]}
    installed = metadata(_DISTRIBUTION)
    keys = {"id": "Name", "version": "Version", "description": "Summary", "license": "License-Expression"}
    return {**{ours: installed[theirs] for ours, theirs in keys.items()}, "python": installed["Requires-Python"]}


def _changelog(root: Path | None) -> str | None:
    file = None if root is None else root / "CHANGELOG.md"
    if file is None or not file.exists():
        return None
    found = _VERSION.search(file.read_text(encoding="utf-8"))
    return found[1] if found else None


def _revision() -> str | None:
    engine = open_engine("sqlite://")
    try:
        return schema_state(engine)[1]
    finally:
        engine.dispose()


class _Asked(dict[str, str]):
    """An environment that notes which variables were looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, key: str, default: object = None) -> None:  # type: ignore[override]
        self.names.add(key)


def _settings(envvars: Iterable[str]) -> Entries:
    """Each variable that is read, with the field of the configuration that it changes and the field's value without it."""
    asked = _Asked()
    usual = load(asked)
    names = {name for name in asked.names if not name.endswith("_FILE")}
    found: dict[str, Mapping[str, object]] = {name: _field(name, usual) for name in sorted(names)}
    return {**found, **{name: {} for name in envvars if name not in found}}


def _field(name: str, usual: Config) -> Mapping[str, object]:
    changed = load({name: _MARK})
    for each in fields(Config):
        if _MARK in str(getattr(changed, each.name)) and getattr(changed, each.name) != getattr(usual, each.name):
            return {"key": each.name, "default": _default(getattr(usual, each.name), usual)}
    return {}


def _default(value: object, usual: Config) -> str | None:
    """None also for what is worked out on the machine, such as a path."""
    return value if isinstance(value, str) and str(usual.data_dir) not in value else None


def _routes() -> set[str]:
    """The addresses of the application; its database is in memory and never opened."""
    nowhere = load({"DESKGAUGE_DATABASE_URL": "sqlite://", "DESKGAUGE_SECRET_KEY": "only for its routes"})
    return {rule.rule for rule in create_app(nowhere).url_map.iter_rules()}
