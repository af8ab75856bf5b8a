"""Every metric of the catalogue over one day of a small made-up centre; each sum is worked out by hand beside the facts.

The day is Monday, 2 March 2026, open from 9 to 17. Waits, talks and times stand on the limits (20 s, 5 s, 2 s) and a little beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from plugin.contract.event import Event, Kind
from plugin.database import open_engine, reading, writing
from plugin.drain import Parsed, _prepared, _store
from plugin.facts.reckoning import reckoning_of
from plugin.facts.timers import settle_overdue
from plugin.inbox.sources import add_source
from plugin.kpi.answer import Ask, answer, missing_fact
from plugin.kpi.catalogue import METRICS
from plugin.kpi.cells import refresh_cells
from plugin.kpi.measure import Question, measure_sums
from plugin.kpi.metric import Report
from plugin.kpi.period import Grain, Period
from plugin.kpi.records import asked_records
from plugin.kpi.terms import terms_of
from plugin.policy.plan import Category
from plugin.policy.text import parse

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
#: category --> its cost a day; of the tools for channels everything is for voice
COSTS = {category: 2**number for number, category in enumerate(Category)}
POLICY = """
currency = "EUR"
business_calendar = "office"
[definitions]
first_solution_min = 30
[calendars.office]
monday = ["09:00-17:00"]
[queues.help]
tier = 1
[queues.experts]
tier = 2
[queues.support]
tier = 1
[[sla]]
clock = "wall"
first_response = {any = "1h"}
resolution = {any = "4h"}
""" + "".join(
    f'[[costs]]\ncategory = "{category}"\namount = {31 * amount}\nmonth = "2026-03"\n'
    + ('channel = "voice"\n' if category == Category.CHANNEL_TOOLS else "")
    for category, amount in COSTS.items()
)
DOCUMENT = parse(POLICY)
Told = tuple[Kind, float, dict[str, Any]]


def moment(clock: str) -> datetime:
    """`09:30`, `09:30:20`, and with the number of days before or after Monday `-10 09:30`."""
    day, _, time = clock.rpartition(" ")
    hours, minutes, *seconds = (int(part) for part in time.split(":"))
    return MONDAY + timedelta(days=int(day or 0), hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


NOW = MONDAY + timedelta(days=2)


def event(kind: Kind, subject: str, at: datetime, **more: Any) -> Event:
    own = ("queue", "agent", "channel", "direction", "customer")
    named = {name: more.pop(name) for name in own if name in more}
    return Event(kind=kind, at=at, subject=subject, dedupe_key=f"{kind}{subject}{at}{named}{more}", data=more, **named)


def call(name: str, clock: str, *told: Told, queue: str | None = "support", **offered: Any) -> Iterator[Event]:
    """A contact: offered, queued, and then what is told, in seconds after its beginning."""
    start = moment(clock)
    yield event(Kind.CONTACT_OFFERED, name, start, **offered)
    if queue:
        yield event(Kind.CONTACT_QUEUED, name, start, queue=queue)
    for kind, second, data in told:
        yield event(kind, name, start + timedelta(seconds=second), **data)


def answered(wait: float, agent: str = "Ann", **data: Any) -> Told:
    return Kind.CONTACT_ANSWERED, wait, {"queue": "support", "agent": agent, **data}


def held(start: float, end: float, agent: str = "Ann") -> tuple[Told, Told]:
    return (Kind.CONTACT_HELD, start, {"agent": agent}), (Kind.CONTACT_RESUMED, end, {"agent": agent})


def ended(second: float, agent: str = "Ann", **data: Any) -> Told:
    return Kind.CONTACT_ENDED, second, {"agent": agent, **data}


def left(second: float, reason: str) -> Told:
    return Kind.CONTACT_OVERFLOWED, second, {"queue": "support", "reason": reason}


def abandoned(second: float) -> Told:
    return Kind.CONTACT_ABANDONED, second, {"queue": "support"}


def rang(second: float, agent: str, result: str, ring_s: float | None) -> Told:
    return Kind.CONTACT_RINGING, second, {"queue": "support", "agent": agent, "result": result, "ring_s": ring_s}


def remarks(second: float) -> tuple[Told, Told]:
    """It solved something and sold something."""
    return (Kind.CONTACT_TAGGED, second, {"resolved": True}), (Kind.CONTACT_CONVERTED, second, {})


def ticket(name: str, *told: tuple[Kind, str] | tuple[Kind, str, dict[str, Any]], **opened: Any) -> Iterator[Event]:
    for number, (kind, clock, *data) in enumerate(told):
        more: dict[str, Any] = {"channel": "email", **(opened if number == 0 else {}), **(data[0] if data else {})}
        yield event(kind, name, moment(clock), **more)


OPENED, SOLVED, REOPENED = Kind.TICKET_OPENED, Kind.TICKET_SOLVED, Kind.TICKET_REOPENED
ASKED = Kind.TICKET_CUSTOMER_REPLIED


def replied(clock: str, agent: str = "Ann") -> tuple[Kind, str, dict[str, Any]]:
    return Kind.TICKET_AGENT_REPLIED, clock, {"agent": agent, "actor": "human"}


def contacts() -> Iterator[Event]:
    # answered: waits of 20, 30, 4 and 12 s, those in opening hours 20, 10, 4 and 12 s
    yield from call(
        "a1", "10:00",
        rang(5, "Bob", "missed", 5), rang(5, "Cy", "declined", 2),
        answered(20, ring_s=20),
        *held(50, 80),
        ended(150), (Kind.CONTACT_WRAPPED_UP, 165, {"agent": "Ann", "timed_out": True}),
        (Kind.CONTACT_TAGGED, 170, {"resolved": True}),
        (Kind.CONTACT_SENTIMENT, 170, {"score": 0.5}),
        (Kind.CONTACT_EVALUATED, 170, {"points": 8, "possible": 10}),
        (Kind.CONTACT_CONVERTED, 170, {}),
        customer="1", ivr=True,
    )  # fmt: skip
    yield from call(
        "a2", "16:59:50",
        answered(30, ring_s=21), *held(100, 110), (Kind.CONTACT_TRANSFERRED, 230, {"agent": "Ann"}),
        answered(230, "Bob"), *held(240, 245, "Bob"), ended(280, "Bob"),
        (Kind.CONTACT_SENTIMENT, 300, {"score": -0.1}),
        customer="1",
    )  # fmt: skip
    yield from call("a3", "10:30", answered(4, ring_s=None), ended(64), channel="chat")
    yield from call(
        "a4", "11:00",
        (Kind.CONTACT_RINGING, 5, {"queue": "support", "agent": "Ann"}),
        answered(12, ring_s=None), (Kind.CONTACT_HELD, 20, {"agent": "Ann"}), ended(60, by="customer"),
        customer="5",
    )  # fmt: skip
    # and two that nobody saw waiting, the second of which nobody saw beginning
    yield from call("a5", "15:20", answered(0, "Eve"), ended(10, "Eve"), queue=None, customer="10")
    yield from call("a6", "15:25", ended(10, "Eve", queue="support"), queue=None)
    # abandoned after 5, 20, 45 s, after 6 s before it opened, and after nobody knows how long
    yield from call(
        "b1", "12:00", abandoned(5), *remarks(300), (Kind.CONTACT_SENTIMENT, 300, {"score": 7}), customer="2"
    )
    yield from call("b2", "12:10", abandoned(20), customer="3")
    yield from call("b3", "12:20", abandoned(45), customer="4")
    yield from call("b4", "08:00", abandoned(6), customer="2")
    yield from call("b5", "12:40", abandoned(0), queue=None, direction="callback")
    # left in another way
    yield from call("timeout", "13:00", left(60, "timeout"))
    on = {"queue": "sales", "reason": "flow_out"}
    yield from call(
        "flow out", "13:05", left(50, "flow_out"), (Kind.CONTACT_QUEUED, 50, {"queue": "sales"}),
        (Kind.CONTACT_OVERFLOWED, 58, on),
    )  # fmt: skip
    yield from call("still there", "23:00")
    yield from call("withdrawn", "13:10", left(7, "withdrawn"))
    yield from call("leave empty", "13:15", left(33, "leave_empty"))
    yield from call("message", "13:20", (Kind.CONTACT_VOICEMAIL, 9, {"queue": "support"}))
    yield from call("back", "14:00", (Kind.CONTACT_CALLBACK_REQUESTED, 25, {"queue": "support"}), customer="6")
    yield from call("not back", "14:00", (Kind.CONTACT_CALLBACK_REQUESTED, 20, {"queue": "support"}), customer="7")
    yield from call("system", "14:05", (Kind.CONTACT_ENDED, 40, {"by": "system"}))
    for name, reason in (("f1", "full"), ("f2", "full"), ("d", "divert"), ("e", "join_empty"), ("c", "closed")):
        yield from call(name, "14:10", left(0, reason), queue=None)
    # the menu: done but back an hour later, done, given up but back, done; the fifth is a1
    for name, clock, data, customer in (
        ("i1", "09:00", {"contained": True}, "8"),
        ("i2", "10:00", {"contained": True}, "8"),
        ("i3", "09:00", {}, "9"),
        ("i4", "11:00", {"contained": True}, "9"),
    ):
        yield from call(name, clock, (Kind.CONTACT_ENDED, 30, data), queue=None, ivr=True, customer=customer)
    # among ourselves, with all that can happen to a contact
    inside = {"direction": "internal", "ivr": True}
    yield from call(
        "internal", "15:30",
        answered(3, "Eve"), *held(4, 6, "Eve"), (Kind.CONTACT_TRANSFERRED, 8, {"agent": "Eve"}),
        answered(8, "Eve"), (Kind.CONTACT_HELD, 10, {"agent": "Eve"}), ended(13, "Eve", by="customer"),
        *remarks(20),
        **inside,
    )  # fmt: skip
    yield from call(
        "internal back", "15:40",
        (Kind.CONTACT_CALLBACK_REQUESTED, 5, {"queue": "support"}), answered(10, "Eve", queue=None), ended(10, "Eve"),
        **inside,
    )  # fmt: skip
    yield from call("internal menu", "15:35", (Kind.CONTACT_ENDED, 30, {"contained": True}), queue=None, **inside)
    # and out: by hand to two customers, by a dialler after 2 and 2.001 s, twice to nobody and once to a full queue, and in vain
    out = {"direction": "outbound"}
    yield from call("o1", "13:30", answered(10, "Dan", queue=None), ended(50, "Dan"), queue=None, customer="4", **out)
    yield from call("o2", "14:30", answered(25, "Dan", queue=None), ended(55, "Dan"), queue=None, customer="6", **out)
    yield from call("dial 1", "15:00", answered(2, "Dan"), ended(22, "Dan"), **out)
    yield from call("dial 2", "15:05", answered(2.001, "Dan"), ended(27.001, "Dan"), **out)
    yield from call("dial 3", "15:10", abandoned(1), **out)
    yield from call("dial 4", "15:12", abandoned(2), **out)
    yield from call("dial 5", "15:13", left(0, "full"), queue=None, **out)
    yield from call("in vain", "15:15", (Kind.CONTACT_ENDED, 30, {}), queue=None, **out)


def tickets() -> Iterator[Event]:
    yield from ticket("1", (OPENED, "09:00"), replied("10:00"), (SOLVED, "13:00"), queue="help")
    yield from ticket(
        "2",
        (OPENED, "09:10"), replied("10:30"), (ASKED, "11:00"), replied("11:30"),
        (Kind.TICKET_ASSIGNED, "12:00", {"queue": "experts"}),
        (SOLVED, "15:10"), (REOPENED, "15:30"), replied("15:40"), (SOLVED, "16:00"),
        queue="help", resolvable_at_level_1=False,
    )  # fmt: skip
    yield from ticket(
        "3", (OPENED, "10:00"), replied("10:20"), replied("10:30"), replied("10:40"),
        (SOLVED, "11:00"), (REOPENED, "11:30"), (SOLVED, "11:40"),
        queue="help",
    )  # fmt: skip
    yield from ticket("4", (OPENED, "16:00"), queue="help")
    yield from ticket("5", (OPENED, "-10 12:00"), replied("-10 12:30"), queue="help")
    yield from ticket("6", (OPENED, "09:00"), (Kind.TICKET_MERGED, "09:30"), queue="help")
    yield from ticket(
        "7",
        (OPENED, "-1 23:00"), replied("-1 23:30"), (Kind.TICKET_PAUSED, "00:00", {"on": "customer"}),
        (ASKED, "08:50"), (Kind.TICKET_RESUMED, "09:00"), replied("09:20"), (SOLVED, "09:30"),
        queue="help",
    )  # fmt: skip
    yield from ticket(
        "8", (OPENED, "14:00", {"channel": "voice"}), (*replied("14:05")[:2], {"agent": "Ann", "channel": "voice"}),
        (SOLVED, "14:30", {"channel": "voice"}), queue="experts", resolvable_at_level_1=False,
    )  # fmt: skip
    # what becomes of it the next day is nothing of this one
    yield from ticket(
        "9",
        (OPENED, "08:50"), replied("09:40"), (SOLVED, "10:00"), (REOPENED, "16:30"),
        (Kind.TICKET_ASSIGNED, "1 09:00", {"queue": "experts"}), replied("1 09:30"), (SOLVED, "1 10:00"),
        queue="help", resolvable_at_level_1=False,
    )  # fmt: skip
    yield from ticket("10", (OPENED, "-1 16:00"), replied("09:15"), queue="help")
    yield from ticket("11", (OPENED, "16:30"), replied("16:20"), (SOLVED, "16:40"), queue="help")  # which cannot be


def surveys() -> Iterator[Event]:
    asked: dict[tuple[str, str], tuple[int, list[object]]] = {
        ("csat", "1-5"): (7, [5, 4, 3.5, 2]),
        ("nps", "0-10"): (10, [10, 9, 3, 7, 8]),
        ("ces", "1-7"): (8, [6, 5, 2, 7, 1, 4]),
        ("fcr", "yes_no"): (9, ["yes", "no"]),
    }
    for (type_, scale), (sent, scores) in asked.items():
        for number in range(sent):
            about = {"type": type_, "scale": scale}
            yield event(Kind.SURVEY_SENT, f"{type_}{number}", moment("10:00"), **about)
            if number < len(scores):
                yield event(Kind.SURVEY_ANSWERED, f"{type_}{number}", moment("11:00"), **about, score=scores[number])
    # the first customer had clicked something else before
    for type_, score in {"csat": 1, "nps": 0, "ces": 1, "fcr": "no"}.items():
        about = {"type": type_, "scale": dict(asked.keys())[type_]}
        yield event(Kind.SURVEY_ANSWERED, f"{type_}0", moment("10:30"), **about, score=score)


def people() -> Iterator[Event]:
    def state(agent: str, clock: str, **data: Any) -> Event:
        return event(Kind.AGENT_STATE, agent, moment(clock), agent=agent, **data)

    def shift(agent: str, start: str, end: str, **data: Any) -> Event:
        until = moment(end).isoformat()
        return event(Kind.ROSTER_PLANNED, f"{agent}{start}", moment(start), agent=agent, until=until, **data)

    # Ann: there from 9 to 18, 25 minutes of break and 5 of something else, 10 of training and 5 of a meeting
    yield state("Ann", "09:00", session="login")
    yield state("Ann", "10:00:30", activity="wrap_up")
    yield state("Ann", "10:01", activity="available")
    yield state("Ann", "12:00", activity="break")
    yield state("Ann", "12:25", activity="other")
    yield state("Ann", "12:30", activity="available")
    yield state("Ann", "15:00", activity="training")
    yield state("Ann", "15:10", activity="meeting")
    yield state("Ann", "15:15", activity="available")
    yield state("Ann", "18:00", session="logout")
    # Flo: there for a minute, and Gus for less
    yield state("Flo", "09:00", session="login")
    yield state("Flo", "09:01", session="logout")
    yield state("Gus", "09:00", session="login")
    yield state("Gus", "09:00:59", session="logout")
    # planned: Ann works from 8 to 12 and from 13 to 17, with a paid break between; Bob did not come, and his break is not paid
    yield shift("Ann", "08:00", "12:00")
    yield shift("Ann", "12:00", "13:00", activity="break")
    yield shift("Ann", "13:00", "17:00")
    yield shift("Bob", "09:00", "10:00")
    yield shift("Bob", "10:00", "12:00", activity="leave")
    yield shift("Bob", "12:00", "15:00", activity="sickness")
    yield shift("Bob", "15:00", "15:40", paid=False)
    yield shift("Bob", "15:40", "16:10", activity="break", paid=False)
    yield shift("Cy", "18:00", "17:00")
    march = {"from": "2026-03-01", "to": "2026-03-31"}
    yield event(Kind.HEADCOUNT_COUNTED, "march", MONDAY, **march, headcount=20, leavers=62)
    day = {"from": "2026-03-02", "to": "2026-03-02"}
    yield event(Kind.CUSTOMERS_COUNTED, "day", MONDAY, **day, at_start=98, at_end=73, new=20, lost=45)


def tell(engine: Engine) -> None:
    told = [*contacts(), *tickets(), *surveys(), *people()]
    with writing(engine) as connection:
        add_source(connection, "desk", "generic", MONDAY)
        parsed = Parsed(events=[("desk", 1, one) for one in told])
        _store(connection, _prepared(parsed, b"secret"), reckoning_of(DOCUMENT))
    settle_overdue(engine, NOW)


def fill_cells(engine: Engine) -> None:
    while refresh_cells(engine, terms_of(DOCUMENT)):
        pass


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def day(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Engine]:
    engine = open_engine(new_database(request.param))
    tell(engine)
    fill_cells(engine)
    yield engine
    engine.dispose()


def asked(*kpis: str) -> Ask:
    return Ask(kpis=kpis, start=MONDAY, end=MONDAY + timedelta(days=1), grain=None, by=())


def reported(engine: Engine) -> Report:
    with reading(engine) as connection:
        return answer(connection, DOCUMENT, asked(*METRICS, *MEDIANS), NOW)


@pytest.fixture(scope="module")
def report(day: Engine) -> Report:
    return reported(day)


#: metric --> numerator and denominator; None: a count
EXPECTED: dict[str, tuple[float, float | None]] = {
    # answered a1 to a6, abandoned b1 to b5, and 7 that left otherwise: timeout, 2 flows out, withdrawn, message, 2 callbacks
    "offered": (18, None),
    "answered": (6, None),
    "contacts_offered": (17, None),
    "contacts_handled": (6, None),
    "contacts_handled.legs": (7, None),  # two of a2
    "answer_rate": (6, 18),
    "abandoned": (5, None),
    "abandonment_rate": (5, 18),
    "abandonment_rate_excl_short": (4, 17),  # b1
    "average_time_to_abandon": (76, 4),  # 5 + 20 + 45 + 6
    # in time: 20, 4 and 12 s; abandoned in time: 5, 20 and 6 s; short: 5 s
    "service_level": (3, 11),
    "service_level.sl1": (6, 11),
    "service_level.sl2": (3, 6),
    "service_level.sl3": (3, 11),
    "service_level.sl4": (3, 8),
    "service_level.sl5": (3, 10),
    "service_level.sl6": (4, 11),
    "asa": (66, 4),  # 20 + 30 + 4 + 12
    "asa.business": (46, 4),  # 20 + 10 + 4 + 12
    "asa.waited": (66, 4),
    "asa.offered": (66, 16),  # 18 less a5 and a6, whose waits are unknown
    "average_wait": (235, 10),  # 66 + 76 + 60 of the timeout + 33 of the empty queue
    "average_wait.business": (209, 10),  # 46 + 70 + 60 + 33
    "longest_wait": (45, None),
    "average_queue_length": (394_000, 86_400_000),  # 235 + 50 + 8 + 7 + 9 + 25 + 20 + 40 s
    "closed": (1, None),
    "blocked": (2, None),  # one not let in, one sent away
    "saturated": (3, None),
    "after_hours": (1, None),  # b4
    "after_hours_rate": (1, 24),  # 18 + 1 closed + 2 blocked + 3 saturated
    "blocked_rate": (5, 23),
    "lost_rate": (10, 23),
    "callback_requested": (2, None),
    "callback_take_up": (2, 18),
    "callback_completion": (1, 2),
    "time_to_callback": (1800, 1),  # 14:00:25 to 14:30:25
    "missed_call_return_rate": (1, 3),  # 2, 3 and 4; o1 reached the last
    "containment": (3, 5),
    "containment.true": (2, 5),
    "outbound_contacts": (8, None),
    "outbound_connected": (4, None),
    "outbound_talk_time": (115, 4),  # 40 + 30 + 20 + 25
    "outbound_abandonment_rate": (3, 4),
    # talk: a1 100, a2 190 and 45, a3 60, a4 8, a5 10 s; hold 30, 10 and 5, 40 s; a6 unknown
    "talk_time": (413, 6),
    "hold_time": (85, 4),
    "hold_time.held": (85, 3),
    "hold_abandons": (1, None),
    "wrap_up_time": (15, 1),
    "wrap_up_time.timed_out": (1, 1),
    "aht": (513, 6),
    "aht.contact": (513, 5),
    "aht.outbound": (115, 4),
    "aht.outbound_dialling": (105, 2),  # o1 10 + 40, o2 25 + 30; what the dialler did is no dialling
    "transfer_rate": (1, 6),
    "transfer_rate.legs": (1, 7),
    "quality_score": (8000, 10_000),
    "sentiment": (0.4, 2),
    # there: Ann 9 h less 45 min of pauses, Flo 60 s, Gus 59 s: 29 819 s, of which Ann worked 145 + 200 + 60 + 48 = 453 s.
    # At work without a login: Bob 50, Eve 20, Dan 115 s. Paid: Ann 9 h, Bob 6 h
    "contacts_per_agent": (7, 2),
    "contacts_per_agent.full_time": (7, pytest.approx(32_519 / 28_800)),  # with the minute of Gus, of 8 hours
    "contacts_per_hour": (7 * 3_600_000, 30_004_000),
    "occupancy": (453_000, 29_819_000),
    "utilisation": (1_538_000, 54_000_000),  # 638 s and 15 minutes of training
    "shrinkage": (27_900_000, 54_000_000),
    "shrinkage.planned": (9_000_000, 54_000_000),  # half an hour of break, 2 h of leave
    "shrinkage.unplanned": (18_900_000, 54_000_000),  # Ann late 1 h, training 15 min; Bob absent 1 h, sick 3 h
    "adherence": (24_300_000, 34_800_000),  # 3 h and 3 h 45 min of 8 h, 1 h and 40 min
    "conformance": (30_004_000, 34_800_000),
    "login_time": (32_519, None),
    "pause_time": (2700, None),
    "idle_time": (29_366, None),
    "load_gap": (52_262, None),  # 54 000 less the break of 1 500 and a1, a3, a4: 130 + 60 + 48
    "talk_share": (238_000, 52_500_000),
    "non_response": (2, None),
    "non_response_rate": (2, 5),
    "agent_service_level": (1, 4),
    "agent_turnover": (2, 20),  # a day of the 62 of March
    "agent_turnover.annualised": (2, pytest.approx(20 / 31 / 12)),
    # received: 1 to 4, 8, 9, 11; solved: 1, 2, 3, 7, 8, 11
    "received": (7, None),
    "solved": (6, None),
    "resolution_rate": (6, 7),
    "solve_actions": (8, None),
    "resolution_rate.cohort": (5, 7),
    "fcr": (3, 6),  # 1, 8 and 11
    "fcr.received": (3, 7),
    "fcr.net": (2, 4),
    "fcr.any_group": (3, 6),  # 1, 8 and 11
    "fcr.within": (1, 6),  # 8, in 30 minutes
    "fcr_repeat": (3, 4),  # a1, a2, a4 and a5; a2 follows a1
    "repeat_contact_rate": (1, 4),
    "fcr_disposition": (1, 6),
    "call_resolution_rate": (1, 17),
    "call_resolution_rate.answered": (1, 6),
    # minutes: 60, 80, 20, 5 and 50 of 9; of 10 since Sunday 1 035, 15 of them open; of 9 40 were open
    "first_response_time": (75_000, 6),
    "first_response_time.business": (13_200, 6),
    "first_response_time.cohort": (12_900, 5),
    "first_response_time.cohort.business": (12_300, 5),
    "unanswered": (1, None),
    "reply_time": (3600, 2),  # 30 minutes each, 20 of the second were open
    "reply_time.business": (3000, 2),
    # minutes: 240, 410, 100, 630, 30; open 30 of the fourth
    "resolution_time": (84_600, 5),
    "resolution_time.business": (48_600, 5),
    "resolution_time.first": (83_400, 6),  # minutes: 240, 360, 60, 630, 30, 70
    "resolution_time.first.business": (46_800, 6),  # minutes: 240, 360, 60, 30, 30, 60
    "resolution_time.requester_wait": (49_200, 5),  # minutes: 240, 390, 70, 90, 30
    "resolution_time.requester_wait.business": (45_600, 5),  # minutes: 240, 390, 70, 30, 30
    "reopen_rate": (3, 6),
    "reopen_rate.without_thanks": (2, 6),
    "backlog": (4, None),  # 4, 5, 9, 10
    "backlog.mean": (4, 1),
    "backlog_age": (1_105_800, 4),  # 8 h, 10.5 d, 15 h 10 min, 32 h
    "backlog_old": (1, None),
    "sla_compliance": (8, 13),
    "sla_compliance.first_response": (4, 6),  # 1, 3, 8, 9; not 2 and 4
    "sla_compliance.resolution": (4, 7),  # 1, 3, 7, 8; not 2, 4, 9
    "escalation_rate": (1, 5),
    "escalation_rate.contacts": (0, 6),  # a1 to a6
    "replies_per_ticket": (11, 6),  # 1 + 3 + 3 + 2 + 1 + 1
    "groups_per_ticket": (7, 6),
    "one_touch_rate": (3, 6),
    "two_touch_rate": (1, 6),
    "multi_touch_rate": (2, 6),
    "csat": (2, 4),
    "csat.excl_neutral": (2, 3),
    "csat.neutral": (1, None),
    "csat_mean": (14.5, 4),
    "nps": (100, 5),
    "ces": (3, 6),
    "ces_mean": (25, 6),
    "fcr_survey": (1, 2),
    "survey_response_rate": (17, 34),
    "survey_response_rate.csat": (4, 7),
    "survey_response_rate.nps": (5, 10),
    "survey_response_rate.ces": (6, 8),
    "survey_response_rate.fcr": (2, 9),
    "retention": (53, 98),
    "churn": (45, 98),
    "conversion": (1, 10),  # a1 to a6 and four out
    "total_cost": (524_287, None),
    "total_cost.wages": (1, None),
    "total_cost.operations": (2, None),
    "total_cost.rent": (4, None),
    "total_cost.utilities": (8, None),
    "total_cost.software": (16, None),
    "total_cost.it": (32, None),
    "total_cost.hardware": (64, None),
    "total_cost.telephony": (128, None),
    "total_cost.channel_tools": (256, None),
    "total_cost.taxes": (512, None),
    "total_cost.training": (1024, None),
    "total_cost.outsourcing": (2048, None),
    "total_cost.overtime": (4096, None),
    "total_cost.benefits": (8192, None),
    "total_cost.incentives": (16_384, None),
    "total_cost.contractors": (32_768, None),
    "total_cost.travel": (65_536, None),
    "total_cost.supplies": (131_072, None),
    "total_cost.other": (262_144, None),
    "cost_per_contact": (524_287, 15),  # with the tickets 1, 2, 3, 9, 10
    "cost_per_contact.received": (524_287, 35),  # 29 contacts and the tickets 1, 2, 3, 4, 9, 11
    # of 628 s of work 60 are for chat
    "cost_per_call": (256 + 524_031 * 568 / 628, 9),
    "cost_per_call.all": (256 + 524_031 * 568 / 628, 36),  # 28 in, without a3, and 8 out
    "cost_per_ticket": (524_287, 6),
    "cost_per_resolution": (524_287, 4),  # 1, 7, 8, 11
    "cost_per_minute": (524_287, pytest.approx(628 / 60)),
}
#: percentile --> the middle of the durations, between the two in the middle where their number is even
MEDIANS = {
    "average_time_to_abandon.p50": 13,  # 5, 6, 20, 45 s
    "asa.p50": 16,  # 4, 12, 20, 30
    "asa.business.p50": 11,  # 4, 10, 12, 20
    "time_to_callback.p50": 1800,
    "outbound_talk_time.p50": 27.5,  # 20, 25, 30, 40
    "talk_time.p50": 52.5,  # 8, 10, 45, 60, 100, 190
    "first_response_time.p50": 3300,  # minutes: 5, 20, 50, 60, 80, 1 035
    "first_response_time.business.p50": 1800,  # minutes: 5, 15, 20, 40, 60, 80
    "first_response_time.cohort.p50": 3000,  # minutes: 5, 20, 50, 60, 80
    "first_response_time.cohort.business.p50": 2400,  # minutes: 5, 20, 40, 60, 80
    "reply_time.p50": 1800,
    "reply_time.business.p50": 1500,  # minutes: 20, 30
    "resolution_time.p50": 14_400,  # minutes: 30, 100, 240, 410, 630
    "resolution_time.business.p50": 6000,  # minutes: 30, 30, 100, 240, 410
    "resolution_time.first.p50": 9300,  # minutes: 30, 60, 70, 240, 360, 630
    "resolution_time.first.business.p50": 3600,  # minutes: 30, 30, 60, 60, 240, 360
    "resolution_time.requester_wait.p50": 5400,  # minutes: 30, 70, 90, 240, 390
    "resolution_time.requester_wait.business.p50": 4200,  # minutes: 30, 30, 70, 240, 390
    "backlog_age.p50": 84_900,  # minutes: 480, 910, 1 920, 15 120
}
#: sums that are in no metric and stand in rules of vendors
SUMS = {
    "contacts_abandoned": 5,
    "flow_outs": 4,  # timeout, 2 flows out, withdrawn
    "voicemails": 1,
    "callbacks_in_time": 1,  # after 20 s
    "timed_out": 1,
    "queue_full": 2,
}
#: metric, what it is told apart by --> its numerators
GROUPS: dict[tuple[str, str], dict[str, float]] = {
    ("offered", "source"): {"desk": 18},
    ("offered", "channel"): {"voice": 17, "chat": 1},
    ("offered", "direction"): {"inbound": 17, "callback": 1},
    ("offered", "queue"): {"support": 17, "sales": 1},
    ("longest_wait", "channel"): {"voice": 45, "chat": 4},
    ("contacts_handled.legs", "agent"): {"Ann": 4, "Bob": 1, "Eve": 2},
    ("solved", "queue"): {"help": 4, "experts": 2},
    ("login_time", "agent"): {"Ann": 32_400, "Flo": 60, "Gus": 59},
}
#: of 4, 12, 20 and 30 s
PERCENTILES = {"asa.p90": 27.0, "asa.p95": 28.5}
#: some of the metrics that several facts make
NEEDS = {
    "contacts_per_agent": {"agent", "login"},
    "contacts_per_hour": {"agent", "agent_state", "login"},
    "occupancy": {"agent_state", "login"},
    "adherence": {"agent_state", "login", "roster"},
}
#: shares of answers that are listed one by one
LISTED = ("csat", "csat.excl_neutral", "csat.neutral", "nps", "ces", "fcr_survey")


@pytest.mark.parametrize("kpi", EXPECTED)
def test_a_metric_is_the_sums_that_are_worked_out_by_hand(report: Report, kpi: str) -> None:
    (row,) = report.rows
    assert (row.values[kpi].numerator, row.values[kpi].denominator) == (
        pytest.approx(EXPECTED[kpi][0], rel=1e-9),
        EXPECTED[kpi][1],
    )


@pytest.mark.parametrize("kpi", MEDIANS)
def test_a_median_is_the_middle_of_the_durations(report: Report, kpi: str) -> None:
    (row,) = report.rows
    assert row.values[kpi].value == pytest.approx(MEDIANS[kpi], rel=0.02)


@pytest.mark.parametrize("kpi", LISTED)
def test_answers_of_customers_are_listed_and_add_up(day: Engine, kpi: str) -> None:
    with reading(day) as connection:
        found = asked_records(connection, DOCUMENT, asked(kpi), NOW)
    assert (found.whole.numerator, found.whole.denominator) == EXPECTED[kpi]
    assert {one.table for one in found.page} == {"survey_answer"}
    assert found.elsewhere == ()


@pytest.mark.parametrize(
    ("kpi", "tables"),
    [
        ("csat_mean", {"survey_answer"}),
        ("ces_mean", {"survey_answer"}),
        ("reopen_rate", {"ticket", "ticket_span"}),
        ("reopen_rate.without_thanks", {"ticket", "ticket_span"}),
        ("retention", {"customer_count"}),
        ("churn", {"customer_count"}),
        ("resolution_rate", {"ticket"}),
        ("backlog", {"ticket_span"}),
    ],
)
def test_what_is_counted_for_whole_periods_is_listed_and_adds_up(day: Engine, kpi: str, tables: set[str]) -> None:
    with reading(day) as connection:
        found = asked_records(connection, DOCUMENT, asked(kpi), NOW)
    assert (found.whole.numerator, found.whole.denominator) == (pytest.approx(EXPECTED[kpi][0]), EXPECTED[kpi][1])
    assert sum(one.numerator or 0 for one in found.page) == pytest.approx(EXPECTED[kpi][0])
    assert found.total == len(found.page)
    assert {one.table for one in found.page} == tables
    assert found.elsewhere == ()


@pytest.mark.parametrize("kpi", PERCENTILES)
def test_a_percentile_lies_between_the_durations(day: Engine, kpi: str) -> None:
    with reading(day) as connection:
        (row,) = answer(connection, DOCUMENT, asked(kpi), NOW).rows
    assert row.values[kpi].value == pytest.approx(PERCENTILES[kpi], rel=0.02)


@pytest.mark.parametrize("kpi", NEEDS)
def test_a_metric_needs_each_of_its_facts(kpi: str) -> None:
    assert missing_fact(kpi, NEEDS[kpi]) is None
    for fact in NEEDS[kpi]:
        assert missing_fact(kpi, NEEDS[kpi] - {fact}) == f"missing fact: {fact}"


def test_every_metric_and_every_median_is_there() -> None:
    assert EXPECTED.keys() == METRICS.keys()
    assert MEDIANS.keys() == {f"{key}.p50" for key, metric in METRICS.items() if metric.sketch}


def test_what_is_left_out_is_counted(report: Report) -> None:
    assert report.unavailable == {}
    assert report.excluded == {
        "internal": 3,
        "error": 1,
        "never ended": 1,
        "quarantined": 1,  # the sentiment of b1
        "left in the menu": 1,
        "anonymous": 2,  # a3, a6
        "spam, deleted or merged tickets": 1,
        "quarantined tickets": 1,
        "quarantined shifts": 1,
    }


def test_sums_of_rules_of_vendors_are_those_that_are_worked_out_by_hand(day: Engine) -> None:
    period = Period(grain=Grain.DAY, start=MONDAY, end=MONDAY + timedelta(days=1), timezone="UTC")
    with reading(day) as connection:
        found = measure_sums(connection, list(SUMS), Question(periods=(period,), as_of=NOW), terms_of(DOCUMENT))
    assert found[0, ()] == SUMS


@pytest.mark.parametrize(("kpi", "by"), GROUPS)
def test_groups_are_those_of_the_facts(day: Engine, kpi: str, by: str) -> None:
    with reading(day) as connection:
        rows = answer(connection, DOCUMENT, replace(asked(kpi), by=(by,)), NOW).rows
    assert {row.group[by]: row.values[kpi].numerator for row in rows} == GROUPS[kpi, by]
