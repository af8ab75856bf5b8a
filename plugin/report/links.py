"""Where a reader of a digest looks further: the page of the period, and the KPIs that missed their targets with their records."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from plugin.kpi.period import Grain, Period
from plugin.kpi.period import label as period_label
from plugin.notify.message import Link
from plugin.report.headline import measured_goals
from plugin.report.material import Material
from plugin.report.wording import label, text

#: the furthest from their targets
_MISSED = 5


def links(material: Material, base_url: str) -> tuple[Link, ...]:
    """None without the address of the pages."""
    return tuple(_links(material, base_url)) if base_url and not _is_range(material.period) else ()


def page_link(period: Period, base_url: str, language: str) -> tuple[Link, ...]:
    """None for the dates of a campaign, for which there is no page."""
    query = urlencode({"period": period_label(period)})
    shown = base_url and not _is_range(period)
    return (Link(label=text("link.page", language), url=f"{base_url}/?{query}"),) if shown else ()


def _is_range(period: Period) -> bool:
    return period.grain is Grain.DAY and period.last_date > period.first_date


def _links(material: Material, base_url: str) -> Iterator[Link]:
    query = urlencode({"period": period_label(material.period)})
    yield from page_link(material.period, base_url, material.language)
    missed = {kpi: amount for kpi, amount in measured_goals(material).items() if amount > 0}
    for kpi in sorted(missed, key=lambda kpi: -missed[kpi])[:_MISSED]:
        name = text("link.records", material.language, label=label(kpi, material.language))
        yield Link(label=name, url=f"{base_url}/kpi/{quote(kpi)}?{query}")
