"""A neutral chart becomes an SVG for pages or a PNG for Slack and mail, and always a sentence for who cannot see it."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, cast

from plugin.notify.axis import write_value
from plugin.notify.chart_frame import DARK, LIGHT, Theme
from plugin.notify.chart_spec import Spec, chart_spec
from plugin.notify.errors import ChartFailed
from plugin.notify.message import Chart, Point

FONTS = Path(__file__).parent / "fonts"
_VEGA_LITE = "6.4"
_LOCK = threading.Lock()

__all__ = ["DARK", "LIGHT", "Theme", "describe", "render_png", "render_svg"]


def render_svg(chart: Chart, *, theme: Theme = LIGHT, width: int = 600, language: str = "en") -> str:
    """An SVG with no background of its own; raises `ChartFailed`."""
    spec = _spec(chart, theme, width, language, None)
    return cast(str, _convert("vegalite_to_svg", spec))


def render_png(
    chart: Chart, *, theme: Theme = LIGHT, width: int = 600, language: str = "en", scale: float = 2.0
) -> bytes:
    """A PNG of `width` times `scale` pixels; raises `ChartFailed`."""
    spec = _spec(chart, theme, width, language, theme.background)
    return cast(bytes, _convert("vegalite_to_png", spec, scale=scale))


def describe(chart: Chart, language: str = "en") -> str:
    """The picture in words: title and every value; what was not measured is a dash."""
    series = "; ".join(
        (f"{each.name}: " if each.name else "") + ", ".join(_said(point, chart, language) for point in each.points)
        for each in chart.series
    )
    target = (
        f" {chart.target_label} {write_value(chart.target, chart.unit, language)}." if chart.target is not None else ""
    )
    return f"{chart.title}. {series}.{target}"


def _said(point: Point, chart: Chart, language: str) -> str:
    if point.value is None:
        return f"{point.label} –"
    return f"{point.label} {point.text or write_value(point.value, chart.unit, language)}"


def _spec(chart: Chart, theme: Theme, width: int, language: str, background: str | None) -> Spec:
    if not chart.series or not chart.series[0].points:
        raise ChartFailed("the chart has no points")
    try:
        return chart_spec(chart, theme, width=width, language=language, background=background)
    except (ValueError, ArithmeticError, LookupError) as error:
        raise ChartFailed(f"the chart could not be laid out: {type(error).__name__}") from error


def _convert(function: str, spec: Spec, **options: Any) -> str | bytes:
    try:
        with _LOCK:
            result: str | bytes = getattr(_renderer(), function)(
                spec, vl_version=_VEGA_LITE, allowed_base_urls=[], **options
            )
            return result
    except (ImportError, ValueError, TypeError, RuntimeError, OSError) as error:
        raise ChartFailed(f"the chart could not be drawn: {type(error).__name__}") from error
    except BaseException as error:
        # A panic inside the Rust renderer arrives as a BaseException of pyo3, which has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        raise ChartFailed("the chart could not be drawn: the renderer gave up") from error


@cache
def _renderer() -> Any:
    # imported here, because it is 90 MB that only a process that draws should load
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert
