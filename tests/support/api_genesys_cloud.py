"""Genesys Cloud's analytics over a made-up history of conversations, and its login by client credentials."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from histories import SINCE, History
from vendor_api import Asked, Told

CONVERSATIONS = 260
QUEUE, AGENT = "q-1", "u-1"


def _time(number: int, seconds: float) -> str:
    at = SINCE + timedelta(minutes=10 * number, seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _segment(number: int, kind: str, begin: float, end: float, **more: Any) -> dict[str, Any]:
    times = {"segmentStart": _time(number, begin), "segmentEnd": _time(number, end)}
    return {**times, "segmentType": kind, "conference": False, "queueId": QUEUE, **more}


def _metric(number: int, name: str, at: float, value: int) -> dict[str, Any]:
    return {"emitDate": _time(number, at), "name": name, "value": value}


def _session(key: str, segments: list[dict[str, Any]], *metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "sessionId": f"{key}-s",
        "mediaType": "voice",
        "direction": "inbound",
        "ani": "tel:+49305550123",
        "dnis": "tel:+49305550100",
        "remote": "Made Up",
        "segments": segments,
        "metrics": list(metrics),
        **more,
    }


def conversation(number: int) -> dict[str, Any]:
    """Waited 20 s and talked for 100 s with a hold of 15 s; every fifth hung up in the queue."""
    is_abandoned = number % 5 == 0
    end = 32.0 if is_abandoned else 132.0
    waited = [_metric(number, "nOffered", 12, 1), _metric(number, "tAbandon" if is_abandoned else "tAcd", 32, 20_000)]
    if is_abandoned:
        waited.append(_metric(number, "tAcd", 32, 20_000))
    participants: list[dict[str, Any]] = [
        _participant(number, "customer", [_segment(number, "interact", 0, end, disconnectType="endpoint")]),
        _participant(
            number,
            "ivr",
            [_segment(number, "ivr", 0.2, 12, disconnectType="transfer")],
            flow={"flowType": "INBOUNDCALL", "flowName": "Menu"},
        ),
        _participant(number, "acd", [_segment(number, "interact", 12, 32, disconnectType="transfer")], *waited),
    ]
    if not is_abandoned:
        participants.append(_agent(number))
    return {
        "conversationId": f"c-{number}",
        "conversationStart": _time(number, 0),
        "conversationEnd": _time(number, end + 10),
        "originatingDirection": "inbound",
        "participants": participants,
    }


def _participant(
    number: int, purpose: str, segments: list[dict[str, Any]], *metrics: dict[str, Any], **more: Any
) -> dict[str, Any]:
    key = f"c-{number}-{purpose}"
    session = _session(key, segments, *metrics, **more)
    return {"participantId": f"{key}-p", "participantName": "Made Up", "purpose": purpose, "sessions": [session]}


def _agent(number: int) -> dict[str, Any]:
    segments = [
        _segment(number, "alert", 28, 32),
        _segment(number, "interact", 32, 72),
        _segment(number, "hold", 72, 87),
        _segment(number, "interact", 87, 132.05, disconnectType="peer"),
        _segment(number, "wrapup", 132.05, 142.05, wrapUpCode="w-1", wrapUpNote="made up"),
    ]
    metrics = [_metric(number, "tAnswered", 32.01, 20_000), _metric(number, "tAcw", 142.05, 10_000)]
    return {**_participant(number, "agent", segments, *metrics), "userId": AGENT}


ALL = [conversation(number) for number in range(CONVERSATIONS)]


def answer(asked: Asked) -> Told:
    if asked.path == "/oauth/token":
        assert asked.origin == "https://login.mypurecloud.de"
        assert asked.body == b"grant_type=client_credentials"
        known = asked.headers["authorization"] == "Basic dGVzdC1pZDp0ZXN0LWtleQ=="
        return Told(body={"access_token": "test-token", "expires_in": 86400}) if known else Told(status=400)
    if asked.headers.get("authorization") != "Bearer test-token":
        return Told(status=401)
    assert (asked.origin, asked.path) == (
        "https://api.mypurecloud.de",
        "/api/v2/analytics/conversations/details/query",
    )
    query = json.loads(asked.body)
    assert (query["order"], query["orderBy"], asked.method) == ("asc", "conversationStart", "POST")
    begin, end = (datetime.fromisoformat(text).date() for text in query["interval"].split("/"))
    shown = [each for each in ALL if begin <= datetime.fromisoformat(each["conversationStart"]).date() <= end]
    size, number = query["paging"]["pageSize"], query["paging"]["pageNumber"]
    assert size <= 100
    page = shown[(number - 1) * size : number * size]
    return Told(body={"conversations": page, "totalHits": len(shown)} if page else {"totalHits": len(shown)})


SETTINGS = {"region": "mypurecloud.de", "client_id": "test-id", "client_secret": "test-key"}
HISTORY = History(
    adapter="genesys_cloud",
    policy='[sources.desk]\nadapter = "genesys_cloud"\n'
    'settings = { region = "mypurecloud.de", client_id = "test-id" }\n',
    routes=answer,
    secrets={"secret": "test-secret", "client_secret": "test-key"},
    expected={
        "contact": CONVERSATIONS,
        "queue_visit": CONVERSATIONS,
        "agent_leg": CONVERSATIONS - CONVERSATIONS // 5,
    },
)
