"""Slack's documented limits of messages and views: what is beyond one is refused as Slack refuses it, with the place in the blocks.

Read 2026-11 at https://docs.slack.dev/reference/block-kit/blocks, …/block-kit/block-elements, …/block-kit/composition-objects,
…/views/home-tab-views, …/methods/chat.postMessage and …/methods/views.publish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MAX_TEXT = 40_000
MAX_VIEW_BYTES = 250_000
#: measured by others, not documented: slackapi/bolt-js#2509
MAX_ALL_BLOCKS = 13_200
#: not documented: a bound that our few bytes of metadata must stay far below
MAX_METADATA = 8_000
Block = dict[str, Any]
Problems = Iterator[tuple[str, str]]


class Refused(Exception):
    """`error` is Slack's code; `extra` the fields that stand beside it in the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.extra = extra


def check_message(arguments: dict[str, Any]) -> None:
    blocks, text = _list(arguments.get("blocks")), str(arguments.get("text") or "")
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > MAX_TEXT:
        raise Refused("msg_too_long")
    _check_blocks(blocks, MESSAGE_BLOCKS)
    if len(json.dumps(blocks, ensure_ascii=False)) > MAX_ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")
    _check_metadata(arguments.get("metadata"))


def check_view(view: object) -> None:
    found = json.loads(view) if isinstance(view, str) else view
    if not isinstance(found, dict) or found.get("type") != "home":
        raise Refused("invalid_arguments")
    if len(json.dumps(found)) > MAX_VIEW_BYTES:
        raise Refused("view_too_large")
    if len(found.get("private_metadata", "")) > 3000 or len(found.get("callback_id", "")) > 255:
        raise Refused("invalid_arguments")
    blocks = _list(found.get("blocks"))
    if any(block.get("type") == "table" for block in blocks):
        raise Refused("invalid_blocks", response_metadata={"messages": ["[ERROR] a table is for messages only"]})
    _check_blocks(blocks, VIEW_BLOCKS)


def _check_metadata(given: object) -> None:
    metadata = json.loads(given) if isinstance(given, str) else given
    if not metadata:
        return
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise Refused("metadata_too_large")


def _check_blocks(blocks: list[Block], most: int) -> None:
    problems = [(f"no more than {most} items allowed", "/blocks")] if len(blocks) > most else []
    if sum(block.get("type") == "table" for block in blocks) > 1:
        problems.append(("only one table allowed", "/blocks"))
    for number, block in enumerate(blocks):
        problems += [(said, f"/blocks/{number}{where}") for said, where in _block(block)]
    if problems:
        messages = [f"[ERROR] {said} [json-pointer:{where}]" for said, where in problems]
        raise Refused("invalid_blocks", response_metadata={"messages": messages})


def _block(block: Block) -> Problems:
    check = _BLOCKS.get(str(block.get("type")))
    if check is None:
        yield f"unsupported type: {block.get('type')}", "/type"
        return
    yield from _sized(block, "block_id", 0, 255)
    yield from check(block)


def _section(block: Block) -> Problems:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield "missing required field: text or fields", ""
    if "text" in block:
        yield from _text(block["text"], "/text", 3000)
    if len(fields) > 10:
        yield "no more than 10 items allowed", "/fields"
    for number, field in enumerate(fields):
        yield from _text(field, f"/fields/{number}", 2000)
    if "accessory" in block:
        yield from ((said, f"/accessory{where}") for said, where in _button(block["accessory"]))


def _header(block: Block) -> Problems:
    if block["text"]["type"] != "plain_text":
        yield "must be plain_text", "/text/type"
    yield from _text(block["text"], "/text", 150)


def _context(block: Block) -> Problems:
    if not 1 <= len(block["elements"]) <= 10:
        yield "must have 1 to 10 items", "/elements"
    for number, element in enumerate(block["elements"]):
        yield from _text(element, f"/elements/{number}", 3000)


def _actions(block: Block) -> Problems:
    if not 1 <= len(block["elements"]) <= 25:
        yield "must have 1 to 25 items", "/elements"
    names = [element.get("action_id") for element in block["elements"]]
    for number, element in enumerate(block["elements"]):
        if names.index(names[number]) != number:
            yield f"`action_id` {names[number]!r} already exists", f"/elements/{number}/action_id"
        yield from ((said, f"/elements/{number}{where}") for said, where in _button(element))


def _image(block: Block) -> Problems:
    yield from _sized(block, "alt_text", 1, 2000)
    yield from _sized(block, "image_url", 1, 3000)


def _divider(block: Block) -> Problems:
    yield from ()


def _table(block: Block) -> Problems:
    """https://docs.slack.dev/reference/block-kit/blocks/table-block"""
    if not 1 <= len(block["rows"]) <= 100:
        yield "must have 1 to 100 items", "/rows"
    if len(block.get("column_settings", [])) > 20:
        yield "no more than 20 items allowed", "/column_settings"
    for number, row in enumerate(block["rows"]):
        if not 1 <= len(row) <= 20:
            yield "must have 1 to 20 items", f"/rows/{number}"
        for place, cell in enumerate(row):
            if not _has_text(cell):
                yield "must be raw_text or rich_text with a text", f"/rows/{number}/{place}"


def _has_text(cell: Block) -> bool:
    if cell["type"] == "raw_text":
        return bool(cell["text"])
    parts = [part for element in cell["elements"] for part in element["elements"]]
    return cell["type"] == "rich_text" and bool(parts) and all(part["text"] for part in parts)


_BLOCKS: dict[str, Callable[[Block], Problems]] = {
    "table": _table,
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "divider": _divider,
}


def _button(button: Block) -> Problems:
    if button.get("type") != "button":
        yield f"unsupported element: {button.get('type')}", "/type"
        return
    if button["text"]["type"] != "plain_text":
        yield "must be plain_text", "/text/type"
    yield from _text(button["text"], "/text", 75)
    for name, most in (("action_id", 255), ("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        yield from _sized(button, name, 0, most)
    if button.get("style") not in (None, "primary", "danger"):
        yield "must be primary or danger", "/style"


def _text(given: Block, where: str, most: int) -> Problems:
    if given.get("type") not in ("plain_text", "mrkdwn"):
        yield "must be plain_text or mrkdwn", f"{where}/type"
    yield from ((said, where + place) for said, place in _sized(given, "text", 1, most))


def _sized(given: Block, name: str, least: int, most: int) -> Problems:
    length = len(given.get(name, ""))
    if length > most:
        yield f"must be less than {most + 1} characters", f"/{name}"
    if length < least:
        yield f"must be more than {least - 1} characters", f"/{name}"


def _list(given: object) -> list[Block]:
    found = json.loads(given) if isinstance(given, str) else given
    return found if isinstance(found, list) else []
