"""What the answers to Slack are made with, who may have numbers, and how work that takes longer than Slack waits goes on."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine

from plugin.notify.slack import SlackNotifier
from plugin.policy.document import Document

#: Slack waits three seconds: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
PROMPT_S = 2.0
#: Slack repeats an event for an hour at most: https://docs.slack.dev/apis/events-api#retries
_REMEMBERED = 2000
_T = TypeVar("_T")
_log = logging.getLogger(__name__)
#: so that many people who ask at once share what the database can do
_POOL = ThreadPoolExecutor(4, thread_name_prefix="slack")


class Recent:
    """The last ids that were seen here; a second process has its own, since whatever is done twice is done once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def is_new(self, identity: str) -> bool:
        with self._lock:
            if identity in self._seen:
                return False
            self._seen[identity] = None
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return True


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackApp:
    """`api_url` differs from Slack's own only where another server stands in for it; `notifier` is None without a bot token."""

    engine: Engine
    signing_secret: str | None = field(repr=False)
    document: Callable[[], Document]
    now: Callable[[], datetime]
    knows: Callable[[], Mapping[str, Collection[str]]] = dict
    base_url: str = ""
    api_url: str = "https://slack.com/api/"
    notifier: SlackNotifier | None = None
    #: how long an answer may take before it is announced instead
    prompt_s: float = PROMPT_S
    seen: Recent = field(default_factory=Recent)


def may_see(document: Document, user: str, channel: str = "") -> bool:
    """Everybody in the workspace; where the policy names people or channels, these people, and whoever asks in these channels."""
    access = document.slack
    return not (access.users or access.channels) or user in access.users or channel in access.channels


def promptly(work: Callable[[], _T], late: Callable[[_T], None], wait_s: float) -> _T | None:
    """The result, when it is there within the time that Slack waits; else None, and `late` gets it."""
    running: Future[_T] = _POOL.submit(work)
    try:
        return running.result(timeout=wait_s)
    except StillRunning:
        running.add_done_callback(lambda done: late(done.result()))
        return None


def afterwards(work: Callable[[], object]) -> None:
    """Goes on when Slack has its answer; what fails is logged."""

    def run() -> None:
        try:
            work()
        except Exception:
            _log.exception("an answer to Slack failed")

    _POOL.submit(run)
