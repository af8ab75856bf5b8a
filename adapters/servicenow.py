"""ServiceNow incidents: what a business rule of the administrator posts in, ticket events out.

ServiceNow has no webhooks; a rule with our script sends them. GlideRecord, `previous` and `RESTMessageV2`:
https://www.servicenow.com/docs/bundle/zurich-api-reference/page/app-store/dev_portal/API_reference/ (read 2026-11); fields and
states of the table `incident` were seen in answers of its Table API. `getValue` gives times in UTC without saying so.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._servicenow_incident import SCRIPT, incident_events
from adapters._servicenow_pull import PULL
from plugin.contract.adapter import Adapter, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import BadPayload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import require, require_match

HEADER = "X-Deskgauge-Secret"
HINT = (
    f"The system property `deskgauge.secret`, which the script sends as {HEADER}, must hold the secret of this source."
)


def verify(request: WebhookRequest, settings: Settings) -> None:
    given = require(request.headers.get(HEADER), HEADER, HINT)
    require_match(given, secrets(settings, "secret"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    if "deskgauge" not in body:
        raise BadPayload(
            "$.deskgauge", "missing: use the script of `deskgauge connect servicenow` in the business rule"
        )
    return incident_events(body, settings)


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The incident and the number of its update."""
    try:
        body = parse_json(request.body)
        return f"{body['sys_id'].text()}:{body['update'].text()}:{body['operation'].text()}"
    except BadPayload:
        return None


SETTINGS = (
    Setting(
        key="secret", label="Secret", help="Also in the system property deskgauge.secret.", secret=True, required=True
    ),
    Setting(
        key="statuses",
        label="States",
        help="Lines `state = open, pending, on_hold, solved, closed, merged or deleted` for states of your own.",
        file=True,
    ),
    Setting(
        key="waiting",
        label="Hold reasons that wait for the customer",
        help="Values of hold_reason, separated by commas; all others wait for somebody else.",
        default="1",
    ),
    Setting(
        key="bots",
        label="Bots",
        help="sys_ids of users that programs work as, separated by commas: their comments are no first response.",
    ),
    Setting(key="base_url", label="Instance", help="https://acme.service-now.com; for the history."),
    Setting(key="api_user", label="API user", help="May read incident, sys_audit, sys_user and sys_user_group."),
    Setting(key="api_password", label="API password", help="Of this user.", secret=True),
)

CONNECT = """\
1. System Properties: add deskgauge.secret (type password2) with the secret that you enter as `secret`.
2. System Definition, Business Rules, New: table Incident, When after, Insert, Update and Delete, Advanced; paste the script.
3. In the script, replace HOOK_ADDRESS by {url}
4. Change an incident; the page of this source shows it within seconds.
5. For the history, enter `base_url`, `api_user` and `api_password`. docs/adapters/servicenow.md says what this user may read.
"""

ADAPTER = Adapter(
    key="servicenow",
    title="ServiceNow",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.VOICE, Channel.CHAT, Channel.OTHER),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    template=SCRIPT,
    facts=("ticket", "ticket_reply"),
    signature_scheme="X-Deskgauge-Secret, and a secret URL",
    docs="docs/adapters/servicenow.md",
    connect=CONNECT,
)
