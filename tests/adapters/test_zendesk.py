"""Zendesk: which proof passes, what each event and each trigger means, and what a mistake of the administrator is called."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from adapter_fixtures import build_request, load_fixtures, shared

from adapters._zendesk_event import HANDLERS
from adapters.zendesk import ADAPTER, signature
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event
from plugin.contract.request import WebhookRequest

URL = "https://kpi.example.com/hooks/zendesk"
#: public: Zendesk signs test requests with it before a webhook exists
TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
NOW = "2026-11-24T10:00:00+00:00"
STAMP = "2026-11-24T09:59:58Z"


def sent(body: object, stamp: str = STAMP, secret: str = "test-secret", at: str = NOW) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "X-Zendesk-Webhook-Signature": signature(secret, stamp, raw),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }
    return build_request(url=URL, body=raw, headers=headers, received_at=at)


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(sent(body), {"secret": "test-secret", **settings}))


def bad(body: object, **settings: str) -> BadPayload:
    with pytest.raises(BadPayload) as caught:
        parse(body, **settings)
    return caught.value


def recorded(name: str) -> dict[str, Any]:
    """The body of a fixture."""
    [fixture] = [fixture for fixture in load_fixtures("zendesk") if fixture.name == name]
    body: dict[str, Any] = json.loads(fixture.request.body)
    return body


def changed(name: str, **parts: dict[str, Any]) -> dict[str, Any]:
    """The body of an event fixture with parts of its `detail` or `event` changed."""
    body = recorded(name)
    return body | {part: body[part] | values for part, values in parts.items()}


# Proof


def test_a_request_within_five_minutes_passes_and_an_older_one_does_not() -> None:
    settings = {"secret": "test-secret"}
    ADAPTER.verify(sent({}, stamp="2026-11-24T09:55:00Z"), settings)
    with pytest.raises(Rejected, match="301 s old, more than 300 s"):
        ADAPTER.verify(sent({}, stamp="2026-11-24T09:54:59Z"), settings)
    with pytest.raises(Rejected, match="301 s ahead"):
        ADAPTER.verify(sent({}, stamp="2026-11-24T10:05:01Z"), settings)
    ADAPTER.verify(sent({}, stamp="2026-11-24T09:54:59Z"), settings | {"tolerance_s": "600"})


def test_the_offset_of_the_signed_time_counts() -> None:
    ADAPTER.verify(sent({}, stamp="2026-11-24T11:59:00+02:00"), {"secret": "test-secret"})


@pytest.mark.parametrize("stamp", ["1234", "soon", "2026-11-24", "٢٠٢٦", "99999-01-01T00:00:00Z"])
def test_a_signed_time_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(Rejected):
        ADAPTER.verify(sent({}, stamp=stamp), {"secret": "test-secret"})


def test_the_public_test_secret_is_believed_only_where_it_is_configured() -> None:
    probe = sent({"hello": 1}, secret=TEST_SECRET)
    with pytest.raises(Rejected, match="Each webhook has its own"):
        ADAPTER.verify(probe, {"secret": "test-secret"})
    ADAPTER.verify(probe, {"secret": ["test-secret", TEST_SECRET]})


def test_a_body_that_was_signed_before_its_time_is_refused() -> None:
    body = b'{"say": "hello"}'
    swapped = build_request(
        url=URL,
        body=body,
        headers={
            "X-Zendesk-Webhook-Signature": signature("test-secret", body.decode(), STAMP.encode()),
            "X-Zendesk-Webhook-Signature-Timestamp": STAMP,
        },
        received_at=NOW,
    )
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(swapped, {"secret": "test-secret"})


def test_a_wrong_replay_window_is_named() -> None:
    with pytest.raises(Rejected, match="`tolerance_s` is not a number"):
        ADAPTER.verify(sent({}), {"secret": "test-secret", "tolerance_s": "five minutes"})


# Events


def test_every_ticket_event_of_the_vendor_is_known() -> None:
    names = (
        "agent_assignment_changed attachment_linked_to_comment attachment_redacted_from_comment brand_changed comment_added"
        " comment_made_private comment_redacted created custom_field_changed custom_status_changed description_changed"
        " email_ccs_changed external_id_changed followers_changed form_changed group_assignment_changed marked_as_spam merged"
        " organization_changed permanently_deleted priority_changed problem_link_changed requester_changed soft_deleted"
        " status_changed subject_changed submitter_changed tags_changed task_due_at_changed type_changed undeleted"
    )
    assert {f"ticket.{name}" for name in names.split()} <= set(HANDLERS)


def test_an_event_that_nobody_knows_is_ignored() -> None:
    body = recorded("event_solved") | {"type": "zen:event-type:ticket.teleported"}
    assert parse(body) == []


@pytest.mark.parametrize(
    ("previous", "current", "kinds"),
    [
        ("OPEN", "SOLVED", ["ticket.solved"]),
        ("pending", "Solved", ["ticket.solved"]),
        (None, "SOLVED", ["ticket.solved"]),
        ("SOLVED", "CLOSED", ["ticket.closed"]),
        ("HOLD", "CLOSED", ["ticket.closed"]),
        ("SOLVED", "OPEN", ["ticket.reopened"]),
        ("SOLVED", "PENDING", ["ticket.reopened", "ticket.paused"]),
        ("SOLVED", "HOLD", ["ticket.reopened", "ticket.paused"]),
        ("OPEN", "PENDING", ["ticket.paused"]),
        ("pending", "Hold", ["ticket.paused"]),
        (None, "PENDING", ["ticket.paused"]),
        ("HOLD", "OPEN", ["ticket.resumed"]),
        ("PENDING", "NEW", ["ticket.resumed"]),
        ("PENDING", "PENDING", []),
        ("CLOSED", "NEW", ["ticket.reopened"]),
        ("OPEN", "DELETED", ["ticket.deleted"]),
        ("NEW", "OPEN", []),
        (None, "OPEN", []),
        ("CLOSED", "ARCHIVED", []),
        ("CLOSED", "SCRUBBED", []),
    ],
)
def test_what_a_change_of_status_means(previous: str | None, current: str, kinds: list[str]) -> None:
    events = parse(changed("event_solved", event={"previous": previous, "current": current}))
    assert [event.kind.value for event in events] == kinds


def test_pending_waits_for_the_customer_and_on_hold_for_somebody_else() -> None:
    told = [parse(changed("event_pending", event={"current": word}))[0].data["on"] for word in ("PENDING", "HOLD")]
    assert told == ["customer", "other"]


@pytest.mark.parametrize(
    ("submitter", "requester", "opened_by"),
    [("7001", "5550001", "agent"), ("5550001", "5550001", None), ("-1", "5550001", None), ("99", "5550001", None)],
)
def test_a_person_who_submits_for_another_one_is_an_agent_and_a_bot_is_not(
    submitter: str, requester: str, opened_by: str | None
) -> None:
    by_event = changed("event_created", detail={"submitter_id": submitter, "requester_id": requester})
    by_trigger = recorded("trigger_created") | {"actor_id": submitter, "requester_id": requester}
    for body in (by_event, by_trigger):
        opened = parse(body, bots="99")[0]
        assert (opened.kind, opened.data.get("opened_by")) == ("ticket.opened", opened_by)


def comment(**parts: object) -> Event:
    body = changed("event_agent_reply", event={"comment": {"id": "1", "is_public": True, **parts}})
    [event] = parse(body)
    return event


def test_staff_is_believed_before_ids_are_compared() -> None:
    assert comment(author={"id": "5550001", "is_staff": True}).kind == "ticket.agent_replied"
    assert comment(author={"id": "7001", "is_staff": False}).kind == "ticket.customer_replied"
    assert comment(author_id="5550001").kind == "ticket.customer_replied"
    assert comment(author_id=5550001).kind == "ticket.customer_replied"
    assert comment(author_id="7001").agent == "7001"


def test_replies_of_bots_are_marked() -> None:
    assert comment(author_id="-1").data["actor"] == "bot"
    assert comment(author_id="-1").agent is None
    assert comment(author_id="7001", via={"channel": "rule"}).data["actor"] == "bot"
    assert comment(author_id="7001").data["actor"] == "human"


def test_a_public_comment_whose_author_cannot_be_placed_says_nothing_certain() -> None:
    assert parse(changed("event_agent_reply_by_author_id", detail={"requester_id": None})) == []


def test_a_private_comment_is_a_note_whoever_wrote_it() -> None:
    [event] = parse(
        changed("event_agent_reply", detail={"requester_id": None}, event={"comment": {"id": "1", "is_public": False}})
    )
    assert event.kind == "ticket.noted"


def test_an_event_without_a_time_is_of_the_ticket_or_of_its_arrival() -> None:
    bare = recorded("event_without_time")
    later = bare | {"detail": bare["detail"] | {"updated_at": "2026-11-24T08:00:00Z"}}
    created = bare | {"detail": bare["detail"] | {"created_at": "2026-11-24T07:00:00Z"}}
    closed = {"type": "zen:event-type:ticket.status_changed", "event": {"current": "CLOSED", "previous": "SOLVED"}}
    assert [parse(body)[0].at.isoformat() for body in (bare, later, created, created | closed)] == [
        NOW,
        "2026-11-24T08:00:00+00:00",
        "2026-11-24T07:00:00+00:00",
        NOW,
    ]
    del bare["id"]
    assert bad(bare).path == "$.time"


@pytest.mark.parametrize(
    "body",
    [
        {"id": 1274, "type": "Comment", "body": "made up", "public": True},
        {"ticket": {"url": "https://desk.zendesk.example/api/v2/tickets/1.json", "id": 1}},
        {"audit": {"events": []}},
        {"id": 27, "ticket_id": 27, "updater_id": -1, "child_events": []},
        {"integration_key": "made_up", "input": {"ticket_event": {"type": "Agent Assignment Changed"}}},
    ],
)
def test_resources_and_other_products_are_knowingly_ignored(body: dict[str, Any]) -> None:
    assert parse(body) == []


@pytest.mark.parametrize(
    "body",
    [
        {"ticket": {"id": "1", "url": "desk.zendesk.example/agent/tickets/1"}},
        {"type": "Comment", "id": "1"},
        {"id": 1, "audit": "x"},
        {"event": "ticket.updated", "id": 123},
        {},
    ],
)
def test_a_body_of_the_administrators_own_is_no_resource(body: dict[str, Any]) -> None:
    assert "written the body of the trigger yourself" in bad(body).reason


def test_what_is_signed_with_the_public_test_secret_did_not_happen() -> None:
    assert parse(recorded("event_created"))
    assert list(ADAPTER.parse(sent(recorded("event_created"), secret=TEST_SECRET), {})) == []
    assert list(ADAPTER.parse(sent({"event": "ticket.updated", "id": 123}, secret=TEST_SECRET), {})) == []


def test_a_copy_out_of_the_log_of_invocations_is_no_delivery() -> None:
    body = b'{"ticket_id":"2311","ticket_subject":"test"}'
    copy = build_request(url=URL, body=body, headers={"Authorization": "[SCRUBBED]"})
    assert list(ADAPTER.parse(copy, {})) == []


def test_a_missing_field_is_named_by_its_path() -> None:
    assert bad(changed("event_agent_reply", detail={"id": None})).path == "$.detail.id"
    assert bad(changed("event_agent_reply", event={"comment": {"id": "1", "author_id": "7001"}})).path == (
        "$.event.comment.is_public"
    )
    assert bad(changed("event_solved", event={"current": None})).path == "$.event.current"
    body = recorded("event_csat_received")
    assert (
        bad(body | {"event": {"satisfaction_score": {"score": "OFFERED"}}}).path == "$.event.satisfaction_score.score"
    )


def test_an_event_without_an_id_is_recognised_by_its_comment_or_by_ticket_kind_and_time() -> None:
    reply, solved = recorded("event_agent_reply"), recorded("event_solved")
    del reply["id"], solved["id"]
    assert parse(reply)[0].dedupe_key == "19395:comment:900"
    assert parse(solved)[0].dedupe_key == (
        f"{solved['detail']['id']}:ticket.status_changed:{solved['time']}::ticket.solved"
    )
    del reply["event"]["comment"]["id"]
    assert parse(reply)[0].dedupe_key == (
        "19395:ticket.comment_added:2026-11-24T10:00:02.692223355Z::ticket.agent_replied"
    )


def test_a_link_to_the_call_stays_on_every_event() -> None:
    assert parse(changed("event_solved", detail={"external_id": "call-8f2"}))[0].data["contact"] == "call-8f2"


# Triggers


def test_the_template_is_json_and_names_its_version_and_no_free_text() -> None:
    assert ADAPTER.template is not None
    template = json.loads(ADAPTER.template)
    assert template["deskgauge"] == 1
    assert not [name for name in template if name in ("title", "description", "comment", "name", "email", "phone")]


def test_a_template_that_was_filled_in_is_understood() -> None:
    assert ADAPTER.template is not None
    body = ADAPTER.template
    for placeholder, value in {
        "ticket.id": "42",
        "ticket.created_at_with_timestamp": "2026-11-24T09:12Z",
        "ticket.updated_at_with_timestamp": "2026-11-24T09:12Z",
        "ticket.requester.id": "5550003",
        "ticket.group.name": "Billing",
    }.items():
        body = body.replace("{{" + placeholder + "}}", value)
    rest = json.loads(body)
    filled = {name: "" if isinstance(value, str) and "{{" in value else value for name, value in rest.items()}
    [opened] = parse(filled)
    assert (opened.kind, opened.subject, opened.queue) == ("ticket.opened", "42", "Billing")
    assert opened.at == datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
    assert opened.data == {"created_at": "2026-11-24T09:12:00+00:00"}


def test_a_retry_repeats_its_key_and_another_change_of_that_minute_does_not() -> None:
    body = recorded("trigger_solved")
    again = dict(reversed(body.items()))
    other = body | {"actor_id": "7002"}
    keys = [ADAPTER.delivery_key(sent(each), {}) for each in (body, again, other)]
    assert keys[0] == keys[1] != keys[2]
    assert parse(body) == parse(again)
    assert parse(body)[0].dedupe_key != parse(other)[0].dedupe_key


def test_a_template_with_the_customers_number_links_by_it() -> None:
    [event] = parse(recorded("trigger_solved") | {"customer": "+15550177"})
    assert event.customer == "+15550177"


@pytest.mark.parametrize(
    ("parts", "path", "words"),
    [
        ({"deskgauge": 2}, "$.deskgauge", "version 1 of the template"),
        ({"event": "sloved"}, "$.event", "correct the name"),
        ({"event": "status_changed", "status": "Gelöst"}, "$.status", "solved, reopened and closed, pending, on_hold"),
        ({"event": "csat", "csat": "Schlecht"}, "$.csat", "csat_good and csat_bad"),
        ({"updated_at": "24. November 2026"}, "$.updated_at", "ISO 8601"),
        ({"event": "comment", "comment_is_public": ""}, "$.comment_is_public", "true or false"),
    ],
)
def test_a_mistake_in_a_trigger_is_told_in_words(parts: dict[str, Any], path: str, words: str) -> None:
    error = bad(recorded("trigger_solved") | parts)
    assert error.path == path
    assert words in error.reason


def test_pointing_the_wrong_mode_at_a_source_is_told_in_the_administrators_words() -> None:
    assert "subscribed the webhook to Zendesk events" in bad(recorded("event_solved"), mode="trigger").reason
    assert (
        "pointed a Zendesk trigger at a source that waits for events"
        in bad(recorded("trigger_solved"), mode="events").reason
    )
    assert "written the body of the trigger yourself" in bad({"ticket_id": "2311", "ticket_subject": "test"}).reason
    assert parse(recorded("event_solved"), mode="events")
    assert parse(recorded("trigger_solved"), mode="trigger")


# Material outside of the project


def test_published_signatures_are_recomputed_and_the_one_of_the_old_page_is_not() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-ticketing.json").read_text())
    ours = [vector for vector in vectors if vector["vendor"].startswith("zendesk")]
    verdicts = {}
    for vector in ours:
        stamp = vector["headers"]["X-Zendesk-Webhook-Signature-Timestamp"]
        found = signature(vector["secret"], stamp, vector["body"].encode())
        verdicts[stamp] = found == vector["expected"]
    assert verdicts == {"1234": True, "2021-03-25T05:09:27Z": True, "2021-07-25T10:00:00Z": False}


def test_the_recorded_verdicts_are_ours_but_for_the_window_that_the_vendor_leaves_open() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-sdk.json").read_text())
    made_at = datetime.fromtimestamp(vectors["made_at"], UTC)
    verdicts = {}
    for case in vectors["cases"]:
        if case["vendor"] == "zendesk":
            body = base64.b64decode(case["body_b64"])
            request = build_request(url=case["url"], headers=case["headers"], body=body, received_at=made_at)
            verdicts[case["case"]] = _passes(request, case["secret"])
    assert verdicts == {
        "ok": True,
        "tampered_body": False,
        "wrong_secret": False,
        "one_hour_old": False,
        "no_headers": False,
    }


def _passes(request: WebhookRequest, secret: str) -> bool:
    try:
        ADAPTER.verify(request, {"secret": secret})
    except Rejected:
        return False
    return True


def test_the_names_document_says_who_and_what_the_ids_of_events_are() -> None:
    fixture = next(f for f in load_fixtures("zendesk") if any(e["queue"] and e["agent"] for e in f.events))
    known = next(e for e in fixture.events if e["queue"] and e["agent"])
    settings = {**fixture.settings, "names": f"# groups\n{known['queue']} = Billing\n{known['agent']} = Ann Ames\n"}
    events = ADAPTER.parse(fixture.request, settings)
    assert {(event.queue, event.agent) for event in events if event.queue and event.agent} == {("Billing", "Ann Ames")}
