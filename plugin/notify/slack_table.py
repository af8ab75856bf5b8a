"""A table as Slack's own table block, which scrolls sideways on a phone: at most 100 rows, one per message."""

from __future__ import annotations

from typing import Any, TypeAlias

from plugin.notify.message import Cell, Table, Tone
from plugin.notify.text import BAD_MARK, clip_cells, one_line

Block: TypeAlias = dict[str, Any]
#: https://docs.slack.dev/reference/block-kit/blocks/table-block, read 2026-11
MAX_ROWS = 100
MAX_COLUMNS = 20
#: ours: a longer cell pushes the others out of sight
_CELL = 60
#: Slack takes no empty text
_EMPTY = "–"


def table_block(table: Table, room: int) -> tuple[Block, int]:
    """The block in at most `room` characters, and how many rows were left out; the first column stands left, values right."""
    rows = [[_bold(column) for column in table.columns[:MAX_COLUMNS]]]
    room -= len(str(rows[0])) + 400
    for row in table.rows[: MAX_ROWS - 1]:
        cells = [_cell(cell) for cell in row[:MAX_COLUMNS]]
        room -= len(str(cells)) + 2
        if room < 0:
            break
        rows.append(cells)
    left = [{"align": "left", "is_wrapped": True}]
    right = [{"align": "right"} for _ in rows[0][1:]]
    return {"type": "table", "rows": rows, "column_settings": left + right}, len(table.rows) - len(rows) + 1


def _cell(cell: Cell) -> Block:
    """What missed its target is bold and marked, since a table has no colours."""
    return (
        _bold(f"{cell.text} {BAD_MARK}") if cell.tone is Tone.BAD else {"type": "raw_text", "text": _short(cell.text)}
    )


def _bold(text: str) -> Block:
    element = {"type": "text", "text": _short(text), "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def _short(text: str) -> str:
    return clip_cells(one_line(text), _CELL) or _EMPTY
