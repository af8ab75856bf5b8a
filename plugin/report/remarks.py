"""What stands under every report and digest: definitions, what was left out, what is not available and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from plugin.kpi.metric import Report
from plugin.report.figures import number, span
from plugin.report.wording import comma, excluded, fact, has, joined, label, text

_MISSING = "missing fact:"
#: text --> how the calculation says it
_NOTES = {
    "note.pro_rated": re.compile(r"Costs are pro-rated by calendar days\."),
    "note.converted": re.compile(r"Costs in (?P<currencies>.+) are taken at the rates of the policy\."),
    "note.by_end": re.compile(r"Contacts of (?P<sources>.+) count in the period in which they ended\."),
    "note.sparse": re.compile(r"Groups without activity are left out\."),
    "note.scales": re.compile(
        r"(?P<kpi>\w+): answers are on several scales \((?P<scales>.+)\); a mean is shown only where there is one\."
    ),
}
#: A definition is spelled out where KPIs of this name differ between centres.
_TELLING = ("variant", "threshold_s", "components", "short_abandon_s", "flow_outs", "not_offered")


def remarks(report: Report, language: str = "en") -> list[str]:
    """One line each; nothing to remark, no line."""
    return [*definitions(report, language), *missing(report, language), *notes(report, language)]


def notes(report: Report, language: str = "en") -> list[str]:
    """What a report remarks in English, in the reader's language; what is not known here stays as it is."""
    return [_note(one, language) for one in report.notes]


def _note(note: str, language: str) -> str:
    for key, pattern in _NOTES.items():
        if found := pattern.fullmatch(note):
            parts = found.groupdict()
            return text(key, language, **({**parts, "kpi": label(parts["kpi"], language)} if "kpi" in parts else parts))
    return note


def missing(report: Report, language: str = "en") -> list[str]:
    """What the numbers do not count, and which of them are not available."""
    left = left_out(report.excluded, language)
    lines = [text("quality.line", language, title=text("section.left_out", language), said=left)] if left else []
    return lines + unavailable(report.unavailable, language)


def left_out(counts: Mapping[str, int], language: str = "en") -> str:
    """`12 × internal contacts, 3 × contacts still in progress`."""
    lines = [
        text("left_out.line", language, count=number(count, language), reason=excluded(reason, language))
        for reason, count in counts.items()
        if count
    ]
    return comma(language).join(lines)


def unavailable(reasons: Mapping[str, str], language: str = "en") -> list[str]:
    """One line per reason, with all KPIs that share it."""
    by_reason: dict[str, list[str]] = {}
    for kpi, reason in reasons.items():
        by_reason.setdefault(reason, []).append(label(kpi, language))
    return [
        text("unavailable.line", language, label=comma(language).join(kpis), fact=reason_text(reason, language))
        for reason, kpis in by_reason.items()
    ]


def reason_text(reason: str, language: str) -> str:
    if not reason.startswith(_MISSING):
        return reason
    facts = [fact(name.strip(), language) for name in reason.removeprefix(_MISSING).split(",")]
    return text("unavailable.missing", language, fact=joined(facts, language))


def definitions(report: Report, language: str = "en") -> list[str]:
    """`Service level: SL-3, within 20 sec.`"""
    lines = []
    for kpi, definition in report.definitions.items():
        details = [_detail(name, definition, language) for name in _TELLING if name in definition]
        if details and kpi not in report.unavailable and not kpi.startswith("plan_attainment"):
            lines.append(
                text("footer.definition", language, label=label(kpi, language), details=comma(language).join(details))
            )
    return lines


def threshold(general_s: float, own_s: Mapping[str, float], language: str = "en") -> str:
    """`20 sec`, or `20 sec (chat 1 min, Sales 30 sec)` where channels or queues have their own."""
    own = [f"{name} {span(seconds, language)}" for name, seconds in own_s.items()]
    return span(general_s, language) + (f" ({comma(language).join(own)})" if own else "")


def _detail(name: str, definition: Mapping[str, object], language: str) -> str:
    value = definition[name]
    if name == "threshold_s":
        own = definition.get("own_thresholds_s")
        limit = threshold(float(str(value)), own if isinstance(own, Mapping) else {}, language)
        return text("definition.threshold", language, threshold=limit)
    if name == "flow_outs":
        return text("definition.flow_outs", language)
    if name == "not_offered":
        outcomes = [text(f"outcome.{outcome}", language) for outcome in str(value).split(", ")]
        return text("definition.not_offered", language, outcomes=joined(outcomes, language))
    if name == "short_abandon_s":
        return text("definition.short", language, threshold=span(float(str(value)), language))
    if name == "components":
        return _components(str(value), language)
    return text("definition.variant", language, variant=value)


def _components(value: str, language: str) -> str:
    """`talk + hold, no wrap-up` in the reader's language."""
    known, _, missing = value.partition(", no ")
    have = " + ".join(_component(part, language) for part in known.split(" + "))
    if not missing:
        return have
    lacks = joined([_component(part, language) for part in missing.split(" and ")], language)
    return text("component.without", language, known=have, missing=lacks)


def _component(name: str, language: str) -> str:
    return text(f"component.{name}", language) if has(f"component.{name}") else name
