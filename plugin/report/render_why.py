"""The reasons of a change as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.contract.event import Json
from plugin.kpi.metric import Measurement
from plugin.kpi.period import Period
from plugin.report import figures, subject
from plugin.report.why import Why
from plugin.report.wording import label, period_name, text


def why_text(found: Why, language: str = "en", currency: str = "") -> str:
    return "\n".join(_lines(found, language, currency))


def _lines(found: Why, language: str, currency: str) -> Iterator[str]:
    def written(amount: float) -> str:
        return subject.change_shown(found.kpi, amount, language, currency)

    unit = subject.unit(found.kpi)
    yield text(
        "why.title",
        language,
        label=label(found.kpi, language),
        before=figures.figure(found.before.value, unit, language, currency),
        now=figures.figure(found.now.value, unit, language, currency),
        change=written(found.change),
        previous=period_name(found.previous, language, short=True),
        period=period_name(found.period, language, short=True),
    )
    yield text("why.groups", language, dimension=text(f"dimension.{found.by}", language))
    for one in found.groups:
        group, amount = one.group or text("none", language), written(one.amount)
        if one.rate is None or one.mix is None:
            yield "  " + text("why.count", language, group=group, amount=amount)
        else:
            yield "  " + text(
                "why.group", language, group=group, amount=amount, rate=written(one.rate), mix=written(one.mix)
            )
    yield "  " + text("why.remainder", language, amount=written(found.remainder))
    if found.modelled:
        yield text("why.model", language, patience=figures.span(found.modelled.patience_s, language))
        for factor, effect in found.modelled.effects.items():
            yield "  " + text(f"why.{factor}", language, amount=written(effect))
        yield "  " + text("why.unmodelled", language, amount=written(found.unmodelled))


def why_json(found: Why) -> dict[str, Json]:
    modelled: Json = None
    if found.modelled:
        modelled = {
            "before": found.modelled.before,
            "now": found.modelled.now,
            "patience_s": found.modelled.patience_s,
            "effects": dict(found.modelled.effects),
            "remainder": found.unmodelled,
        }
    return {
        "kpi": found.kpi,
        "by": found.by,
        "period": _period(found.period),
        "previous": _period(found.previous),
        "before": _measured(found.before),
        "now": _measured(found.now),
        "change": found.change,
        "groups": [
            {"group": one.group, "amount": one.amount, "rate": one.rate, "mix": one.mix} for one in found.groups
        ],
        "remainder": found.remainder,
        "model": modelled,
    }


def _measured(one: Measurement) -> dict[str, Json]:
    return {"value": one.value, "numerator": one.numerator, "denominator": one.denominator}


def _period(period: Period) -> dict[str, Json]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}
