"""Surveys that the plugin sends by itself after a contact or a solved ticket."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plugin.policy.fields import Address, Count, Language, Name, Part, Scope, Seconds


class FollowUp(Part):
    """One question in one mail. None: the usual words in the language, the document's language, the address of all mails."""

    type: Literal["csat", "nps", "ces", "fcr"] = "csat"
    after: Literal["contact", "ticket"] = "ticket"
    scope: Scope = Scope()
    source: Name | None = None
    delay_s: Annotated[Seconds, Field(alias="delay")] = 3600
    #: the share of the customers who are asked
    sample: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 1.0
    #: a customer is asked by no survey for so many days after one
    throttle_days: Count = 30
    language: Language | None = None
    subject: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    question: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    from_: Annotated[Address | None, Field(alias="from")] = None
