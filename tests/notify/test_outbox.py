from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from plugin.database import session_scope
from plugin.notify.deliver import deliver_due
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.outbox import claim, due, enqueue, message_id
from plugin.notify.outcome import retry_broken
from plugin.notify.tables import Attempt, ChannelState, Mode, OutboxMessage, State

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
BROKEN = DeliveryFailed("not in channel", permanent=True, broken=True)
LATER = DeliveryFailed("busy", permanent=False)


@dataclass
class Recorder:
    """A notifier that remembers, and fails as told: `accepts` says whether the failed attempt had arrived all the same."""

    failures: list[Exception] = field(default_factory=list)
    accepts: bool = False
    look_failure: DeliveryFailed | None = None
    sent: list[tuple[str, str, str | None]] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    looked: int = 0

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        failure = self.failures.pop(0) if self.failures else None
        if failure is None or self.accepts:
            thread = envelope.follows.reference if envelope.follows else None
            self.sent.append((envelope.id, message.title, thread))
        if failure:
            raise failure
        return Receipt(where=envelope.target, reference=f"ts-{len(self.sent)}")

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        assert envelope.follows is not None
        self.edited.append(message.title)
        return envelope.follows

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        self.looked += 1
        if self.look_failure:
            raise self.look_failure
        found = [number for number, (name, _, _) in enumerate(self.sent, 1) if name == envelope.id]
        return Receipt(where=envelope.target, reference=f"ts-{found[0]}") if found else None


class Killed(BaseException):
    """What a process that is killed leaves behind: the claim, and nothing else."""


def _enqueue(engine: Engine, what: str = "digest", **options: Any) -> str:
    fields: dict[str, Any] = {
        "what": what,
        "period_key": "2026-11-22",
        "target": "C0SUPPORT",
        "kind": "slack",
        "now": NOW,
        **options,
    }
    with session_scope(engine) as session:
        enqueue(session, Message(title=what, summary="132 calls"), **fields)
    return message_id(what, fields["period_key"], fields["target"])


def _row(engine: Engine, identity: str) -> OutboxMessage:
    with session_scope(engine) as session:
        return session.get_one(OutboxMessage, identity)


def _outcomes(engine: Engine) -> Sequence[str]:
    with session_scope(engine) as session:
        return [attempt.outcome for attempt in session.exec(select(Attempt).order_by(Attempt.id))]  # type: ignore[arg-type]


def test_the_same_thing_is_enqueued_once(engine: Engine) -> None:
    with session_scope(engine) as session:
        for expected in (True, False):
            assert (
                enqueue(
                    session,
                    Message(title="x"),
                    what="digest",
                    period_key="2026-11-22",
                    target="C0SUPPORT",
                    kind="slack",
                    now=NOW,
                )
                is expected
            )
    assert _row(engine, message_id("digest", "2026-11-22", "C0SUPPORT")).state == State.PENDING


def test_the_name_of_a_message_is_stable_and_depends_on_each_part() -> None:
    assert message_id("a", "b", "c") == "d33b202c020cbde1c4a7bb26d0b02e66"
    assert len({message_id("a", "b", "c"), message_id("ab", "", "c"), message_id("a", "bc", "")}) == 3


def test_a_message_is_sent_and_its_receipt_is_kept(engine: Engine) -> None:
    slack, identity = Recorder(), _enqueue(engine)
    assert deliver_due(engine, {"slack": slack}, NOW) == 1
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(days=1)) == 0
    row = _row(engine, identity)
    assert (row.state, row.attempts, row.sent_at) == (State.SENT, 1, NOW)
    assert row.receipt == '{"where": "C0SUPPORT", "reference": "ts-1", "note": ""}'
    assert slack.looked == 0
    assert _outcomes(engine) == ["sent"]


def test_a_message_waits_for_its_time(engine: Engine) -> None:
    slack = Recorder()
    _enqueue(engine, not_before=NOW + timedelta(hours=1))
    assert deliver_due(engine, {"slack": slack}, NOW) == 0
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(hours=1)) == 1


