"""GLPI from release 11 on: signed webhooks of tickets and follow-ups in, ticket events out.

Read in its source, 2026-11: https://github.com/glpi-project/glpi src/Webhook.php (body, signature, challenge),
src/QueuedWebhook.php (sent by cron) and src/Glpi/Api/HL/Controller/ITILController.php (fields, those of the high-level API).
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._glpi_item import item_events, read_events
from adapters._glpi_pull import PULL
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, first, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, equal, hmac_hex, require, require_fresh, require_match, signed_time

SIGNATURE = "X-GLPI-signature"
TIMESTAMP = "X-GLPI-timestamp"
HINT = "Enter the secrets of all webhooks that call this source (Setup, Webhooks, the webhook, Security), separated by blanks."
#: what GLPI signs to make its challenge
CHALLENGE = b"validate_cra_challenge"
#: signed when something happens, sent when GLPI's cron comes to it, and again after failures
TOLERANCE_S = 86400


def verify(request: WebhookRequest, settings: Settings) -> None:
    """HMAC-SHA256 of the body followed by the time, hex."""
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    timestamp = require(request.headers.get(TIMESTAMP), TIMESTAMP, HINT)
    signed_at = signed_time(timestamp, TIMESTAMP)
    message = request.body + timestamp.encode()
    require_match(given, secrets(settings, "secret"), lambda secret: hmac_hex("sha256", secret, message), HINT)
    require_fresh(signed_at, request.received_at, _window_s(settings))


def _window_s(settings: Settings) -> int:
    given = first(settings, "tolerance_s") or str(TOLERANCE_S)
    if not given.isdecimal():
        raise Rejected("The setting `tolerance_s` is not a number of seconds.")
    return int(given)


def handshake(request: WebhookRequest, settings: Settings) -> Answer | None:
    """GLPI's own challenge is answered and no other token: else anybody could have bodies of his own signed here."""
    token = request.query.get("crc_token")
    if request.method.upper() != "GET" or token is None:
        return None
    live = [secret for secret in secrets(settings, "secret") if equal(token, hmac_hex("sha256", secret, CHALLENGE))]
    if not live:
        return Answer(status=403, body=b"This challenge was not made with a secret of this source.\n")
    return Answer(status=200, body=hmac_hex("sha256", live[0], token.encode()).encode())


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    return read_events(body, settings) if "deskgauge_read" in body else item_events(body, settings)


SETTINGS = (
    Setting(
        key="secret",
        label="Secrets",
        help="Of all webhooks that call this source, separated by blanks: GLPI makes one for each.",
        secret=True,
        required=True,
    ),
    Setting(
        key="pending",
        label="What Pending waits for",
        help="pending (the customer) or on_hold (somebody else).",
        default="pending",
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Ids of users that programs write as, separated by commas: their follow-ups are no first response.",
    ),
    Setting(
        key="tolerance_s",
        label="Replay window, s",
        help="How old a signed request may be; GLPI sends from a queue.",
        default=str(TOLERANCE_S),
    ),
    Setting(key="base_url", label="Address", help="https://glpi.example.com; for the history."),
    Setting(
        key="user_token",
        label="User token",
        help="Of a user who sees all tickets: his settings, Remote access keys.",
        secret=True,
    ),
    Setting(key="app_token", label="Application token", help="Where the API's client has one.", secret=True),
    Setting(key="timezone", label="Time zone", help="That of GLPI's server, as PHP has it.", default="UTC"),
)

CONNECT = """\
1. Setup, Webhooks, Add, four times, each with URL {url}
   HTTP method POST and the default payload: item type Ticket with the events New, Update and Delete, and item type Followup with
   the event New.
2. Security of each: copy its secret; the challenge (CRA) may be switched on. Enter all secrets as `secret`, separated by blanks.
3. Setup, Automatic actions, queuedwebhook: run it every minute.
4. For the history, enter `base_url`, `user_token` and `timezone`. docs/adapters/glpi.md says where they are.
"""

ADAPTER = Adapter(
    key="glpi",
    title="GLPI",
    kind="ticketing",
    channels=(Channel.WEB, Channel.EMAIL, Channel.VOICE, Channel.OTHER),
    settings=SETTINGS,
    verify=verify,
    handshake=handshake,
    parse=parse,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-GLPI-signature: HMAC-SHA256 of body and time, hex",
    docs="docs/adapters/glpi.md",
    connect=CONNECT,
)
