from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from plugin.contract.event import Json
from plugin.notify.axis import ticks, wrap, write_value
from plugin.notify.chart import DARK, LIGHT, describe, render_png, render_svg
from plugin.notify.chart_spec import chart_spec
from plugin.notify.errors import ChartFailed
from plugin.notify.message import Chart, ChartKind, ChartUnit, Message, Point, Series, from_json, to_json

CHART = Chart(
    title="Service level by hour",
    unit=ChartUnit.RATIO,
    series=(
        Series(
            name="yesterday",
            points=(
                Point(label="08", value=0.91),
                Point(label="09", value=None),
                Point(label="10", value=0.665, text="66.5 %"),
            ),
        ),
    ),
    target=0.8,
    target_label="target",
)


def _png(chart: Chart, width: int = 360) -> bytes:
    return render_png(chart, width=width, scale=1)


def _titled(title: str) -> Chart:
    return Chart(title=title, series=CHART.series)


def test_a_png_is_as_wide_as_asked() -> None:
    for width in (360, 600):
        assert struct.unpack(">I", _png(CHART, width)[16:20]) == (width,)


def test_every_alphabet_has_its_own_glyphs_and_not_boxes() -> None:
    for one, other in (("昨", "明"), ("Ж", "Щ"), ("ķ", "ņ")):
        assert _png(_titled(one)) != _png(_titled(other))


def test_the_theme_and_the_missing_background_are_seen() -> None:
    assert render_png(CHART, width=360, scale=1) != render_png(CHART, width=360, scale=1, theme=DARK)
    assert LIGHT.background not in render_svg(CHART).split("<g", 1)[0]


def test_values_target_and_gap_are_written_on_the_picture() -> None:
    svg = render_svg(CHART, language="lv")
    for text in ("91%", "66.5 %", "target", "80%", "stroke-dasharray"):
        assert text in svg
    assert ">–<" in svg


def test_one_marked_point_stands_out_from_quiet_ones() -> None:
    points = tuple(Point(label=name, value=1.0) for name in "abc")
    chart = Chart(title="agents", series=(Series(name="", points=points),), marked=1)
    assert render_svg(chart).count(LIGHT.quiet) == 2
    assert render_svg(replace(chart, marked=None)).count(LIGHT.quiet) == 0


def test_markup_in_names_stays_text() -> None:
    svg = render_svg(_titled("<script>alert(1)</script> & 'x'"))
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_draws_gaps_negatives_and_a_comparison(kind: ChartKind) -> None:
    values = (-20.0, None, 35.0, 0.0)
    points = tuple(Point(label=f"Q{number}", value=value) for number, value in enumerate(values))
    chart = Chart(
        title="NPS", kind=kind, series=(Series(name="now", points=points), Series(name="before", points=points))
    )
    assert render_png(chart, width=360, scale=1).startswith(b"\x89PNG")


def test_a_course_of_nothing_but_gaps_is_still_a_picture() -> None:
    chart = Chart(title="x", kind=ChartKind.LINE, series=(Series(name="", points=(Point(label="a", value=None),)),))
    assert _png(chart).startswith(b"\x89PNG")


def test_a_chart_without_points_fails_as_a_chart() -> None:
    with pytest.raises(ChartFailed, match="no points"):
        _png(Chart(title="x", series=()))


def test_a_gap_is_null_in_the_data_and_never_zero() -> None:
    spec = chart_spec(CHART, LIGHT, width=600, language="en", background=None)
    values = [row["value"] for row in spec["layer"][0]["data"]["values"]]
    assert values == [0.91, None, 0.665]


def test_the_description_names_every_value() -> None:
    assert describe(CHART, "en") == "Service level by hour. yesterday: 08 91%, 09 –, 10 66.5 %. target 80%."


@pytest.mark.parametrize(
    ("value", "unit", "language", "written"),
    [
        (0.0345, ChartUnit.RATIO, "en", "3.5%"),
        (0.0345, ChartUnit.RATIO, "lv", "3,5%"),
        (1234.55, ChartUnit.NUMBER, "en", "1,234.6"),
        (95.0, ChartUnit.DURATION, "zh", "1:35"),
        (3725.5, ChartUnit.DURATION, "ru", "1:02:06"),
        (2.0, ChartUnit.NUMBER, "tlh", "2"),
        (1e30, ChartUnit.NUMBER, "en", "1e+30"),
    ],
)
def test_numbers_are_written_in_the_readers_language(
    value: float, unit: ChartUnit, language: str, written: str
) -> None:
    assert write_value(value, unit, language) == written


def test_ticks_are_round_and_span_the_values() -> None:
    assert ticks(0, 0.93, ChartUnit.RATIO) == (0.0, 0.5, 1.0)
    assert ticks(0, 95, ChartUnit.DURATION) == (0.0, 30.0, 60.0, 90.0, 120.0)
    assert ticks(-20, 45, ChartUnit.NUMBER) == (-20.0, 0.0, 20.0, 40.0, 60.0)


def test_chinese_is_wrapped_between_characters_and_words_are_kept_whole() -> None:
    assert wrap("昨天每小时的服务水平", 10) == ["昨天每小时", "的服务水平"]
    assert wrap("Service level by hour", 13) == ["Service level", "by hour"]


def test_a_number_that_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="08: nan"):
        Point(label="08", value=float("nan"))


def test_a_message_survives_the_way_through_json() -> None:
    message = Message(title="Digest", chart=CHART)
    payload: dict[str, Json] = to_json(message)
    assert from_json(payload) == message