def test_a_passing_trouble_is_tried_again_after_growing_pauses_until_a_day_is_over(engine: Engine) -> None:
    slack, identity, now = Recorder(failures=[LATER] * 50), _enqueue(engine), NOW
    pauses = []
    while _row(engine, identity).state == State.PENDING:
        deliver_due(engine, {"slack": slack}, now)
        next_at = _row(engine, identity).next_attempt_at
        pauses.append((next_at - now).total_seconds())
        now = max(next_at, now + timedelta(seconds=1))
    assert pauses[:7] == [30, 120, 600, 1800, 7200, 7200, 7200]
    assert _row(engine, identity).state == State.FAILED
    assert timedelta(hours=24) <= now - NOW < timedelta(hours=27)
    assert slack.sent == []


def test_the_other_sides_wish_to_wait_is_kept(engine: Engine) -> None:
    slack, identity = (
        Recorder(failures=[DeliveryFailed("slow down", permanent=False, retry_after_s=95)]),
        _enqueue(engine),
    )
    deliver_due(engine, {"slack": slack}, NOW)
    assert _row(engine, identity).next_attempt_at == NOW + timedelta(seconds=95)


def test_what_was_accepted_before_the_connection_broke_is_not_sent_again(engine: Engine) -> None:
    slack, identity = Recorder(failures=[LATER], accepts=True), _enqueue(engine)
    assert deliver_due(engine, {"slack": slack}, NOW) == 0
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=30)) == 1
    assert len(slack.sent) == 1
    assert _row(engine, identity).state == State.SENT
    assert _outcomes(engine) == ["retry", "recognised"]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_killed_worker_neither_loses_nor_repeats(engine: Engine, accepted: bool) -> None:
    slack, identity = Recorder(accepts=accepted), _enqueue(engine)
    slack.failures = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        deliver_due(engine, {"slack": slack}, NOW)
    assert _row(engine, identity).state == State.SENDING
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(minutes=1)) == 0, "the claim still holds"
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(minutes=6)) == 1
    assert len(slack.sent) == 1


def test_two_workers_claim_a_message_once(engine: Engine) -> None:
    _enqueue(engine)
    with session_scope(engine) as session:
        (row,) = due(session, NOW)
    with session_scope(engine) as one:
        assert claim(one, row, NOW) is not None
    with session_scope(engine) as other:
        assert claim(other, row, NOW) is None


def test_where_looking_is_not_allowed_the_message_is_sent_and_says_so(engine: Engine) -> None:
    slack, identity = Recorder(failures=[LATER]), _enqueue(engine)
    slack.look_failure = DeliveryFailed("add channels:history", permanent=True, broken=True)
    deliver_due(engine, {"slack": slack}, NOW)
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(minutes=1)) == 1
    assert "add channels:history" in (_row(engine, identity).receipt or "")


def test_while_looking_fails_nothing_is_sent(engine: Engine) -> None:
    slack = Recorder(failures=[LATER], accepts=True)
    _enqueue(engine)
    deliver_due(engine, {"slack": slack}, NOW)
    slack.look_failure = LATER
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(minutes=1)) == 0
    assert len(slack.sent) == 1


def test_a_broken_channel_is_shown_and_healed_by_the_next_arrival(engine: Engine) -> None:
    slack = Recorder(failures=[BROKEN, BROKEN])
    identity = _enqueue(engine, "one")
    _enqueue(engine, "two", now=NOW + timedelta(seconds=1))
    both = {"slack": slack}
    deliver_due(engine, both, NOW + timedelta(seconds=1))
    deliver_due(engine, both, NOW + timedelta(seconds=2))
    assert _row(engine, identity).state == State.BROKEN
    with session_scope(engine) as session:
        state = session.get_one(ChannelState, ("slack", "C0SUPPORT"))
        assert (state.broken_since, state.reason) == (NOW + timedelta(seconds=1), "not in channel")
    with session_scope(engine) as session:
        assert retry_broken(session, "slack", "C0SUPPORT", NOW + timedelta(hours=1), NOW) == 2
    assert deliver_due(engine, both, NOW + timedelta(hours=1)) == 2
    with session_scope(engine) as session:
        assert session.get(ChannelState, ("slack", "C0SUPPORT")) is None


