"""A metric of the catalogue in, the same metric as the policy wants it out: what is taken out of offered, which term is added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugin.kpi.metric import Metric
from plugin.kpi.terms import Terms

#: an outcome that the policy may leave out of what was offered --> the sums that count it
OUTCOMES: dict[str, dict[str, float]] = {
    "flow_out": {"flow_outs": 1, "timed_out": -1},
    "timeout": {"timed_out": 1},
    "voicemail": {"voicemails": 1},
    "callback_requested": {"callbacks_requested": 1},
}
_LEVEL = "service_level"


def decided(metric: Metric, terms: Terms) -> Metric:
    """`offered` less the outcomes that are left out; a service level with flow-outs in its denominator."""
    under = metric.denominator
    if terms.level_has_flow_outs and under is not None and is_service_level(metric.key):
        under = {**under, "flow_outs": 1}
    top, under = _left_out(metric.numerator, terms), None if under is None else _left_out(under, terms)
    return (
        metric
        if (top, under) == (metric.numerator, metric.denominator)
        else replace(metric, numerator=top, denominator=under)
    )


def is_service_level(key: str) -> bool:
    return key.partition(".")[0] == _LEVEL


def _left_out(sums: Mapping[str, float], terms: Terms) -> Mapping[str, float]:
    if "offered" not in sums:
        return sums
    found = dict(sums)
    for outcome in terms.not_offered:
        for name, factor in OUTCOMES[outcome].items():
            found[name] = found.get(name, 0) - sums["offered"] * factor
    return {name: factor for name, factor in found.items() if factor}
