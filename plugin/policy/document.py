"""What the centre decided: one document, as it is written in TOML or sent as JSON; an empty one is valid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from plugin.contract.event import Channel
from plugin.policy.aliases import Aliases
from plugin.policy.calendar import Calendar, Week
from plugin.policy.digest import Digest
from plugin.policy.fields import (
    Count,
    Country,
    Currency,
    DayHours,
    Hours,
    Language,
    Name,
    Number,
    Part,
    Scope,
    Seconds,
    SettingValue,
    Severity,
    SourceName,
    ZoneName,
)
from plugin.policy.follow_up import FollowUp
from plugin.policy.holidays import check_holidays
from plugin.policy.localtime import Grain, Weekday
from plugin.policy.plan import Category, Cost, Rate, Target, rates_in_order
from plugin.policy.sending import Alerting, EmailTarget, NamedTarget, Rule, SelfWatch, SlackAccess, SlackTarget
from plugin.policy.sending import Target as ChannelTarget
from plugin.policy.tickets import Sla, TicketTerms, in_order

__all__ = [
    "Alerting",
    "Aliases",
    "Attribution",
    "Campaign",
    "Category",
    "Cost",
    "Definitions",
    "Digest",
    "Document",
    "EmailTarget",
    "Grain",
    "LaterHours",
    "NamedTarget",
    "OpeningHours",
    "QueueTerms",
    "Rate",
    "Rule",
    "Scope",
    "SelfWatch",
    "Severity",
    "Sla",
    "SlackAccess",
    "SlackTarget",
    "Source",
    "Target",
    "Team",
    "TicketTerms",
    "Weekday",
]


def _allocation(value: object) -> object:
    if value in ("handle_time", "contacts"):
        return value
    shares = value if isinstance(value, dict) else {}
    if not shares or not all(isinstance(share, int | float) and share >= 0 for share in shares.values()):
        raise ValueError('must be "handle_time", "contacts" or a table like {voice = 70, chat = 30}')
    if unknown := [name for name in shares if name not in set(Channel)]:
        raise ValueError(f"{unknown[0]} is not a channel; write {', '.join(Channel)}")
    if abs(sum(shares.values()) - 100) > 1e-6:
        raise ValueError(f"must add up to 100 percent; it adds up to {sum(shares.values()):g}")
    return value


#: whether contacts count in the period in which they came to a queue, or in that in which they ended
Attribution = Literal["entry", "end"]
Allocation = Annotated[Literal["handle_time", "contacts"] | dict[Channel, Number], BeforeValidator(_allocation)]


class WeekHours(Part):
    """The hours of a week; a day that is left out is closed."""

    monday: tuple[Hours, ...] = ()
    tuesday: tuple[Hours, ...] = ()
    wednesday: tuple[Hours, ...] = ()
    thursday: tuple[Hours, ...] = ()
    friday: tuple[Hours, ...] = ()
    saturday: tuple[Hours, ...] = ()
    sunday: tuple[Hours, ...] = ()

    @property
    def week(self) -> Week:
        return tuple(getattr(self, day) for day in Weekday)


class LaterHours(WeekHours):
    """A week that is in force from a local date on."""

    valid_from: date


class OpeningHours(WeekHours):
    """One business calendar. `timezone` None: the document's. `later` are the weeks that came into force after the first."""

    timezone: ZoneName | None = None
    holidays: Annotated[str, AfterValidator(check_holidays)] | None = None
    exceptions: dict[date, DayHours] = Field(default_factory=dict)
    later: tuple[LaterHours, ...] = ()

    @field_validator("later")
    @classmethod
    def _in_order(cls, later: tuple[LaterHours, ...]) -> tuple[LaterHours, ...]:
        days = [hours.valid_from for hours in later]
        if days != sorted(set(days)):
            raise ValueError("each valid_from must be later than the one before; put them in order")
        return later


