"""Jira and Jira Service Management, Cloud and Data Center: issues and comments in, ticket events out.

Signature: https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks (read 2026-11). Shapes of both
editions are those that mattermost/mattermost-plugin-jira recorded (server/testdata). `comment_created` of Cloud shows six fields of
the issue and no reporter; of a server it shows no issue at all, and comes beside `jira:issue_updated` with the same comment.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._jira_comment import commented
from adapters._jira_issue import HISTORY, Issue, created, deleted, rated, replayed, updated
from adapters._jira_pull import PULL
from adapters._jira_registration import REGISTRATION
from plugin.contract.adapter import Adapter, Setting, Settings, first, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected, hmac_hex, require, require_match

SIGNATURE = "X-Hub-Signature"
HINT = (
    "Enter the same secret in Jira (System, WebHooks, the webhook, Secret) and here as `secret`. A Jira that offers no secret "
    "needs `proof` set to address."
)


def verify(request: WebhookRequest, settings: Settings) -> None:
    """`sha256=` and the HMAC of the body; a Jira that cannot sign has the secret part of the source's address as its only proof."""
    if first(settings, "proof", "signature") == "address":
        if not secrets(settings, "path_secret"):
            raise Rejected(
                "Nothing proves who sent this: give the source a `path_secret`, or set `proof` to signature."
            )
        return
    given = require(request.headers.get(SIGNATURE), SIGNATURE, HINT)
    require_match(
        given, secrets(settings, "secret"), lambda secret: f"sha256={hmac_hex('sha256', secret, request.body)}", HINT
    )


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    body = parse_json(request.body).object()
    name = body["webhookEvent"].text_or()
    if name not in HANDLERS or body["issue"].is_absent:
        return []
    return HANDLERS[name](Issue(payload=body["issue"].object(), settings=settings), body)


def _updated(issue: Issue, body: Payload) -> list[Event]:
    return updated(issue, body) + _commented(issue, body)


def _commented(issue: Issue, body: Payload) -> list[Event]:
    is_edited = body["issue_event_type_name"].text_or() == "issue_comment_edited"
    return [] if body["comment"].is_absent or is_edited else commented(issue, body["comment"].object())


def _history(issue: Issue, body: Payload) -> list[Event]:
    replies = [event for comment in body["comments"].items() for event in commented(issue, comment)]
    return replayed(issue, body) + replies + rated(issue, body)


HANDLERS = {
    "jira:issue_created": lambda issue, body: created(issue),
    "jira:issue_updated": _updated,
    "jira:issue_deleted": deleted,
    "comment_created": _commented,
    HISTORY: _history,
}


def delivery_key(request: WebhookRequest, settings: Settings) -> str | None:
    """The vendor's, which repeats keep; older servers send none."""
    return request.headers.get("X-Atlassian-Webhook-Identifier") or None


SETTINGS = (
    Setting(key="secret", label="Secret", help="The secret of the webhook; two while it is replaced.", secret=True),
    Setting(
        key="proof",
        label="Proof",
        help="signature; or address for a Jira whose webhooks have no secret: then give the source a secret address.",
        default="signature",
    ),
    Setting(
        key="queue_from",
        label="What counts as a queue",
        help="project, issuetype, or a field of your own like customfield_10010 (its number stands in the address of its page).",
        default="project",
    ),
    Setting(
        key="statuses",
        label="Meaning of statuses",
        help="Lines `status = meaning`: open, customer (waits for the customer), other (waits for others), escalated, solved or "
        "closed. What is not listed goes by its category.",
        file=True,
    ),
    Setting(
        key="resolution",
        label="Resolution",
        help="counts: an issue with a resolution is solved whatever its status; ignored: statuses alone decide.",
        default="counts",
    ),
    Setting(
        key="customers",
        label="Who is a customer",
        help="reporter: whoever reported the issue; portal (Cloud): whoever has an account of the portal only.",
        default="reporter",
    ),
    Setting(
        key="bots", label="Bots", help="Names or ids of accounts whose comments are automatic, separated by commas."
    ),
    Setting(key="channel", label="Channel", help="Of all issues: email, web, chat or another; empty: email."),
    Setting(
        key="base_url", label="Address of Jira", help="For the API: https://yours.atlassian.net, or your server's."
    ),
    Setting(key="api_user", label="API user", help="Cloud: the e-mail address of the account. Empty: the token alone."),
    Setting(key="api_token", label="API token", help="Cloud: API token; Data Center: personal token.", secret=True),
    Setting(key="jql", label="JQL", help="Which issues the API and a webhook made by it tell of: project = SUP."),
    Setting(key="csat", label="Ratings", help="yes: read the rating of every solved request by API.", default="yes"),
)

ADAPTER = Adapter(
    key="jira",
    title="Jira and Jira Service Management",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.WEB, Channel.CHAT, Channel.VOICE, Channel.MESSAGING, Channel.OTHER),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    delivery_key=delivery_key,
    pull=PULL,
    registration=REGISTRATION,
    facts=("ticket", "ticket_reply", "survey"),
    signature_scheme="HMAC-SHA256 of the body in X-Hub-Signature; or a secret address",
    docs="docs/adapters/jira.md",
    connect=(
        "1. In Jira: Settings, System, WebHooks, Create a WebHook.\n"
        "2. URL: {url}\n"
        "3. Secret: {secret}   Where Jira offers none, set `proof` to address.\n"
        "4. Events: Issue created, updated, deleted; Comment created. JQL: the projects that are support, like project = SUP.\n"
        "   Leave Exclude body unticked.\n"
        "5. For comments in Cloud, ratings and history enter `base_url`, `api_user` and `api_token`, and the same JQL as `jql`."
    ),
)
