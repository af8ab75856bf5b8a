"""Znuny: what its web service with the invoker Ticket::Generic posts, ticket events out.

Read in its source, 2026-11: https://github.com/znuny/Znuny Kernel/GenericInterface/Invoker/Ticket/Generic.pm (body) and
Kernel/GenericInterface/Transport/HTTP/REST.pm (Basic authentication; an answer of 200 must hold JSON). OTRS has no such invoker.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._znuny_pull import PULL
from adapters._znuny_ticket import Ticket, article_events, ticket_events
from plugin.contract.adapter import Adapter, Answer, Setting, Settings, secrets
from plugin.contract.event import Channel, Event
from plugin.contract.payload import Payload, parse_json
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import basic_credentials, require_match

HINT = "The password of the web service (Network Transport, Authentication) must be the `password` of this source."


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Znuny signs nothing. The user may be any: a name is no secret."""
    _, given = basic_credentials(request.headers, HINT)
    require_match(given, secrets(settings, "password"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    """Nothing of a ticket that is no longer there when its event is sent."""
    body = parse_json(request.body).object()
    if "deskgauge_read" in body:
        return _history(body, settings)
    shown = body["Ticket"].object()
    if shown.raw == {}:
        return []
    ticket = Ticket(shown=shown, settings=settings)
    article = shown["Article"]
    articles = [] if article.is_absent or article.raw == {} else article_events(ticket, article.object())
    return [*ticket_events(ticket), *articles]


def _history(body: Payload, settings: Settings) -> Sequence[Event]:
    """The states of one ticket, of which each repeats the opening, and its articles."""
    states = [Ticket(shown=state, settings=settings) for state in body["states"].items()]
    found = [event for ticket in states for event in ticket_events(ticket)]
    for article in body["articles"].items():
        at = article["CreateTime"].text()
        then = [ticket for ticket in states if ticket.shown["Changed"].text() <= at] or states
        found += article_events(then[-1], article) if then else []
    return list({event.dedupe_key: event for event in found}.values())


def acknowledge(request: WebhookRequest, settings: Settings) -> Answer:
    return Answer(status=200, headers={"Content-Type": "application/json"}, body=b'{"Stored":1}')


SETTINGS = (
    Setting(
        key="password",
        label="Password",
        help="Of the web service's Basic authentication, at most 40 characters; two while it is replaced.",
        secret=True,
        required=True,
    ),
    Setting(
        key="timezone",
        label="Time zone",
        help="That of Znuny's database (OTRSTimeZone), not of its users.",
        default="UTC",
    ),
    Setting(
        key="states",
        label="States",
        help="Lines `state = open, pending, on_hold, solved, closed, merged or deleted` where the type of a state does not tell.",
        file=True,
    ),
    Setting(
        key="bots",
        label="Bots",
        help="Numbers of users that programs write as, separated by commas: their articles are no first response.",
    ),
    Setting(key="base_url", label="Address", help="https://znuny.example.com/znuny; for the history."),
    Setting(key="service", label="Web service", help="Name of the one that offers the history.", default="Deskgauge"),
    Setting(key="api_user", label="API user", help="An agent who may read all queues."),
    Setting(key="api_password", label="API password", help="Of this agent.", secret=True),
)

CONNECT = """\
1. Admin, Web Services, Add. Network transport (as requester): HTTP::REST, Configure.
   Host: {url} without its last part; under the invoker below put that last part behind / as the controller mapping, and POST.
   Authentication: BasicAuth, user deskgauge, and the password that you enter as `password`.
2. Invoker: add Ticket::Generic. Event triggers, asynchronous: TicketCreate, TicketStateUpdate, TicketQueueUpdate,
   TicketOwnerUpdate, TicketPriorityUpdate, TicketMerge, and the article event ArticleCreate.
3. Leave out what nobody needs here: System Configuration,
   GenericInterface::Invoker::Ticket::Generic::PrepareRequest::OmittedFields, for the name of your invoker:
   Title;Articles;Article->Body;Article->Subject;Article->Attachment
4. For the history, offer TicketSearch, TicketGet and TicketHistoryGet. docs/adapters/znuny.md has every step.
"""

ADAPTER = Adapter(
    key="znuny",
    title="Znuny",
    kind="ticketing",
    channels=(Channel.EMAIL, Channel.VOICE, Channel.CHAT, Channel.WEB),
    settings=SETTINGS,
    verify=verify,
    parse=parse,
    acknowledge=acknowledge,
    pull=PULL,
    facts=("ticket", "ticket_reply"),
    signature_scheme="HTTP Basic authentication, and a secret URL",
    docs="docs/adapters/znuny.md",
    connect=CONNECT,
)
