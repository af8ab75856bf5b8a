"""Work that is done soon after something happened, in a thread of its own: once for all that happened meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType


class Bell:
    """`ring` never waits. What was done before it is seen by the work that begins after it; between two runs lie `pause_s`."""

    def __init__(self, work: Callable[[], None], pause_s: float = 0.0) -> None:
        self._work, self._pause_s = work, pause_s
        self._rung, self._leaving = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        self._rung.set()

    def __enter__(self) -> Bell:
        self._leaving.clear()
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """What was begun is finished."""
        self._leaving.set()
        self._rung.set()
        if self._thread is not None:
            self._thread.join()

    def _answer(self) -> None:
        while self._rung.wait() and not self._leaving.is_set():
            self._rung.clear()
            self._work()
            self._leaving.wait(self._pause_s)
