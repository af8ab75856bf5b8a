"""Lays a neutral chart out as a Vega-Lite specification: direct labels, the target dashed, gaps where nothing was measured."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from plugin.notify.axis import text_width, wrap
from plugin.notify.chart_frame import CELL_PX, EDGE_PX, Frame, Theme, frame_of
from plugin.notify.chart_labels import label_layers
from plugin.notify.message import Chart, ChartKind, Point, Tone

Spec: TypeAlias = dict[str, Any]
#: Inter has no Chinese; the renderer goes through the list glyph by glyph.
FONT = "Inter, Droid Sans Fallback, system-ui, sans-serif"


def chart_spec(chart: Chart, theme: Theme, *, width: int, language: str, background: str | None) -> Spec:
    """The whole specification; `background` None leaves the page's own showing."""
    frame = frame_of(chart, theme, width, language)
    layers = _ranking(frame) if chart.kind is ChartKind.RANKING else _upright(frame)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": background,
        "width": width,
        "height": frame.height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": EDGE_PX,
        "title": _title(frame),
        "layer": layers,
        "config": _config(theme),
    }


def _title(frame: Frame) -> Spec:
    lines = wrap(frame.chart.title, int((frame.width - 2 * EDGE_PX) / 8.2))
    spec: Spec = {"text": lines, "anchor": "start", "frame": "bounds", "offset": 24 if frame.labelled else 18}
    if frame.others and frame.chart.kind is not ChartKind.LINE:
        stroke = "|" if frame.chart.kind is ChartKind.RANKING else "–"
        spec["subtitle"] = f"{stroke}  {frame.chart.series[1].name}"
    return spec


def _config(theme: Theme) -> Spec:
    axis = {
        "labelColor": theme.muted,
        "labelFont": FONT,
        "labelFontSize": 12,
        "titleColor": theme.muted,
        "titleFont": FONT,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "gridColor": theme.grid,
        "domainColor": theme.grid,
        "ticks": False,
        "labelPadding": 6,
    }
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "title": {
            "color": theme.text,
            "font": FONT,
            "fontSize": 15,
            "fontWeight": 600,
            "lineHeight": 20,
            "subtitleColor": theme.muted,
            "subtitleFont": FONT,
            "subtitleFontSize": 12,
            "subtitlePadding": 6,
        },
        "text": {"font": FONT, "fontSize": 12, "color": theme.text},
    }


def _rows(frame: Frame, points: tuple[Point, ...]) -> list[Spec]:
    return [
        {
            "i": index,
            "value": point.value,
            "text": frame.write(point),
            "bad": point.tone is Tone.BAD,
            "quiet": frame.chart.marked not in (None, index),
        }
        for index, point in enumerate(points)
    ]


def _written(frame: Frame) -> list[Spec]:
    """Where each value is written: past its bar and past the stroke of what it is compared with; a gap is a dash at the base."""
    rows = _rows(frame, frame.points)
    if not frame.labelled and frame.chart.kind is not ChartKind.RANKING:
        rows = sorted((row for row in rows if row["value"]), key=lambda row: abs(row["value"]))[-1:]
    for row in rows:
        own = row["value"] or 0
        other = frame.others[row["i"]].value if row["i"] < len(frame.others) else None
        row["value"] = max(own, other or 0) if own >= 0 else min(own, other or 0)
    return rows


def _texts(frame: Frame, rows: list[Spec], encoding: Spec, mark: Spec) -> list[Spec]:
    """Text on a halo of the background, so that a line behind it does not strike it through."""
    halo = {"stroke": frame.theme.background, "strokeWidth": 4, "strokeJoin": "round"}
    return [
        {"data": {"values": rows}, "mark": {"type": "text", **mark, **extra}, "encoding": encoding}
        for extra in (halo, {})
    ]


def _names(frame: Frame) -> str:
    return json.dumps([point.label for point in frame.points])


def _band(frame: Frame) -> Spec:
    axis = {
        "labelExpr": f"{_names(frame)}[datum.value]",
        "labelAngle": 0,
        "labelOverlap": "parity",
        "labelSeparation": 6,
        "grid": False,
        "title": frame.chart.x_label or None,
    }
    scale = {"domain": list(range(len(frame.points)))}
    return {"field": "i", "type": "ordinal", "sort": None, "axis": axis, "scale": scale}


def _height(frame: Frame, *, shown: bool) -> Spec:
    written = json.dumps(
        {f"{tick:g}" if tick != int(tick) else str(int(tick)): frame.tell(tick) for tick in frame.axis}
    )
    axis = {
        "values": list(frame.axis),
        "labelExpr": f"{written}[toString(datum.value)]",
        "domain": False,
        "grid": shown,
        "labels": shown,
        "title": frame.chart.y_label or None,
    }
    scale = {"domain": [frame.axis[0], frame.axis[-1]], "nice": False, "zero": False}
    return {"field": "value", "type": "quantitative", "axis": axis, "scale": scale}


def _colour(frame: Frame) -> Spec:
    conditions = [
        {"test": "datum.bad", "value": frame.theme.bad},
        {"test": "datum.quiet", "value": frame.theme.quiet},
    ]
    return {"condition": conditions, "value": frame.theme.accent}


