"""Lines of queue_log and AMI events as literals, and every payload and oracle of ../shared (skipped when absent)."""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.asterisk import ADAPTER, facts_of
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event, Kind
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import standard_webhook_signature
from plugin.facts.fold import ContactFacts, Interval, fold_agent, fold_contact, in_order

SHARED = Path(__file__).parents[3] / "shared"
PAYLOADS = SHARED / "payloads" / "asterisk"
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)

needs_shared = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the material is not part of the project")


def request(body: object, headers: dict[str, str] | None = None) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WebhookRequest(
        method="POST", url="https://desk.example/hooks/pbx", headers=headers or {}, body=raw, received_at=NOW
    )


def parse(body: object, **settings: str) -> list[Event]:
    return list(ADAPTER.parse(request(body, {"webhook-id": "msg_1"}), settings))


def of_lines(*lines: object, **settings: str) -> list[Event]:
    return parse({"host": "pbx1", "lines": list(lines)}, **settings)


def bodies(text: str, **settings: str) -> list[dict[str, Any]]:
    assert ADAPTER.files is not None
    return [json.loads(body) for body in ADAPTER.files(io.StringIO(text), settings)]


def contacts(events: Iterable[Event]) -> list[ContactFacts]:
    by_call: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind.about == "contact":
            by_call[event.subject].append(event)
    return [fold_contact(in_order(call)) for call in by_call.values()]


def signed(secret: str, body: bytes, *, at: datetime = NOW) -> WebhookRequest:
    stamp = str(int(at.timestamp()))
    signature = standard_webhook_signature(secret, "msg_1", stamp, body)
    return request(body, {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signature})


# -- the proof


def test_a_batch_signed_with_either_live_secret_passes() -> None:
    for secret in ("new", "old"):
        ADAPTER.verify(signed(secret, b"{}"), {"secret": ("new", "old")})


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_an_old_or_early_signature_is_refused(age: timedelta) -> None:
    with pytest.raises(Rejected, match="signed time"):
        ADAPTER.verify(signed("new", b"{}", at=NOW - age), {"secret": "new"})


def test_a_changed_body_is_refused() -> None:
    genuine = signed("new", b'{"lines": []}')
    with pytest.raises(Rejected, match="does not match"):
        ADAPTER.verify(genuine.with_body(b'{"lines": [""]}'), {"secret": "new"})


def test_the_delivery_key_is_the_webhook_id() -> None:
    assert ADAPTER.delivery_key(signed("new", b"{}"), {}) == "msg_1"


# -- queue_log


def test_the_same_line_has_the_same_key_whatever_batch_brings_it() -> None:
    line = "1795310616|1795310614.0|support|Alice Ames|CONNECT|2|1795310614.1|2"
    (forwarded,) = of_lines({"seq": 900, "n": 0, "line": line})
    other, plain = of_lines("1795310600|NONE|NONE|NONE|QUEUESTART|", line)
    assert other.kind is Kind.SOURCE_RESTARTED
    assert plain.dedupe_key == forwarded.dedupe_key


def test_a_line_that_was_written_twice_is_two_happenings() -> None:
    line = "1795310616|NONE|support|Alice Ames|PAUSE|Lunch"
    first, second = of_lines({"seq": 1, "n": 0, "line": line}, {"seq": 2, "n": 1, "line": line})
    assert first.dedupe_key != second.dedupe_key
    assert [event.dedupe_key for event in of_lines(line, line)] == [first.dedupe_key, second.dedupe_key]


def test_two_hosts_with_the_same_line_are_two_happenings() -> None:
    line = "1795310616|1795310614.0|support|Alice Ames|CONNECT|2|1795310614.1|2"
    keys = {parse({"host": host, "lines": [line]})[0].dedupe_key for host in ("pbx1", "pbx2")}
    assert len(keys) == 2


