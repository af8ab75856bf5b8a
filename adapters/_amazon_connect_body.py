"""The body of a delivery in, what Amazon Connect said out: through EventBridge, a Pipe from Kinesis, or Firehose's HTTP endpoint.

https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html (records with base64 data);
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html (the same, with `kinesisSchemaVersion`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.contract.payload import BadPayload, Payload, parse_json
from plugin.contract.signature import decode_base64

DEEPEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One contact record, contact event or agent event; `envelope` is EventBridge's, where it came in one."""

    body: Payload
    envelope: Payload | None = None


def read_body(body: bytes) -> list[Said]:
    return list(_unpacked(parse_json(body), DEEPEST))


def _unpacked(payload: Payload, deep: int) -> Iterator[Said]:
    if deep == 0:
        raise BadPayload(payload.path, "packed too often")
    if isinstance(payload.raw, list):
        for entry in payload.items():
            yield from _unpacked(entry, deep - 1)
    elif "records" in payload:
        for record in payload["records"].items():
            yield from _unpacked(_decoded(record["data"]), deep - 1)
    elif "kinesisSchemaVersion" in payload:
        yield from _unpacked(_decoded(payload["data"]), deep - 1)
    elif "detail-type" in payload:
        yield Said(body=payload["detail"].object(), envelope=payload)
    else:
        yield Said(body=payload.object())


def _decoded(data: Payload) -> Payload:
    """A transformer of a Pipe may have decoded it before."""
    if isinstance(data.raw, (dict, list)):
        return data
    raw = decode_base64(data.text())
    if raw is None:
        raise BadPayload(data.path, "base64 expected")
    return parse_json(raw)
