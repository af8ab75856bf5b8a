"""What people hear of rules that share a channel, as docs/alerts.md says it: a little model that knows nothing of the program.

Hold times, limits and readings are left out: a rule sees `bad`, `between`, `good`, or nothing that allows a verdict (None).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from alert_breaches import Breach, Manner, Sound, Thread

Sees = Literal["bad", "between", "good"] | None
Span = tuple[datetime, datetime]
SNOOZES = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}
#: button --> why its message changes
ANSWERS = {"ack": "acknowledged", "snooze": "snoozed", "unsnooze": "unsnoozed"}


@dataclass(kw_only=True)
class Hearing:
    """`mails` are the targets that cannot be changed; `open_hours` in order, long enough for the test."""

    rules: Mapping[str, Manner]
    targets: tuple[str, ...]
    mails: tuple[str, ...]
    boss: str
    window: timedelta
    open_hours: list[Span]
    breaches: list[Breach] = field(default_factory=list)
    snoozed: dict[str, datetime] = field(default_factory=dict)
    young: Thread | None = None
    sounds: list[Sound] = field(default_factory=list)
    #: what may be seen to change in the place of a message: (why, thread)
    changes: list[tuple[str, int]] = field(default_factory=list)

    # -- what happens

    def evaluate(self, sees: Mapping[str, Sees], now: datetime) -> None:
        for rule, manner in self.rules.items():
            breach = self._breach(rule)
            if breach is None and sees[rule] == "bad":
                self.breaches.append(Breach(number=len(self.breaches) + 1, rule=rule))
            elif breach is not None and sees[rule] == "good":
                self._end(breach, now)
            if self._is_quiet(manner, now):
                continue
            if not self._is_snoozed(rule, now):
                self._tell_held(rule, sees[rule], now)
            self._remind(rule, sees[rule], now)
        self._hand_over(now)

    def press(self, button: str, number: int, now: datetime) -> None:
        """`ack`, `unsnooze`, or `snooze.` with `30m`, `2h` or `opening`; it stands for all that its message lists."""
        thread = self.breaches[number - 1].thread
        alone = [each for each in (self.breaches[number - 1],) if not each.ended]
        pressed = alone if thread is None else thread.open
        if thread is not None and pressed:
            self.changes.append((ANSWERS[button.partition(".")[0]], thread.leader))
        if button == "unsnooze" and not any(self._is_snoozed(each.rule, now) for each in pressed):
            return
        for each in pressed:
            self._answer(each, button, now)

    def _answer(self, breach: Breach, button: str, now: datetime) -> None:
        if button == "ack":
            breach.acknowledged = True
        elif button == "unsnooze":
            self.snoozed.pop(breach.rule, None)
            self._wait_anew(breach, now)
        else:
            length = SNOOZES.get(button.removeprefix("snooze."))
            self.snoozed[breach.rule] = now + length if length else self.next_opening(now)

    def unsnooze_rule(self, rule: str, now: datetime) -> None:
        if not self._is_snoozed(rule, now):
            return
        del self.snoozed[rule]
        breach = self._breach(rule)
        if breach is not None and breach.thread is not None:
            self.changes.append(("unsnoozed", breach.thread.leader))
            self._wait_anew(breach, now)

    def deliver(self, now: datetime) -> None:
        for thread in {id(each.thread): each.thread for each in self.breaches if each.thread}.values():
            thread.arrived = dict.fromkeys(thread.arrived, True)
            thread.waiting = {to: each for to, each in thread.waiting.items() if each.at > now}

    # -- what is said

    def _tell_held(self, rule: str, sees: Sees, now: datetime) -> None:
        for each in self.breaches:
            if each.rule == rule and each.told_at is None and not each.ended and sees in ("bad", "between"):
                self._tell(each, now)

    def _hand_over(self, now: datetime) -> None:
        """One message for all rules, under the number of the newest incident of the first of them."""
        heard = [
            rule
            for rule, manner in self.rules.items()
            if not self._is_quiet(manner, now) and not self._is_snoozed(rule, now)
        ]
        over = [each for each in self.breaches if each.rule in heard and each.told_at is None and each.ended]
        first = min((heard.index(each.rule) for each in over), default=0)
        numbers = [each.number for each in over if heard.index(each.rule) == first]
        for target in self.targets if over else ():
            self.sounds.append(Sound("handover", numbers[-1], target, now))
        for each in over:
            each.told_at = now

    def _tell(self, breach: Breach, now: datetime) -> None:
        breach.told_at = breach.waits_since = now
        if self.young is not None and self._may_join(breach, self.young, now):
            self._join(breach, self.young)
            return
        breach.thread = Thread(
            leader=breach.number, since=now, members=[breach], arrived=dict.fromkeys(self.targets, False)
        )
        self.young = breach.thread
        self.sounds += [Sound("fired", breach.number, target, now) for target in self.targets]

    def _may_join(self, breach: Breach, thread: Thread, now: datetime) -> bool:
        answered = any(each.acknowledged or self._is_snoozed(each.rule, now) for each in thread.open)
        is_young = timedelta(0) <= now - thread.since < self.window
        return is_young and bool(thread.open) and not answered and not self.rules[breach.rule].critical

    def _join(self, breach: Breach, thread: Thread) -> None:
        breach.thread = thread
        thread.members.append(breach)
        self.changes.append(("joined", thread.leader))
        for target, arrived in thread.arrived.items():
            if arrived and target in self.mails and target not in thread.waiting:
                sound = Sound("joined", thread.leader, target, thread.since + self.window)
                thread.waiting[target] = sound
                self.sounds.append(sound)

    def _end(self, breach: Breach, now: datetime) -> None:
        breach.ended = True
        if breach.told_at is None and self._is_snoozed(breach.rule, now):
            breach.told_at = now
        thread = breach.thread
        if thread is None:
            return
        self.changes.append(("ended", thread.leader))
        if thread.open:
            return
        for late in thread.waiting.values():
            self.sounds.remove(late)
        thread.waiting.clear()
        at = self.next_opening(now) if self._is_quiet(self.rules[breach.rule], now) else now
        self.sounds += [Sound("recovered", thread.leader, target, at) for target in thread.arrived]

    def _remind(self, rule: str, sees: Sees, now: datetime) -> None:
        breach, manner = self._breach(rule), self.rules[rule]
        told = breach if breach is not None and breach.thread is not None else None
        if (told is not None and sees is None) or self._is_snoozed(rule, now):
            return
        ended_at = self.snoozed.pop(rule, None)
        if told is None or told.thread is None:
            return
        if ended_at is not None:
            self._wake(told, told.thread, ended_at, now)
        if self._repeats(told, manner, now):
            still = [each for each in told.thread.open if not each.acknowledged]
            self._say_again(told.thread, [each for each in still if not self._is_snoozed(each.rule, now)], now)
        if self._passes_on(told, manner, now):
            self._escalate(told, told.thread, now)

    def _repeats(self, breach: Breach, manner: Manner, now: datetime) -> bool:
        if manner.repeat is None or breach.acknowledged or breach.again >= manner.most:
            return False
        return now - self._heard_at(breach) >= manner.repeat

    def _passes_on(self, breach: Breach, manner: Manner, now: datetime) -> bool:
        if manner.escalate_after is None or breach.acknowledged or breach.escalated:
            return False
        return self._waited(breach, manner, now) >= manner.escalate_after

    def _wake(self, breach: Breach, thread: Thread, ended_at: datetime, now: datetime) -> None:
        breach.waits_since = now
        self.changes.append(("unsnoozed", thread.leader))
        if self._heard_at(breach) < ended_at:
            self._say_again(thread, [each for each in thread.open if not self._is_snoozed(each.rule, now)], now)

    def _say_again(self, thread: Thread, still: list[Breach], now: datetime) -> None:
        number = 1 + max(each.again for each in thread.members)
        for each in still:
            each.again, each.heard_at = number, now
        self.sounds += [Sound("still", thread.leader, target, now) for target in thread.arrived]

    def _escalate(self, breach: Breach, thread: Thread, now: datetime) -> None:
        breach.escalated = True
        self.changes.append(("escalated", thread.leader))
        if self.boss not in thread.arrived:
            thread.arrived[self.boss] = False
            self.sounds.append(Sound("escalated", thread.leader, self.boss, now))

    # -- where it stands

    def _breach(self, rule: str) -> Breach | None:
        return next((each for each in self.breaches if each.rule == rule and not each.ended), None)

    def _wait_anew(self, breach: Breach, now: datetime) -> None:
        if breach.thread is not None:
            breach.waits_since = breach.heard_at = now

    def _heard_at(self, breach: Breach) -> datetime:
        assert breach.told_at is not None
        return breach.heard_at or breach.told_at

    def _waited(self, breach: Breach, manner: Manner, now: datetime) -> timedelta:
        assert breach.waits_since is not None
        if not manner.hours or manner.critical:
            return now - breach.waits_since
        cuts = [min(closes, now) - max(opens, breach.waits_since) for opens, closes in self.open_hours]
        return sum((max(cut, timedelta(0)) for cut in cuts), timedelta(0))

    def _is_snoozed(self, rule: str, now: datetime) -> bool:
        return rule in self.snoozed and now < self.snoozed[rule]

    def _is_quiet(self, manner: Manner, now: datetime) -> bool:
        return manner.hours and not manner.critical and not self.is_open(now)

    def is_open(self, now: datetime) -> bool:
        return any(opens <= now < closes for opens, closes in self.open_hours)

    def next_opening(self, now: datetime) -> datetime:
        return next(opens for opens, _ in self.open_hours if opens > now)
