"""Questions about one period, answered by the one calculation: what digests, pages and rules share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from plugin.database import reading
from plugin.installation import Installation
from plugin.kpi.answer import Ask, answer
from plugin.kpi.metric import Report
from plugin.kpi.period import Period
from plugin.policy.fields import Scope
from plugin.policy.localtime import Grain


def scope_of(scope: Scope) -> dict[str, str]:
    """The groupings that a scope restricts to one value."""
    return {name: str(value) for name, value in scope.model_dump(mode="json").items() if value is not None}


def ask_period(
    opened: Installation,
    kpis: Sequence[str],
    period: Period,
    at: datetime,
    *,
    grain: Grain | None = None,
    by: tuple[str, ...] = (),
    only: Mapping[str, str] | None = None,
) -> Report:
    """The report of one period, or of its steps of another grain."""
    ask = Ask(
        kpis=tuple(kpis),
        start=period.start,
        end=period.end,
        grain=grain or period.grain,
        by=by,
        timezone=period.timezone,
        only=only or {},
    )
    with reading(opened.engine) as connection:
        return answer(connection, opened.document, ask, at, opened.knows)