class Team(Part):
    """`calendar`: the hours of its queues, where they have none of their own."""

    agents: tuple[Name, ...] = ()
    queues: tuple[Name, ...] = ()
    calendar: Name | None = None


class QueueTerms(Part):
    """What holds for one queue: its hours (else its team's, else the centre's), its tier, 1 for the first level, its threshold."""

    calendar: Name | None = None
    tier: Annotated[int, Field(strict=True, ge=1)] | None = None
    service_level_threshold_s: Count | None = None


#: a visit with one of these outcomes can be left out of what was offered; one that was answered or abandoned is always in
Outcome = Literal["flow_out", "timeout", "voicemail", "callback_requested"]
OPTIONAL_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Campaign(Part):
    """`first` and `last` are its dates, both inclusive; a digest about the whole of it needs them."""

    queues: tuple[Name, ...] = ()
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.first is None) != (self.last is None):
            raise ValueError("needs both from and to, or neither")
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"from ({self.first}) must not be after to ({self.last}); exchange them")
        return self


def check_short(short_s: int, name: str, threshold_s: int) -> None:
    """Raises ValueError unless what is short is shorter than what is in time."""
    if short_s >= max(threshold_s, 1):
        raise ValueError(
            f"short_abandon_s ({short_s}) must be below {name} ({threshold_s}); lower one or raise the other"
        )


class Definitions(Part):
    """How the numbers are defined where practice differs; printed beside every value."""

    service_level_variant: Literal["SL-1", "SL-2", "SL-3", "SL-4", "SL-5", "SL-6"] = "SL-3"
    service_level_threshold_s: Count = 20
    #: of contacts through these channels; a queue's own threshold wins
    channel_thresholds_s: dict[Channel, Count] = Field(default_factory=dict)
    service_level_flow_outs: bool = False
    offered_includes: tuple[Outcome, ...] = OPTIONAL_OUTCOMES
    short_abandon_s: Count = 5
    #: over fewer, what customers say is marked as too small a sample
    minimum_answers: Count = 5
    #: whose an answer of a customer is: the agent's who was assigned when it was given, or the one's who had solved the ticket
    rated_agent: Literal["assigned", "solver"] = "assigned"
    #: a customer who comes back within so many days was not helped at first contact
    repeat_contact_days: Count = 7
    #: a ticket that is solved within so many minutes of its creation is solved at first contact in `fcr.within`
    first_solution_min: Count = 15
    #: an open ticket is old after so many days
    backlog_old_days: Count = 7
    #: a missed caller counts as called back within so many hours
    callback_within_h: Count = 24
    #: self-service did not help a caller who comes back within so many hours
    self_service_repeat_h: Count = 24
    #: late events are waited for so many hours after the end of a period; until then its numbers are provisional
    grace_h: Annotated[int, Field(strict=True, ge=0, le=24 * 366)] = 24
    #: how a plan in which less is better is reached: 2 - actual / target, or target / actual
    attainment: Literal["linear", "ratio"] = "linear"
    #: a full-time agent works so many hours on a business day
    standard_hours: Annotated[Number, Field(gt=0, le=24)] = 8
    #: pauses in which an agent works, if not for customers: they count as used in `utilisation`
    productive_activities: tuple[Literal["break", "meeting", "training", "other"], ...] = ("training", "meeting")

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        limits = {f"channel_thresholds_s.{channel}": limit for channel, limit in self.channel_thresholds_s.items()}
        for name, limit in {"service_level_threshold_s": self.service_level_threshold_s, **limits}.items():
            check_short(self.short_abandon_s, name, limit)
        return self


class Source(Part):
    """One installation of a vendor. Secrets are not written here: they come from the environment or `deskgauge connect`.

    `country`: where its customers' numbers without + are dialled from; None: the centre's.
    `silent_after`: opening time without a delivery after which it counts as silent; None: by its own rhythm, 0: never.
    """

    adapter: Name
    title: str | None = None
    attribution: Attribution = "entry"
    country: Country | None = None
    silent_after_s: Annotated[Seconds | None, Field(alias="silent_after")] = None
    settings: dict[Name, SettingValue] = Field(default_factory=dict)


