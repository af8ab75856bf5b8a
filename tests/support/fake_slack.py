"""A Slack of our own over real HTTP: the methods that we use, Slack's documented limits and rates, and faults on demand."""

from __future__ import annotations

import json
import math
import queue
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from slack_limits import Refused, check_message, check_view

TOKEN, APP_TOKEN = "xoxb-test-token", "xapp-test-token"
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fault:
    """One scripted answer. `accepted` does the work first and then cuts the connection without an answer."""

    error: str = ""
    status: int = 200
    retry_after: str = ""
    accepted: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


RATE_LIMITED = Fault(error="ratelimited", status=429, retry_after="7")
SERVER_ERROR = Fault(status=500)
CUT_AFTER_ACCEPTING = Fault(accepted=True)


@dataclass
class FakeSlack:
    url: str = ""
    channels: set[str] = field(default_factory=lambda: {"C0SUPPORT", "C0OTHER"})
    archived: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=lambda: {"chat:write", "files:write", "channels:history"})
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    uploads: dict[str, bytes] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    #: public channels of which the app is no member, messages that may no longer be changed, tokens that were taken back
    not_joined: set[str] = field(default_factory=set)
    frozen: dict[str, str] = field(default_factory=dict)
    revoked: bool = False
    #: user --> the view of his Home tab; every one that was published, in order
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    published: list[dict[str, Any]] = field(default_factory=list)
    #: what was posted to a `response_url`, which is `url` + "response/…"
    responses: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    started_at: datetime = START
    page: int = 200
    #: where Socket Mode connects to
    socket_url: str = ""
    #: None: nobody counts; else the clock in seconds by which one message per second and channel is taken
    rate_clock: Callable[[], float] | None = None
    _next_at: dict[str, float] = field(default_factory=dict)
    _faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _called: threading.Condition = field(default_factory=threading.Condition)

    def fail(self, method: str, *faults: Fault) -> None:
        self._faults[method].extend(faults)

    def answer(self, method: str, arguments: dict[str, Any], token: str) -> tuple[int, dict[str, Any], Fault | None]:
        with self._called:
            self.calls.append(method)
            self._called.notify_all()
            fault = self._faults[method].popleft() if self._faults[method] else None
            if fault and not fault.accepted:
                return fault.status, {"ok": False, "error": fault.error, **fault.extra}, fault
            wanted = APP_TOKEN if method == "apps.connections.open" else TOKEN
            if token != f"Bearer {wanted}" or self.revoked:
                return 200, {"ok": False, "error": "token_revoked" if self.revoked else "invalid_auth"}, None
            if wait_s := self._too_early(method, str(arguments.get("channel"))):
                return 429, {"ok": False, "error": "ratelimited"}, Fault(retry_after=str(wait_s))
            handler = getattr(self, "_" + method.replace(".", "_"), None)
            if handler is None:
                return 200, {"ok": False, "error": "unknown_method"}, None
            try:
                return 200, {"ok": True, **handler(arguments)}, fault
            except Refused as refused:
                return 200, {"ok": False, "error": refused.args[0], **refused.extra}, fault

    def sent_ids(self, channel: str) -> list[str]:
        return [each["metadata"]["event_payload"]["id"] for each in self.messages[channel]]

    def counted(self) -> Counter[str]:
        return Counter(self.calls)

    def wait_for(self, method: str, times: int) -> None:
        """Until it was called so often, for what goes on after an answer."""
        with self._called:
            assert self._called.wait_for(lambda: self.calls.count(method) >= times, timeout=20), f"no {method}"

    def _too_early(self, method: str, channel: str) -> int:
        """One message per second and channel, https://docs.slack.dev/apis/web-api/rate-limits: whole seconds to wait, else 0."""
        if self.rate_clock is None or method != "chat.postMessage":
            return 0
        now = self.rate_clock()
        if now < self._next_at.get(channel, now):
            return math.ceil(self._next_at[channel] - now)
        self._next_at[channel] = now + 1
        return 0

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def _channel(self, arguments: dict[str, Any]) -> str:
        channel = str(arguments.get("channel"))
        if channel not in self.channels:
            raise Refused("channel_not_found")
        return channel

    def _auth_test(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"team": "Example", "user": "deskgauge", "user_id": "U0DESK", "bot_id": "B0DESK"}

    def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._need("chat:write")
        channel = self._channel(arguments)
        if channel in self.archived:
            raise Refused("is_archived")
        if channel in self.not_joined:
            raise Refused("not_in_channel")
        check_message(arguments)
        ts = f"{self.started_at.timestamp() + len(self.messages[channel]):.6f}"
        message = {"ts": ts, **{key: arguments.get(key) for key in ("text", "blocks", "metadata", "thread_ts")}}
        self.messages[channel].append(message)
        return {"channel": channel, "ts": ts, "message": message}

    def _chat_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._need("chat:write")
        channel = self._channel(arguments)
        check_message(arguments)
        if arguments["ts"] in self.frozen:
            raise Refused(self.frozen[arguments["ts"]])
        for message in self.messages[channel]:
            if message["ts"] == arguments["ts"]:
                message.update({key: arguments[key] for key in ("text", "blocks", "metadata") if key in arguments})
                message["edited"] = True
                return {"channel": channel, "ts": message["ts"]}
        raise Refused("message_not_found")

    def _apps_connections_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"url": f"{self.socket_url}?ticket={len(self.calls)}"}

    def _views_publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        check_view(arguments.get("view"))
        view = arguments["view"]
        found: dict[str, Any] = json.loads(view) if isinstance(view, str) else view
        self.homes[str(arguments["user_id"])] = found
        self.published.append(found)
        return {"view": found}

    def _conversations_history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments)
        return self._listed([each for each in self.messages[channel] if not each["thread_ts"]], arguments)

    def _conversations_replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, root = self._channel(arguments), arguments["ts"]
        return self._listed(
            [each for each in self.messages[channel] if root in (each["ts"], each["thread_ts"])], arguments
        )

    def _listed(self, messages: list[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
        """Newest first, in pages; metadata only when it is asked for, as Slack does."""
        self._need("channels:history")
        oldest = float(arguments.get("oldest") or 0)
        newest_first = [each for each in reversed(messages) if float(each["ts"]) > oldest]
        if str(arguments.get("include_all_metadata")).lower() not in ("1", "true"):
            newest_first = [{key: each[key] for key in each if key != "metadata"} for each in newest_first]
        start = int(arguments.get("cursor") or 0)
        size = min(self.page, int(arguments.get("limit") or 100))
        more = start + size < len(newest_first)
        cursor = {"next_cursor": str(start + size) if more else ""}
        return {"messages": newest_first[start : start + size], "has_more": more, "response_metadata": cursor}

    def _files_getUploadURLExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._need("files:write")
        file_id = f"F{len(self.files) + len(self.uploads)}"
        self.files.append({"id": file_id, "length": int(arguments["length"]), "alt_txt": arguments.get("alt_txt")})
        return {"upload_url": f"{self.url}upload/{file_id}", "file_id": file_id}

    def _files_completeUploadExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._need("files:write")
        given = json.loads(arguments["files"]) if isinstance(arguments["files"], str) else arguments["files"]
        for each in given:
            known = next(file for file in self.files if file["id"] == each["id"])
            if len(self.uploads.get(each["id"], b"")) != known["length"]:
                raise Refused("file_not_found")
            known |= {"channel": arguments.get("channel_id"), "thread_ts": arguments.get("thread_ts"), **each}
        return {"files": given}


class _Handler(BaseHTTPRequestHandler):
    slack: FakeSlack

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.strip("/").split("?")[0]
        if name.startswith("upload/"):
            self.slack.uploads[name.removeprefix("upload/")] = body
            self._reply(200, b"OK", {})
            return
        if name.startswith("response/"):
            self.slack.responses.put(json.loads(body))
            self._reply(200, b"ok", {})
            return
        status, answer, fault = self.slack.answer(name, self._arguments(body), self.headers.get("Authorization", ""))
        if fault and fault.accepted:
            self.close_connection = True
            self.connection.close()
            return
        extra = {"Retry-After": fault.retry_after} if fault and fault.retry_after else {}
        plain = b"upstream failure" if status >= 500 else json.dumps(answer).encode()
        self._reply(status, plain, extra)

    def _arguments(self, body: bytes) -> dict[str, Any]:
        if "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(body))
        return {key: values[-1] for key, values in parse_qs(body.decode()).items()}

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if body.startswith(b"{") else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def running() -> Iterator[FakeSlack]:
    slack = FakeSlack()
    handler = type("Handler", (_Handler,), {"slack": slack})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    slack.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
