"""Why a message did not arrive, in the terms in which the outbox decides what to do next."""

from __future__ import annotations


class DeliveryFailed(Exception):
    """A notifier could not deliver. `reason` says what happened and what to do, for a person.

    permanent      the same attempt cannot succeed later; otherwise it is repeated with back-off
    retry_after_s  the other side took nothing and said when to come back; until then nothing more is sent to the target
    broken         the target itself does not work (archived channel, refused address), so other messages to it fail too
    """

    def __init__(
        self, reason: str, *, permanent: bool, retry_after_s: float | None = None, broken: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.broken = broken


class ChartFailed(Exception):
    """The picture could not be drawn; the text goes out without it."""
