"""What a change of status means, and how a centre names statuses of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.contract.event import Event, Kind
from plugin.contract.payload import BadPayload
from plugin.contract.status import PAUSED_ON, Status, status_change, status_seen, statuses
from plugin.facts.fold import TicketFacts, fold_ticket, in_order


@pytest.mark.parametrize(
    ("previous", "current", "kinds"),
    [
        (None, "open", []),
        (None, "pending", ["ticket.paused"]),
        (None, "solved", ["ticket.solved"]),
        ("open", "open", []),
        ("open", "closed", ["ticket.closed"]),
        ("open", "on_hold", ["ticket.paused"]),
        ("pending", "on_hold", ["ticket.paused"]),
        ("pending", "open", ["ticket.resumed"]),
        ("pending", "solved", ["ticket.solved"]),
        ("solved", "closed", ["ticket.closed"]),
        ("solved", "open", ["ticket.reopened"]),
        ("closed", "pending", ["ticket.reopened", "ticket.paused"]),
        ("merged", "open", ["ticket.reopened"]),
        ("open", "merged", ["ticket.merged"]),
        ("open", "deleted", ["ticket.deleted"]),
    ],
)
def test_a_change_of_status_is_told_as_events(previous: str | None, current: str, kinds: list[str]) -> None:
    assert status_change(Status(previous) if previous else None, Status(current)) == kinds


@pytest.mark.parametrize("before", ["open", "pending", "on_hold", "solved", "closed"])
@pytest.mark.parametrize("now", ["open", "pending", "on_hold", "solved", "closed"])
def test_a_snapshot_means_to_the_fold_what_the_change_means(before: str, now: str) -> None:
    told = _facts([*status_change(None, Status(before))], before, [*status_change(Status(before), Status(now))], now)
    seen = _facts(status_seen(Status(before)), before, status_seen(Status(now)), now)
    assert (seen.status, seen.solved_at, seen.reopens) == (told.status, told.solved_at, told.reopens)
    assert (seen.running("customer"), seen.running("other")) == (told.running("customer"), told.running("other"))


def _facts(first: list[Kind], before: str, second: list[Kind], now: str) -> TicketFacts:
    events = [_event(Kind.TICKET_OPENED, 0, "")]
    events += [_event(kind, 10, before) for kind in first] + [_event(kind, 20, now) for kind in second]
    return fold_ticket(in_order(events))


def _event(kind: Kind, minute: int, status: str) -> Event:
    on = PAUSED_ON.get(Status(status)) if kind is Kind.TICKET_PAUSED else None
    at = datetime(2026, 11, 24, 8, minute, tzinfo=UTC)
    return Event(kind=kind, at=at, subject="1", dedupe_key=f"{minute}:{kind}", data={"on": on} if on else {})


def test_a_centre_names_its_own_statuses_and_keeps_the_usual_ones() -> None:
    usual = {"new": Status.OPEN, "done": Status.CLOSED}
    found = statuses({"statuses": "Waiting for parts = on_hold\ndone = solved"}, "statuses", usual)
    assert found == {"new": Status.OPEN, "done": Status.SOLVED, "waiting for parts": Status.ON_HOLD}


def test_a_status_that_is_none_of_ours_is_named() -> None:
    with pytest.raises(BadPayload, match="statuses: 'parked' is no status"):
        statuses({"statuses": "Waiting = parked"}, "statuses", {})
