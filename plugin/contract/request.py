"""The one neutral HTTP request that every adapter reads, whatever web server received it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit


class Headers(Mapping[str, str]):
    """Case-insensitive, read-only headers."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = {name.lower(): value for name, value in (values or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({sorted(self._values)})"


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A request as it was received: `url` is the public one that the vendor signed, `body` the raw bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes
    received_at: datetime

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(self.headers))

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def form_pairs(self) -> list[tuple[str, str]]:
        """The decoded pairs of a form body, in order, duplicates kept."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(self.form_pairs)

    def with_body(self, body: bytes) -> WebhookRequest:
        return replace(self, body=body)
