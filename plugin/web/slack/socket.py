"""Socket Mode: what Slack would send by HTTP comes over a connection that we open, for a machine that Slack cannot reach.

https://docs.slack.dev/apis/events-api/using-socket-mode: each envelope is acknowledged within three seconds, and a connection is
replaced from time to time, which the client of slack-sdk does by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from plugin.web.slack.command import command_of, commanded
from plugin.web.slack.desk import SlackApp, promptly
from plugin.web.slack.event import happened
from plugin.web.slack.press import pressed

#: between attempts to connect; Slack allows one opening a second
RETRY_S = (2.0, 10.0, 30.0, 60.0)
_TIMEOUT_S = 20
_SETTLE_S = 5
_REFUSED = (
    "Slack refuses Socket Mode (%s): set SLACK_APP_TOKEN to an app-level token (xapp-…) with the scope connections:write, "
    "and switch Socket Mode on in the settings of the app"
)
_log = logging.getLogger(__name__)
Answer = dict[str, Any] | None


@dataclass(kw_only=True)
class SocketListener:
    """Connected between `start` and `stop`, which may be called again and again. `retry_s` are the pauses until it first is."""

    app: SlackApp
    app_token: str = field(repr=False)
    retry_s: tuple[float, ...] = RETRY_S
    ping_s: float = 5.0
    _client: SocketModeClient | None = None
    _leaving: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        if self._client is not None:
            return
        self._leaving = threading.Event()
        self._client = self._new_client()
        threading.Thread(
            target=self._connect, args=(self._client, self._leaving), name="slack-socket", daemon=True
        ).start()

    def stop(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        self._leaving.set()
        # A connection that is just being made would otherwise stay open behind the client's back.
        settled = client.connect_operation_lock.acquire(timeout=_SETTLE_S)
        try:
            client.close()
        finally:
            if settled:
                client.connect_operation_lock.release()

    def _new_client(self) -> SocketModeClient:
        web = WebClient(base_url=self.app.api_url, timeout=_TIMEOUT_S, retry_handlers=[], logger=_quiet_logger())
        client = SocketModeClient(
            app_token=self.app_token, web_client=web, ping_interval=self.ping_s, concurrency=4, logger=_quiet_logger()
        )
        client.socket_mode_request_listeners.append(self._received)
        return client

    def _connect(self, client: SocketModeClient, leaving: threading.Event) -> None:
        """Until the first connection is made; from then on the client keeps one itself."""
        attempt = 0
        while not leaving.is_set():
            try:
                client.connect_to_new_endpoint()
            except SlackApiError as error:
                _log.error(_REFUSED, error.response.get("error"))
            except (SlackClientError, OSError) as error:
                _log.warning("Slack could not be reached for Socket Mode (%s)", type(error).__name__)
            if leaving.is_set():
                client.disconnect()
            elif client.is_connected():
                _log.info("listening to Slack over Socket Mode")
                return
            leaving.wait(self.retry_s[min(attempt, len(self.retry_s) - 1)])
            attempt += 1

    def _received(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Acknowledged whatever comes of it, since Slack would only send it again."""
        answer: Answer = None
        if self.app.seen.is_new(f"envelope {request.envelope_id}"):
            try:
                answer = answered(self.app, request.type, request.payload)
            except Exception:
                _log.exception("what Slack sent over Socket Mode (%s) could not be answered", request.type)
        payload = answer if request.accepts_response_payload else None
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=payload))


def answered(app: SlackApp, kind: str, payload: Mapping[str, Any]) -> Answer:
    """By the functions that answer the same over HTTP; None also for what Slack may send some day."""
    handle = _HANDLERS.get(kind)
    return handle(app, payload) if handle is not None else None


def _pressed(app: SlackApp, payload: Mapping[str, Any]) -> Answer:
    """A press that waits for the database has its effect after the acknowledgement."""
    return promptly(lambda: pressed(app, payload), lambda _: None, app.prompt_s)


_HANDLERS: dict[str, Callable[[SlackApp, Mapping[str, Any]], Answer]] = {
    "interactive": _pressed,
    "slash_commands": lambda app, payload: commanded(app, command_of(payload)),
    "events_api": happened,
}


def _quiet_logger() -> logging.Logger:
    """At DEBUG the client writes whole envelopes into the log, and the address with its ticket."""
    logger = logging.getLogger(f"{__name__}.client")
    logger.setLevel(logging.CRITICAL)
    return logger