def test_the_key_does_not_depend_on_the_callers_number() -> None:
    """Else a number could be found from its key by trying them all."""
    keys = {
        of_lines(f"1795310614|1795310614.0|support|NONE|ENTERQUEUE||{number}|1|Anna Ott")[0].dedupe_key
        for number in ("+4930555010", "+4930555011")
    }
    assert len(keys) == 1


def test_a_caller_without_a_number_is_no_customer() -> None:
    for number in ("", "anonymous", "<unknown>", "Unavailable"):
        (offered, _) = of_lines(f"1795310614|1795310614.0|support|NONE|ENTERQUEUE||{number}|1")
        assert offered.customer is None


def test_a_caller_name_with_a_quote_and_a_replaced_bar_changes_nothing() -> None:
    offered, queued = of_lines('1795309709|1795309709.9|support|NONE|ENTERQUEUE||441632960103|1|Eve_Pipe "quoted"')
    assert (offered.customer, queued.data) == ("441632960103", {"position": 1})


def test_lines_of_old_versions_leave_out_what_they_do_not_say() -> None:
    _, queued, connected, key = of_lines(
        "1266833925|1266833925.10|9000|NONE|ENTERQUEUE||01773597776",
        "1266833930|1266833925.10|9000|Local/2004@from-internal/n|CONNECT|2|1266833933.27",
        "1266833940|1266833925.11|9000|NONE|EXITWITHKEY|1|4",
    )
    assert queued.data == {}
    assert connected.data == {"wait_s": 2.0}
    assert key.data == {"reason": "key"}


def test_a_fraction_of_a_second_is_kept() -> None:
    (connected,) = of_lines("1383904392.684547|1383900788.167039|q01|Agent/1240|CONNECT|3||2")
    assert connected.at == datetime(2013, 11, 8, 9, 53, 12, 684547, tzinfo=UTC)


def test_a_call_whose_entry_was_never_seen_is_found_from_what_its_end_says() -> None:
    (facts,) = contacts(of_lines("1795310674|1795310664.34|support|Bob Bright|BLINDTRANSFER|4100|agents|2|8|1"))
    (visit,) = facts.visits
    assert visit.entered_at == datetime.fromtimestamp(1795310664, UTC)
    assert (visit.outcome, visit.wait_ms, facts.legs[0].talk_ms) == ("answered", 2000, 8000)


def test_an_attended_transfer_into_a_queue_makes_a_call_of_the_agent_that_is_internal() -> None:
    line = "1795310682|1795310682.44|sales|NONE|ENTERQUEUE||1003|1"
    (plain,) = contacts(of_lines(line))
    (known,) = contacts(of_lines(line, members="PJSIP/1003 = Carla Cole"))
    assert (plain.direction, known.direction, known.customer) == ("inbound", "internal", None)


def test_an_outside_number_that_a_call_was_transferred_to_is_not_kept() -> None:
    (transferred,) = of_lines("1795310674|1795310664.34|support|Bob Bright|BLINDTRANSFER|00493055501234|out|2|8|1")
    assert transferred.data == {"wait_s": 2.0, "talk_s": 8.0, "mode": "blind"}


def test_names_are_found_for_interfaces_in_any_column() -> None:
    members = "# people\nLocal/204@agents/n = Dan Drew\nPJSIP/1001=Alice Ames\n\nnonsense\n"
    added, rang = of_lines(
        "1795309822|MANAGER|sales|Local/204@agents/n|ADDMEMBER|",
        "1795309823|1795309820.1|sales|PJSIP/1001|RINGNOANSWER|15000",
        members=members,
    )
    assert (added.subject, added.agent, rang.agent) == ("Dan Drew", "Dan Drew", "Alice Ames")


def test_pause_all_with_its_pause_of_every_queue_counts_once() -> None:
    events = of_lines(
        "1795309814|NONE|NONE|Carol Agent|PAUSEALL|Training",
        "1795309814|NONE|sales|Carol Agent|PAUSE|Training",
        "1795309822|NONE|NONE|Carol Agent|UNPAUSEALL|",
        "1795309822|NONE|sales|Carol Agent|UNPAUSE|",
    )
    intervals = [interval for interval in fold_agent(in_order(events)) if interval.ended_at]
    assert [(interval.state, seconds(interval)) for interval in intervals] == [("training", 8.0)]


