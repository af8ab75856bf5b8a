"""Slack's error codes as a decision (try again, give up, the channel is broken) and a sentence that says what to do."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from plugin.notify.errors import DeliveryFailed

#: The target or the app does not work until somebody does what the text says. https://docs.slack.dev/reference/methods/chat.postMessage
_BROKEN = {
    "not_in_channel": "The app is not in the channel: type /invite @Deskgauge there.",
    "channel_not_found": "There is no such channel, or it is private: enter its id (C…) and type /invite @Deskgauge there.",
    "is_archived": "The channel is archived: choose another one, or unarchive it.",
    "user_not_found": "There is no such person: enter the member id (U…).",
    "user_disabled": "The person has left this Slack workspace: choose another target.",
    "token_revoked": "The Slack token was revoked: install the app again and set SLACK_BOT_TOKEN.",
    "token_expired": "The Slack token has expired: install the app again and set SLACK_BOT_TOKEN.",
    "invalid_auth": "Slack does not know the token: set SLACK_BOT_TOKEN to the bot token (xoxb-…).",
    "not_authed": "No Slack token was sent: set SLACK_BOT_TOKEN to the bot token (xoxb-…).",
    "account_inactive": "The Slack app was removed from the workspace: install it again and set SLACK_BOT_TOKEN.",
    "team_access_not_granted": "The app may not use this workspace: ask its administrator to approve it.",
    "ekm_access_denied": "The workspace's administrator has suspended posting: ask him.",
    "restricted_action": "A workspace setting forbids the app to post here: ask its administrator.",
    "restricted_action_read_only_channel": "Only some people may post in this channel: let the app do so.",
    "restricted_action_non_threadable_channel": "This channel allows no threads: choose another one.",
    "no_permission": "The app lacks a permission: install it again with the scopes of the app manifest.",
    "not_allowed_token_type": "This is not a bot token: set SLACK_BOT_TOKEN to the one that begins with xoxb-.",
}
CODES = tuple(_BROKEN)
_MAX_DETAILS = 300
_PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "accesslimited",
    }
)


def failed(error: SlackApiError) -> DeliveryFailed:
    response = error.response
    status = int(getattr(response, "status_code", 200))
    code = str(response.get("error") or "")
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait_s = _retry_after_s(response.headers)
        return DeliveryFailed("Slack asks to slow down.", permanent=False, retry_after_s=wait_s)
    if status >= 500 or code in _PASSING:
        return DeliveryFailed(f"Slack has a problem of its own ({code or status}).", permanent=False)
    if code == "missing_scope":
        return _missing_scope(str(response.get("needed") or "chat:write"))
    if code in _BROKEN:
        return DeliveryFailed(f"{_BROKEN[code]} ({code})", permanent=True, broken=True)
    return DeliveryFailed(f"Slack refused the message ({code or status}).{_details(response)}", permanent=True)


def _details(response: object) -> str:
    """Which field of the blocks Slack minds; its texts name places and limits, never what was written there."""
    metadata = response.get("response_metadata") if hasattr(response, "get") else None
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    said = "; ".join(str(each) for each in messages or ())
    return f" {said[:_MAX_DETAILS]}" if said else ""


def _missing_scope(needed: str) -> DeliveryFailed:
    use = ""
    if "history" in needed:
        use = " It is needed to see whether a message had already been accepted before a crash."
    text = f"The Slack app lacks the scope {needed}: add it in the app's settings and install the app again.{use}"
    return DeliveryFailed(f"{text} (missing_scope)", permanent=True, broken=True)


def failed_on_the_way(error: Exception) -> DeliveryFailed:
    """Nobody knows whether Slack accepted it; the text names the kind of error only, since its details may hold the request."""
    return DeliveryFailed(f"Slack could not be reached, or did not answer ({type(error).__name__}).", permanent=False)


def _retry_after_s(headers: object) -> float | None:
    items = headers.items() if hasattr(headers, "items") else ()
    value = next((str(value) for name, value in items if str(name).lower() == "retry-after"), "")
    return float(value) if value.isdigit() else None
