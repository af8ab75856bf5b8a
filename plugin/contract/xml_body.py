"""XML of strangers, read without what it can do to its reader: no entities, no document types, nothing fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.contract.payload import BadPayload

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse_xml(body: bytes) -> Element:
    """The root; raises `BadPayload` at `$` for anything that is not plain XML."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise BadPayload("$", f"not plain XML: {type(error).__name__}") from None
    return root
