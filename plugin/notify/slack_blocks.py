"""A message as Slack's blocks, within Slack's limits and with nothing of the data read as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from plugin.notify.message import Action, Link, Message, Section
from plugin.notify.slack_table import table_block
from plugin.notify.text import one_line, unbroken
from plugin.notify.wording import more

Block: TypeAlias = dict[str, Any]
#: https://docs.slack.dev/reference/block-kit/blocks, read 2026-11
MAX_BLOCKS = 50
MAX_HEADER = 150
MAX_TEXT = 3000
MAX_BUTTON_TEXT = 75
MAX_ACTION_ID = 255
#: Undocumented: above about 13,200 characters of all blocks Slack answers `msg_blocks_too_long` (slackapi/bolt-js#2509).
MAX_TOTAL = 12_000
#: Ours, so that the parts of one message cannot exceed that total together: what is left belongs to the sections.
_MAX_SUMMARY = 2000
_MAX_LINKS = 1000
_MAX_TABLE = 6000
_MAX_FOOTER = 600
_MAX_BUTTONS = 8
_MAX_BUTTON_VALUE = 300
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_IN_URL = {"<": "%3C", ">": "%3E", "|": "%7C"}
_RESERVED_BLOCKS = 15


def escape(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text: these three characters, and no others."""
    return "".join(_ESCAPES.get(character, character) for character in unbroken(text))


def slack_blocks(message: Message) -> list[Block]:
    link = message.links[0] if message.links else None
    table = _table(message, link)
    frame = [header(message.title), *_paragraph(message.summary, message.language, link, limit=_MAX_SUMMARY)]
    end = [*_links(message.links), *button_rows(message.actions), *small_print(message.footer)]
    room = MAX_TOTAL - _size([*frame, *table, *end])
    told = _sections(message.told, message.language, link, room)
    beside = _sections(message.beside, message.language, link, room - _size(told), len(told))
    return [*frame, *told, *table, *beside, *end]


def fallback_text(message: Message) -> str:
    """What a notification and a screen reader get."""
    return clip_escaped(
        ": ".join(part for part in (one_line(message.title), one_line(message.summary)) if part), MAX_TEXT
    )


def clip_escaped(text: str, limit: int) -> str:
    """Escaped, and cut before `limit` without cutting an escape in two."""
    written = escape(text)
    if len(written) <= limit:
        return written
    kept, room = [], limit - 1
    for character in unbroken(text):
        piece = _ESCAPES.get(character, character)
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + "…"


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(str(block)) for block in blocks)


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def section(text: str) -> list[Block]:
    """A paragraph of plain text; none where it is empty."""
    return _paragraph(text, "en", None)


def header(title: str) -> Block:
    text = unbroken(one_line(title)) or "–"
    text = text if len(text) <= MAX_HEADER else text[: MAX_HEADER - 1] + "…"
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _linked(link: Link) -> str:
    """A label that is too long is cut; an address never is."""
    url = "".join(_IN_URL.get(character, character) for character in link.url)
    return f"<{escape(url)}|{clip_escaped(one_line(link.label), 150).replace('|', '¦') or escape(url)}>"


def _more(number: int, language: str, link: Link | None) -> str:
    return f"{more(number, language)}  {_linked(link)}" if link else more(number, language)


def _paragraph(text: str, language: str, link: Link | None, title: str = "", limit: int = MAX_TEXT) -> list[Block]:
    head = f"*{escape(one_line(title)).replace('*', '∗')}*\n" if title.strip() else ""
    head = head if len(head) < limit // 2 else ""
    if not text.strip() and not head:
        return []
    room = limit - len(head)
    lines = text.strip().splitlines()
    if len(lines) < 2 or len(escape(text.strip())) <= room:
        return [_section(head + clip_escaped(text.strip(), room))]
    kept, tail = _fitting(lines, room, lambda left: _more(left, language, link))
    return [_section(head + "\n".join([*kept, *tail]))]


def _fitting(lines: Sequence[str], room: int, tail: Callable[[int], str]) -> tuple[list[str], list[str]]:
    """As many escaped lines as fit together with a last one that says how many are missing."""
    written = [clip_escaped(line, 400) for line in lines]
    if sum(map(len, written)) + len(written) <= room:
        return written, []
    room -= len(tail(len(lines))) + 1
    kept: list[str] = []
    for line in written:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, [tail(len(lines) - len(kept))]


def _sections(sections: Sequence[Section], language: str, link: Link | None, room: int, before: int = 0) -> list[Block]:
    """`before` is how many blocks the other sections of the message took."""
    blocks: list[Block] = []
    for number, section in enumerate(sections):
        block = _paragraph(section.text, language, link, section.title)
        room -= _size(block)
        if room < 0 or before + len(blocks) + len(block) > MAX_BLOCKS - _RESERVED_BLOCKS:
            return [*blocks, _context(_more(_unsaid(sections[number:]), language, link))]
        blocks += block
    return blocks


def _unsaid(sections: Sequence[Section]) -> int:
    return sum(1 for section in sections if section.text.strip() or section.title.strip())


def _table(message: Message, link: Link | None) -> list[Block]:
    """A row count and the link follow when it was cut."""
    if message.table is None:
        return []
    block, missing = table_block(message.table, _MAX_TABLE)
    return [block, _context(_more(missing, message.language, link))] if missing else [block]


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _links(links: Sequence[Link]) -> list[Block]:
    text = ""
    for link in links:
        longer = f"{text}  ·  {_linked(link)}" if text else _linked(link)
        text = longer if len(longer) <= _MAX_LINKS else text
    return [_section(text)] if text else []


def button_rows(actions: Sequence[Action]) -> list[Block]:
    """Slack refuses a message in which two buttons of one block have the same name: the second begins a new row."""
    rows: list[list[Block]] = []
    for button in map(_button, actions[:_MAX_BUTTONS]):
        row = next((row for row in rows if all(each["action_id"] != button["action_id"] for each in row)), None)
        if row is None:
            rows.append([button])
        else:
            row.append(button)
    return [{"type": "actions", "elements": row} for row in rows]


def _button(action: Action) -> Block:
    button: Block = {
        "type": "button",
        "action_id": action.action_id[:MAX_ACTION_ID],
        "text": {"type": "plain_text", "text": one_line(action.label)[:MAX_BUTTON_TEXT] or "–", "emoji": False},
    }
    # a cut value would name another incident: better none than a wrong one
    if action.value and len(action.value) <= _MAX_BUTTON_VALUE:
        button["value"] = action.value
    if action.url:
        button["url"] = action.url
    if action.primary:
        button["style"] = "primary"
    return button


def small_print(footer: str) -> list[Block]:
    return [_context(clip_escaped(one_line(footer), _MAX_FOOTER))] if footer.strip() else []
