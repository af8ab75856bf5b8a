"""SatisMeter's webhooks in, survey events out.

SatisMeter signs nothing, so the address carries a token. Body: https://support.satismeter.com/hc/en-us/articles/6980495785107-Webhooks
(read 2026-11), and deliveries that others recorded, which name the metric of each answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugin.contract.adapter import Adapter, Setting, Settings, first, secrets
from plugin.contract.event import Channel, Event, Json, Kind
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HINT = "Copy the whole address to SatisMeter again, with its token."
#: `metric` of an answer --> our type, the setting of its scale, and the scale that SatisMeter draws it on
METRICS: Mapping[str, tuple[str, str, str]] = {
    "nps": ("nps", "", "0-10"),
    "csat": ("csat", "csat_scale", "1-5"),
    "ces": ("ces", "ces_scale", "1-7"),
}
CATEGORIES = ("promoter", "passive", "detractor")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """A plus sign in an address may arrive as a space."""
    given = require(request.query.get("token"), "token in the address, not a", HINT).replace(" ", "+")
    require_match(given, secrets(settings, "token"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    response = parse_json(request.body)["response"]
    if response["id"].is_absent or response["dismissed"].flag_or() or response["pending"].flag_or():
        return []
    answers = [event for answer in response["answers"].items() for event in _answer(response, answer, settings)]
    return answers or _rating(response, settings)


def _answer(response: Payload, answer: Payload, settings: Settings) -> list[Event]:
    metric = METRICS.get(answer["metric"].text_or("") or "")
    if metric is None or answer["value"].is_absent:
        return []
    type_, setting, default = metric
    scale = first(settings, setting, default)
    return [_answered(response, answer["id"].text(), type_, scale, answer["value"].number(), settings)]


def _rating(response: Payload, settings: Settings) -> list[Event]:
    """Older projects name no metric: a category of promoters says that the rating is a recommendation."""
    if response["category"].raw not in CATEGORIES or response["rating"].is_absent:
        return []
    return [_answered(response, "rating", "nps", "0-10", response["rating"].number(), settings)]


def _answered(
    response: Payload, question: str, type_: str, scale: str | None, score: float, settings: Settings
) -> Event:
    survey, ticket = f"{response['id'].text()}:{question}", _ticket(response, settings)
    data: dict[str, Json] = {"type": type_, "scale": scale, "score": score}
    return Event(
        kind=Kind.SURVEY_ANSWERED,
        at=response["created"].iso(),
        subject=survey,
        dedupe_key=f"{survey}:{score:g}",
        customer=response["user"]["email"].text_or() or response["user"]["id"].text_or(),
        data=data | ({"ticket": ticket} if ticket else {}),
    )


def _ticket(response: Payload, settings: Settings) -> str | None:
    trait = first(settings, "ticket")
    return response["user"]["traits"][trait].text_or() if trait else None


ADAPTER = Adapter(
    key="satismeter",
    title="SatisMeter",
    kind="generic",
    channels=(Channel.WEB, Channel.EMAIL),
    settings=(
        Setting(
            key="token",
            label="Token",
            help="Stands in the address that SatisMeter calls.",
            secret=True,
            required=True,
        ),
        Setting(key="csat_scale", label="Scale of satisfaction", help="1-5, 1-7, 1-10 or 0-10.", default="1-5"),
        Setting(key="ces_scale", label="Scale of effort", help="1-7 or 1-5.", default="1-7"),
        Setting(
            key="ticket",
            label="Trait with the ticket",
            help="The name of a trait in which your site puts the ticket's id; it links the answer to the ticket.",
        ),
    ),
    verify=verify,
    parse=parse,
    facts=("survey",),
    signature_scheme="token in the URL",
    docs="docs/adapters/satismeter.md",
    connect=(
        "1. In SatisMeter: the project, Settings, Integrations, Webhooks.\n"
        "2. URL: {url}?token={secret}\n"
        "3. Send completed responses. SatisMeter signs nothing: keep the address to yourself."
    ),
)
