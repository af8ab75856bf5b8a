"""Refiner's webhooks in, survey events out.

Refiner signs nothing, so the address carries a token. The body is that of a delivery that others recorded; settings:
https://refiner.io/docs/kb/integrations/webhooks/ (read 2026-11). Answers are keyed by the names that the centre gave its questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters._refiner_pull import PULL
from plugin.contract.adapter import Adapter, Setting, Settings, first, pairs, secrets
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HINT = "Copy the whole address to Refiner again, with its token."
#: what a question may be, and the scale where the line names none
SCALES: Mapping[str, str] = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}


def verify(request: WebhookRequest, settings: Settings) -> None:
    """A plus sign in an address may arrive as a space."""
    given = require(request.query.get("token"), "token in the address, not a", HINT).replace(" ", "+")
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    response, found = body["response"], []
    for question, (type_, scale) in _questions(settings).items():
        if not response["data"][question].is_absent:
            found.append(_answer(body, question, type_, scale, settings))
    return found


def _questions(settings: Settings) -> Mapping[str, tuple[str, str]]:
    """Name of a question --> type and scale. Questions that are called nps, csat or ces are known without being named."""
    found = {name: (name, scale) for name, scale in SCALES.items()}
    for question, meaning in pairs(settings, "questions").items():
        type_, _, scale = meaning.partition(" ")
        if type_ not in SCALES:
            raise BadPayload("setting questions", f"{meaning!r} is none of nps, csat, ces, with a scale or without")
        found[question] = (type_, scale.strip() or SCALES[type_])
    return found


def _answer(body: Payload, question: str, type_: str, scale: str, settings: Settings) -> Event:
    response = body["response"]
    survey, score = f"{response['uuid'].text()}:{question}", response["data"][question].number()
    times = [response[name] for name in ("last_data_reception_at", "completed_at")]
    told = next((moment for moment in times if not moment.is_absent), response["received_at"])
    data: dict[str, Json] = {"type": type_, "scale": scale, "score": score}
    attribute = first(settings, "ticket")
    ticket = body["attributes"][attribute].text_or() if attribute else None
    return Event(
        kind=Kind.SURVEY_ANSWERED,
        at=told.iso(),
        subject=survey,
        dedupe_key=f"{survey}:{score:g}:{told.text()}",
        customer=body["email"].text_or() or body["remote_id"].text_or(),
        data=data | ({"ticket": ticket} if ticket else {}),
    )


ADAPTER = Adapter(
    key="refiner",
    title="Refiner",
    kind="generic",
    channels=(Channel.WEB, Channel.EMAIL),
    settings=(
        Setting(
            key="token",
            label="Token",
            help="Stands in the address that Refiner calls.",
            secret=True,
            required=True,
        ),
        Setting(
            key="questions",
            label="What is asked",
            help="Lines `name of the question = nps`, `= csat 1-5` or `= ces 1-7`.",
            file=True,
        ),
        Setting(
            key="ticket",
            label="Attribute with the ticket",
            help="The name of a user attribute in which your site puts the ticket's id; it links the answer to the ticket.",
        ),
        Setting(key="api_key", label="API key", help="Integrations, REST API; for the history.", secret=True),
    ),
    verify=verify,
    parse=parse,
    pull=PULL,
    facts=("survey",),
    signature_scheme="token in the URL",
    docs="docs/adapters/refiner.md",
    connect=(
        "1. In Refiner: Integrations, Webhooks, Add webhook.\n"
        "2. URL: {url}?token={secret}\n"
        "3. Trigger: Survey interaction. Refiner signs nothing: keep the address to yourself.\n"
        "4. Name the questions whose answers count in the document `questions`.\n"
        "5. For the history, enter the key of Integrations, REST API, as `api_key`."
    ),
)
