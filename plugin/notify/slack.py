"""Messages into Slack through the Web API: posted once under our own id, edited and threaded, the picture afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from typing import Any, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from plugin.notify.chart import describe, render_png
from plugin.notify.errors import ChartFailed, DeliveryFailed
from plugin.notify.message import Chart, Message
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.slack_blocks import MAX_TOTAL, clip_escaped, fallback_text, slack_blocks
from plugin.notify.slack_errors import failed, failed_on_the_way
from plugin.notify.text import plain_text

EVENT_TYPE = "deskgauge_message"
_TIMEOUT_S = 20
_PAGE = 200
_PAGES = 25
#: Slack's clock and ours may differ, and the message may have been accepted a moment after it was written down.
_CLOCK_SKEW = timedelta(minutes=10)
_ALT_TEXT = 1000
#: after so long a picture is tried again where Slack does not say when it may be
_PICTURE_AGAIN_S = 30.0
#: the message that was to be changed is gone, or too old: say it anew
_CANNOT_EDIT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackNotifier:
    """`api_url` differs from Slack's own only in tests. Needs chat:write; files:write for pictures; channels:history and
    groups:history to recognise what was accepted before a crash."""

    token: str = field(repr=False)
    api_url: str = "https://slack.com/api/"

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        thread = envelope.follows
        if thread and envelope.picture_only:
            return self._picture_alone(message, thread)
        place = {
            "channel": thread.where if thread else envelope.target,
            "thread_ts": thread.reference if thread else None,
        }
        answer = _call(partial(_say, self._client().chat_postMessage, message, envelope, **place))
        receipt = Receipt(where=str(answer["channel"]), reference=str(answer["ts"]))
        return self._with_picture(message, receipt, thread or receipt)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        """A message that cannot be changed any more is sent as a new one, so that a recovery is never lost."""
        if envelope.follows is None:
            return self.send(message, envelope)
        where, ts = envelope.follows.where, envelope.follows.reference
        try:
            _say(self._client().chat_update, message, envelope, channel=where, ts=ts)
        except SlackApiError as error:
            if error.response.get("error") in _CANNOT_EDIT:
                return self.send(message, Envelope(id=envelope.id, target=where, created_at=envelope.created_at))
            raise failed(error) from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise failed_on_the_way(error) from error
        return envelope.follows

    def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """What a person sees in the app's Home tab: https://docs.slack.dev/reference/methods/views.publish"""
        _call(self._client().views_publish, user_id=user, view=view)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        """Whether Slack already has this message: looks for our id in the metadata of what the channel got since it was written."""
        for answer in self._pages(envelope):
            for each in cast(list[dict[str, Any]], answer.get("messages") or []):
                metadata = each.get("metadata") or {}
                if (
                    metadata.get("event_type") == EVENT_TYPE
                    and (metadata.get("event_payload") or {}).get("id") == envelope.id
                ):
                    where = envelope.follows.where if envelope.follows else envelope.target
                    return Receipt(where=where, reference=str(each["ts"]))
        return None

    def _pages(self, envelope: Envelope) -> Iterator[SlackResponse]:
        client = self._client()
        query: dict[str, Any] = {
            "oldest": f"{(envelope.created_at - _CLOCK_SKEW).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        method: Callable[..., SlackResponse] = client.conversations_history
        if envelope.follows:
            method = client.conversations_replies
            query |= {"channel": envelope.follows.where, "ts": envelope.follows.reference}
        else:
            query["channel"] = envelope.target
        for _ in range(_PAGES):
            answer = _call(method, **query)
            yield answer
            query["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not query["cursor"]:
                return

    def _with_picture(self, message: Message, receipt: Receipt, thread: Receipt) -> Receipt:
        """The text has arrived, so nothing that befalls the picture may make it be sent again."""
        if message.chart is None:
            return receipt
        try:
            self._upload(message.chart, message.language, receipt.where, thread.reference)
        except DeliveryFailed as failure:
            if failure.permanent:
                return replace(receipt, note=f"The picture is missing: {failure}")
            after_s = failure.retry_after_s or _PICTURE_AGAIN_S
            return replace(receipt, note=f"The picture comes later: {failure}", picture_after_s=after_s)
        except ChartFailed as failure:
            return replace(receipt, note=f"The picture is missing: {failure}")
        return receipt

    def _picture_alone(self, message: Message, thread: Receipt) -> Receipt:
        if message.chart is None:
            return thread
        try:
            self._upload(message.chart, message.language, thread.where, thread.reference)
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            return replace(thread, note=f"The picture is missing: {failure}")
        return replace(thread, note="")

    def _upload(self, chart: Chart, language: str, channel: str, thread_ts: str) -> None:
        _call(
            self._client().files_upload_v2,
            channel=channel,
            thread_ts=thread_ts,
            content=render_png(chart, language=language),
            filename="chart.png",
            title=chart.title,
            alt_txt=describe(chart, language)[:_ALT_TEXT],
        )

    def _client(self) -> WebClient:
        # No retry handlers: the default one repeats a post whose connection broke, and Slack may have accepted the first.
        return WebClient(
            token=self.token, base_url=self.api_url, timeout=_TIMEOUT_S, retry_handlers=[], logger=_quiet_logger()
        )


def _quiet_logger() -> logging.Logger:
    """At DEBUG the client writes whole bodies into the log."""
    logger = logging.getLogger("plugin.notify.slack.client")
    logger.setLevel(logging.CRITICAL)
    return logger


def _say(method: Callable[..., SlackResponse], message: Message, envelope: Envelope, **place: Any) -> SlackResponse:
    """With blocks; should Slack refuse them, since its rules change, as plain text: what is said matters more than its looks."""
    content: dict[str, Any] = {
        "text": fallback_text(message),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": envelope.id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    try:
        return method(**place, **content, blocks=slack_blocks(message))
    except SlackApiError as error:
        if error.response.get("error") not in _BLOCKS_REFUSED:
            raise
        _log.warning("the text of message %s goes without its layout: %s", envelope.id, failed(error).reason)
        return method(**place, **{**content, "text": clip_escaped(plain_text(message), MAX_TOTAL), "blocks": []})


def _call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise failed(error) from error
    except (SlackClientError, HTTPException, OSError) as error:
        raise failed_on_the_way(error) from error
