"""What the policy decides about numbers, in the form that measuring needs."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from plugin.kpi.measures import STORED, STORED_SKETCHES, STREAMS
from plugin.policy.basis import HASHED, basis_text
from plugin.policy.calendar import Calendar
from plugin.policy.document import OPTIONAL_OUTCOMES, Document

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
#: rises when cells are stored at other grains
_CELLS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """`timezone` is the centre's: the one whose days and months have cells of their own."""

    timezone: str = "UTC"
    week_start: int = 0
    threshold_ms: int = 20_000
    #: channel or queue --> its own threshold; that of the queue wins
    channel_threshold_ms: Mapping[str, int] = field(default_factory=dict)
    queue_threshold_ms: Mapping[str, int] = field(default_factory=dict)
    short_ms: int = 5_000
    repeat_ms: int = 7 * 86_400_000
    #: from creation to solution, the longest that counts as first contact in `fcr.within`
    first_solution_ms: int = 900_000
    #: a ticket that has been open for longer is old
    old_ms: int = 7 * 86_400_000
    callback_ms: int = 86_400_000
    self_service_ms: int = 86_400_000
    #: numbers are provisional for so long after the end of their period; no number depends on it
    grace_ms: int = 86_400_000
    service_level: str = "sl3"
    attainment: str = "linear"
    #: a service level has flow-outs in its denominator
    level_has_flow_outs: bool = False
    #: outcomes that do not count as offered
    not_offered: tuple[str, ...] = ()
    #: what a full-time agent works on a business day
    standard_day_ms: float = 8 * _HOUR_MS
    minimum_answers: int = 5
    #: answers of customers belong to who solved the ticket, not to who was assigned
    rates_solver: bool = False
    productive_activities: tuple[str, ...] = ("training", "meeting")
    team_of_agent: Mapping[str, str] = field(default_factory=dict)
    team_of_queue: Mapping[str, str] = field(default_factory=dict)
    campaign_of_queue: Mapping[str, str] = field(default_factory=dict)
    tier_of_queue: Mapping[str, int] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    #: queue --> name of its calendar, for those that do not have the centre's
    calendar_of_queue: Mapping[str, str] = field(default_factory=dict)
    business_calendar: str = ""

    @property
    def calendar_names(self) -> list[str]:
        """Those that a queue may have, the centre's first."""
        return list(dict.fromkeys([self.business_calendar, *sorted(self.calendar_of_queue.values())]))

    @property
    def plain(self) -> Terms:
        """With every formula as the catalogue has it."""
        return replace(self, level_has_flow_outs=False, not_offered=())

    @property
    def own_thresholds_s(self) -> dict[str, float]:
        """By the name of the channel or queue, in seconds."""
        return {name: ms / 1000 for name, ms in {**self.channel_threshold_ms, **self.queue_threshold_ms}.items()}

    def threshold_of(self, only: Mapping[str, str]) -> int:
        """That of one queue or channel, in milliseconds; of several the general one."""
        of_channel = self.channel_threshold_ms.get(only.get("channel", ""), self.threshold_ms)
        return self.queue_threshold_ms.get(only.get("queue", ""), of_channel)

    @property
    def limits(self) -> dict[str, int]:
        """The limits that measures name, in milliseconds."""
        return {
            "threshold": self.threshold_ms,
            "short": self.short_ms,
            "repeat": self.repeat_ms,
            "callback": self.callback_ms,
            "self_service": self.self_service_ms,
            "first_solution": self.first_solution_ms,
        }

    @property
    def cell_basis(self) -> str:
        """`name=value|…` of everything that stored cells depend on: when it changes, they are computed anew."""
        measures = zlib.crc32(repr((STREAMS, STORED, STORED_SKETCHES)).encode())
        own = zlib.crc32(
            repr((sorted(self.channel_threshold_ms.items()), sorted(self.queue_threshold_ms.items()))).encode()
        )
        parts = {
            "timezone": self.timezone,
            "service_level_threshold_s": self.threshold_ms // 1000,
            "own_thresholds": f"{HASHED}{own:08x}",
            "short_abandon_s": self.short_ms // 1000,
            "first_solution_min": self.first_solution_ms // _MINUTE_MS,
            "productive_activities": ",".join(self.productive_activities),
            "measures": f"#{_CELLS}:{measures:08x}",
        }
        return basis_text(parts)


def terms_of(document: Document) -> Terms:
    definitions = document.definitions
    return Terms(
        timezone=document.timezone,
        week_start=document.week_starts_on.number,
        threshold_ms=definitions.service_level_threshold_s * 1000,
        channel_threshold_ms={channel: seconds * 1000 for channel, seconds in definitions.channel_thresholds_s.items()},
        queue_threshold_ms={
            name: queue.service_level_threshold_s * 1000
            for name, queue in document.queues.items()
            if queue.service_level_threshold_s is not None
        },
        short_ms=definitions.short_abandon_s * 1000,
        first_solution_ms=definitions.first_solution_min * _MINUTE_MS,
        old_ms=definitions.backlog_old_days * _DAY_MS,
        repeat_ms=definitions.repeat_contact_days * _DAY_MS,
        callback_ms=definitions.callback_within_h * _HOUR_MS,
        self_service_ms=definitions.self_service_repeat_h * _HOUR_MS,
        grace_ms=definitions.grace_h * _HOUR_MS,
        service_level=definitions.service_level_variant.lower().replace("-", ""),
        attainment=definitions.attainment,
        level_has_flow_outs=definitions.service_level_flow_outs,
        not_offered=tuple(outcome for outcome in OPTIONAL_OUTCOMES if outcome not in definitions.offered_includes),
        standard_day_ms=definitions.standard_hours * _HOUR_MS,
        minimum_answers=definitions.minimum_answers,
        rates_solver=definitions.rated_agent == "solver",
        productive_activities=definitions.productive_activities,
        team_of_agent={agent: name for name, team in document.teams.items() for agent in team.agents},
        team_of_queue={queue: name for name, team in document.teams.items() for queue in team.queues},
        tier_of_queue={name: queue.tier for name, queue in document.queues.items() if queue.tier is not None},
        campaign_of_queue={queue: name for name, campaign in document.campaigns.items() for queue in campaign.queues},
        calendars={name: calendar for name in document.calendars if (calendar := document.calendar(name))},
        calendar_of_queue=_own_calendars(document),
        business_calendar=document.business_calendar or "",
    )


def _own_calendars(document: Document) -> dict[str, str]:
    queues = {*document.queues, *(queue for team in document.teams.values() for queue in team.queues)}
    found = {queue: document.calendar_of_queue(queue) or "" for queue in queues}
    return {queue: name for queue, name in found.items() if name != (document.business_calendar or "")}
