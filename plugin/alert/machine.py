"""Incidents that stand in one message go in, what a program needs to act on them comes out: for on-call tools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from plugin.alert.tables import Incident

FIRING, ACKNOWLEDGED, RECOVERED = "firing", "acknowledged", "recovered"


def data_of(members: Sequence[Incident]) -> dict[str, JsonValue]:
    """The first is the one that opened the message: its key stays the same from the first alert to the end."""
    states = [_state(each) for each in members]
    state = next((one for one in (FIRING, ACKNOWLEDGED) if one in states), RECOVERED)
    return {
        "type": f"alert.{state}",
        "state": state,
        "dedup_key": _key(members[0]),
        "incidents": [_incident(each) for each in members],
    }


def _state(incident: Incident) -> str:
    if incident.closed is not None:
        return RECOVERED
    return FIRING if incident.acknowledged_at is None else ACKNOWLEDGED


def _key(incident: Incident) -> str:
    """With the moment, because a new database counts from 1 again."""
    return f"deskgauge:{incident.id}:{incident.opened_at.isoformat()}"


def _incident(incident: Incident) -> dict[str, JsonValue]:
    """`value` is the worst reading so far."""
    return {
        "incident": incident.id,
        "dedup_key": _key(incident),
        "state": _state(incident),
        "rule": incident.rule,
        "kpi": incident.kpi,
        "scope": _scope(incident.scope),
        "value": incident.peak,
        "n": incident.n,
        "limit": incident.threshold,
        "window_s": incident.window_s,
        "opened_at": _moment(incident.opened_at),
        "recovered_at": _moment(incident.recovered_at),
        "acknowledged_at": _moment(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
    }


def _scope(text: str) -> dict[str, JsonValue]:
    """`queue=Support,channel=voice` as a table."""
    return {name: value for name, sign, value in (part.partition("=") for part in text.split(",")) if sign}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
