"""Adapters of other distributions: where they come from, what they can tell, and what they break of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from plugin.contract.adapter import Adapter
from plugin.doctor.finding import Finding, error, ok
from plugin.normalise.registry import Foreign
from plugin.normalise.trial import faults
from plugin.report import wording


def foreign(found: Iterable[Foreign], known: Mapping[str, Adapter]) -> Iterator[Finding]:
    for each in found:
        adapter = known[each.key]
        name = f"adapter {each.key}"
        origin = f"{adapter.title}, of {each.distribution} {each.version}"
        wrong = faults(adapter)
        for fault in wrong:
            action = "Update or uninstall it; its author finds the contract in docs/own-vendor.md."
            yield error(name, f"{origin}: {fault}", action)
        if not wrong:
            facts = ", ".join(map(wording.fact, adapter.facts)) or "nothing that a KPI needs"
            yield ok(name, f"{origin}: tells {facts}; proven by {adapter.signature_scheme}; see {adapter.docs}")
