"""What the API answers, for its description."""

from __future__ import annotations

from pydantic import BaseModel, Field, RootModel


class Problem(BaseModel):
    field: str = Field(description="The parameter or header that is wrong")
    message: str
    remedy: str = Field(description="What to write or do instead")


class Error(BaseModel):
    error: Problem


class RowProblem(BaseModel):
    row: int = Field(description="The first row is 1")
    field: str
    message: str


class RowErrors(BaseModel):
    errors: list[RowProblem]


class InputRows(RootModel[list[dict[str, str | float | bool | None]]]):
    """At most 1000 rows with the columns of `deskgauge import-template KIND`."""


class InputAnswer(BaseModel):
    """`accepted` rows are durable and are read within seconds; `unchanged` ones say what is known already."""

    accepted: int
    unchanged: int


class Value(BaseModel):
    """A count has the denominator null; an empty ratio the value null. Ratios are fractions, durations seconds."""

    value: float | None
    numerator: float | None
    denominator: float | None


class ReportRow(BaseModel):
    start: str
    end: str
    group: dict[str, str]
    provisional: bool = Field(description="Whether it may still change: something is open, or late events may come")
    values: dict[str, Value]


class ReportAnswer(BaseModel):
    timezone: str
    definitions: dict[str, dict[str, str | float | bool | None]]
    rows: list[ReportRow]
    unavailable: dict[str, str] = Field(description="KPIs that no source can supply, with the missing fact")
    excluded: dict[str, int] = Field(description="What the numbers leave out")
    notes: list[str]


class RevisionEntry(BaseModel):
    """The number as it was said before, and as it was said later."""

    old: Value
    new: Value
    reason: str = Field(description="late, policy or definition")
    definition: dict[str, str]
    policy_revision: int
    provisional: bool
    at: str | None


class PublishedEntry(BaseModel):
    digest: str
    period: str
    grain: str
    start: str
    end: str
    timezone: str
    scope: dict[str, str] = Field(description="The part of the centre that it is about; empty: all of it")
    kpi: str
    value: float | None
    numerator: float | None
    denominator: float | None
    definition: dict[str, str] = Field(description="Version, variant and thresholds of that day")
    policy_revision: int
    provisional: bool = Field(description="Whether it was said to be provisional")
    at: str | None
    revisions: list[RevisionEntry]


class PublishedList(BaseModel):
    total: int
    published: list[PublishedEntry]


class KpiEntry(BaseModel):
    key: str
    label: str
    unit: str
    better: str
    version: int
    needs: list[str]
    formula: str
    source: str = Field(description="Where the definition is from; empty when nothing is cited")


class KpiList(BaseModel):
    kpis: list[KpiEntry]


class RefusalEntry(BaseModel):
    at: str
    status: int
    reason: str
    url: str


class SourceEntry(BaseModel):
    name: str
    adapter: str
    condition: str
    last_received_at: str | None
    received: int
    duplicates: int
    refused: int
    pending: int
    dead: int
    facts: list[str]
    problem: str
    refusals: list[RefusalEntry]


class SourceList(BaseModel):
    sources: list[SourceEntry]
    pending: int
    dead: int
    oldest_pending_at: str | None
    refused_without_source: list[RefusalEntry]


class IncidentEntry(BaseModel):
    """`opened_at` is the first bad reading, `told_at` null while it is held back; `peak` over `n` items is the worst value."""

    id: int
    rule: str
    kpi: str
    scope: str
    status: str = Field(description="firing, acknowledged, snoozed, insufficient, no_data or resolved")
    opened_at: str | None
    fired_at: str | None
    told_at: str | None
    ended_at: str | None
    peak: float
    n: float
    limit: float
    told_with: int | None = Field(description="The incident in whose message it stands")
    told_again: int
    acknowledged_at: str | None
    acknowledged_by: str | None
    snoozed_until: str | None
    snoozed_by: str | None
    escalated_at: str | None
    escalated_to: str | None


class IncidentList(BaseModel):
    incidents: list[IncidentEntry]


class RuleEntry(BaseModel):
    rule: str
    status: str = Field(description="ok, pending, firing, acknowledged, snoozed, insufficient or no_data")
    since: str | None
    incident: int | None = Field(description="The open one")
    snoozed_until: str | None
    said: str = Field(description="The same in words, in the language of the centre")


class RuleList(BaseModel):
    rules: list[RuleEntry]
