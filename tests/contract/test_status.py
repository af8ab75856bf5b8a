"""What a change of status means, and how a centre names statuses of its own."""

from __future__ import annotations

import pytest

from plugin.contract.payload import BadPayload
from plugin.contract.status import Status, status_change, statuses


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


def test_a_centre_names_its_own_statuses_and_keeps_the_usual_ones() -> None:
    usual = {"new": Status.OPEN, "done": Status.CLOSED}
    found = statuses({"statuses": "Waiting for parts = on_hold\ndone = solved"}, "statuses", usual)
    assert found == {"new": Status.OPEN, "done": Status.SOLVED, "waiting for parts": Status.ON_HOLD}


def test_a_status_that_is_none_of_ours_is_named() -> None:
    with pytest.raises(BadPayload, match="statuses: 'parked' is no status"):
        statuses({"statuses": "Waiting = parked"}, "statuses", {})
