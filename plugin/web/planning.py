"""The API's answers to why a KPI moved and how many agents are needed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from plugin.contract.event import Json
from plugin.database import reading
from plugin.kpi.answer import Ask, AskError, answer
from plugin.kpi.metric import Report
from plugin.kpi.plan import PlannedHour
from plugin.kpi.staffing import Load, Need, StaffingError, Target, needed
from plugin.kpi.terms import terms_of
from plugin.report.questions import AskReport
from plugin.report.render_why import why_json
from plugin.report.staffing import week_of
from plugin.report.why import why
from plugin.web.choice import choose, read_period
from plugin.web.errors import BadQuery
from plugin.web.query import parsed
from plugin.web.site import site


class WhyQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kpi: str = Field(description="One KPI that adds up over groups")
    period: str = Field("yesterday", description="yesterday, last week, 2026-10-05, 2026-W40 …")
    compare: str = Field("", description="previous, weekday or year")
    by: str = Field("queue", description="queue, team, channel, agent, campaign, direction, source or hour")
    queue: str = Field("", description="Only this queue")


class StaffingQuery(BaseModel):
    """Either `contacts` and `aht_s`, or `period` for the hours of an average week of the past."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    contacts: float | None = Field(None, description="How many arrive in an interval")
    interval_s: float = Field(1800, description="Seconds")
    aht_s: float | None = Field(None, description="Average handle time in seconds")
    share: float = Field(0.8, description="Share to be answered in time")
    threshold_s: float = Field(20, description="What in time means, in seconds")
    patience_s: float = Field(
        math.inf, description="How long customers wait before they give up; for ever when left out"
    )
    shrinkage: float = Field(0, description="Share of paid time in which agents are not there for contacts")
    max_occupancy: float = Field(1, description="Most that agents may be busy, as a share")
    period: str = Field("", description="last month, 2026-W40 …")
    queue: str = Field("", description="Only this queue, with period")


def why_moved() -> Response:
    """Why a KPI moved between two periods

    By group exactly; for service level and ASA also by volume, handle time and agents, as a model of the queue says.
    """
    query, here = parsed(WhyQuery), site()
    document, now = here.document(), here.now()
    choice = choose({"period": query.period, "compare": query.compare}, document, now)
    with reading(here.engine) as connection:

        def ask(question: Ask) -> Report:
            return answer(connection, document, question, now, here.knows())

        try:
            found = why(ask, query.kpi, choice.period, choice.before, terms_of(document), query.by, _only(query.queue))
        except AskError as error:
            raise BadQuery(error.field, error.message, "choose another one") from None
    return jsonify(why_json(found))


def staffing() -> Response:
    """How many agents a load needs, or every hour of a past week"""
    query = parsed(StaffingQuery)
    try:
        target = Target(share=query.share, threshold_s=query.threshold_s, max_occupancy=query.max_occupancy)
        if query.period:
            return jsonify({"hours": [_hour(one) for one in _planned(query, target)]})
        if query.contacts is None or query.aht_s is None:
            missing = "contacts" if query.contacts is None else "aht_s"
            raise BadQuery(missing, "is missing", "write contacts and aht_s, or a period")
        load = Load(
            contacts=query.contacts, interval_s=query.interval_s, aht_s=query.aht_s, patience_s=query.patience_s
        )
        return jsonify({"erlangs": load.erlangs, **_need(needed(load, target, query.shrinkage))})
    except StaffingError as error:
        field = "share" if error.field == "target" else error.field
        raise BadQuery(field, error.message, "correct it") from None


def _planned(query: StaffingQuery, target: Target) -> tuple[PlannedHour, ...]:
    here = site()
    document, now = here.document(), here.now()
    period = read_period(query.period, document, now)
    with reading(here.engine) as connection:
        ask: AskReport = lambda question: answer(connection, document, question, now, here.knows())  # noqa: E731
        return week_of(ask, period, _only(query.queue), target, query.shrinkage, query.patience_s)


def _only(queue: str) -> Mapping[str, str]:
    return {"queue": queue} if queue else {}


def _hour(one: PlannedHour) -> dict[str, Json]:
    return {
        "weekday": one.slot // 24,
        "hour": one.slot % 24,
        "contacts": one.hour.contacts,
        "aht_s": one.hour.aht_s,
        "agents_there": one.hour.agents,
        "expected_in_time": one.expected,
        **_need(one.need),
    }


def _need(need: Need) -> dict[str, Json]:
    found = need.outlook
    return {
        "agents": found.agents,
        "scheduled": need.scheduled,
        "answered_in_time": found.answered_in_time,
        "p_wait": found.p_wait,
        "abandoned": found.abandoned,
        "asa_s": found.asa_s,
        "occupancy": found.occupancy,
    }
