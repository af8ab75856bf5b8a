"""Genesys Cloud's conversations through its analytics, each with the sessions and segments of its participants.

POST /api/v2/analytics/conversations/details/query (read 2026-11-27): ConversationQuery and AnalyticsSession of
https://github.com/MyPureCloud/platform-client-sdk-python (build/docs): an interval names the days on which conversations began, a
page has up to 100 of them. A login by client credentials: https://login.{region}/oauth/token; 300 requests in a minute are allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from plugin.contract.api import Asked, basic, json_request
from plugin.contract.event import Json
from plugin.contract.oauth import Login, grant
from plugin.contract.payload import Payload
from plugin.contract.pull import Page, Pull, PullSteps, delivery, windows
from plugin.contract.settings import Settings, first

API, LOGIN = "https://api.{region}", "https://login.{region}"
PER_PAGE = 100
SESSION = (
    "sessionId",
    "mediaType",
    "direction",
    "ani",
    "dnis",
    "addressFrom",
    "addressTo",
)
SEGMENT = ("segmentStart", "segmentEnd", "segmentType", "queueId", "disconnectType", "wrapUpCode")


def steps(settings: Settings, since: datetime, cursor: str | None) -> PullSteps:
    """Day by day, by the beginning of conversations. A cursor is the day and the page that comes next."""
    region = first(settings, "region", "") or ""
    headers = basic(first(settings, "client_id", "") or "", first(settings, "client_secret", "") or "")
    login = Login(grant=grant(f"{LOGIN.format(region=region)}/oauth/token", headers, grant_type="client_credentials"))
    now = yield from login.renew()
    day, _, page = (cursor or "").partition("|")
    begun = datetime.fromisoformat(day) if day else _midnight(since)
    for begin, end in windows(begun, now, timedelta(days=1)):
        yield from _day(login, API.format(region=region), begin, end, int(page or 1))
        page = ""


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(login: Login, origin: str, begin: datetime, end: datetime, page: int) -> PullSteps:
    while True:
        answer = yield from _conversations(login, origin, f"{_text(begin)}/{_text(end)}", page)
        conversations = list(answer["conversations"].items())
        page += 1
        is_last = len(conversations) < PER_PAGE
        yield Page(
            bodies=[_as_delivery(each) for each in conversations],
            cursor=f"{end.isoformat()}|1" if is_last else f"{begin.isoformat()}|{page}",
            until=end if is_last else begin,
        )
        if is_last:
            return


def _conversations(login: Login, origin: str, interval: str, page: int) -> Asked:
    query: dict[str, Json] = {
        "interval": interval,
        "order": "asc",
        "orderBy": "conversationStart",
        "paging": {"pageSize": PER_PAGE, "pageNumber": page},
    }
    url = f"{origin}/api/v2/analytics/conversations/details/query"
    return login.ask(json_request("POST", url, query, {}))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _as_delivery(conversation: Payload) -> bytes:
    """Without names, subjects and notes."""
    participants: list[Json] = [
        {
            **_part(participant, ("participantId", "purpose", "userId")),
            "sessions": [_session(session) for session in participant["sessions"].items()],
        }
        for participant in conversation["participants"].items()
    ]
    return delivery(
        {
            "deskgauge_read": "conversation",
            **_part(conversation, ("conversationId", "conversationEnd")),
            "participants": participants,
        }
    )


def _session(session: Payload) -> dict[str, Json]:
    return {
        **_part(session, SESSION),
        "flow": _part(session["flow"], ("flowType",)),
        "metrics": [_part(metric, ("name", "value", "emitDate")) for metric in session["metrics"].items()],
        "segments": [_part(segment, SEGMENT) for segment in session["segments"].items()],
    }


def _part(payload: Payload, names: Sequence[str]) -> dict[str, Json]:
    return {name: payload[name].raw for name in names if name in payload}


PULL = Pull(
    steps=steps,
    origins=(API, LOGIN),
    needs=("region", "client_id", "client_secret"),
    per_minute=120,
)
