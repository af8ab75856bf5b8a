"""Who is told what and when: rules of alerts, digests, and the channels that they go to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from plugin.policy.fields import (
    Address,
    Confidence,
    Count,
    Name,
    Number,
    OutsideName,
    Part,
    Scope,
    Seconds,
    Severity,
    SlackChannel,
    SlackPerson,
    Weeks,
    Window,
)


def _at_least_a_minute(seconds: int) -> int:
    if 0 < seconds < 60:
        raise ValueError('must be at least "1m", or "0s" for never')
    return seconds


Repeat = Annotated[Seconds, AfterValidator(_at_least_a_minute)]


class Rule(Part):
    """Fires above or below a value over the last `window`, or outside a band of both; what contradicts itself is refused elsewhere.

    It clears at `clear_at`, or within the band by `clear_by`. With `deviation` it fires so many spreads off the median of the same
    weekday and hour, on the bad side of the KPI when `side` is None; with `absent`, when nothing came. `confidence` None: the usual
    one for shares of counted items.
    """

    kpi: Name
    title: str | None = None
    scope: Scope = Scope()
    window_s: Annotated[Window, Field(alias="window")] = 900
    fire_above: Number | None = None
    fire_below: Number | None = None
    clear_at: Number | None = None
    clear_by: Annotated[Number, Field(ge=0)] = 0
    deviation: Annotated[Number, Field(gt=0)] | None = None
    side: Literal["above", "below", "both"] | None = None
    clear_deviation: Annotated[Number, Field(ge=0)] | None = None
    weeks: Weeks = 8
    weeks_min: Weeks = 4
    absent: Annotated[bool, Field(strict=True)] = False
    hold_s: Annotated[Seconds, Field(alias="for")] = 0
    clear_hold_s: Annotated[Seconds, Field(alias="clear_for")] = 0
    min_sample: Count = 20
    confidence: Confidence | None = None
    cooldown_s: Annotated[Seconds, Field(alias="cooldown")] = 600
    severity: Severity = Severity.WARNING
    calendar: Name | None = None
    targets: tuple[Name, ...] = ()
    #: rules with the same targets are told together; another group of them is not
    group: Name | None = None
    repeat_s: Annotated[Repeat, Field(alias="repeat")] = 0
    repeat_most: Annotated[Count, Field(ge=1)] = 10
    escalate_after_s: Annotated[Seconds, Field(alias="escalate_after")] = 0
    escalate_to: tuple[Name, ...] = ()

    @property
    def is_band(self) -> bool:
        return self.fire_above is not None and self.fire_below is not None


class Alerting(Part):
    """What holds for all rules."""

    #: what fires so soon after an alert to the same targets joins its message; 0 joins nothing
    group_window_s: Annotated[Seconds, Field(alias="group_window")] = 45


class SelfWatch(Part):
    """Who is told of Deskgauge's own troubles. No `targets`: the channels of mail, else all; `off` are checks that nobody wants."""

    targets: tuple[Name, ...] = ()
    calendar: Name | None = None
    off: tuple[Literal["stopped", "not_receiving", "silent_source", "broken_channel", "missing_digest"], ...] = ()


class SlackTarget(Part):
    kind: Literal["slack"]
    channel: SlackChannel


class SlackAccess(Part):
    """Who may ask for numbers in Slack: these people, and everybody in these channels; both empty: the whole workspace."""

    users: tuple[SlackPerson, ...] = ()
    channels: tuple[SlackChannel, ...] = ()


def _at_least_one(addresses: tuple[str, ...]) -> tuple[str, ...]:
    if not addresses:
        raise ValueError("must have at least one address")
    return addresses


class EmailTarget(Part):
    kind: Literal["email"]
    to: Annotated[tuple[Address, ...], AfterValidator(_at_least_one)]


class NamedTarget(Part):
    """Its address is a secret, and so stands in the environment under this name."""

    kind: Literal["webhook", "apprise"]
    name: OutsideName


Target = Annotated[SlackTarget | EmailTarget | NamedTarget, Field(discriminator="kind")]
