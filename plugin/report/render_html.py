"""A report goes in, one self-contained HTML page comes out: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape

from plugin.kpi.metric import Report, Row
from plugin.report import columns, subject
from plugin.report.figures import NULL, language_of
from plugin.report.provisional import legend, period_mark, value_mark
from plugin.report.remarks import remarks
from plugin.report.wording import label, period_name, range_name, text

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1c2530;background:#fff}"
    "table{border-collapse:collapse}th,td{padding:.35rem .8rem;text-align:right;border-bottom:1px solid #dde3ea;"
    "font-variant-numeric:tabular-nums}th{font-weight:600;vertical-align:bottom}.name{text-align:left}"
    "ul{padding-left:1.2rem;color:#4a5868}"
    "@media(prefers-color-scheme:dark){body{color:#e6ebf1;background:#14191f}th,td{border-color:#2c3641}ul{color:#a9b6c4}}"
)


def report_html(report: Report, language: str = "en") -> str:
    title = escape(text("report.title", language))
    notes = "".join(f"<li>{escape(line)}</li>" for line in [*legend(report, language), *remarks(report, language)])
    return (
        f'<!doctype html>\n<html lang="{language_of(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n{_table(report, language)}\n"
        f"<p>{escape(text('footer.zone', language, zone=report.timezone))}</p>"
        + (f"\n<ul>{notes}</ul>" if notes else "")
        + "</body></html>\n"
    )


def _table(report: Report, language: str) -> str:
    if not report.rows:
        return f"<p>{escape(text('report.empty', language))}</p>"
    keys, groups = columns.kpis(report), columns.groups(report)
    named = ["column.period", *(["column.against"] if columns.is_compared(report) else [])]
    head = [
        *(_name(text(name, language), "th") for name in named),
        *(_name(_dimension(name, language), "th") for name in groups),
    ]
    head += [f'<th scope="col">{escape(label(key, language))}</th>' for key in keys]
    body = "\n".join(_row(row, report, keys, groups, language) for row in report.rows)
    return f"<table><thead><tr>{''.join(head)}</tr></thead>\n<tbody>{body}</tbody></table>"


def _row(row: Row, report: Report, keys: tuple[str, ...], groups: tuple[str, ...], language: str) -> str:
    cells = [_name(period_name(row.period, language, short=True) + period_mark(row, keys), "td")]
    if columns.is_compared(report):
        cells.append(_name(range_name(row.against, language, short=True) if row.against else NULL, "td"))
    cells += [_name(row.group.get(name) or NULL, "td") for name in groups]
    shown = (subject.shown(key, row.values.get(key), report, language) + value_mark(key, row, keys) for key in keys)
    cells += [f"<td>{escape(value)}</td>" for value in shown]
    return f"<tr>{''.join(cells)}</tr>"


def _name(content: str, tag: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return f'<{tag} class="name"{scope}>{escape(content)}</{tag}>'


def _dimension(name: str, language: str) -> str:
    return text(f"dimension.{name}", language)
