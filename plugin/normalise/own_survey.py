"""The built-in source `survey`: what the plugin's own surveys sent and got back, as deliveries like those of any vendor."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from plugin.contract.adapter import Adapter, Settings
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected
from plugin.policy.references import OWN_SURVEYS

SOURCE = OWN_SURVEYS
SCALES = {"csat": "1-5", "nps": "0-10", "ces": "1-7", "fcr": "yes_no"}
_KINDS = {"sent": Kind.SURVEY_SENT, "answered": Kind.SURVEY_ANSWERED}
#: what goes into the event's data; a comment stays in the raw delivery
_DATA = ("type", "scale", "score", "ticket", "contact")


def own_delivery(name: str, at: datetime, told: Mapping[str, Json], received_at: datetime) -> WebhookRequest:
    """`name` is sent or answered; `told` has the survey's id, type and place, and the score of an answer."""
    scale = SCALES[str(told["type"])]
    body = json.dumps({**told, "event": name, "scale": scale, "at": at.isoformat()}, ensure_ascii=False, sort_keys=True)
    return WebhookRequest(
        method="POST", url=f"/hooks/{SOURCE}", headers={}, body=body.encode(), received_at=received_at
    )


def _parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    payload = parse_json(request.body).object()
    name, at, subject = payload["event"].text(), payload["at"].iso(), payload["id"].text()
    data: dict[str, Json] = {key: payload[key].raw for key in _DATA if not payload[key].is_absent}
    return [
        Event(
            kind=_KINDS[name],
            at=at,
            subject=subject,
            dedupe_key=f"{subject}:{name}:{at}",
            channel=payload["channel"].text_or(),
            queue=payload["queue"].text_or(),
            agent=payload["agent"].text_or(),
            data=data,
        )
    ]


def _refuse(request: WebhookRequest, settings: Settings) -> None:
    raise Rejected("Nobody may post as the plugin's own surveys.")


ADAPTER = Adapter(
    key=SOURCE,
    title="Surveys of Deskgauge",
    kind="survey",
    channels=(),
    settings=(),
    verify=_refuse,
    parse=_parse,
    facts=(),
    signature_scheme="none: nothing is accepted from outside",
    docs="docs/surveys.md",
)
