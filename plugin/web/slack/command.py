"""`/deskgauge [kpi] [period]` goes in, what only its writer sees comes out, at once or through the address that came with it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugin.database import reading
from plugin.kpi.answer import AskError
from plugin.kpi.catalogue import PLAN_ATTAINMENT
from plugin.kpi.period import PeriodTextError, parse_period_text
from plugin.notify.message import Message, Section
from plugin.notify.slack_reply import ephemeral, is_reply_address, reply
from plugin.report.wording import label
from plugin.web.choice import choose
from plugin.web.slack.desk import SlackApp, may_see, promptly
from plugin.web.slack.numbers import one_number, usual_numbers
from plugin.web.slack.words import NotUnderstood, Wanted, is_help, understood
from plugin.web.wording import say

_log = logging.getLogger(__name__)
_EXAMPLES = ("", "abandonment_rate", "csat last week", "service_level 2026-11-23", "aht 2026-W47", "help")


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What is read of https://docs.slack.dev/interactivity/implementing-slash-commands (November 2026)."""

    text: str
    user: str
    channel: str = ""
    command: str = "/deskgauge"
    response_url: str = ""


def command_of(form: Mapping[str, Any]) -> Command:
    """The form of a request, or the payload of an envelope; raises `KeyError` without the writer's id."""
    return Command(
        text=str(form.get("text") or ""),
        user=str(form["user_id"]),
        channel=str(form.get("channel_id") or ""),
        command=str(form.get("command") or "/deskgauge"),
        response_url=str(form.get("response_url") or ""),
    )


def commanded(app: SlackApp, command: Command) -> dict[str, Any]:
    """The answer to the request. What takes longer than Slack waits is announced, and said through `response_url`."""
    language = app.document().language

    def late(message: Message) -> None:
        if is_reply_address(command.response_url, app.api_url):
            reply(command.response_url, ephemeral(message))

    said = promptly(lambda: _safely(app, command), late, app.prompt_s)
    return ephemeral(said or Message(title=say("slack.working", language), language=language))


def _safely(app: SlackApp, command: Command) -> Message:
    try:
        return answer_to(app, command)
    except Exception:
        _log.exception("a command from Slack could not be answered")
        language = app.document().language
        return Message(title=say("slack.failed", language), language=language)


def answer_to(app: SlackApp, command: Command) -> Message:
    document, now = app.document(), app.now()
    language = document.language
    if not may_see(document, command.user, command.channel):
        title, remedy = say("slack.forbidden", language), say("slack.forbidden.do", language)
        return Message(title=title, summary=remedy, language=language)
    if is_help(command.text):
        return _help(command, language)

    def is_period(text: str) -> bool:
        try:
            parse_period_text(text, now, document.timezone, document.week_starts_on.number)
        except PeriodTextError:
            return False
        return True

    wanted = understood(command.text, is_period)
    if isinstance(wanted, NotUnderstood):
        return _not_understood(command, wanted, language)
    return _numbers(app, wanted, language)


def _numbers(app: SlackApp, wanted: Wanted, language: str) -> Message:
    choice = choose({"period": wanted.period}, app.document(), app.now(), usual="today")
    with reading(app.engine) as connection:
        if not wanted.kpi:
            return usual_numbers(connection, app, choice)
        try:
            return one_number(connection, app, choice, wanted.kpi)
        except AskError as error:
            return Message(title=label(wanted.kpi, language), summary=error.message, language=language)


def _help(command: Command, language: str) -> Message:
    lines = [say(f"slack.help.{number}", language, command=command.command) for number in (1, 2, 3)]
    examples = "\n".join(f"{command.command} {example}".rstrip() for example in _EXAMPLES)
    return Message(
        title=say("slack.help", language, command=command.command),
        summary="\n".join(lines),
        sections=(Section(title=say("slack.help.examples", language), text=examples),),
        language=language,
    )


def _not_understood(command: Command, wrong: NotUnderstood, language: str) -> Message:
    if wrong.period:
        title, remedy = say("slack.no_period", language, text=wrong.period), say("slack.no_period.do", language)
        return Message(title=title, summary=remedy, language=language)
    title = say("slack.no_kpi", language, text=wrong.kpi)
    near = [key for key in wrong.near if key != PLAN_ATTAINMENT.key]
    if not near:
        return Message(
            title=title, summary=say("slack.no_kpi.do", language, command=command.command), language=language
        )
    lines = "\n".join(f"{command.command} {key}  ({label(key, language)})" for key in near)
    sections = (Section(title=say("slack.did_you_mean", language), text=lines),)
    return Message(title=title, sections=sections, language=language)
