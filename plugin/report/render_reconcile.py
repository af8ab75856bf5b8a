"""A reconciliation sheet as text, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from plugin.contract.event import Json
from plugin.kpi.catalogue import METRICS
from plugin.kpi.metric import Measurement, Unit
from plugin.kpi.period import Period
from plugin.policy.localtime import zone
from plugin.report import figures
from plugin.report.reconcile import ATTRIBUTIONS, WAYS, Difference, Line, Sheet, Way
from plugin.report.vendor_rules import NOT_KNOWN, Said
from plugin.report.wording import label

_HEAD = ("", "ours", "by its rule", "its figure", "difference", "relative")
_CSV = (
    "start",
    "end",
    "queue",
    "kpi",
    "screen",
    "ours",
    "by_rule",
    "stated",
    "to_ours",
    "to_ours_relative",
    "to_rule",
    "to_rule_relative",
    "rule",
    "source",
    "reason",
)


def reconcile_text(sheet: Sheet) -> str:
    return "\n".join(_lines(sheet))


def _in_time(sheet: Sheet) -> str:
    own = ", ".join(f"{name} {seconds:g} s" for name, seconds in sheet.own_thresholds_s.items())
    return f"{sheet.threshold_s:g} s ({own})" if own else f"{sheet.threshold_s:g} s"


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.source} ({sheet.adapter}) against {sheet.vendor.title}, {_range(sheet.whole)}, {sheet.whole.timezone}"
    yield f"ours: contacts count by their {sheet.attribution}; in time is {_in_time(sheet)}, short {sheet.short_s:g} s"
    if told := sheet.settings.told():
        yield f"by its rule and in other ways: {', '.join(told)}"
    for name, said in _about(sheet):
        yield f"its {name}: {_said(said)}"
    yield ""
    places = dict.fromkeys((line.period, line.queue) for line in sheet.lines)
    for period, queue in places:
        if (period, queue) != (sheet.whole, None):
            yield ""
            yield f"{_range(period)}{f', queue {queue}' if queue else ''}"
        lines = [line for line in sheet.lines if (line.period, line.queue) == (period, queue)]
        yield from _table([_HEAD, *(_cells(line) for line in lines)], [line.reason for line in lines])
    yield ""
    yield "the same contacts in other ways"
    yield from _table([("", "by entry", "by end"), *_ways(sheet.ways)])
    yield ""
    for source in dict.fromkeys(line.rule.source for line in sheet.lines if line.rule.source):
        yield source
        yield from dict.fromkeys(f"  {_said_of(line)}" for line in sheet.lines if line.rule.source == source)


def _about(sheet: Sheet) -> tuple[tuple[str, Said], ...]:
    vendor = sheet.vendor
    return ("period", vendor.period), ("empty case", vendor.empty), ("business hours", vendor.hours)


def _said(said: Said) -> str:
    return f"{said.says} ({said.source})" if said.source else said.says


def _said_of(line: Line) -> str:
    screen = f" ({line.rule.screen})" if line.rule.screen else ""
    return f"{line.rule.kpi}{screen}: {line.rule.says}"


def _cells(line: Line) -> tuple[str, ...]:
    name = label(line.rule.kpi) + (f" ({line.rule.screen})" if line.rule.screen else "")
    stated = figures.NULL if line.stated is None else _figure(line.stated.value, line.unit)
    known = NOT_KNOWN if line.rule.made is None else _measured(line.by_rule, line.unit)
    return name, _measured(line.ours, line.unit), known, stated, *_differences(line)


def _differences(line: Line) -> tuple[str, str]:
    """From its rule, else from ours."""
    found = line.to_rule or line.to_ours
    if found is None:
        return figures.NULL, figures.NULL
    relative = (
        figures.NULL if found.relative is None else figures.signed(figures.percent(found.relative), found.relative)
    )
    return _change(found.absolute, line.unit), relative


def _change(absolute: float, unit: Unit) -> str:
    if unit is Unit.RATIO:
        return f"{figures.signed(figures.number(absolute * 100, digits=2), absolute)} points"
    return figures.signed(_figure(absolute, unit), absolute)


def _figure(value: float, unit: Unit) -> str:
    """With a digit more than reports show, so that a difference can be seen."""
    if unit is Unit.RATIO:
        return figures.percent(value, digits=2)
    if unit is Unit.SECONDS:
        return f"{figures.number(value, digits=1)} s"
    return figures.number(value, digits=0 if float(value).is_integer() else 2)


def _measured(measured: Measurement | None, unit: Unit) -> str:
    return figures.NULL if measured is None or measured.value is None else _figure(measured.value, unit)


def _ways(ways: Sequence[Way]) -> Iterator[tuple[str, ...]]:
    told = {(way.kpi, way.name, way.attribution): way.measured for way in ways}
    for kpi, readings in WAYS.items():
        for name in readings:
            title = f"{label(kpi)}: {name}" if name else label(kpi)
            yield title, *(_measured(told[kpi, name, each], METRICS[kpi].unit) for each in ATTRIBUTIONS)


def _table(rows: Sequence[tuple[str, ...]], reasons: Sequence[str] = ()) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row, reason in zip(rows, ["", *reasons] if reasons else [""] * len(rows), strict=True):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join([*cells, reason]).rstrip()


def _range(period: Period) -> str:
    """With the last day, where whole days are meant."""
    start, end = (moment.astimezone(zone(period.timezone)) for moment in (period.start, period.end))
    if any((moment.hour, moment.minute) != (0, 0) for moment in (start, end)):
        return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    last = (end - timedelta(hours=12)).date()
    return f"{start:%Y-%m-%d}" if last == start.date() else f"{start:%Y-%m-%d} to {last}"


# -- for programs


def reconcile_json(sheet: Sheet) -> dict[str, Json]:
    return {
        "source": sheet.source,
        "adapter": sheet.adapter,
        "vendor": sheet.vendor.key or None,
        "start": _local(sheet.whole.start, sheet.whole),
        "end": _local(sheet.whole.end, sheet.whole),
        "timezone": sheet.whole.timezone,
        "attribution": {"ours": sheet.attribution, "vendor": sheet.vendor.attribution},
        "definitions": {
            "threshold_s": sheet.threshold_s,
            "own_thresholds_s": dict(sheet.own_thresholds_s),
            "short_abandon_s": sheet.short_s,
        },
        "vendor_settings": {
            "threshold_s": sheet.settings.threshold_s,
            "short_abandon_s": sheet.settings.short_s,
            "only": dict(sheet.settings.only),
        },
        "about": {name.replace(" ", "_"): {"says": said.says, "source": said.source} for name, said in _about(sheet)},
        "lines": [_line_json(line) for line in sheet.lines],
        "ways": [
            {
                "kpi": way.kpi,
                "reading": way.name,
                "attribution": way.attribution,
                "measured": _measured_json(way.measured),
            }
            for way in sheet.ways
        ],
    }


def _line_json(line: Line) -> dict[str, Json]:
    return {
        "start": _local(line.period.start, line.period),
        "end": _local(line.period.end, line.period),
        "queue": line.queue,
        "kpi": line.rule.kpi,
        "unit": line.unit.value,
        "screen": line.rule.screen,
        "ours": _measured_json(line.ours),
        "by_rule": _measured_json(line.by_rule),
        "stated": None if line.stated is None else line.stated.value,
        "difference": {"to_ours": _difference_json(line.to_ours), "to_rule": _difference_json(line.to_rule)},
        "rule": {"known": line.rule.made is not None, "says": line.rule.says, "source": line.rule.source},
        "unavailable": line.unavailable,
        "reason": line.reason,
    }


def _local(moment: datetime, period: Period) -> str:
    return moment.astimezone(zone(period.timezone)).isoformat()


def _measured_json(measured: Measurement | None) -> Json:
    if measured is None:
        return None
    return {"value": measured.value, "numerator": measured.numerator, "denominator": measured.denominator}


def _difference_json(difference: Difference | None) -> Json:
    return None if difference is None else {"absolute": difference.absolute, "relative": difference.relative}


def reconcile_csv(sheet: Sheet) -> str:
    """The lines; shares as fractions, times in seconds, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for line in sheet.lines:
        writer.writerow(
            [
                _local(line.period.start, line.period),
                _local(line.period.end, line.period),
                line.queue or "",
                line.rule.kpi,
                line.rule.screen,
                *(None if one is None else one.value for one in (line.ours, line.by_rule, line.stated)),
                *_parts(line.to_ours),
                *_parts(line.to_rule),
                line.rule.says,
                line.rule.source,
                line.reason,
            ]
        )
    return out.getvalue()


def _parts(difference: Difference | None) -> tuple[float | None, float | None]:
    return (None, None) if difference is None else (difference.absolute, difference.relative)
