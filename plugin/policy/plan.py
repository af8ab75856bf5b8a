"""What was planned: targets of KPIs, what the centre costs, and at which rates other currencies are taken."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plugin.contract.event import Channel
from plugin.policy.fields import Amount, CampaignScope, Currency, Month, Name, Number, Part, ReportGrain


class Target(Part):
    """`direction` None: that of the KPI. A band has `low` and `high`, everything else `value`."""

    kpi: Name
    value: Number | None = None
    direction: Literal["higher", "lower", "band"] | None = None
    low: Number | None = None
    high: Number | None = None
    scope: CampaignScope = CampaignScope()
    grain: ReportGrain | None = None
    #: the value is for the whole period and is compared with the elapsed share of it
    sum: bool = False

    @model_validator(mode="after")
    def _value_or_band(self) -> Self:
        band = self.direction == "band" or (self.direction is None and self.value is None)
        if band and (self.low is None or self.high is None or self.value is not None):
            raise ValueError("needs a value, or both low and high for a band")
        if band and self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g}); exchange them")
        if not band and (self.value is None or self.low is not None or self.high is not None):
            raise ValueError('needs a value and neither low nor high; write direction = "band" for a range')
        return self


class Category(StrEnum):
    WAGES = "wages"
    OPERATIONS = "operations"
    RENT = "rent"
    UTILITIES = "utilities"
    SOFTWARE = "software"
    IT = "it"
    HARDWARE = "hardware"
    TELEPHONY = "telephony"
    CHANNEL_TOOLS = "channel_tools"
    TAXES = "taxes"
    TRAINING = "training"
    OUTSOURCING = "outsourcing"
    OVERTIME = "overtime"
    BENEFITS = "benefits"
    INCENTIVES = "incentives"
    CONTRACTORS = "contractors"
    TRAVEL = "travel"
    SUPPLIES = "supplies"
    OTHER = "other"


class Cost(Part):
    """One cost, for a month or for the dates from `first` to `last`, both inclusive. `currency` None: the document's."""

    category: Category
    amount: Amount
    currency: Currency | None = None
    month: Month | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    channel: Channel | None = None
    team: Name | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _month_or_dates(self) -> Self:
        dated = self.first is not None and self.last is not None
        if (self.month is None) != dated or (not dated and (self.first or self.last)):
            raise ValueError('needs either month = "2026-10", or both from and to')
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"from ({self.first}) must not be after to ({self.last}); exchange them")
        return self


class Rate(Part):
    """What one unit of a currency is worth in the document's, from a date on (from ever, when left out) until its next rate."""

    currency: Currency
    rate: Annotated[Amount, Field(gt=0)]
    valid_from: date | None = None


def rates_in_order(rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    """Raises ValueError unless each rate of a currency came into force after the one before."""
    last: dict[str, date] = {}
    for one in rates:
        begins = one.valid_from or date.min
        if begins <= last.get(one.currency, begins) and one.currency in last:
            raise ValueError(f"each valid_from of {one.currency} must be later than the one before; put them in order")
        last[one.currency] = begins
    return rates
