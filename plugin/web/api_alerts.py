"""Rules and incidents for programs: where each stands, and what people did about it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from plugin.alert import store
from plugin.alert.board import Snoozed
from plugin.alert.standing import of_incident, standings
from plugin.alert.tables import Incident, RuleState
from plugin.alert.tell import snoozed_of
from plugin.contract.event import Json
from plugin.database import reading
from plugin.web.query import parsed
from plugin.web.site import site


class IncidentsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    open: bool = Field(False, description="Only those that are not over")
    most: int = Field(100, ge=1, le=1000, description="The newest so many")


def rules() -> Response:
    """Where each rule stands"""
    here = site()
    with reading(here.engine) as connection, Session(connection) as session:
        found = standings(session, here.document(), here.now())
    entries: list[Json] = [
        {
            "rule": each.rule,
            "status": each.status.value,
            "since": _iso(each.since),
            "incident": each.incident,
            "snoozed_until": _iso(each.snoozed_until),
            "said": each.said,
        }
        for each in found
    ]
    return jsonify({"rules": entries})


def incidents() -> Response:
    """What rules found, the newest first, with who answered"""
    query, here = parsed(IncidentsQuery), site()
    now = here.now()
    with reading(here.engine) as connection, Session(connection) as session:
        chosen = store.open_incidents(session) if query.open else store.recent_incidents(session, query.most)
        found = chosen[: query.most]
        numbers = [each.id for each in found if each.id is not None]
        of_rule = {row.incident: row for row in store.rules_of(session, numbers)}
        snoozed = snoozed_of(session, found, now)
        entries = [_incident(each, of_rule.get(each.id), snoozed.get(each.id or 0), now) for each in found]
    return jsonify({"incidents": entries})


def _incident(each: Incident, rule: RuleState | None, snoozed: Snoozed | None, now: datetime) -> dict[str, Json]:
    return {
        "id": each.id,
        "rule": each.rule,
        "kpi": each.kpi,
        "scope": each.scope,
        "status": of_incident(each, rule, now).value,
        "opened_at": _iso(each.opened_at),
        "fired_at": _iso(each.fired_at),
        "told_at": _iso(each.told_at),
        "ended_at": _iso(each.recovered_at),
        "peak": each.peak,
        "n": each.n,
        "limit": each.threshold,
        "told_with": each.leader,
        "told_again": each.told_again,
        "acknowledged_at": _iso(each.acknowledged_at),
        "acknowledged_by": each.acknowledged_by,
        "snoozed_until": _iso(snoozed.until) if snoozed else None,
        "snoozed_by": snoozed.who if snoozed else None,
        "escalated_at": _iso(each.escalated_at),
        "escalated_to": each.escalated_to,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
