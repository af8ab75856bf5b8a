"""A file and a mapping in, events out; the month of a real call centre against counts that others published."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.csv import ADAPTER
from plugin.contract.adapter import BadPayload, Rejected
from plugin.contract.event import Event, Kind
from plugin.contract.request import WebhookRequest

HERE = Path(__file__).parent
ORACLES = HERE.parents[2] / "shared" / "oracles"
TECHNION = (HERE / "mappings" / "technion.toml").read_text(encoding="utf-8")

CALLS = """\
Call,Day,Start,Result,Wait,Talk,Agent,Caller
7,2026-03-02,09:00:00,answered,12,95,anna,+15550100
8,2026-03-02,09:00:30,lost,41,0,,+15550101
9,2026-03-02,09:01:00,test,0,0,anna,
"""
MAPPING = """\
timezone = "Europe/Riga"
time_format = "%Y-%m-%d %H:%M:%S"
id = "{Call}"
skip_when = "{Result} == 'test'"

[defaults]
at = "{Day} {Start}"
subject = "{Call}"
channel = "voice"
direction = "inbound"
queue = "Support"
customer = "{Caller}"

[[events]]
kind = "contact.queued"

[[events]]
when = "{Result} == 'answered'"
kind = "contact.answered"
plus = "{Wait}"
agent = "{Agent}"
data = { wait_s = "{Wait}" }

