"""How telephony vendors make their numbers, as their own documents say it.

Our `flow_outs` are waits that went on elsewhere or timed out; those of Genesys Cloud also ended in a message or a callback.
"""

from __future__ import annotations

from plugin.report.vendor_rules.shape import Rule, Said, Vendor, each, made, not_known

_AWS = "Amazon Connect Administrator Guide, *Historical metrics definitions*"
_AWS_PERIOD = "Amazon Connect Administrator Guide, *Historical metrics*"
_COLUMNS = "Genesys Cloud Resource Center, *Performance column definitions*"
_LEVEL = "Genesys Cloud Resource Center, *Configure the service level calculation*"
_HANDLE = "Genesys Cloud glossary, *Average handle time*"
_FLEX = "Twilio, Flex Insights, *Abandoned conversations*"
_CAVEATS = "Twilio, Flex Insights, *Data model caveats*"
_STRUCTURE = "Twilio, Flex Insights, *Conversation structure*"
_DASHBOARDS = "Aircall help, *Differences between the dashboards*"
_CALCULATED = "Aircall help, *General KPI calculation and filtering rules*"
_TERMS = "Aircall help, *Analytics: terms*"
_TALK = "Zendesk help, *What do the statuses of Zendesk Talk mean?*"
_CALLS = "Zendesk help, *Understanding the calls dataset*"
_WAZO = "Wazo, wazo-call-logd, `queue_stat.py`"
_CXENGAGE = "CxEngage documentation, *Service level*"
_EIGHT = "8x8, *Virtual Contact Center Analytics glossary*"
_ICM = "Cisco ICM 4.5 manual, *service level*"

_IN_TIME = each("answered_in_time")
#: what Genesys Cloud counts as abandoned and as flow-outs
_LEFT = ("abandoned", "failed_visits")
_FLOWED = ("flow_outs", "voicemails", "callbacks_requested")
_OFFERED = each("answered", *_LEFT, *_FLOWED)

AMAZON_CONNECT = Vendor(
    key="amazon_connect",
    title="Amazon Connect",
    attribution="end",
    period=Said(says="a contact counts in the interval in which it was disconnected", source=_AWS_PERIOD),
    rules=(
        Rule(kpi="offered", made="offered", says="contacts placed in the queue (contacts queued)", source=_AWS),
        Rule(
            kpi="answered",
            made=made("answered", each("legs")),
            says="contacts handled: one that is transferred counts for each agent who was connected",
            source=_AWS,
        ),
        Rule(
            kpi="abandoned",
            made="abandoned",
            says="the customer disconnected while in the queue; queued for callback is not abandoned",
            source=_AWS,
        ),
        Rule(
            kpi="service_level",
            made=made(
                "service_level",
                each("answered_in_time", "abandoned_in_time", "callbacks_in_time"),
                each("offered"),
            ),
            says="removed from the queue in time, whether answered, abandoned or with a callback requested, of all queued",
            source=_AWS,
        ),
        Rule(kpi="asa", made="asa", says="wait in the queue of contacts that an agent answered", source=_AWS),
        Rule(
            kpi="average_time_to_abandon",
            made="average_time_to_abandon",
            says="wait in the queue of abandoned contacts, callbacks not among them",
            source=_AWS,
        ),
        Rule(
            kpi="longest_wait",
            made="longest_wait",
            says="the longest wait in the queue, of contacts that were not connected as well",
            source=_AWS,
        ),
        Rule(kpi="talk_time", made="talk_time", says="agent interaction time: without hold and wrap-up", source=_AWS),
        Rule(kpi="hold_time", made="hold_time.held", says="of contacts that were put on hold only", source=_AWS),
        Rule(kpi="wrap_up_time", made="wrap_up_time", says="mean after contact work time of the contacts", source=_AWS),
        Rule(
            kpi="aht",
            made="aht",
            says="time on contacts with hold and after contact work, per contact handled",
            source=_AWS,
        ),
    ),
)

