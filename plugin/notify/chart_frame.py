"""What every part of one picture needs to know: colours, sizes, the span of the axis, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.notify.axis import text_width, ticks, write_value
from plugin.notify.message import Chart, ChartKind, Point

CELL_PX = 6.6
EDGE_PX = 16
#: room under the longest negative bar for its value
_HEADROOM = 1.15
_GAP = "–"


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    background: str
    text: str
    muted: str
    grid: str
    accent: str
    bad: str
    quiet: str


LIGHT = Theme(
    background="#ffffff",
    text="#1f2933",
    muted="#5f6c7b",
    grid="#e6e9ed",
    accent="#3b6ea8",
    bad="#b4442c",
    quiet="#a3afbb",
)
DARK = Theme(
    background="#14191f",
    text="#e6eaee",
    muted="#9aa7b4",
    grid="#2b333c",
    accent="#6ea3dc",
    bad="#e58a6f",
    quiet="#66727e",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What every part of one picture needs; `width` is that of the whole picture, `height` that of the plot alone."""

    chart: Chart
    theme: Theme
    width: int
    height: int
    language: str
    axis: tuple[float, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        return self.chart.series[0].points

    @property
    def others(self) -> tuple[Point, ...]:
        return self.chart.series[1].points if len(self.chart.series) > 1 else ()

    @property
    def labelled(self) -> bool:
        """Whether every bar has room for its own value."""
        widest = max((text_width(self.write(point)) for point in self.points), default=1)
        return len(self.points) * (widest * CELL_PX + 6) <= self.width - 2 * EDGE_PX - 60

    def write(self, point: Point) -> str:
        if point.value is None:
            return _GAP
        return point.text or self.tell(point.value)

    def tell(self, value: float) -> str:
        return write_value(value, self.chart.unit, self.language)

    def y_px(self, value: float) -> float:
        low, high = self.axis[0], self.axis[-1]
        return self.height * (high - value) / (high - low)


def frame_of(chart: Chart, theme: Theme, width: int, language: str) -> Frame:
    values = [point.value for series in chart.series for point in series.points if point.value is not None]
    values += [] if chart.target is None else [chart.target]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if chart.kind is not ChartKind.LINE:
        low, high = min(low * _HEADROOM, 0.0), max(high, 0.0)
    height = 30 * max(1, len(chart.series[0].points)) if chart.kind is ChartKind.RANKING else (170, 220)[width >= 420]
    axis = ticks(low, high, chart.unit, 3 if height < 200 else 4)
    return Frame(chart=chart, theme=theme, width=width, height=height, language=language, axis=axis)
