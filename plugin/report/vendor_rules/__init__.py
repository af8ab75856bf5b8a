"""By which rules vendors make their numbers, one table for each vendor; what nobody has found is said to be not known."""

from __future__ import annotations

from plugin.report.vendor_rules import telephony, ticketing
from plugin.report.vendor_rules.shape import NOT_KNOWN, Rule, Said, Vendor, not_known

__all__ = ["NOBODY", "NOT_KNOWN", "USUAL", "VENDORS", "Rule", "Said", "Vendor", "vendor_of"]

VENDORS: dict[str, Vendor] = {vendor.key: vendor for vendor in (*telephony.VENDORS, *ticketing.VENDORS)}
#: adapter --> whose numbers its centre most likely looks at
USUAL = {
    "aircall": "aircall",
    "amazon_connect": "amazon_connect",
    "asterisk": "wazo",
    "chatwoot": "chatwoot",
    "genesys_cloud": "genesys_cloud",
    "twilio": "twilio_flex",
    "zammad": "zammad",
    "zendesk": "zendesk_support",
    "zendesk_talk": "zendesk_talk",
}
#: for a source whose vendor has no table: what most vendors show, by rules that are not known
NOBODY = Vendor(
    key="",
    title="the vendor",
    rules=tuple(
        not_known(kpi)
        for kpi in (
            "offered",
            "answered",
            "abandoned",
            "abandonment_rate",
            "service_level",
            "asa",
            "aht",
            "talk_time",
            "hold_time",
            "wrap_up_time",
            "first_response_time",
            "resolution_time",
        )
    ),
)


def vendor_of(adapter: str) -> Vendor:
    """The one whose numbers a source of this adapter is most likely held against."""
    return VENDORS[USUAL[adapter]] if adapter in USUAL else NOBODY
