"""Direct labels to the right of the plot: what stands at which height, pushed apart so that none covers another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from plugin.notify.axis import wrap
from plugin.notify.chart_frame import Frame
from plugin.notify.message import ChartKind, Tone

_LINE_PX = 14
_APART_PX = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class _Label:
    """A direct label beside the plot; `at_px` is its middle, counted from the top of the plot."""

    lines: tuple[str, ...]
    color: str
    at_px: float
    bold: bool = False

    @property
    def height_px(self) -> int:
        return _LINE_PX * len(self.lines)


def label_layers(frame: Frame) -> list[dict[str, Any]]:
    return [_label_layer(label) for label in _beside(frame)]


def _beside(frame: Frame) -> list[_Label]:
    """What is written to the right of the plot: the last values of a line, the name of what it is compared with, the target."""
    labels: list[_Label] = []
    target = frame.chart.target
    if target is not None:
        lines = (
            (*wrap(frame.chart.target_label, 11), frame.tell(target))
            if frame.chart.target_label
            else (frame.tell(target),)
        )
        labels.append(_Label(lines=lines, color=frame.theme.muted, at_px=frame.y_px(target)))
    if frame.chart.kind is ChartKind.LINE:
        labels += _line_ends(frame)
    return _spread(labels, frame.height)


def _line_ends(frame: Frame) -> list[_Label]:
    ends: list[_Label] = []
    for series, color, bold in zip(
        frame.chart.series, (frame.theme.accent, frame.theme.muted), (True, False), strict=False
    ):
        last = series.points[-1] if series.points else None
        if last is None or last.value is None:
            continue
        name = wrap(series.name, 11) if len(frame.chart.series) > 1 and series.name else []
        color = frame.theme.bad if bold and last.tone is Tone.BAD else color
        ends.append(_Label(lines=(*name, frame.write(last)), color=color, at_px=frame.y_px(last.value), bold=bold))
    return ends


def _spread(labels: list[_Label], height: int) -> list[_Label]:
    """The labels pushed apart until none covers another, then lifted back into the plot's height."""
    placed: list[_Label] = []
    floor = float("-inf")
    for label in sorted(labels, key=lambda each: each.at_px):
        middle = max(label.at_px, floor + label.height_px / 2)
        placed.append(replace(label, at_px=middle))
        floor = middle + label.height_px / 2 + _APART_PX
    ceiling = float(height + 6)
    for index in range(len(placed) - 1, -1, -1):
        middle = min(placed[index].at_px, ceiling - placed[index].height_px / 2)
        placed[index] = replace(placed[index], at_px=middle)
        ceiling = middle - placed[index].height_px / 2 - _APART_PX
    return placed


def _label_layer(label: _Label) -> dict[str, Any]:
    mark = {
        "type": "text",
        "text": list(label.lines),
        "align": "left",
        "baseline": "middle",
        "dx": 8,
        "color": label.color,
        "fontWeight": 600 if label.bold else 400,
        "lineHeight": _LINE_PX,
    }
    top = label.at_px - _LINE_PX * (len(label.lines) - 1) / 2
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {"x": {"value": "width"}, "y": {"value": top}}}
