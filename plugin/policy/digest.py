"""A report that is sent by itself: about which period, when, of which part of the centre, and to whom."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo, field_validator

from plugin.policy.fields import CampaignScope, ClockTime, Language, Name, Part, ReportGrain, Seconds, ZoneName
from plugin.policy.localtime import Grain, Weekday


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or len(set(values)) < len(values):
        raise ValueError('must be "previous", "weekday", "year" or a list of them, each once')
    return values


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


#: one or several, the first of which is told in words
Compare = Annotated[
    tuple[Literal["previous", "weekday", "year"], ...],
    BeforeValidator(_as_list),
    AfterValidator(_each_once),
    PlainSerializer(_one_or_list, return_type=str | list[str]),
]


class Digest(Part):
    """A report that is sent when its period is complete. No `kpis`: the usual ones; what is None is as in the document."""

    title: str | None = None
    #: the numbers of a period, its weak points, or the numbers of a whole campaign once it is over
    kind: Literal["report", "audit", "campaign"] = "report"
    #: what it is for, in the centre's words; None: its targets
    goal: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    grain: Annotated[ReportGrain, Field(validate_default=True)] = Grain.DAY
    at: ClockTime = "08:00"
    timezone: ZoneName | None = None
    weekdays: tuple[Weekday, ...] = tuple(Weekday)
    kpis: tuple[Name, ...] = ()
    scope: CampaignScope = CampaignScope()
    #: the groups that are told beside the whole
    by: Literal["queue", "team", "channel", "agent", "campaign"] = "queue"
    channels: tuple[Name, ...] = ()
    language: Language | None = None
    #: how long it is held for deliveries that have come and are not read yet
    wait_s: Annotated[Seconds, Field(alias="wait")] = 1800
    compare: Compare = ("previous",)

    @field_validator("grain")
    @classmethod
    def _long_enough(cls, value: Grain, info: ValidationInfo) -> Grain:
        if info.data.get("kind") == "audit" and value in (Grain.HOUR, Grain.DAY):
            raise ValueError("an audit looks for what fails again and again; write week, month, quarter or year")
        return value

    @field_validator("compare")
    @classmethod
    def _has_a_weekday(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "weekday" in value and info.data.get("kind") == "campaign":
            raise ValueError('a campaign has no weekday; write "previous" or "year"')
        if "weekday" in value and info.data.get("grain", Grain.DAY) not in (Grain.HOUR, Grain.DAY):
            raise ValueError('"weekday" is for grain hour or day; write "previous" or "year"')
        return value
