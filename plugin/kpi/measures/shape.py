"""What a measure is: an aggregate over a stream, a fact table seen at one of its moments.

`$threshold`, `$short` and the other keys of `Terms.limits` stand in an expression for a limit of the policy in milliseconds,
`$productive` for the list of its productive activities. In the condition of a live stream `$now` is the moment of the question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from plugin.policy.document import Attribution

DIMENSIONS = ("source", "channel", "direction", "queue", "agent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """`at` is the moment that decides the period; `where` leaves rows out; the other names are SQL for a dimension.

    Where the policy chooses between two moments, `entry` and `end` are SQL for each, and `at` is the one that was chosen.
    """

    key: str
    table: str
    at: str
    where: str = "1 = 1"
    source: str = "source"
    channel: str = "channel"
    direction: str = "direction"
    queue: str = "queue"
    agent: str = "agent"
    #: an interval: `at` is its start, `until` its end, and it is split at the borders of periods
    until: str | None = None
    #: what it says of a row depends on other subjects, whose late events mark nothing of it as changed: always read from the facts
    live: bool = False
    #: an interval never goes beyond its quarter of an hour, except for one that still lasts
    slotted: bool = False
    entry: str | None = None
    end: str | None = None

    def by(self, attribution: Attribution | None) -> Stream:
        """The stream with its rows in the periods of their entry or end, whatever the policy chose; None: as it chose."""
        at = {"entry": self.entry, "end": self.end}.get(attribution or "")
        return self if at is None else replace(self, at=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """`sql` is evaluated for each row of the stream and summed (or the greatest taken); `overlap` stands for the split length."""

    key: str
    stream: str
    sql: str
    greatest: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """A distribution of durations: the bucket column of a stream and the condition under which a row belongs to it.

    In a live stream `bucket` is the duration itself, in milliseconds.
    """

    key: str
    stream: str
    bucket: str
    where: str = "1 = 1"


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def count(key: str, stream: str, condition: str) -> Measure:
    return Measure(key=key, stream=stream, sql=f"CASE WHEN {condition} THEN 1 ELSE 0 END")


def total(key: str, stream: str, value: str, condition: str | None = None) -> Measure:
    """The sum of a value that may be unknown, of the rows that meet the condition."""
    known = f"COALESCE({value}, 0)"
    return Measure(
        key=key, stream=stream, sql=known if condition is None else f"CASE WHEN {condition} THEN {known} ELSE 0 END"
    )


INBOUND = one_of("direction", ("inbound", "callback"))
EXTERNAL = "direction <> 'internal'"
#: the end of the contact; while that is unknown, its entry
CONTACT_OVER = "COALESCE(ended_at, entry_at)"
VISIT_OVER = "COALESCE(over_at, entered_at)"
LEG_OVER = "COALESCE(over_at, entry_at)"
