"""A manifest and what the code knows go in; what differs comes out, with the path of the key and what to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec

from plugin.manifest.document import SCOPE, AdapterEntry, Manifest, Part
from plugin.policy.problems import Problem, key_path
from plugin.release.known import Entries, Known


def differences(manifest: Manifest, known: Known) -> list[Problem]:
    return [
        *_head(manifest, known),
        *_settings(manifest, known),
        *_adapters(manifest, known),
        *_entries("notifiers", manifest.notifiers, known.notifiers),
        *_entries("kpis", manifest.kpis, known.kpis),
        *_entries("jobs", manifest.jobs, known.jobs),
        *_names("pages", [page.path for page in manifest.pages], known.pages),
        *_names("roles", [role.id for role in manifest.roles], known.roles),
        *_scopes(manifest, known),
        *_modules(manifest),
        *_files(manifest, known),
    ]


def _head(manifest: Manifest, known: Known) -> Iterator[Problem]:
    told = {
        "id": (manifest.id, known.project["id"]),
        "version": (manifest.version, known.project["version"]),
        "description": (manifest.description, known.project["description"]),
        "license": (manifest.license, known.project["license"]),
        "requires.python": (manifest.requires.python, known.project["python"]),
        "requires.schema": (manifest.requires.revision, known.revision),
        "locales": (manifest.locales, known.locales),
    }
    for path, (here, there) in told.items():
        if here != there:
            yield _differs(path, here, there)
    if known.version != manifest.version:
        yield _differs("version", manifest.version, known.version)
    if known.changelog is not None and known.changelog != manifest.version:
        text = f'is "{manifest.version}", but the newest version in CHANGELOG.md is "{known.changelog}"'
        yield Problem(path="version", text=text)


def _settings(manifest: Manifest, known: Known) -> Iterator[Problem]:
    yield from _names("settings", [setting.env for setting in manifest.settings], known.settings)
    for place, setting in enumerate(manifest.settings):
        field = known.settings.get(setting.env, {})
        if field and field["key"] != setting.key:
            yield _differs(key_path("settings", place, "key"), setting.key, field["key"])
        if field and setting.default != field["default"]:
            yield _differs(key_path("settings", place, "default"), setting.default, field["default"])


def _adapters(manifest: Manifest, known: Known) -> Iterator[Problem]:
    yield from _names("adapters", [entry.id for entry in manifest.adapters], known.adapters)
    for place, entry in enumerate(manifest.adapters):
        there = known.adapters.get(entry.id, {})
        here = _told(entry)
        yield from _compare(("adapters", place), here, there)
        if entry.webhook is not None and entry.webhook.path not in known.hooks:
            text = f'"{entry.webhook.path}" is not a route; write {" or ".join(sorted(known.hooks))}'
            yield Problem(path=key_path("adapters", place, "webhook", "path"), text=text)


def _told(entry: AdapterEntry) -> Mapping[str, object]:
    signature = entry.webhook.signature if entry.webhook else None
    return {**dict(entry), "signature": signature}


def _entries(table: str, entries: Sequence[Part], known: Entries) -> Iterator[Problem]:
    by_id = [dict(entry) for entry in entries]
    yield from _names(table, [str(entry["id"]) for entry in by_id], known)
    for place, entry in enumerate(by_id):
        yield from _compare((table, place), entry, known.get(str(entry["id"]), {}))


def _compare(path: tuple[str | int, ...], here: Mapping[str, object], there: Mapping[str, object]) -> Iterator[Problem]:
    for key, value in there.items():
        if here[key] != value:
            where = ("webhook", key) if key == "signature" else (key,)
            yield _differs(key_path(*path, *where), here[key], value)


def _names(table: str, here: Sequence[str], there: Collection[str]) -> Iterator[Problem]:
    for place, name in enumerate(here):
        if name not in there:
            yield Problem(path=key_path(table, place), text=f'"{name}" is not in the code; remove it')
    for name in there:
        if name not in here:
            yield Problem(path=table, text=f'"{name}" is in the code and not here; add it')


def _scopes(manifest: Manifest, known: Known) -> Iterator[Problem]:
    for place, page in enumerate(manifest.pages):
        scope = page.permission.removeprefix(SCOPE)
        if page.permission.startswith(SCOPE) and scope not in known.scopes:
            text = f'"{scope}" is not a scope of a token; write one of {", ".join(known.scopes)}'
            yield Problem(path=key_path("pages", place, "permission"), text=text)


def _modules(manifest: Manifest) -> Iterator[Problem]:
    """Those of adapters are compared with where their functions are."""
    for place, entry in enumerate(manifest.notifiers):
        if find_spec(entry.module) is None:
            yield Problem(path=key_path("notifiers", place, "module"), text=f"there is no module {entry.module}")


def _files(manifest: Manifest, known: Known) -> Iterator[Problem]:
    """Only in a checkout: an installation has no documentation."""
    if known.root is None:
        return
    files = {key_path("adapters", place, "docs"): entry.docs for place, entry in enumerate(manifest.adapters)}
    files |= {key_path("links", name): target for name, target in manifest.links}
    files["$schema"] = manifest.schema_file
    for path, target in files.items():
        if not (known.root / target).exists():
            yield Problem(path=path, text=f"there is no {target} in the project")


def _differs(path: str, here: object, there: object) -> Problem:
    return Problem(path=path, text=f"is {_shown(here)}, the code says {_shown(there)}")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(str(each) for each in value) + "]"
    return "nothing" if value is None else f'"{value}"'
