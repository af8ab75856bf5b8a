"""Issues of Jira in, ticket events out: the same from a webhook's change and from the history that the API gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters._jira_state import NOTHING, State, state_before, state_of, steps_between
from adapters._jira_words import actor_of, id_of, is_portal_customer, name_of, present
from plugin.contract.adapter import Settings, first
from plugin.contract.event import Event, Json, Kind
from plugin.contract.payload import BadPayload, Payload

#: a body that our reading of the API made; a webhook never names it so
HISTORY = "deskgauge:history"


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    payload: Payload
    settings: Settings

    @property
    def id(self) -> str:
        return self.payload["id"].text()

    @property
    def fields(self) -> Payload:
        return self.payload["fields"]

    def event(self, kind: Kind, at: datetime, key: str, *, order: int = 0, **given: object) -> Event:
        words = {name: value for name, value in given.items() if name in ("agent", "queue", "customer") and value}
        data = given.get("data")
        return Event(
            kind=kind,
            at=at,
            subject=self.id,
            dedupe_key=f"{self.id}:{key}:{kind}",
            order=order,
            channel=first(self.settings, "channel") or None,
            data=dict(data) if isinstance(data, dict) else {},
            **words,  # type: ignore[arg-type]  # texts
        )

    def change(self, key: str, at: datetime, before: State, after: State, actor: str | None) -> list[Event]:
        """The events of one step; all of them say who has the issue afterwards, and where it is."""
        told: dict[str, Json] = dict(present({"actor": actor, "priority": after.priority}))
        if not self.fields["created"].is_absent:
            told["created_at"] = moment(self.fields["created"]).isoformat()
        return [
            self.event(kind, at, key, order=order, agent=after.agent, queue=after.queue, data={**told, **own})
            for order, (kind, own) in enumerate(steps_between(before, after, self.settings), start=1)
        ]


def moment(payload: Payload) -> datetime:
    """ISO 8601 with an offset without a colon: 2019-02-15T19:01:52.971-0800."""
    return payload.iso()


def created(issue: Issue) -> list[Event]:
    return opened(issue, state_of(issue.fields, issue.settings), id_of(issue.fields["reporter"]))


def opened(issue: Issue, state: State, reporter: str | None) -> list[Event]:
    """Opened as `state`; assigned, paused, solved or closed where it was created so."""
    fields, at = issue.fields, moment(issue.fields["created"])
    creator = fields["creator"]
    is_same = reporter == id_of(fields["reporter"])
    about = {
        "actor": actor_of(creator, issue.settings),
        "priority": state.priority,
        "type": fields["issuetype"]["name"].text_or(),
        "opened_by": "agent" if _is_for_another(creator, reporter, issue.settings) else None,
        "email": fields["reporter"]["emailAddress"].text_or() if is_same else None,
    }
    first_event = issue.event(
        Kind.TICKET_OPENED, at, "created", queue=state.queue, customer=reporter, data=present(about)
    )
    return [first_event, *issue.change("created", at, _unplaced(state), state, actor_of(creator, issue.settings))]


def _unplaced(state: State) -> State:
    """Where nobody has it yet: its queue stands in the opening."""
    return State(
        status=NOTHING.status, is_resolved=False, agent=NOTHING.agent, queue=state.queue, priority=state.priority
    )


def _is_for_another(creator: Payload, reporter: str | None, settings: Settings) -> bool:
    known = reporter is not None and id_of(creator) is not None
    is_agent = actor_of(creator, settings) == "human" and not is_portal_customer(creator)
    return known and is_agent and id_of(creator) != reporter


def updated(issue: Issue, body: Payload) -> list[Event]:
    """One change; `issue` shows what it led to. An empty change of an assignment tells who has it now."""
    changelog, after = body["changelog"], state_of(issue.fields, issue.settings)
    before = state_before(after, _items(changelog), issue.settings, Payload({}))
    if not list(_items(changelog)) and body["issue_event_type_name"].text_or() == "issue_assigned":
        before = State(
            status=after.status, is_resolved=after.is_resolved, agent=None, queue=after.queue, priority=after.priority
        )
    at = body["timestamp"].epoch_ms() if issue.fields["updated"].is_absent else moment(issue.fields["updated"])
    key = changelog["id"].text_or() or str(int(at.timestamp() * 1000))
    return issue.change(key, at, before, after, actor_of(body["user"], issue.settings))


def deleted(issue: Issue, body: Payload) -> list[Event]:
    at, actor = body["timestamp"].epoch_ms(), actor_of(body["user"], issue.settings)
    told: dict[str, str] = {"reason": "deleted"} | present({"actor": actor})
    return [issue.event(Kind.TICKET_DELETED, at, "deleted", data=told)]


def replayed(issue: Issue, body: Payload) -> list[Event]:
    """All that the API knows of an issue: its opening and every change, walked backwards from what it is now."""
    after, settings = state_of(issue.fields, issue.settings), issue.settings
    reporter = id_of(issue.fields["reporter"])
    found: list[list[Event]] = []
    for entry in sorted(body["histories"].items(), key=_entry_order, reverse=True):
        items = list(_items(entry))
        before = state_before(after, items, settings, body["categories"])
        actor = actor_of(entry["author"], settings)
        found.append(issue.change(entry["id"].text(), moment(entry["created"]), before, after, actor))
        after, reporter = before, _reporter_before(reporter, items)
    return opened(issue, after, reporter) + [event for events in reversed(found) for event in events]


def _entry_order(entry: Payload) -> tuple[datetime, float]:
    return moment(entry["created"]), entry["id"].number()


def _reporter_before(reporter: str | None, items: Sequence[Payload]) -> str | None:
    changes = [item for item in items if (item["field"].text_or() or "").lower() == "reporter"]
    return changes[0]["from"].text_or() if changes else reporter


def _items(changelog: Payload) -> list[Payload]:
    return list(changelog["items"].items())


def rated(issue: Issue, body: Payload) -> list[Event]:
    """Service Management's satisfaction; Jira says no time, so it is that of the entry in the history, else of the resolution."""
    rating = body["feedback"]["rating"]
    if rating.is_absent:
        return []
    score = rating.number()
    if score not in (1, 2, 3, 4, 5):
        raise BadPayload(rating.path, "1 to 5 expected")
    entries = [entry["created"] for entry in body["histories"].items() if _is_rating(entry)]
    at = entries[-1] if entries else issue.fields["resolutiondate"]
    if at.is_absent:
        return []
    data: dict[str, Json] = {"type": "csat", "scale": "1-5", "ticket": issue.id, "score": int(score)}
    agent = None if issue.fields["assignee"].is_absent else name_of(issue.fields["assignee"])
    key = f"{issue.id}:rating:{int(score)}:{int(moment(at).timestamp() * 1000)}"
    return [
        Event(
            kind=Kind.SURVEY_ANSWERED,
            at=moment(at),
            subject=f"csat:{issue.id}",
            dedupe_key=key,
            agent=agent,
            customer=id_of(issue.fields["reporter"]),
            data=data,
        )
    ]


def _is_rating(entry: Payload) -> bool:
    return any((item["field"].text_or() or "").lower() == "satisfaction" for item in _items(entry))
