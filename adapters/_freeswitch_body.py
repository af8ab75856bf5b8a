"""The body of a delivery in, a record of a finished leg or events of mod_callcenter out, however FreeSWITCH or a script packs them.

mod_json_cdr posts JSON (`encode` = false, also under a form's content type once `disable-100-continue` is set), `cdr=` with
percent-encoding (true) or base64; mod_format_cdr posts `cdr=` before bare JSON. Scripts on the event socket post JSON or the plain
format, whose values are percent-encoded.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from plugin.contract.payload import BadPayload, Payload, parse_json

CDR_FIELD = b"cdr="


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    record: Payload | None = None
    events: Sequence[Payload] = ()


def read_body(body: bytes) -> Contents:
    """Raises `BadPayload` for what is neither a record nor an event."""
    stripped = body.strip()
    if stripped.startswith(CDR_FIELD):
        return Contents(record=parse_json(_unpacked(stripped.removeprefix(CDR_FIELD))).object())
    if stripped[:1] not in (b"{", b"["):
        return Contents(events=_plain(stripped.decode("utf-8", "replace")))
    payload = parse_json(stripped)
    if isinstance(payload.raw, list):
        return Contents(events=[event.object() for event in payload.items()])
    if "variables" in payload:
        return Contents(record=payload)
    if "Event-Name" in payload or "CC-Action" in payload:
        return Contents(events=[payload])
    raise BadPayload("$.variables", "missing: neither a record of mod_json_cdr nor an event")


def _unpacked(packed: bytes) -> bytes:
    if packed.startswith(b"{"):
        return packed
    if packed.startswith(b"%"):
        return unquote_to_bytes(packed)
    try:
        return base64.b64decode(unquote_to_bytes(packed))
    except (binascii.Error, ValueError):
        raise BadPayload("$", "neither JSON nor percent-encoding nor base64 after cdr=") from None


def _plain(text: str) -> list[Payload]:
    """Blocks of `name: value` lines, parted by empty lines."""
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    events = [Payload(dict(_pairs(block))) for block in blocks]
    if not any("CC-Action" in event or "Event-Name" in event for event in events):
        raise BadPayload("$", "neither JSON nor an event of the event socket")
    return events


def _pairs(block: str) -> list[tuple[str, str]]:
    lines = (line.partition(":") for line in block.split("\n"))
    return [(name.strip(), unquote(value.strip())) for name, colon, value in lines if colon]