class Document(Part):
    """The whole policy; an empty one is valid."""

    timezone: ZoneName = "UTC"
    week_starts_on: Weekday = Weekday.MONDAY
    language: Language = "en"
    currency: Currency = "EUR"
    country: Country | None = None
    business_calendar: Name | None = None
    #: how costs without a channel are divided between channels, or the percentage of each
    allocation: Allocation = "handle_time"
    definitions: Definitions = Definitions()
    calendars: dict[Name, OpeningHours] = Field(default_factory=dict)
    teams: dict[Name, Team] = Field(default_factory=dict)
    queues: dict[Name, QueueTerms] = Field(default_factory=dict)
    aliases: Aliases = Aliases()
    campaigns: dict[Name, Campaign] = Field(default_factory=dict)
    tickets: TicketTerms = TicketTerms()
    sla: Annotated[tuple[Sla, ...], AfterValidator(in_order)] = ()
    targets: tuple[Target, ...] = ()
    costs: tuple[Cost, ...] = ()
    rates: Annotated[tuple[Rate, ...], AfterValidator(rates_in_order)] = ()
    sources: dict[SourceName, Source] = Field(default_factory=dict)
    channels: dict[Name, ChannelTarget] = Field(default_factory=dict)
    alerting: Alerting = Alerting()
    slack: SlackAccess = SlackAccess()
    rules: dict[Name, Rule] = Field(default_factory=dict)
    digests: dict[Name, Digest] = Field(default_factory=dict)
    watch: SelfWatch = SelfWatch()
    surveys: dict[Name, FollowUp] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rates_of_other_currencies(self) -> Self:
        if any(rate.currency == self.currency for rate in self.rates):
            raise ValueError(f"rates: {self.currency} is the document's own currency; remove its rate")
        return self

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        for name, queue in self.queues.items():
            if queue.service_level_threshold_s is not None:
                check_short(
                    self.definitions.short_abandon_s,
                    f"queues.{name}.service_level_threshold_s",
                    queue.service_level_threshold_s,
                )
        return self

    def country_of(self, source: str) -> str | None:
        own = self.sources.get(source)
        return (own.country if own else None) or self.country

    def team_of_agent(self, agent: str) -> str | None:
        return next((name for name, team in self.teams.items() if agent in team.agents), None)

    def teams_of_queue(self, queue: str) -> list[str]:
        return [name for name, team in self.teams.items() if queue in team.queues]

    def campaigns_of_queue(self, queue: str) -> list[str]:
        return [name for name, campaign in self.campaigns.items() if queue in campaign.queues]

    def calendar(self, name: str | None = None) -> Calendar | None:
        """The named calendar, else the default one; None when there is none, which means always open."""
        hours = self.calendars.get(name or self.business_calendar or "")
        if hours is None:
            return None
        return Calendar(
            timezone=hours.timezone or self.timezone,
            week=hours.week,
            exceptions=hours.exceptions,
            later=tuple((later.valid_from, later.week) for later in hours.later),
            holidays=hours.holidays,
        )

    def hours_of_rule(self, rule: Rule) -> Calendar | None:
        """Those in which what it watches can be expected: of the rule, else of its queue, else of the centre; None: always."""
        queue = self.calendar_of_queue(rule.scope.queue) if rule.scope.queue else None
        return self.calendar(rule.calendar or queue)

    def calendar_of_queue(self, queue: str) -> str | None:
        """The name of the calendar of a queue: its own, else that of its first team that has one, else the centre's."""
        return next((name for name in self._calendars_of(queue) if name is not None), self.business_calendar)

    def _calendars_of(self, queue: str) -> Iterator[str | None]:
        if queue in self.queues:
            yield self.queues[queue].calendar
        yield from (self.teams[name].calendar for name in self.teams_of_queue(queue))
