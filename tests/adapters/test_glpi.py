"""GLPI: signature and challenge, computed here as its source does, and whole tickets from snapshots and follow-ups."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from adapter_fixtures import build_request, load_fixtures
from whole_calls import recorded as deliveries
from whole_tickets import fold_requests, fold_ticket_of, seconds

from adapters._glpi_replay import Shown, body_of
from adapters.glpi import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.payload import Payload
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/glpi"
SECRETS = ["of-tickets", "of-followups"]
AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LIFE = (
    "ticket_new",
    "ticket_taken",
    "note",
    "robot_followup",
    "agent_followup",
    "ticket_pending",
    "customer_followup",
    "ticket_processing",
    "followup_by_mail",
    "ticket_moved",
    "ticket_solved",
    "ticket_solved_and_touched",
    "ticket_reopened",
    "ticket_closed",
)


def sha256(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(body: str, age_s: int = 0, secret: str = "of-followups") -> WebhookRequest:
    stamp = str(int(AT.timestamp()) - age_s)
    headers = {"X-GLPI-signature": sha256(secret, body + stamp), "X-GLPI-timestamp": stamp}
    return build_request(url=URL, body=body, headers=headers, received_at=AT)


def asked(token: str) -> WebhookRequest:
    return build_request(url=f"{URL}?crc_token={token}", method="GET")


def recorded(name: str) -> dict[str, Any]:
    [fixture] = [fixture for fixture in load_fixtures("glpi") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def parse(body: dict[str, Any], **settings: str) -> list[Event]:
    return list(ADAPTER.parse(build_request(url=URL, body=json.dumps(body)), settings))


# Proof


def test_the_body_is_signed_before_its_time_with_the_secret_of_any_of_the_webhooks() -> None:
    ADAPTER.verify(signed("{}"), {"secret": SECRETS})
    stamp = str(int(AT.timestamp()))
    swapped = {"X-GLPI-signature": sha256("of-followups", stamp + "{}"), "X-GLPI-timestamp": stamp}
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(build_request(url=URL, body="{}", headers=swapped, received_at=AT), {"secret": SECRETS})
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(signed("{}", secret="another"), {"secret": SECRETS})


def test_what_waited_a_day_in_the_queue_passes_and_older_does_not() -> None:
    ADAPTER.verify(signed("{}", age_s=86400), {"secret": SECRETS})
    with pytest.raises(Rejected, match="86401 s old"):
        ADAPTER.verify(signed("{}", age_s=86401), {"secret": SECRETS})
    with pytest.raises(Rejected, match="301 s old"):
        ADAPTER.verify(signed("{}", age_s=301), {"secret": SECRETS, "tolerance_s": "300"})


@pytest.mark.parametrize("stamp", ["soon", "-1", "1" * 12, "٢٠"])
def test_a_signed_time_that_is_none_is_refused(stamp: str) -> None:
    headers = {"X-GLPI-signature": sha256("of-tickets", "{}" + stamp), "X-GLPI-timestamp": stamp}
    with pytest.raises(Rejected, match="not a number of seconds"):
        ADAPTER.verify(build_request(url=URL, body="{}", headers=headers), {"secret": SECRETS})


def test_the_challenge_of_each_webhook_is_answered_with_its_own_secret() -> None:
    for secret in SECRETS:
        token = sha256(secret, "validate_cra_challenge")
        answer = ADAPTER.handshake(asked(token), {"secret": SECRETS})
        assert answer is not None
        assert (answer.status, answer.body.decode()) == (200, sha256(secret, token))


def test_nobody_has_a_body_of_his_own_signed_as_a_challenge() -> None:
    for token in ('{"event":"new"}1764000000', "x", "", sha256("another", "validate_cra_challenge")):
        answer = ADAPTER.handshake(asked(token), {"secret": SECRETS})
        assert answer is not None
        assert answer.status == 403
        assert not any(sha256(secret, token).encode() in answer.body for secret in SECRETS)


# Tickets


def test_a_ticket_from_its_form_to_its_closing_has_its_times() -> None:
    facts = fold_ticket_of("glpi", *LIFE, bots="31")
    assert (facts.status, facts.agent, facts.queue, facts.priority) == ("closed", "Ann", "Network", "very high")
    assert (facts.channel, facts.agent_replies, facts.customer_replies) == ("web", 1, 2)
    assert (facts.reopens, facts.regroups, facts.customer) == (1, 1, "user:7")
    assert facts.created_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert seconds(facts.first_response_ms) == 20 * 60
    assert seconds(facts.first_resolution_ms) == 60 * 60
    assert seconds(facts.resolution_ms) == 100 * 60
    [pause] = facts.pauses
    assert (pause.on, pause.ended_at and (pause.ended_at - pause.started_at).total_seconds()) == ("customer", 1801)


def test_pending_may_wait_for_somebody_else() -> None:
    facts = fold_ticket_of("glpi", "ticket_new", "ticket_pending", pending="on_hold")
    assert [pause.on for pause in facts.pauses] == ["other"]
    with pytest.raises(BadPayload, match="pending: 'ever': write pending or on_hold"):
        parse(recorded("ticket_pending"), pending="ever")


def test_a_robot_is_no_first_response() -> None:
    assert fold_ticket_of("glpi", "ticket_new", "robot_followup", bots="31").first_response_at is None
    assert fold_ticket_of("glpi", "ticket_new", "robot_followup").first_response_at is not None


def test_a_deleted_ticket_counts_nowhere() -> None:
    assert fold_ticket_of("glpi", "ticket_deleted").excluded == "deleted"
    restored = recorded("ticket_new")
    restored["item"]["is_deleted"] = True
    assert [event.kind.value for event in parse(restored)] == ["ticket.deleted"]


def test_members_of_the_team_are_read_in_both_notations() -> None:
    facts = fold_ticket_of("glpi", "ticket_documented_team")
    assert (facts.queue, facts.agent, facts.customer) == ("Support", "Ann", "user:7")


def test_an_early_release_that_does_not_say_who_wrote_it_tells_of_no_reply() -> None:
    body = recorded("agent_followup")
    del body["item"]["user"]
    assert parse(body) == []
    body["item"]["is_private"] = True
    assert [event.kind.value for event in parse(body)] == ["ticket.noted"]


@pytest.mark.parametrize(
    ("part", "path"),
    [("date_mod", "$.item.date_mod"), ("date", "$.item.date"), ("id", "$.item.id")],
)
def test_a_missing_field_is_named(part: str, path: str) -> None:
    body = recorded("ticket_new")
    del body["item"][part]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert caught.value.path == path


# The API

RIGA = ZoneInfo("Europe/Riga")
ROLES = {"requester": 1, "assigned": 2, "observer": 3}


def local(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(RIGA).strftime("%Y-%m-%d %H:%M:%S")


def read_by_api(log: bool = True, **changed: str) -> WebhookRequest:
    """The ticket of `LIFE` as it is in the end, with its log, its follow-ups and its members."""
    bodies = [recorded(name) for name in LIFE]
    tickets = [body["item"] for body in bodies if "status" in body["item"]]
    said = [body["item"] for body in bodies if "is_private" in body["item"]]
    last, names = tickets[-1], {}
    members: dict[str, list[Payload]] = {"user": [], "group": []}
    for one in last["team"]:
        found = re.search(r"/(\w+)\.form\.php\?id=(\d+)", one["href"])
        assert found is not None
        names[f"{found[1].capitalize()} {found[2]}"] = one["name"]
        members[found[1]].append(Payload({f"{found[1]}s_id": int(found[2]), "type": ROLES[one["role"]]}))
    rows = [
        {
            "old_value": str(old["status"]["id"]),
            "new_value": str(new["status"]["id"]),
            "date_mod": local(new["date_mod"]),
        }
        for old, new in pairwise(tickets)
        if old["status"]["id"] != new["status"]["id"]
    ]
    ends = {"solvedate": local(tickets[-1]["date_mod"]), "closedate": local(tickets[-1]["date_mod"])}
    item = {
        **{name: last[name] for name in ("id", "type", "priority")},
        **{name: local(last[name]) for name in ("date", "date_mod")},
        **ends,
        "status": last["status"]["id"],
        "requesttypes_id": last["request_type"]["id"],
        "is_deleted": 0,
        **changed,
    }
    followups = [
        {
            **{name: each[name] for name in ("id", "items_id")},
            "is_private": int(each["is_private"]),
            "users_id": each["user"]["id"] if each["user"] else 0,
            "date_creation": local(each["date_creation"]),
        }
        for each in said
    ]
    names |= {f"User {each['user']['id']}": each["user"]["name"] for each in said if each["user"]}
    told = {"id_search_option": 12, "itemtype_link": ""}
    shown = Shown(
        item=Payload(item),
        zone=RIGA,
        log=[Payload({**row, **told, "id": place}) for place, row in enumerate(rows)][::-1] if log else [],
        followups=[Payload(each) for each in followups],
        users=members["user"],
        groups=members["group"],
    )
    return build_request(url="api:desk", method="PULL", body=json.dumps(body_of(shown, names)))


def test_the_log_tells_each_status_as_a_webhook_told_it_and_counts_nothing_twice() -> None:
    hooks, facts = deliveries("glpi", *LIFE), fold_ticket_of("glpi", *LIFE, bots="31")
    both = fold_requests("glpi", [*hooks, read_by_api()], bots="31")
    assert replace(both, priorities=facts.priorities) == facts
    alone = fold_requests("glpi", [read_by_api()], bots="31")
    assert [queue for _, queue in alone.stays] == ["Network"]
    solvers = [replace(span, solved_by=other.solved_by) for span, other in zip(alone.spans, facts.spans, strict=True)]
    kept = replace(alone, spans=solvers, stays=facts.stays, regroups=facts.regroups, priorities=facts.priorities)
    assert replace(kept, replies=facts.replies) == facts


def test_without_a_log_it_is_known_when_a_ticket_was_solved_and_closed() -> None:
    told = read_by_api(log=False, solvedate="2026-11-24 11:20:00", closedate="2026-11-24 11:30:00")
    facts = fold_requests("glpi", [told], bots="31")
    assert (facts.status, facts.reopens, facts.pauses) == ("closed", 0, [])
    assert facts.solved_at == datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
    assert facts.closed_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