def seconds(interval: Interval) -> float:
    assert interval.ended_at is not None
    return (interval.ended_at - interval.started_at).total_seconds()


def test_a_torn_line_does_not_take_its_batch_along() -> None:
    assert len(of_lines("17953|torn", "1795309814|NONE|NONE|Carol Agent|PAUSEALL|", "\x00\x00", "")) == 1


def test_a_batch_without_any_readable_line_is_bad() -> None:
    with pytest.raises(BadPayload, match=r"\$\.lines\[0\]"):
        of_lines("Asterisk Call Manager/11.0.0", "Response: Success")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "$"),
        ({"host": "pbx1"}, "$"),
        ({"lines": "x"}, "$.lines"),
        ({"lines": [7]}, "$.lines[0]"),
        ({"lines": [{"seq": 1}]}, "$.lines[0].line"),
        ({"lines": [{"seq": "x", "line": "1|2|3|4|5"}]}, "$.lines[0].seq"),
        ({"lines": ["\ud800"]}, "$.lines[0]"),
        ({"event": "Hangup"}, "$.event"),
        ({"events": [{"Event": "Join", "Timestamp": "soon"}]}, "$.events[0].Timestamp"),
        ({"host": {}, "lines": []}, "$.host"),
    ],
)
def test_a_broken_body_names_what_is_broken(body: object, path: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse(body)
    assert error.value.path == path


# -- which record counts

CALL = {"Uniqueid": "1795310616.4", "Linkedid": "1795310616.4", "Queue": "support"}
TOLD_BY_QUEUE_LOG = (
    "1795310616|1795310616.4|support|NONE|ENTERQUEUE||+4930555010|1",
    "1795310617|1795310616.4|support|Carla Cole|CONNECT|1|1795310616.5|1",
    "1795310642|1795310616.4|support|Carla Cole|COMPLETECALLER|1|25|3",
)
TOLD_BY_AMI = [
    {"Event": "QueueCallerJoin", "Timestamp": "1795310616.3", **CALL},
    {"Event": "AgentConnect", "Timestamp": "1795310617.4", **CALL, "MemberName": "Carla Cole", "HoldTime": "1"},
    {"Event": "Hold", "Timestamp": "1795310622.2", "Uniqueid": "1795310616.5", "Linkedid": "1795310616.4"},
    {"Event": "Unhold", "Timestamp": "1795310628.2", "Uniqueid": "1795310616.5", "Linkedid": "1795310616.4"},
    {"Event": "AgentComplete", "Timestamp": "1795310642.5", **CALL, "MemberName": "Carla Cole", "TalkTime": "25"},
]


@pytest.mark.parametrize("body", [{"lines": list(TOLD_BY_QUEUE_LOG)}, {"events": TOLD_BY_AMI}, TOLD_BY_AMI])
def test_by_default_the_calls_are_taken_from_whatever_a_body_holds(body: object) -> None:
    for settings in ({}, {"record": "auto"}):
        (facts,) = contacts(parse(body, **settings))
        assert [(leg.agent, leg.queue) for leg in facts.legs] == [("Carla Cole", "support")]


@pytest.mark.parametrize(
    ("settings", "talk_ms", "hold_ms"),
    [
        ({"record": "queue_log"}, 25000, None),
        ({"record": "ami"}, 19000, 6000),
        ({"record": "queue_log", "hold": "ami"}, 19000, 6000),
        ({"hold": "ami"}, 19000, 6000),
        ({"record": "auto", "hold": "ami"}, 19000, 6000),
    ],
)
def test_a_call_that_both_records_tell_of_counts_once_where_one_is_chosen(
    settings: dict[str, str], talk_ms: int, hold_ms: int | None
) -> None:
    (facts,) = contacts([*of_lines(*TOLD_BY_QUEUE_LOG, **settings), *parse(TOLD_BY_AMI, **settings)])
    assert [(leg.talk_ms, leg.hold_ms) for leg in facts.legs] == [(talk_ms, hold_ms)]
    assert len(facts.visits) == 1


def test_within_one_body_the_lines_count_and_the_events_do_not_repeat_them() -> None:
    (facts,) = contacts(parse({"lines": list(TOLD_BY_QUEUE_LOG), "events": TOLD_BY_AMI}))
    assert (len(facts.visits), [leg.talk_ms for leg in facts.legs]) == (1, [25000])
    assert parse({"lines": [], "events": TOLD_BY_AMI}) == parse({"events": TOLD_BY_AMI})


# -- bodies that are not our envelope


def test_text_of_queue_log_has_the_keys_that_the_forwarder_gives() -> None:
    text = parse("\r\n".join(TOLD_BY_QUEUE_LOG).encode() + b"\n", host="pbx1")
    assert text == of_lines(*TOLD_BY_QUEUE_LOG)


def test_a_text_that_begins_with_a_torn_line_is_read_from_the_next_one() -> None:
    assert len(parse(f"eue||+4930555010|1\n{TOLD_BY_QUEUE_LOG[1]}".encode())) == 1


TABLE = """ time                       | callid         | queuename | agent      | event    | data1 | data2 | data3
----------------------------+----------------+-----------+------------+----------+-------+-------+-------
 2026-11-22 01:23:37.25+00  | 1795310616.4   | support   | Carla Cole | CONNECT  | 1     |       | 1
 1795310622                 | NONE           | NONE      | Carla Cole | PAUSEALL | Lunch |       |
(2 rows)
"""


def test_a_table_of_queue_log_without_a_frame_is_read() -> None:
    connected, paused = parse(TABLE.encode())
    assert (connected.agent, connected.data) == ("Carla Cole", {"wait_s": 1.0, "ring_s": 1.0})
    assert connected.at == datetime(2026, 11, 22, 1, 23, 37, 250000, tzinfo=UTC)
    assert paused.data == {"activity": "break", "reason": "Lunch"}


def test_a_column_that_a_table_lacks_is_left_out() -> None:
    (connected,) = parse(b"| callid | event | time |\n| 1795310616.4 | CONNECT | 2026-11-22 01:23:37+00 |")
    assert (connected.agent, connected.queue, connected.data) == (None, None, {})


def test_a_record_may_lack_the_time_only_where_no_call_is_told_of() -> None:
    reply = (
        "Response: Success\r\n\r\nEvent: FullyBooted\r\nUptime: 60\r\n\r\nEvent: Newchannel\r\nUniqueid: 1.0\r\n\r\n"
    )
    assert parse(reply.encode()) == []
    with pytest.raises(BadPayload, match=r"\$\[0\]\.Timestamp.*timestampevents"):
        parse(f"{reply}Event: QueueCallerJoin\r\nUniqueid: 1.0\r\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        '"CHAN_START","2026-11-22 01:07:57","","","support","qin","PJSIP/1-1"',
        '"","+4930555010","support","qin","","PJSIP/1-1","","Queue","",,,"2026-11-22 01:08:05",8,0,"NO ANSWER",3,"1.2",""',
        "eventtype | eventtime | linkedid\nCHAN_START | 2026-11-22 01:07:57 | 1.2",
    ],
)
def test_dumps_of_cel_and_cdr_are_knowingly_ignored(text: str) -> None:
    assert parse(text.encode()) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([{"Event": "Hold"}, {"event": "Unhold"}], "$[1].Event"),
        ([7], "$[0]"),
        (b"hello", "$"),
        (b"", "$"),
        (b"|  |\n", "$"),
        (b"callid | event | time\n1.2 | CONNECT | 2026-11-22 01:23:37", "$[1].time"),
    ],
)
def test_what_is_none_of_these_is_named(body: object, path: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse(body)
    assert error.value.path == path


def test_only_sources_with_hold_events_know_holds() -> None:
    assert "hold" not in facts_of({})
    assert "hold" in facts_of({"hold": "ami"})
    assert "hold" in facts_of({"record": "ami"})


def test_holds_from_ami_are_taken_out_of_the_talk_of_queue_log() -> None:
    settings = {"hold": "ami"}
    lines = of_lines(
        "1795310616|1795310616.4|support|NONE|ENTERQUEUE||+4930555010|1",
        "1795310617|1795310616.4|support|Carla Cole|CONNECT|1|1795310616.5|1",
        "1795310642|1795310616.4|support|Carla Cole|COMPLETECALLER|1|25|3",
        **settings,
    )
    channel = {"Channel": "PJSIP/1003-00000005", "Uniqueid": "1795310616.5", "Linkedid": "1795310616.4"}
    holds = parse(
        {
            "events": [
                {"Event": "Hold", "Timestamp": "1795310622.218117", **channel},
                {"Event": "Unhold", "Timestamp": "1795310628.218117", **channel},
            ]
        },
        **settings,
    )
    (facts,) = contacts([*holds, *lines])
    assert (facts.legs[0].talk_ms, facts.legs[0].hold_ms) == (19000, 6000)


# -- AMI


def ami(name: str, **fields: str) -> dict[str, str]:
    return {
        "Event": name,
        "Timestamp": "1795310614.25",
        "Uniqueid": "1795310614.0",
        "Linkedid": "1795310614.0",
        **fields,
    }


def of_ami(*events: dict[str, str], **settings: str) -> list[Event]:
    return parse({"host": "pbx1", "events": list(events)}, record="ami", **settings)


def test_an_event_that_is_sent_again_has_the_same_key() -> None:
    sent = ami("AgentConnect", Queue="support", MemberName="Alice Ames", HoldTime="2", RingTime="2")
    again = {"content": "", "Privilege": "agent,all", "ActionID": "7", **dict(reversed(sent.items()))}
    (first,) = of_ami(sent)
    (second,) = of_ami(ami("QueueCallerLeave"), ami("Hangup"), again)
    assert first == second


def test_without_a_timestamp_the_arrival_and_the_place_in_the_batch_tell_happenings_apart() -> None:
    hold = {"Event": "Hold", "Channel": "PJSIP/1-1", "Uniqueid": "1795310614.1", "Linkedid": "1795310614.0"}
    first, second = of_ami(hold, hold)
    assert (first.at, first.order, second.order) == (NOW, 0, 1)
    assert first.dedupe_key != second.dedupe_key
    assert of_ami(hold, hold) == [first, second]


def test_ring_time_is_in_milliseconds_only_where_nobody_answered() -> None:
    missed, connected = of_ami(
        ami("AgentRingNoAnswer", Queue="201", Interface="Local/206040@from-internal", RingTime="15000"),
        ami("AgentConnect", Queue="201", MemberName="mgiannini", HoldTime="17", RingTime="2"),
    )
    assert missed.data == {"result": "missed", "ring_s": 15.0}
    assert connected.data == {"wait_s": 17.0, "ring_s": 2.0}


def test_the_callers_own_hold_is_not_the_agents() -> None:
    assert of_ami(ami("Hold", Channel="PJSIP/carrier-00000004")) == []


def test_a_hold_without_a_linked_call_belongs_to_nobody() -> None:
    assert of_ami({"Event": "Hold", "Channel": "SIP/1-1", "Uniqueid": "1.2"}) == []


def test_fully_booted_is_a_restart_only_with_its_uptime() -> None:
    (restarted,) = of_ami(ami("FullyBooted", Status="Fully Booted"), ami("FullyBooted", Uptime="60"))
    assert restarted.at == datetime.fromtimestamp(1795310554.25, UTC)


def left_unserved(at: float, queue: str = "support") -> dict[str, str]:
    return ami("QueueCallerAbandon", Timestamp=str(at), Queue=queue, HoldTime="20")


def test_a_queue_status_corrects_the_abandonment_that_ami_told_of_first() -> None:
    status = ami("VarSet", Timestamp="1795310634.26", Variable="QUEUESTATUS", Value="TIMEOUT")
    (facts,) = contacts(of_ami(ami("QueueCallerJoin", Queue="support"), left_unserved(1795310634.25), status))
    assert [(visit.queue, visit.outcome, visit.wait_ms) for visit in facts.visits] == [("support", "timeout", 20000)]


def test_a_caller_who_joins_another_queue_has_not_abandoned_the_first_one() -> None:
    again = ami("QueueCallerJoin", Timestamp="1795310634.5", Queue="sales")
    (facts,) = contacts(of_ami(ami("QueueCallerJoin", Queue="support"), left_unserved(1795310634.25), again))
    assert [(visit.queue, visit.outcome) for visit in facts.visits] == [("support", "flow_out"), ("sales", "open")]


def test_wazos_second_line_for_an_empty_queue_makes_no_second_visit() -> None:
    (facts,) = contacts(
        of_lines(
            "1681282836.992|1681282818.209622|queue1|NONE|ENTERQUEUE||+4930555010|1",
            "1681282837.008|1681282818.209622|queue1|NONE|EXITEMPTY|1|1|0",
            "1681282837.025|1681282818.209622|queue1|NONE|LEAVEEMPTY",
        )
    )
    assert [visit.outcome for visit in facts.visits] == ["leave_empty"]


def test_a_leg_without_a_hold_event_was_not_held_where_holds_are_sent() -> None:
    connected = ami("AgentConnect", Queue="support", MemberName="Alice Ames", HoldTime="2")
    ended = ami("AgentComplete", Timestamp="1795310634.5", Queue="support", MemberName="Alice Ames", TalkTime="20")
    (facts,) = contacts(of_ami(connected, ended))
    assert (facts.legs[0].talk_ms, facts.legs[0].hold_ms) == (20000, 0)


# -- files


def test_a_queue_log_is_cut_into_batches_that_number_its_lines() -> None:
    line = "1795310616|NONE|support|Alice Ames|PAUSE|Lunch"
    other = "1795310616|NONE|support|Bob Bright|PAUSE|Lunch"
    (body,) = bodies(f"{line}\n{other}\n\n{line}\r\n")
    assert body == {
        "host": "asterisk",
        "lines": [
            {"seq": 1, "n": 0, "line": line},
            {"seq": 2, "n": 0, "line": other},
            {"seq": 4, "n": 1, "line": line},
        ],
    }


def test_a_long_queue_log_is_cut_every_five_hundred_lines() -> None:
    text = "".join(f"{1795310000 + second}|NONE|NONE|NONE|CONFIGRELOAD|\n" for second in range(1001))
    assert [len(body["lines"]) for body in bodies(text, host="pbx1")] == [500, 500, 1]


def test_an_unsorted_file_gives_the_facts_of_a_sorted_one() -> None:
    lines = [
        "1795310614|1795310614.0|support|NONE|ENTERQUEUE||+4930555010|1",
        "1795310616|1795310614.0|support|Alice Ames|CONNECT|2|1795310614.1|2",
        "1795310636|1795310614.0|support|Alice Ames|COMPLETECALLER|2|20|1",
    ]
    sorted_facts, reversed_facts = (
        [facts for body in bodies("\n".join(order)) for facts in contacts(parse(body))]
        for order in (lines, lines[::-1])
    )
    assert sorted_facts == reversed_facts


def test_an_empty_file_has_no_deliveries() -> None:
    assert bodies("") == []


RECORD = (
    "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n"
    "Event: CEL\r\nTimestamp: 1795310614.1\r\n\r\n"
    "Event: QueueCallerJoin\r\nTimestamp: 1795310614.2\r\nCallerIDName: Ott: Anna\r\nAccountCode: \r\nUniqueid: 1.0\r\n\r\n"
)


def test_a_record_of_a_manager_connection_is_cut_into_the_events_of_interest() -> None:
    (body,) = bodies(RECORD)
    assert body["events"] == [
        {
            "Event": "QueueCallerJoin",
            "Timestamp": "1795310614.2",
            "CallerIDName": "Ott: Anna",
            "AccountCode": "",
            "Uniqueid": "1.0",
        }
    ]


def test_a_record_without_times_is_refused_because_nobody_knows_when_it_was() -> None:
    with pytest.raises(BadPayload, match="timestampevents"):
        bodies(RECORD.replace("Timestamp: 1795310614.2\r\n", ""))


# -- the material


def payload_body(path: Path) -> Any:
    return json.loads(path.read_text())["body"]


@needs_shared
def test_every_recorded_line_parses_or_is_knowingly_ignored() -> None:
    kinds: Counter[str] = Counter()
    for path in PAYLOADS.glob("queue_log*.txt"):
        if "table_wazo" not in path.name:
            kinds.update(event.kind for event in of_lines(*path.read_text().splitlines()))
    assert kinds["contact.queued"] == 30
    assert kinds["contact.overflowed"] == 6


@needs_shared
def test_every_recorded_ami_event_parses_or_is_knowingly_ignored() -> None:
    for path in PAYLOADS.glob("ami.*.json"):
        body = payload_body(path)
        if isinstance(body, dict):
            events = of_ami(body)
            ignored = {"Cdr", "QueueCallerLeave", "QueueMember", "QueueMemberPenalty", "QueueMemberStatus"}
            ignored |= {"QueueParams", "QueueSummary", "UserEvent"}
            assert bool(events) is (body["Event"] not in ignored), path.name


@needs_shared
def test_both_records_of_one_run_tell_of_the_same_calls() -> None:
    lines = contacts(of_lines(*(PAYLOADS / "queue_log_full__1.txt").read_text().splitlines()))
    events = contacts(of_ami(*payload_body(PAYLOADS / "ami_stream_all_queue_events__1.json")))
    told = [
        sorted((leg.queue, leg.agent, leg.talk_ms or 0, leg.transferred) for facts in side for leg in facts.legs)
        for side in (lines, events)
    ]
    assert told[0] == told[1]
    assert told[0] == [
        ("sales", "Carol Agent", 1000, False),
        ("sales", "Carol Agent", 5000, True),
        ("sales", "Carol Agent", 13000, False),
        ("sales", "Carol Agent", 15000, False),
        ("sales", "Carol Agent", 20000, False),
        ("support", "Alice Agent", 6000, False),
        ("support", "Alice Agent", 10000, False),
        ("withurl", "Dan Agent", 7000, False),
    ]


@needs_shared
def test_wazo_rows_give_the_visits_of_a_call_in_order() -> None:
    rows = [line.split("|")[2:6] for line in (PAYLOADS / "queue_log_table_wazo__2.txt").read_text().splitlines()[1:]]
    lines = [wazo_line([cell.strip() for cell in row]) for row in rows]
    (facts,) = contacts(of_lines(*lines))
    answered = [visit.queue for visit in facts.visits if visit.outcome == "answered"]
    assert answered == ["queue2", "queue2"]
    assert [leg.transferred for leg in facts.legs] == [True, False]


def wazo_line(cells: list[str]) -> str:
    call, event, queue, time = cells
    agent = "NONE" if event in ("ENTERQUEUE", "EXITEMPTY", "LEAVEEMPTY") else "Agent/1"
    return f"{datetime.fromisoformat(time).timestamp()}|{call}|{queue}|{agent}|{event}"


# -- the hourly statistics of Wazo's acceptance tests, as an oracle


def scenario(name: str) -> tuple[list[Event], list[dict[str, Any]]]:
    oracle = json.loads((SHARED / "oracles" / "asterisk_queue_log_hourly.json").read_text())
    found = next(item for item in oracle["scenarios"] if item["scenario"] == name)
    lines = [oracle_line(row) for row in found["queue_log"]]
    return of_lines(*lines), found["expected"]


def oracle_line(row: dict[str, str]) -> str:
    at = datetime.fromisoformat(row["time"]).replace(tzinfo=UTC).timestamp()
    data = "|".join(row[f"data{place}"] for place in range(1, 6))
    return f"{at:.6f}|{row['callid']}|{row['queuename']}|{row['agent']}|{row['event']}|{data}"


def hour_of(moment: datetime) -> str:
    return f"{moment.hour}h-{moment.hour + 1}h"


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "Statistics for calls distributed to two queues at the boundaries of a xivo-stat deletion limit",
        "Generate stats for received/answered calls",
        "Generate stats for closed queue",
        "Generate stats for answered rate with calls on closed queue",
        "Generate stats for partial answered call logs",
    ],
)
def test_visits_count_as_in_wazos_hourly_statistics(name: str) -> None:
    events, expected = scenario(name)
    visits = [visit for facts in contacts(events) for visit in facts.visits]
    for table in expected:
        queue = table["step"].split('"')[1]
        for hour, row in table["rows"].items():
            here = [v for v in visits if v.queue == queue and hour in (hour_of(v.entered_at), "Total")]
            counted = {"Received": len(here)}
            counted |= {word: sum(v.outcome == word.lower() for v in here) for word in ("Answered", "Closed")}
            assert {word: int(row[word]) for word in counted if word in row} == {
                w: n for w, n in counted.items() if w in row
            }


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "Generate stats for answered calls",
        "Generate stats for answered calls transfered by an agent to an another queue",
    ],
)
def test_answered_calls_of_an_agent_count_as_in_wazos_hourly_statistics(name: str) -> None:
    events, expected = scenario(name)
    legs = [leg for facts in contacts(events) for leg in facts.legs]
    for table in expected:
        agent = f"Agent/{table['step'].split(chr(34))[1]}"
        for hour, row in table["rows"].items():
            here = [leg for leg in legs if leg.agent == agent and hour in (hour_of(leg.answered_at), "Total")]
            assert len(here) == int(row["Answered"])