GENESYS_CLOUD = Vendor(
    key="genesys_cloud",
    title="Genesys Cloud",
    attribution="end",
    period=Said(
        says="a metric counts when it is complete: handle time when the after-call work ends; here the end of the contact",
        source=_HANDLE,
    ),
    rules=(
        Rule(
            kpi="offered",
            made=made("offered", _OFFERED),
            says="answered, abandoned or flowed out (also to a callback or a message)",
            source=_COLUMNS,
        ),
        Rule(
            kpi="answer_rate",
            made=made("answer_rate", each("answered"), _OFFERED),
            says="answered of offered",
            source=_COLUMNS,
        ),
        Rule(
            kpi="abandoned",
            made=made("abandoned", each(*_LEFT)),
            says="contacts that the system disconnected are abandoned, too",
            source=_COLUMNS,
        ),
        Rule(
            kpi="abandonment_rate",
            made=made("abandonment_rate", each(*_LEFT), _OFFERED),
            says="abandoned, by the system as well, of offered",
            source=_COLUMNS,
        ),
        Rule(
            kpi="service_level",
            screen="abandons counted",
            made=made("service_level", _IN_TIME, each("answered", *_LEFT)),
            says="answered in time of answered and abandoned; a change of the setting also changes the past",
            source=_LEVEL,
        ),
        Rule(
            kpi="service_level",
            screen="abandons and flow-outs counted",
            made=made("service_level", _IN_TIME, _OFFERED),
            says="answered in time of answered, abandoned and flowed out",
            source=_LEVEL,
        ),
        Rule(
            kpi="service_level",
            screen="short abandons not counted",
            made=made("service_level", _IN_TIME, {**each("answered", *_LEFT), "abandoned_short": -1}),
            says="answered in time of answered and abandoned, less those who gave up within the short limit",
            source=_LEVEL,
        ),
        Rule(
            kpi="service_level",
            screen="abandons not counted",
            made="service_level.sl2",
            says="answered in time of answered",
            source=_LEVEL,
        ),
        not_known("asa"),
        Rule(
            kpi="aht",
            made="aht",
            says="talk, hold and after-call work of interactions handled; outbound adds dialling, which is not in this number",
            source=_HANDLE,
        ),
    ),
)

TWILIO_FLEX = Vendor(
    key="twilio_flex",
    title="Twilio Flex Insights",
    attribution="entry",
    period=Said(says="activity and talk time belong to the period in which they started", source=_CAVEATS),
    rules=(
        Rule(
            kpi="abandoned",
            screen="conversations",
            made=made("abandoned", each("contacts_abandoned")),
            says="conversations whose customer disconnected in a queue; neither in the menu nor in voicemail",
            source=_FLEX,
        ),
        Rule(
            kpi="abandoned",
            screen="segments",
            made="abandoned",
            says="one for each queue in which a customer gave up",
            source=_FLEX,
        ),
        Rule(
            kpi="abandonment_rate",
            screen="conversations",
            made=made("abandonment_rate", each("contacts_abandoned"), each("contacts_offered")),
            says="abandoned conversations of all offered conversations",
            source=_FLEX,
        ),
        not_known("service_level"),
        Rule(kpi="talk_time", made="talk_time", says="counted in the period in which it started", source=_CAVEATS),
        Rule(
            kpi="aht",
            made=None,
            says="of outbound conversations ring, talk and wrap-up are added up; how inbound is divided is not known",
            source=_STRUCTURE,
        ),
    ),
)

AIRCALL = Vendor(
    key="aircall",
    title="Aircall",
    period=Said(
        says="a call is counted once it is over, internal calls never; by which moment is not known", source=_CALCULATED
    ),
    hours=Said(says="Live Monitoring alone leaves out calls outside of business hours", source=_DASHBOARDS),
    rules=(
        Rule(
            kpi="offered",
            made=made("offered", each("contacts_received")),
            says="every inbound call, once, whatever its transfers; in the menu or unanswered as well",
            source=_TERMS,
        ),
        Rule(
            kpi="answered",
            made=made("answered", each("contacts_handled")),
            says="inbound calls in which an agent talked to the caller, each once",
            source=_TERMS,
        ),
        Rule(
            kpi="abandoned",
            made=None,
            says="there is none: unanswered calls have reasons, and which of them are abandons is chosen by a filter",
            source=_TERMS,
        ),
        Rule(
            kpi="service_level",
            screen="Overview, Analytics+, Monitoring+",
            made="service_level.sl2",
            says="answered in time of answered",
            source=_DASHBOARDS,
        ),
        Rule(
            kpi="service_level",
            screen="Inbound, Inbound+",
            made=made("service_level", _IN_TIME, each("contacts_received")),
            says="answered in time of all inbound calls, in the menu or out of hours as well",
            source=_DASHBOARDS,
        ),
        Rule(
            kpi="service_level",
            screen="Live Monitoring",
            made=None,
            says="answered in time of calls received in business hours; `deskgauge report --only hours=open` is nearest to it",
            source=_DASHBOARDS,
        ),
        Rule(
            kpi="asa",
            made="asa",
            says="from the queue or the first ring to the answer, without welcome message and menu (time to answer)",
            source=_TERMS,
        ),
        not_known("aht"),
    ),
)

