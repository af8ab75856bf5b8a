"""How ticketing vendors make their numbers, as their own documents and sources say it."""

from __future__ import annotations

from dataclasses import replace

from plugin.kpi.catalogue import METRICS
from plugin.report.vendor_rules.shape import Rule, Said, Vendor, each, made, not_known

_DURATIONS = "Zendesk help, *About native Support time duration metrics*"
_SCHEDULES = "Zendesk help, *How does Zendesk record its business hour metrics?*"
_TOUCHES = "Zendesk help, *one-touch tickets*"
_DBT = "Fivetran, dbt_zendesk, *Decision log*"
_CHATWOOT = "Chatwoot, `reporting_event_helper.rb`"
_FIRST = "Zammad, `ticket_first_solution.rb`"
_FLOW = "Zammad, `ticket_backlog.rb`"
_BOTH_CLOCKS = (("calendar hours", ""), ("business hours", ".business"))


def _durations(kpi: str, says: str, source: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(kpi=f"{kpi}{ending}", screen=screen, made=f"{kpi}{ending}", says=says, source=source)
        for screen, ending in _BOTH_CLOCKS
    )


ZENDESK_SUPPORT = Vendor(
    key="zendesk_support",
    title="Zendesk Support",
    period=Said(says="a duration is recorded with the event that ends it", source=_DURATIONS),
    empty=Said(says="empty until both events have happened", source=_DURATIONS),
    hours=Said(
        says="one schedule for the whole of a first reply or a resolution: that of the event; here each for its part",
        source=_SCHEDULES,
    ),
    rules=(
        *_durations(
            "first_response_time",
            "from the creation to the first public comment of an agent; to the second where an agent opened the ticket with one",
            _DURATIONS,
        ),
        *_durations("resolution_time", "full resolution: from the creation to the last time it was solved", _DURATIONS),
        Rule(
            kpi="resolution_time.first",
            made="resolution_time.first",
            says="from the creation to the first time it was solved; to closed where it never was solved",
            source=_DURATIONS,
        ),
        Rule(
            kpi="resolution_time.requester_wait",
            made="resolution_time.requester_wait",
            says="time in new, open and on-hold, pending left out",
            source=_DURATIONS,
        ),
        Rule(
            kpi="one_touch_rate",
            screen="English and Korean help",
            made=made(
                "one_touch_rate",
                {"solved": 1, "solved_in_two_touches": -1, "solved_in_many_touches": -1},
                each("solved"),
            ),
            says="solved with fewer than two replies of agents",
            source=_TOUCHES,
        ),
        Rule(
            kpi="one_touch_rate",
            screen="German help",
            made="one_touch_rate",
            says="solved with exactly one reply of an agent",
            source=_TOUCHES,
        ),
    ),
)

DBT_ZENDESK = Vendor(
    key="dbt_zendesk",
    title="Fivetran dbt_zendesk",
    empty=Said(says="empty", source=_DBT),
    hours=Said(says="each schedule for the part that it covered, with clock changes and holidays", source=_DBT),
    rules=(
        *_durations("first_response_time", "from the creation to the first public comment of an agent", _DBT),
        Rule(
            kpi="reply_time", made="reply_time", says="from each new question of the customer to the reply", source=_DBT
        ),
        Rule(
            kpi="reopen_rate",
            made="reopen_rate",
            says="a ticket was reopened when it was solved more than once",
            source=_DBT,
        ),
    ),
)

CHATWOOT = Vendor(
    key="chatwoot",
    title="Chatwoot",
    period=Said(says="by the creation of the event, not of the conversation", source=_CHATWOOT),
    empty=Said(says="0 where business hours are switched off", source=_CHATWOOT),
    hours=Said(says="those of the inbox", source=_CHATWOOT),
    rules=(
        Rule(
            kpi="first_response_time",
            made="first_response_time",
            says="to the first response, counted when it was given; after a bot's solution from the reopening",
            source=_CHATWOOT,
        ),
        Rule(
            kpi="reply_time",
            made="reply_time",
            says="from each message of the customer to the next reply",
            source=_CHATWOOT,
        ),
        not_known("resolution_time"),
    ),
)

ZAMMAD = Vendor(
    key="zammad",
    title="Zammad",
    period=Said(says="what was closed by the moment of closing, what came by that of its creation", source=_FLOW),
    rules=(
        Rule(
            kpi="fcr",
            made=None,
            says="a first solution is a ticket that was closed within 15 minutes of its creation, whatever the replies",
            source=_FIRST,
        ),
        Rule(
            kpi="backlog",
            made=replace(METRICS["backlog"], numerator={"spans_opened": 1, "spans_solved": -1}, over_time="sum"),
            says="created less closed within the period, which is a flow and no stock",
            source=_FLOW,
        ),
        not_known("first_response_time"),
        not_known("resolution_time"),
    ),
)

VENDORS = (ZENDESK_SUPPORT, DBT_ZENDESK, CHATWOOT, ZAMMAD)
