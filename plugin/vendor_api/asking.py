"""Asks a vendor's API at its pace, and again when it was busy or did not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event

import requests

from plugin.contract.api import ApiRequest, ApiResponse

#: of one request, before it is given up for now
ATTEMPTS = 8
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 900.0
Send = Callable[[ApiRequest], ApiResponse]


class AskingProblem(ValueError):
    """The API gave no usable answer; the text says which and what to do."""


class Refused(AskingProblem):
    """The vendor will not answer this request, however often it is asked; `body` is what it says of it."""

    def __init__(self, text: str, body: bytes) -> None:
        super().__init__(text)
        self.body = body


class Stopped(Exception):
    """The asking was told to stop during a pause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How time passes: replaced in tests. Without a `sleep` a pause ends at once when the asking shall stop."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] | None = None


@dataclass(kw_only=True)
class Asking:
    """`per_minute` is how many requests the vendor allows, `needs` the settings to check when it refuses the login."""

    send: Send
    per_minute: int
    needs: Sequence[str]
    pace: Pace = field(default_factory=Pace)
    stop: Event = field(default_factory=Event)
    _asked_at: float | None = None

    def __call__(self, request: ApiRequest) -> ApiResponse:
        """An answer that the request expects; raises `AskingProblem`, or `Stopped`."""
        for attempt in range(ATTEMPTS):
            self._wait_for_turn()
            try:
                answer = self.send(request)
            except requests.RequestException as error:
                answer, problem = None, f"{type(error).__name__}: no answer from the API"
            if answer is not None:
                if answer.status in request.expects:
                    return answer
                problem = f"The API answered {answer.status}."
                if not _is_passing(answer.status):
                    raise Refused(f"{problem} {self._remedy(answer.status)}", answer.body)
            if request.once and (answer is None or answer.status != TOO_MANY):
                raise AskingProblem(f"{problem} Whether it did what was asked cannot be known.")
            self._pause(_pause_s(answer, attempt, self.pace.now()))
        raise AskingProblem(f"{problem} {ATTEMPTS} times, with longer and longer pauses.")

    def _wait_for_turn(self) -> None:
        if self._asked_at is not None:
            self._pause(self._asked_at + 60 / self.per_minute - self.pace.monotonic())
        self._asked_at = self.pace.monotonic()

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            (self.pace.sleep or self.stop.wait)(seconds)
        if self.stop.is_set():
            raise Stopped

    def _remedy(self, status: int) -> str:
        if status in {401, 403}:
            return f"Check {', '.join(self.needs)}, and whether this login may do that."
        if 300 <= status < 400:
            return "It sends us elsewhere, where we do not go: check the address that was entered."
        return "Tell us, with the vendor's answer from its own log."


TOO_MANY = 429


def _is_passing(status: int) -> bool:
    return status in {408, 425, TOO_MANY} or status >= 500


def _pause_s(answer: ApiResponse | None, attempt: int, now: datetime) -> float:
    """What the vendor asks for (RFC 9110, 10.2.3: seconds or a date), else twice as long each time."""
    asked = None if answer is None else answer.headers.get("retry-after")
    wanted = FIRST_PAUSE_S * 2**attempt if asked is None else _retry_after_s(asked, now)
    return min(max(wanted, FIRST_PAUSE_S), LONGEST_PAUSE_S)


def _retry_after_s(text: str, now: datetime) -> float:
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - now) / timedelta(seconds=1)
    except (ValueError, TypeError, IndexError, OverflowError):
        return FIRST_PAUSE_S
