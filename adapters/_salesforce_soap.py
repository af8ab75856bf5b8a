"""The SOAP envelope of an outbound message, taken apart without what XML can do to its reader.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plugin.contract.event import Json
from plugin.contract.payload import BadPayload, Payload
from plugin.contract.xml_body import parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: what makes Salesforce stop sending a message
ACKNOWLEDGED = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    b"</soapenv:Body></soapenv:Envelope>"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """`records`: the fields of each object by their names without prefix, texts; its own type as `type`."""

    organization: str
    ids: Sequence[str]
    records: Sequence[Payload]


def is_soap(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_message(body: bytes) -> Message:
    """Raises `BadPayload`, also for entities and document types, which Salesforce never sends."""
    root = parse_xml(body)
    found = root.find(f".//{OUTBOUND}notifications")
    if found is None:
        raise BadPayload("Envelope.Body.notifications", "missing: this is no outbound message")
    notifications = found.findall(f"{OUTBOUND}Notification")
    return Message(
        organization=_text(found, "OrganizationId"),
        ids=[_text(one, "Id") for one in notifications],
        records=[_record(one, f"Notification[{number}].sObject") for number, one in enumerate(notifications)],
    )


def _text(parent: Element, name: str) -> str:
    text = parent.findtext(f"{OUTBOUND}{name}")
    if not text:
        raise BadPayload(name, "missing")
    return text


def _record(notification: Element, path: str) -> Payload:
    record = notification.find(f"{OUTBOUND}sObject")
    if record is None:
        raise BadPayload(path, "missing")
    fields: dict[str, Json] = {field.tag.rpartition("}")[2]: field.text for field in record}
    return Payload({**fields, "type": record.get(TYPE, "").rpartition(":")[2]}, path)