ZENDESK_TALK = Vendor(
    key="zendesk_talk",
    title="Zendesk Talk",
    rules=(
        Rule(
            kpi="abandoned",
            made=made("abandoned", each("abandoned", "ivr_abandoned", "hold_abandons")),
            says="hung up in the queue, in the menu, on hold or in voicemail; who hung up in voicemail is not told here",
            source=_TALK,
        ),
        not_known("service_level"),
        Rule(
            kpi="aht",
            screen="calls",
            made="aht.contact",
            says="calls and their legs are two things: of whole calls",
            source=_CALLS,
        ),
        Rule(
            kpi="aht",
            screen="call legs",
            made="aht",
            says="calls and their legs are two things: of agents' legs",
            source=_CALLS,
        ),
    ),
)

WAZO = Vendor(
    key="wazo",
    title="Wazo",
    attribution="entry",
    period=Said(says="a call counts when it entered the queue, also when it ends in a later hour", source=_WAZO),
    empty=Said(says="empty", source=_WAZO),
    hours=Said(says="a filter by hours of the day and days of the week", source=_WAZO),
    rules=(
        Rule(kpi="answered", made="answered", says="calls that an agent answered", source=_WAZO),
        Rule(kpi="abandoned", made="abandoned", says="the queue log's ABANDON", source=_WAZO),
        Rule(
            kpi="answer_rate",
            made=made(
                "answer_rate", each("answered"), each("answered", "abandoned", "queue_full", "blocked", "timed_out")
            ),
            says="answered of answered, abandoned, full, left or not entered for want of agents, and timed out; not of closed",
            source=_WAZO,
        ),
        Rule(kpi="blocked", made="blocked", says="left or not entered for want of agents", source=_WAZO),
        Rule(kpi="saturated", made="saturated", says="full or diverted", source=_WAZO),
        Rule(
            kpi="service_level",
            made="service_level.sl2",
            says="quality of service: answered in time of answered",
            source=_WAZO,
        ),
        Rule(
            kpi="average_wait",
            made="average_wait",
            says="wait of answered, abandoned, timed out and of who left for want of agents",
            source=_WAZO,
        ),
        not_known("asa"),
        not_known("aht"),
    ),
)

CXENGAGE = Vendor(
    key="cxengage",
    title="CxEngage",
    rules=(
        Rule(
            kpi="service_level",
            screen="default",
            made="service_level.sl4",
            says="who gave up in time is left out; a changed setting leaves the past as it was",
            source=_CXENGAGE,
        ),
        Rule(
            kpi="service_level",
            screen="count against",
            made="service_level.sl3",
            says="answered in time of answered and abandoned",
            source=_CXENGAGE,
        ),
    ),
)

EIGHT_BY_EIGHT = Vendor(
    key="8x8",
    title="8x8",
    rules=(
        Rule(
            kpi="service_level",
            made="service_level.sl5",
            says="short abandons (5 s) are left out; in time is less than or equal",
            source=_EIGHT,
        ),
        Rule(
            kpi="abandonment_rate",
            made="abandonment_rate_excl_short",
            says="short abandons (5 s) are left out",
            source=_EIGHT,
        ),
    ),
)

CISCO_ICM = Vendor(
    key="cisco_icm",
    title="Cisco ICM",
    rules=(
        Rule(
            kpi="service_level",
            screen="abandons positive",
            made="service_level.sl1",
            says="who gave up in time counts as well served",
            source=_ICM,
        ),
        Rule(
            kpi="service_level",
            screen="abandons negative",
            made="service_level.sl3",
            says="who gave up counts as badly served",
            source=_ICM,
        ),
        Rule(
            kpi="service_level",
            screen="abandons ignored",
            made="service_level.sl4",
            says="who gave up in time is left out",
            source=_ICM,
        ),
        Rule(
            kpi="asa",
            made=made("asa", each("answered_wait_ms"), each("offered")),
            says="wait of answered calls over calls offered",
            source=_ICM,
        ),
    ),
)

VENDORS = (
    AMAZON_CONNECT,
    GENESYS_CLOUD,
    TWILIO_FLEX,
    AIRCALL,
    ZENDESK_TALK,
    WAZO,
    CXENGAGE,
    EIGHT_BY_EIGHT,
    CISCO_ICM,
)
