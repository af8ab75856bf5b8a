"""A pressed button goes in; the incident changes, the Home tab is made anew or records are listed, and its presser is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from plugin.alert.answer import BUTTONS, Press, answer
from plugin.alert.board import BEHIND
from plugin.database import session_scope
from plugin.notify.slack_reply import ephemeral, is_reply_address, reply
from plugin.notify.text import plain_text
from plugin.web.slack.behind import behind_alert
from plugin.web.slack.desk import SlackApp, afterwards
from plugin.web.slack.home import REFRESH, publish_home

_NAME_LENGTH = 80


class _User(BaseModel):
    id: str = Field(min_length=1)
    username: str = ""
    name: str = ""


class _Action(BaseModel):
    action_id: str = ""
    value: str | None = None


class _View(BaseModel):
    type: str = ""


class _Channel(BaseModel):
    id: str = ""


class Pressed(BaseModel):
    """What is read of https://docs.slack.dev/reference/interaction-payloads/block_actions-payload (November 2026)."""

    type: str
    user: _User
    actions: tuple[_Action, ...] = ()
    response_url: str | None = None
    channel: _Channel | None = None
    view: _View | None = None

    @property
    def in_home(self) -> bool:
        return self.view is not None and self.view.type == "home"

    @property
    def who(self) -> str:
        given = "".join(letter for letter in self.user.username or self.user.name if letter.isprintable()).strip()
        return (given or self.user.id)[:_NAME_LENGTH]


def pressed(app: SlackApp, payload: Mapping[str, Any] | str) -> dict[str, Any] | None:
    """What Slack would show nowhere unless it goes to `response_url`; None when there is nothing to add to the answer.

    Raises `pydantic.ValidationError`.
    """
    found = Pressed.model_validate_json(payload) if isinstance(payload, str) else Pressed.model_validate(payload)
    action = next((each for each in found.actions if each.action_id in (*BUTTONS, REFRESH, BEHIND)), None)
    if found.type != "block_actions" or action is None:
        return None
    if action.action_id == BEHIND:
        return _listed(app, found, _number(action.value))
    said = "" if action.action_id == REFRESH else _answer(app, found, action)
    if found.in_home:
        # No message was pressed that could be answered: the tab shows what came of it.
        afterwards(lambda: publish_home(app, found.user.id, said))
        return None
    return _told(app, found, said) if said else None


def _listed(app: SlackApp, found: Pressed, number: int) -> dict[str, Any] | None:
    """Read when Slack has its answer, since there may be many."""
    url, channel = found.response_url or "", found.channel.id if found.channel else ""
    if found.in_home:
        afterwards(lambda: publish_home(app, found.user.id, plain_text(behind_alert(app, number, found.user.id))))
    elif is_reply_address(url, app.api_url):
        afterwards(lambda: reply(url, ephemeral(behind_alert(app, number, found.user.id, channel))))
    else:
        return ephemeral(behind_alert(app, number, found.user.id, channel))
    return None


def _answer(app: SlackApp, found: Pressed, action: _Action) -> str:
    """What to say to who pressed; empty where the changed alert says it all."""
    with session_scope(app.engine) as session:
        press = Press(button=action.action_id, incident=_number(action.value), who=found.who)
        return answer(session, app.document(), press, app.now())


def _number(value: str | None) -> int:
    """0, which no incident has, for what is no number."""
    given = value or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else 0


def _told(app: SlackApp, found: Pressed, said: str) -> dict[str, Any] | None:
    """Slack shows no body of an answer to a button, so it goes to `response_url`, after the answer."""
    url = found.response_url or ""
    if not is_reply_address(url, app.api_url):
        return ephemeral(said)
    afterwards(lambda: reply(url, ephemeral(said)))
    return None
