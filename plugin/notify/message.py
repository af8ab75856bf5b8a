"""One neutral message: what is to be said, as plain text and values; every notifier renders and escapes it its own way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from pydantic import JsonValue, TypeAdapter

from plugin.contract.event import Json


class Tone(StrEnum):
    """What a value means for the reader; never shown by colour alone."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


class ChartKind(StrEnum):
    """BAR: one column per step of time; LINE: a course over time; RANKING: one lying bar per category, longest labels fit."""

    BAR = "bar"
    LINE = "line"
    RANKING = "ranking"


class ChartUnit(StrEnum):
    """How the axis writes its numbers. RATIO: 0.8 is 80 %; DURATION: seconds."""

    NUMBER = "number"
    RATIO = "ratio"
    DURATION = "duration"


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """`aside`: for who wants to know more; it stands below the table and the chart."""

    text: str
    title: str = ""
    aside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A value as it is to be read, already formatted in the reader's language."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The first column names the row. Four columns fit a phone; more are stacked there."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, but the table has {len(self.columns)} columns")


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """`value` None is a gap (nothing was measured), never 0; `text` is the value as it is to be read, else the unit's format."""

    label: str
    value: float | None
    text: str = ""
    tone: Tone = Tone.NEUTRAL

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.label}: {self.value} is not a number that can be drawn; a gap is None")


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """The first series is what the picture is about, a second one is drawn quietly behind it (the week before, say).

    `marked` is the place of the one point that stands out; the others are then drawn quietly, unless they are bad.
    """

    title: str
    series: tuple[Series, ...]
    kind: ChartKind = ChartKind.BAR
    unit: ChartUnit = ChartUnit.NUMBER
    target: float | None = None
    target_label: str = ""
    x_label: str = ""
    y_label: str = ""
    marked: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    label: str
    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise ValueError(f"link {self.label!r} must begin with https:// or http://")


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """Something the reader may do from inside the message: a button on Slack; a link elsewhere, when it has an address."""

    action_id: str
    label: str
    value: str = ""
    url: str = ""
    primary: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Plain text only in every field. `language` is that of the texts: en, lv, ru or zh.

    `unsubscribe_url` takes its one reader off by a POST without a login (RFC 8058). `data` is what the message is about, for
    programs; no person is shown it.
    """

    title: str
    summary: str = ""
    sections: tuple[Section, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""
    language: str = "en"
    unsubscribe_url: str = ""
    data: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if not section.aside)

    @property
    def beside(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.aside)


@cache
def _adapter() -> TypeAdapter[Message]:
    return TypeAdapter(Message)


def to_json(message: Message) -> dict[str, Json]:
    payload: dict[str, Json] = _adapter().dump_python(message, mode="json")
    return payload


def from_json(payload: object) -> Message:
    """Raises `pydantic.ValidationError`, which names the field."""
    return _adapter().validate_python(payload)
