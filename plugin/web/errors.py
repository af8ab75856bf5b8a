"""What a reader of a page or a caller of the API did wrong: the part of the request, and what to write instead."""

from __future__ import annotations


class BadQuery(ValueError):
    """Answered with 400, or with `status`; `field` is the parameter as the caller writes it."""

    def __init__(self, field: str, message: str, remedy: str, status: int = 400) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.remedy = remedy
        self.status = status

    @property
    def body(self) -> dict[str, dict[str, str]]:
        return {"error": {"field": self.field, "message": self.message, "remedy": self.remedy}}