def test_what_waits_for_a_channel_is_sent_when_something_else_arrives_there(engine: Engine) -> None:
    slack = {"slack": Recorder(failures=[BROKEN])}
    waiting = _enqueue(engine, "one")
    deliver_due(engine, slack, NOW)
    _enqueue(engine, "two", now=NOW + timedelta(minutes=1))
    assert deliver_due(engine, slack, NOW + timedelta(minutes=1)) == 1
    assert _row(engine, waiting).state == State.PENDING
    assert deliver_due(engine, slack, NOW + timedelta(minutes=1)) == 1
    assert _row(engine, waiting).state == State.SENT


def test_a_refused_message_leaves_its_channel_whole(engine: Engine) -> None:
    slack = Recorder(failures=[DeliveryFailed("invalid_blocks", permanent=True)])
    identity = _enqueue(engine)
    deliver_due(engine, {"slack": slack}, NOW)
    deliver_due(engine, {"slack": slack}, NOW)
    assert _row(engine, identity).state == State.FAILED
    with session_scope(engine) as session:
        assert session.exec(select(ChannelState)).all() == []


def test_a_kind_that_is_not_set_up_names_its_setting(engine: Engine) -> None:
    identity = _enqueue(engine)
    deliver_due(engine, {}, NOW)
    row = _row(engine, identity)
    assert row.state == State.BROKEN
    assert "SLACK_BOT_TOKEN" in (row.error or "")


def test_a_stored_message_that_cannot_be_read_fails_by_itself(engine: Engine) -> None:
    identity = _enqueue(engine)
    with session_scope(engine) as session:
        session.get_one(OutboxMessage, identity).payload = '{"title": 7}'
    assert deliver_due(engine, {"slack": Recorder()}, NOW) == 0
    assert _row(engine, identity).error == "The stored message cannot be read: title."


def test_a_reply_waits_for_its_root_and_goes_into_its_thread(engine: Engine) -> None:
    slack = Recorder(failures=[LATER])
    root = _enqueue(engine, "firing")
    _enqueue(engine, "recovered", mode=Mode.REPLY, follows=root, now=NOW + timedelta(seconds=5))
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=10)) == 0
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=40)) == 1
    assert deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=41)) == 1
    assert [(title, thread) for _, title, thread in slack.sent] == [("firing", None), ("recovered", "ts-1")]


def test_a_reply_whose_root_never_arrived_goes_out_by_itself(engine: Engine) -> None:
    slack = Recorder(failures=[DeliveryFailed("refused", permanent=True)])
    root = _enqueue(engine, "firing")
    _enqueue(engine, "recovered", mode=Mode.REPLY, follows=root)
    deliver_due(engine, {"slack": slack}, NOW)
    assert deliver_due(engine, {"slack": slack}, NOW) == 1
    assert [(title, thread) for _, title, thread in slack.sent] == [("recovered", None)]


def test_an_older_edit_never_covers_a_newer_one(engine: Engine) -> None:
    slack, root = Recorder(), _enqueue(engine, "firing")
    deliver_due(engine, {"slack": slack}, NOW)
    _enqueue(engine, "acknowledged", mode=Mode.EDIT, follows=root, now=NOW + timedelta(seconds=1))
    slack.failures = [LATER]
    deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=1))
    _enqueue(engine, "recovered", mode=Mode.EDIT, follows=root, now=NOW + timedelta(seconds=2))
    deliver_due(engine, {"slack": slack}, NOW + timedelta(seconds=2))
    deliver_due(engine, {"slack": slack}, NOW + timedelta(minutes=5))
    assert slack.edited == ["recovered"]
    assert _outcomes(engine) == ["sent", "retry", "sent", "overtaken"]


def test_only_replies_and_edits_follow(engine: Engine) -> None:
    with pytest.raises(ValueError, match="follow"):
        _enqueue(engine, mode=Mode.REPLY)