def spent(intervals: list[Interval], state: str, hour: str, day: datetime, until: int) -> float:
    first, last = (8, until) if hour == "Total" else (int(edge.rstrip("h")) for edge in hour.split("-"))
    start, end = day.replace(hour=first), day.replace(hour=last)
    here = [item for item in intervals if item.state == state]
    return sum(max((min(item.ended_at or end, end) - max(item.started_at, start)).total_seconds(), 0) for item in here)


def clock(text: str) -> int:
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


@needs_shared
@pytest.mark.parametrize(
    ("name", "word", "state"),
    [
        ("Generate stats for total login time", "Login", "login"),
        ("Login before the hour logout during the hour", "Login", "login"),
        ("Implicit login then logoff after the hour", "Login", "login"),
        ("Login and logoff during the hour and login after the hour", "Login", "login"),
        ("Login during the hour logout after the hour", "Login", "login"),
        ("last Pause in QueueLog without Unpause", "Pause", "break"),
    ],
)
def test_logins_and_pauses_last_as_in_wazos_hourly_statistics(name: str, word: str, state: str) -> None:
    """Within a second: Wazo cuts the fractions off."""
    events, expected = scenario(name)
    intervals = fold_agent(in_order(events))
    day = in_order(events)[0].at.replace(hour=0, minute=0, second=0, microsecond=0)
    for table in expected:
        until = 12 if len(table["rows"]) == 5 else 9
        for hour, row in table["rows"].items():
            assert abs(spent(intervals, state, hour, day, until) - clock(row[word])) <= 1, hour
