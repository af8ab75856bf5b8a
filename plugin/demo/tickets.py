"""The lives of the tickets of one day: mails and forms, and what callers asked that could not be settled at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from plugin.demo.chance import about, count, draws, weighted
from plugin.demo.staff import DESKS, HOURLY, WEEK
from plugin.demo.world import HOUR_S, TIMEZONE, Contact, Step, StepName, TicketLife, clock, moment
from plugin.policy.localtime import zone

#: tickets of an ordinary weekday that came in writing
WRITTEN = 44
#: share of answered calls of Support and Billing that become a ticket
CALL_SHARE = 0.06
GROUPS = (("Support", 0.6), ("Billing", 0.28), ("Sales", 0.12))
PRIORITIES = (("low", 0.2), ("normal", 0.6), ("high", 0.15), ("urgent", 0.05))
NIGHT_HOURS = tuple((hour, 0.12) for hour in (0, 3, 6, 7, 20, 21, 22, 23))
AT_WORK_S = (clock("08:00"), clock("20:00"))
#: a help desk closes what was solved this long ago
CLOSED_AFTER = timedelta(days=4)
SPAM_SHARE, NOTE_SHARE, SECOND_ROUND_SHARE, REOPEN_SHARE = 0.02, 0.15, 0.3, 0.06
RATED_SHARE, GOOD_SHARE, GOOD_AFTER_REOPEN_SHARE = 0.34, 0.88, 0.45
MINUTE_S = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class _Start:
    group: str
    via: Literal["email", "web", "phone"]
    customer: str
    created_at: datetime
    contact: str = ""
    agent: str = ""


@dataclass(kw_only=True, slots=True)
class _Diary:
    """What was done so far, and when: every step is at least a second after the one before."""

    chance: Random
    at: datetime
    agent: str = ""
    steps: list[Step] = field(default_factory=list)

    def later(self, median_s: int, *, at_work: bool = True) -> None:
        self.at += timedelta(seconds=about(self.chance, median_s, 0.8))
        if at_work:
            self.at = _at_work(self.at, self.chance)

    def write(self, *names: StepName) -> None:
        for name in names:
            self.at += timedelta(seconds=1)
            self.steps.append(Step(what=name, at=self.at, agent=self.agent))


def tickets_of(day: date, weekday: int, contacts: Sequence[Contact], scale: float) -> list[TicketLife]:
    """Their whole lives, which may reach beyond the day."""
    starts = [*_written(day, weekday, scale), *_of_calls(day, contacts)]
    starts.sort(key=lambda start: start.created_at)
    first = day.toordinal() % 1000 * 1000
    return [_live(draws("ticket", day, place), first + place, start) for place, start in enumerate(starts)]


def _written(day: date, weekday: int, scale: float) -> list[_Start]:
    chance = draws("written", day)
    hours = [*NIGHT_HOURS, *((8 + place, share) for place, share in enumerate(HOURLY))]
    found = []
    for _ in range(count(chance, WRITTEN * scale * (0.3 + 0.7 * WEEK[weekday]))):
        at_s = weighted(chance, hours) * HOUR_S + chance.randrange(HOUR_S)
        via: Literal["email", "web"] = "email" if chance.random() < 0.7 else "web"
        group = weighted(chance, GROUPS)
        found.append(_Start(group=group, via=via, customer=_customer(chance), created_at=moment(day, at_s)))
    return found


def _of_calls(day: date, contacts: Sequence[Contact]) -> list[_Start]:
    """The agent opens it while he talks, and keeps it."""
    chance = draws("of calls", day)
    return [
        _Start(
            group=contact.queue,
            via="phone",
            customer=_customer(chance),
            created_at=contact.answered_at + timedelta(seconds=15),
            contact=contact.id,
            agent=contact.agent,
        )
        for contact in contacts
        if contact.queue in ("Support", "Billing") and contact.answered_at and chance.random() < CALL_SHARE
    ]


def _customer(chance: Random) -> str:
    return str(chance.randint(10**9, 10**10 - 1))


def _live(chance: Random, number: int, start: _Start) -> TicketLife:
    diary = _Diary(chance=chance, at=start.created_at, agent=start.agent)
    spam = start.via != "phone" and chance.random() < SPAM_SHARE
    if spam:
        diary.later(40 * MINUTE_S)
        diary.write("spam")
    else:
        _work(diary, start)
    solved = [step for step in diary.steps if step.what == "solved"]
    rating = _rating(chance, len(solved)) if solved else ""
    return TicketLife(
        number=number,
        group=start.group,
        via=start.via,
        priority=weighted(chance, PRIORITIES),
        customer=start.customer,
        created_at=start.created_at,
        steps=tuple(diary.steps),
        contact=start.contact,
        rating=rating,
        # In whole minutes: more than that no placeholder of a help desk's trigger says.
        rated_at=_minute(solved[-1].at + timedelta(seconds=120 + about(chance, 3 * HOUR_S))) if rating else None,
        rated_agent=diary.agent if rating else "",
    )


def _work(diary: _Diary, start: _Start) -> None:
    chance = diary.chance
    if start.via == "phone":
        diary.write("assigned")
        diary.later(6 * MINUTE_S, at_work=False)
    else:
        diary.later(7 * MINUTE_S)
        diary.agent = chance.choice(DESKS[start.group].agents)
        diary.write("assigned")
        diary.later(24 * MINUTE_S)
    if chance.random() < NOTE_SHARE:
        diary.write("noted")
    diary.write("agent_replied")
    if chance.random() < SECOND_ROUND_SHARE:
        diary.write("pending")
        diary.later(3 * HOUR_S, at_work=False)
        diary.write("customer_replied")
        diary.later(50 * MINUTE_S)
        diary.write("agent_replied")
    diary.write("solved")
    if chance.random() < REOPEN_SHARE:
        diary.later(5 * HOUR_S, at_work=False)
        diary.write("customer_replied", "reopened")
        diary.later(70 * MINUTE_S)
        diary.write("agent_replied", "solved")
    diary.agent, agent = "", diary.agent
    solved_at, diary.at = diary.at, diary.at + CLOSED_AFTER
    diary.write("closed")
    diary.agent, diary.at = agent, solved_at


def _at_work(at: datetime, chance: Random) -> datetime:
    """The same moment, or some time in the first hours of the next day of work."""
    local = at.astimezone(zone(TIMEZONE))
    second = local.hour * HOUR_S + local.minute * MINUTE_S + local.second
    if AT_WORK_S[0] <= second < AT_WORK_S[1]:
        return at
    day = local.date() + timedelta(days=1 if second >= AT_WORK_S[1] else 0)
    return moment(day, AT_WORK_S[0] + about(chance, 45 * MINUTE_S, 0.6))


def _rating(chance: Random, solutions: int) -> str:
    if chance.random() >= RATED_SHARE:
        return ""
    return "good" if chance.random() < (GOOD_SHARE if solutions == 1 else GOOD_AFTER_REOPEN_SHARE) else "bad"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
