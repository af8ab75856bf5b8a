"""A message as plain text: the table aligned for a monospaced face, Chinese counted as two cells."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugin.notify.axis import text_width
from plugin.notify.chart import describe
from plugin.notify.message import Message, Section, Table, Tone

_NAME_CELLS = 32
#: after a value that missed its target, because colour is not there or not seen
BAD_MARK = "!"
_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")
#: as the four languages of the messages write them
_BEFORE_UNIT = re.compile(
    r"(?<=\d) (?=(?:sec|min|hr|days?|pp|sek\.|st\.|d\.|p\.\u00a0p\.|с|мин|ч|дн\.|п\.\u00a0п\.)(?!\w)|[×秒天]|分钟|小时|个百分点)"
)


def one_line(text: str) -> str:
    """White space becomes one space each; what holds a number together stays."""
    return _BREAKING.sub(" ", text).strip()


def unbroken(text: str) -> str:
    """No line ends between a number and its unit."""
    return _BEFORE_UNIT.sub("\u00a0", text)


def table_lines(table: Table) -> list[str]:
    """The head and one line per row; the first column stands left, values stand right."""
    columns = [_column(table, number) for number in range(len(table.columns))]
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _column(table: Table, number: int) -> list[str]:
    cells = [row[number] for row in table.rows]
    # unmarked values keep the mark's place free, so that digits stand under digits
    blank = " " * (1 + len(BAD_MARK)) if any(cell.tone is Tone.BAD for cell in cells) else ""
    texts = [_short(table.columns[number], number) + blank]
    texts += [_short(cell.text, number) + (f" {BAD_MARK}" if cell.tone is Tone.BAD else blank) for cell in cells]
    width = max(map(text_width, texts))
    return [_padded(text, width, left=number == 0) for text in texts]


def _short(text: str, column: int) -> str:
    return clip_cells(one_line(text), _NAME_CELLS) if column == 0 else one_line(text)


def _padded(text: str, width: int, *, left: bool) -> str:
    blanks = " " * (width - text_width(text))
    return text + blanks if left else blanks + text


def clip_cells(text: str, cells: int) -> str:
    """Cut to `cells`, the sign of the cut included."""
    if text_width(text) <= cells:
        return text
    kept, room = "", cells - 1
    for character in text:
        room -= text_width(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…"


def plain_text(message: Message) -> str:
    parts = [message.title, message.summary]
    parts += _paragraphs(message.told)
    parts += ["\n".join(table_lines(message.table))] if message.table else []
    parts += [describe(message.chart, message.language)] if message.chart else []
    parts += _paragraphs(message.beside)
    links = [(link.label, link.url) for link in message.links]
    links += [(action.label, action.url) for action in message.actions if action.url]
    parts += ["\n".join(f"{label}: {url}" for label, url in links), message.footer]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _paragraphs(sections: Iterable[Section]) -> list[str]:
    return [f"{section.title}\n{section.text}".strip() for section in sections]
