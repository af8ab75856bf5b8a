"""A manifest as data goes in; the same with everything that the code knows better comes out, and its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from plugin.release.known import Known

_WIDTH = 120


def taken_over(data: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """What only people know stays: settings, permissions, personal data. New adapters have none of it yet."""
    head = {key: known.project[key] for key in ("id", "version", "description", "license")}
    requires = {**data["requires"], "python": known.project["python"], "schema": known.revision}
    told = {entry["id"]: entry for entry in data["adapters"]}
    return {
        **data,
        **head,
        "requires": requires,
        "locales": list(known.locales),
        "adapters": [_adapter(key, told.get(key, {}), entry) for key, entry in known.adapters.items()],
        "kpis": [{"id": key, **entry} for key, entry in known.kpis.items()],
        "jobs": [{"id": key, **entry} for key, entry in known.jobs.items()],
    }


def _adapter(key: str, told: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    path = (told.get("webhook") or {}).get("path", "/hooks/<source>")
    return {
        "id": key,
        **{name: entry[name] for name in ("kind", "title", "module")},
        "delivery": list(entry["delivery"]),
        "webhook": {"path": path, "signature": entry["signature"]} if entry["signature"] else None,
        "events": list(entry["events"]),
        "personal_data": told.get("personal_data", []),
        "docs": entry["docs"],
    }


def rendered(data: Mapping[str, Any]) -> str:
    """JSON with a line for everything that fits into one."""
    return _text(data, "") + "\n"


def _text(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (indent and len(indent) + len(line) < _WIDTH and not _is_deep(value)):
        return line
    inner = indent + "  "
    pairs = value.items() if isinstance(value, dict) else ((None, each) for each in value)
    parts = [(f"{json.dumps(key)}: " if key is not None else "") + _text(each, inner) for key, each in pairs]
    start, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{start}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{end}"


def _is_deep(value: Any) -> bool:
    """A list of tables, which is easier to read and to compare with each in its own line."""
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)