[[events]]
when = "{Result} == 'lost'"
kind = "contact.abandoned"
plus = "{Wait}"
data = { wait_s = "{Wait}" }
"""


def request(body: bytes) -> WebhookRequest:
    return WebhookRequest(
        method="POST", url="https://x.example/hooks/csv", body=body, received_at=datetime(2026, 3, 3, tzinfo=UTC)
    )


def bodies(text: str, mapping: str) -> list[bytes]:
    assert ADAPTER.files is not None
    return list(ADAPTER.files(StringIO(text), {"mapping": mapping}))


def events(text: str, mapping: str = MAPPING) -> list[Event]:
    return [event for body in bodies(text, mapping) for event in ADAPTER.parse(request(body), {"mapping": mapping})]


def wrong(mapping: str, text: str = CALLS) -> BadPayload:
    with pytest.raises(BadPayload) as caught:
        events(text, mapping)
    return caught.value


def test_rows_become_events_with_times_of_the_declared_zone() -> None:
    assert events(CALLS) == [
        Event(
            kind=Kind.CONTACT_QUEUED,
            at=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
            subject="7",
            dedupe_key="7:contact.queued",
            channel="voice",
            direction="inbound",
            queue="Support",
            customer="+15550100",
        ),
        Event(
            kind=Kind.CONTACT_ANSWERED,
            at=datetime(2026, 3, 2, 7, 0, 12, tzinfo=UTC),
            subject="7",
            dedupe_key="7:contact.answered",
            channel="voice",
            direction="inbound",
            queue="Support",
            agent="anna",
            customer="+15550100",
            data={"wait_s": 12},
        ),
        Event(
            kind=Kind.CONTACT_QUEUED,
            at=datetime(2026, 3, 2, 7, 0, 30, tzinfo=UTC),
            subject="8",
            dedupe_key="8:contact.queued",
            channel="voice",
            direction="inbound",
            queue="Support",
            customer="+15550101",
        ),
        Event(
            kind=Kind.CONTACT_ABANDONED,
            at=datetime(2026, 3, 2, 7, 1, 11, tzinfo=UTC),
            subject="8",
            dedupe_key="8:contact.abandoned",
            channel="voice",
            direction="inbound",
            queue="Support",
            customer="+15550101",
            data={"wait_s": 41},
        ),
    ]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_the_delimiter_is_found_in_the_first_line(delimiter: str) -> None:
    assert events(CALLS.replace(",", delimiter)) == events(CALLS)


def test_a_declared_delimiter_and_header_and_skipped_lines_are_obeyed() -> None:
    body = "\n".join(CALLS.splitlines()[1:])
    mapping = 'delimiter = "semicolon"\nskip_lines = 1\nheader = ["Call","Day","Start","Result","Wait","Talk","Agent","Caller"]\n'
    assert events("Report of March, all queues\n" + body.replace(",", ";"), mapping + MAPPING) == events(CALLS)


def test_a_byte_order_mark_and_carriage_returns_and_quotes_do_no_harm() -> None:
    assert events("\ufeff" + CALLS.replace("\n", "\r\n").replace("anna", '"anna"')) == events(CALLS)


def test_a_row_that_cannot_be_read_takes_no_other_row_with_it() -> None:
    text = CALLS.replace("2026-03-02,09:00:30", "yesterday,noon")
    good, bad = [], []
    for body in bodies(text, MAPPING):
        try:
            good += [event.subject for event in ADAPTER.parse(request(body), {"mapping": MAPPING})]
        except BadPayload as error:
            bad.append(str(error))
    assert good == ["7", "7"]
    assert bad == ["mapping.defaults.at: row 2: not a time in the format %Y-%m-%d %H:%M:%S"]


def test_a_row_of_another_width_is_named() -> None:
    assert str(wrong(MAPPING, CALLS + "10,2026-03-02\n")) == "$.rows: row 4: 2 columns, but the header has 8"


def test_without_an_id_equal_rows_are_told_apart_and_a_second_export_repeats_the_same_keys() -> None:
    mapping = MAPPING.replace('id = "{Call}"\n', "")
    once = events(CALLS, mapping)
    doubled = events(CALLS + CALLS.splitlines()[1] + "\n", mapping)
    assert doubled[: len(once)] == once
    assert len({event.dedupe_key for event in doubled}) == len(once) + 2


def test_a_kind_that_comes_twice_from_one_row_has_two_keys() -> None:
    twice = MAPPING + '[[events]]\nkind = "contact.queued"\nqueue = "Second"\n'
    assert [event.dedupe_key for event in events(CALLS, twice)][:3] == [
        "7:contact.queued",
        "7:contact.answered",
        "7:contact.queued:2",
    ]


def test_clock_durations_are_seconds_and_empty_values_are_left_out() -> None:
    [event] = events(
        "id,at,talk,hold\n1,2026-03-02T09:00:00Z,0:02:46,\n",
        '[[events]]\nkind = "contact.ended"\nat = "{at}"\nsubject = "{id}"\ndata = { talk_s = "{talk}", hold_s = "{hold}" }\n',
    )
    assert event.data == {"talk_s": 166}


def test_a_table_of_values_replaces_what_it_lists_and_passes_the_rest() -> None:
    mapping = MAPPING.replace('agent = "{Agent}"', 'agent = { from = "{Agent}", values = { anna = "Anna B." } }')
    assert [event.agent for event in events(CALLS, mapping) if event.agent] == ["Anna B."]
    mapping = MAPPING.replace(
        'agent = "{Agent}"', 'agent = { from = "{Agent}", values = { zoe = "Zoe" }, otherwise = "other" }'
    )
    assert [event.agent for event in events(CALLS, mapping) if event.agent] == ["other"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        pytest.param("{Result} == 'lost'", True, id="equal"),
        pytest.param("{Result} != 'lost'", False, id="different"),
        pytest.param("{Result} in ['lost', 'busy']", True, id="in"),
        pytest.param("{Result} not in ['lost', 'busy']", False, id="not in"),
        pytest.param("{Wait} > 20 and {Wait} <= 41", True, id="range"),
        pytest.param("{Wait} == 41.0", True, id="equal number"),
        pytest.param("{Agent}", False, id="empty"),
        pytest.param("not {Agent} or {Result} == 'x'", True, id="not"),
        pytest.param("{Wait} != {Talk}", True, id="two columns"),
        pytest.param("{Agent} > 3", False, id="no number"),
        pytest.param("{Result} == '{Agent}'", False, id="braces in quotes are text"),
    ],
)
def test_conditions(condition: str, holds: bool) -> None:
    mapping = (
        f'[[events]]\nwhen = "{condition}"\nkind = "contact.queued"\nat = "{{Day}}T{{Start}}Z"\nsubject = "{{Call}}"\n'
    )
    text = "".join(CALLS.splitlines(keepends=True)[i] for i in (0, 2))
    assert (len(events(text, mapping)) == 1) is holds


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ('"{Caller}"', '"{Phone}"', "mapping.defaults.customer", "no column 'Phone'; it has Call, Day"),
        ('plus = "{Wait}"\nagent', 'pluss = "{Wait}"\nagent', "mapping.events[1].pluss", "unknown key"),
        ('kind = "contact.queued"', 'kind = "contact.qeued"', "mapping.events[0].kind", "no kind of event"),
        ("== 'answered'", "= 'answered'", "mapping.events[1].when", "not a condition"),
        ("{Result} == 'answered'", "open('x')", "mapping.events[1].when", "only columns"),
        ('"Europe/Riga"', '"Riga"', "mapping.defaults.at", "'Riga' is not a time zone"),
        ('timezone = "Europe/Riga"\n', "", "mapping.defaults.at", "`timezone` must say"),
        ('"%Y-%m-%d %H:%M:%S"', '"yesterday"', "mapping.defaults.at", "no format of time"),
        ('"{Agent}"', '{ from = "{Agent}", values = "names" }', "mapping.events[1].agent.values", "no [tables.names]"),
        ('"{Agent}"', "[1]", "mapping.events[1].agent", "an expression"),
        ("[defaults]", "[defalts]", "mapping.defalts", "unknown key"),
        ("[defaults]", "[defaults", "mapping", "not TOML"),
        ('at = "{Day} {Start}"\n', "", "mapping.events[0].at", "missing"),
    ],
)
def test_a_mistake_in_the_mapping_is_named_by_its_key(old: str, new: str, path: str, words: str) -> None:
    assert MAPPING.count(old) >= 1
    error = wrong(MAPPING.replace(old, new, 1))
    assert error.path == path
    assert words in error.reason


def test_an_empty_mapping_says_where_the_examples_are() -> None:
    with pytest.raises(BadPayload, match=r"docs/adapters/csv\.md"):
        ADAPTER.parse(request(b'{"columns":["a"],"first_row":1,"rows":[]}'), {})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"columns":["Call"],"first_row":1,"rows":[{}]}', b'{"columns":["a"],"first_row":1,"rows":[[1]]}'],
)
def test_a_broken_delivery_is_bad_and_nothing_else(body: bytes) -> None:
    with pytest.raises(BadPayload):
        ADAPTER.parse(request(body), {"mapping": MAPPING})


def test_requests_are_refused() -> None:
    with pytest.raises(Rejected, match="deskgauge import csv"):
        ADAPTER.verify(request(b"{}"), {"mapping": MAPPING})


def test_a_changed_mapping_makes_other_deliveries_of_the_same_file() -> None:
    assert bodies(CALLS, MAPPING) != bodies(CALLS, MAPPING.replace("Support", "Sales"))
    assert bodies(CALLS, MAPPING) == bodies(CALLS, MAPPING)


def test_a_thousand_rows_make_a_delivery() -> None:
    row = "2026-03-02,09:00:00,lost,41,0,,"
    text = CALLS.splitlines()[0] + "\n" + "".join(f"{number},{row}\n" for number in range(2500))
    assert [len(json.loads(body)["rows"]) for body in bodies(text, MAPPING)] == [1000, 1000, 500]
    assert [json.loads(body)["first_row"] for body in bodies(text, MAPPING)] == [1, 1001, 2001]


def test_the_documented_example_is_the_tested_one() -> None:
    page = (HERE.parents[1] / "docs" / "adapters" / "csv.md").read_text(encoding="utf-8")
    assert f"```toml\n{TECHNION}```" in page


# The published counts of the month, by the rules that `docs/adapters/csv.md` states for this file.

T_S = 20
SHORT_S = 5
Counts = dict[str, float]


def _count(counts: Counts, outcome: str, wait_s: float) -> None:
    counts["offered"] += 1
    counts[outcome] += 1
    counts[f"{outcome}_le_T"] += wait_s <= T_S
    counts["abandoned_le_short"] += outcome == "abandoned" and wait_s <= SHORT_S
    counts["asa_sum" if outcome == "answered" else "ata_sum"] += wait_s
    counts["longest_wait"] = max(counts["longest_wait"], wait_s)


@pytest.fixture(scope="module")
def february() -> dict[str, Counts]:
    """Counts by local day of queue entry, under "all" those of the month."""
    path = ORACLES / "technion_bank_1999_february.txt"
    if not path.exists():
        pytest.skip("the reference data is not here")
    day_of: dict[str, str] = {}
    counts: dict[str, Counts] = defaultdict(lambda: defaultdict(float))
    for event in events(path.read_text(encoding="utf-8"), TECHNION):
        if event.kind == "contact.queued":
            day_of[event.subject] = event.at.astimezone(ZoneInfo("Asia/Jerusalem")).date().isoformat()
        if event.kind in ("contact.answered", "contact.abandoned") and event.data.get("stage") != "ivr":
            for group in ("all", day_of[event.subject]):
                _count(counts[group], event.kind.removeprefix("contact."), float(str(event.data["wait_s"])))
        if event.kind == "contact.ended":
            for group in ("all", day_of[event.subject]):
                counts[group]["talk_sum"] += float(str(event.data["talk_s"]))
    return counts


KEYS = (
    "offered",
    "answered",
    "abandoned",
    "answered_le_T",
    "abandoned_le_T",
    "abandoned_le_short",
    "asa_sum",
    "ata_sum",
    "longest_wait",
    "talk_sum",
)


def test_the_real_month_gives_the_published_counts(february: dict[str, Counts]) -> None:
    expected = json.loads((ORACLES / "technion_expected.json").read_text(encoding="utf-8"))["canonical"]
    assert {key: february["all"][key] for key in KEYS} == {key: expected[key] for key in KEYS}


def test_each_real_day_gives_the_published_counts(february: dict[str, Counts]) -> None:
    expected = json.loads((ORACLES / "technion_expected.json").read_text(encoding="utf-8"))["canonical_by_day"]
    assert len(expected) == 28
    seen = {day: {key: february[day][key] for key in KEYS} for day in expected}
    assert seen == {day: {key: counts[key] for key in KEYS} for day, counts in expected.items()}


def test_no_caller_of_the_real_month_is_called_zero(february: dict[str, Counts]) -> None:
    path = ORACLES / "technion_bank_1999_february.txt"
    some = "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:500])
    assert "0" not in {event.customer for event in events(some, TECHNION)}
    assert "NO_SERVER" not in {event.agent for event in events(some, TECHNION)}
