"""In a web process: notes that it lives, sees that rules go unevaluated, and tells it while no worker lives that could."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from plugin.database import writing
from plugin.inbox.heard import note_receiving
from plugin.installation import Installation, now
from plugin.notify.notifier import Notifiers
from plugin.schedule import jobs
from plugin.schedule.watching import look_from_outside

EVERY_S = 30.0
_log = logging.getLogger(__name__)


def round_of(opened: Installation, notifiers: Notifiers | None, at: datetime) -> int:
    """How many messages arrived; none while rules are evaluated. `notifiers` None: nothing can be told from here."""
    with writing(opened.engine) as connection:
        note_receiving(connection, at)
    if notifiers is None or not look_from_outside(opened, at):
        return 0
    kinds = {channel.kind for channel in opened.document.channels.values()}
    if not kinds <= notifiers.keys():
        missing = ", ".join(sorted(kinds - notifiers.keys()))
        _log.error("no rule is evaluated, and this process cannot tell it: it lacks the settings for %s", missing)
        return 0
    return jobs.deliver(opened, notifiers, at)


def start(opened: Installation, notifiers: Notifiers | None, every_s: float = EVERY_S) -> threading.Event:
    """Goes its rounds until the event is set, or the process ends. At first it only notes: a worker may be starting, too."""
    stop = threading.Event()

    def go() -> None:
        _go_round(opened, None)
        while not stop.wait(every_s):
            _go_round(opened, notifiers)

    threading.Thread(target=go, name="watchman", daemon=True).start()
    return stop


def _go_round(opened: Installation, notifiers: Notifiers | None) -> None:
    try:
        round_of(Installation(config=opened.config, engine=opened.engine), notifiers, now())
    except Exception:
        _log.exception("a look at the evaluation failed; the next one comes")
