"""The manifest, the adapters and the catalogue of KPIs go in; the reference page of the documentation comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from plugin.contract.adapter import Adapter
from plugin.kpi.metric import Metric
from plugin.manifest.document import Manifest

_HEAD = """\
# Reference
Made by `deskgauge manifest check --update` from `manifest.json` and the code; a test compares it.
"""
#: needs that the centre's own policy fills, not a vendor
_DECIDED = {"cost": "costs", "target": "targets"}


def reference_page(manifest: Manifest, adapters: Mapping[str, Adapter], metrics: Iterable[Metric]) -> str:
    own = {entry.id: adapters[entry.id] for entry in manifest.adapters}
    parts = [
        _HEAD,
        _section("Settings", "Variables of the environment; an empty default is none.", _settings(manifest)),
        _section(
            "Adapters", "How each vendor's deliveries come in, and whose data they hold.", _adapters(manifest, own)
        ),
        _section(
            "What can be computed",
            "Which adapter sends the facts of a KPI. *costs* and *targets*: with those in the [policy](policy.md).\n"
            "For CSV files and any webhook it is as your mapping tells.",
            _coverage(own, metrics),
        ),
        _section("Ways out", "", _notifiers(manifest)),
        _section("Jobs", "What a worker does; one of them holds the lease of the scheduler.", _jobs(manifest)),
        _section(
            "Pages and API",
            "The least role; `scope:` is that of a token, though a session opens the API, too; `signature` is that of Slack.",
            _pages(manifest),
        ),
        _section("Roles", "", _table(("role", "may"), [(f"`{each.id}`", each.may) for each in manifest.roles])),
    ]
    return "\n".join(parts)


def _section(title: str, text: str, table: str) -> str:
    return f"## {title}\n" + (f"{text}\n\n" if text else "") + table


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _settings(manifest: Manifest) -> str:
    rows = [
        (f"`{each.env}`", each.help, f"`{each.default}`" if each.default else "", "yes" if each.secret else "")
        for each in manifest.settings
    ]
    return _table(("variable", "what it is", "default", "secret"), rows)


def _adapters(manifest: Manifest, adapters: Mapping[str, Adapter]) -> str:
    rows = [
        (
            f"[{each.title}]({each.docs.removeprefix('docs/')})",
            ", ".join(_way(adapters[each.id], way) for way in each.delivery),
            f"`{each.webhook.path}`: {each.webhook.signature}" if each.webhook else "no webhook",
            ", ".join(data.replace("_", " ") for data in each.personal_data),
        )
        for each in manifest.adapters
    ]
    return _table(("vendor", "comes by", "address and proof", "personal data"), rows)


def _way(adapter: Adapter, way: str) -> str:
    return "webhook, [made by `connect`](connect.md)" if way == "webhook" and adapter.registration else way


def _coverage(adapters: Mapping[str, Adapter], metrics: Iterable[Metric]) -> str:
    rows = [
        (f"`{metric.key}`", *(_covered(metric.needs, adapter.facts) for adapter in adapters.values()))
        for metric in metrics
        if "." not in metric.key
    ]
    return _table(("KPI", *adapters), rows)


def _covered(needs: Collection[str], facts: Collection[str]) -> str:
    if any(need.partition(":")[0] not in facts for need in needs if need not in _DECIDED):
        return ""
    decided = ", ".join(_DECIDED[need] for need in needs if need in _DECIDED)
    return decided or "yes"


def _notifiers(manifest: Manifest) -> str:
    names = {setting.key: setting.env for setting in manifest.settings}
    rows = [
        (each.title, f"`{each.id}`", ", ".join(f"`{names[key]}`" for key in each.settings) or "nothing")
        for each in manifest.notifiers
    ]
    return _table(("way", "kind", "needs"), rows)


def _jobs(manifest: Manifest) -> str:
    return _table(("job", "what it does", "when"), [(f"`{each.id}`", each.title, each.every) for each in manifest.jobs])


def _pages(manifest: Manifest) -> str:
    return _table(("address", "for"), [(f"`{each.path}`", f"`{each.permission}`") for each in manifest.pages])


def schema(manifest: type[Manifest]) -> dict[str, Any]:
    """The JSON schema of `manifest.json`, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **manifest.model_json_schema(by_alias=True)}