def _upright(frame: Frame) -> list[Spec]:
    layers = _columns(frame) if frame.chart.kind is ChartKind.BAR else _course(frame)
    return layers + label_layers(frame)


def _columns(frame: Frame) -> list[Spec]:
    x, y = _band(frame), _height(frame, shown=not frame.labelled)
    layers = _bars(frame, {"x": x, "y": y}, "width") + _target_rule(frame, "y")
    mark = {
        "baseline": {"expr": "datum.value < 0 ? 'top' : 'bottom'"},
        "dy": {"expr": "datum.value < 0 ? 5 : -4"},
    }
    return layers + _texts(frame, _written(frame), {"x": x, "y": y, "text": {"field": "text"}}, mark)


def _bars(frame: Frame, encoding: Spec, across: str) -> list[Spec]:
    """The bars, and across each a stroke for the value it is compared with."""
    layers: list[Spec] = [
        {
            "data": {"values": _rows(frame, frame.points)},
            "mark": {"type": "bar", across: {"band": 0.66}, "cornerRadiusEnd": 2},
            "encoding": {**encoding, "color": _colour(frame)},
        }
    ]
    if frame.axis[0] < 0:
        layers.append(_zero(frame, "y" if across == "width" else "x"))
    if frame.others:
        mark = {"type": "tick", "color": frame.theme.text, "thickness": 2, across: {"band": 0.86}, "opacity": 0.6}
        layers.append({"data": {"values": _rows(frame, frame.others)}, "mark": mark, "encoding": encoding})
    return layers


def _zero(frame: Frame, side: str) -> Spec:
    mark = {"type": "rule", "color": frame.theme.muted}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {side: {"datum": 0}}}


def _course(frame: Frame) -> list[Spec]:
    x, y = _band(frame), _height(frame, shown=True)
    layers: list[Spec] = []
    if frame.others:
        layers.append(_line(frame.theme.quiet, _rows(frame, frame.others), x, y, width=2))
    layers.append(_line(frame.theme.accent, _rows(frame, frame.points), x, y, width=2.5))
    dots = [row for row in _rows(frame, frame.points) if row["value"] is not None and _dotted(frame, row["i"])]
    mark = {"type": "point", "filled": True, "size": 42, "opacity": 1}
    layers.append({"data": {"values": dots}, "mark": mark, "encoding": {"x": x, "y": y, "color": _colour(frame)}})
    return layers + _target_rule(frame, "y")


def _line(color: str, rows: list[Spec], x: Spec, y: Spec, *, width: float) -> Spec:
    mark = {
        "type": "line",
        "color": color,
        "strokeWidth": width,
        "interpolate": "linear",
        "invalid": "break-paths-show-domains",
    }
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "y": y}}


def _dotted(frame: Frame, index: int) -> bool:
    """The last point, a bad one, and one that stands between two gaps and would have no line."""
    around = [frame.points[i].value for i in (index - 1, index + 1) if 0 <= i < len(frame.points)]
    lonely = all(value is None for value in around)
    return lonely or index == len(frame.points) - 1 or frame.points[index].tone is Tone.BAD


def _target_rule(frame: Frame, side: str) -> list[Spec]:
    if frame.chart.target is None:
        return []
    mark = {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": frame.theme.text, "opacity": 0.75}
    return [{"data": {"values": [{}]}, "mark": mark, "encoding": {side: {"datum": frame.chart.target}}}]


def _ranking(frame: Frame) -> list[Spec]:
    x, y = _height(frame, shown=False), _band(frame)
    y["axis"] |= {
        "labelLimit": int(frame.width * 0.4),
        "labelOverlap": False,
        "domain": False,
        "labelColor": frame.theme.text,
    }
    widest = max((text_width(frame.write(point)) for point in frame.points), default=1)
    # the longest bar leaves room for its own value
    room = (frame.axis[-1] - frame.axis[0]) * widest * CELL_PX / (frame.width * 0.5)
    low, high = x["scale"]["domain"]
    x["scale"]["domain"] = [low - room if low < 0 else low, high + room]
    layers = _bars(frame, {"x": x, "y": y}, "height") + _target_rule(frame, "x")
    mark = {
        "align": {"expr": "datum.value < 0 ? 'right' : 'left'"},
        "baseline": "middle",
        "dx": {"expr": "datum.value < 0 ? -5 : 5"},
    }
    layers += _texts(frame, _written(frame), {"x": x, "y": y, "text": {"field": "text"}}, mark)
    return layers if frame.chart.target is None else [*layers, _target_above(frame)]


def _target_above(frame: Frame) -> Spec:
    text = f"{frame.chart.target_label} {frame.tell(frame.chart.target or 0.0)}".strip()
    mark = {"type": "text", "text": text, "baseline": "bottom", "dy": -5, "color": frame.theme.muted}
    return {
        "data": {"values": [{}]},
        "mark": mark,
        "encoding": {"x": {"datum": frame.chart.target}, "y": {"value": 0}},
    }
