"""Surveys from the solved ticket to the counted answer, over a real mail server and real pages, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import smtp_server
from flask import Flask
from installed import NOW, asked, installed
from smtp_server import Mailbox
from sqlalchemy import Engine, text
from web_site import app_for

from plugin.contract.request import WebhookRequest
from plugin.database import reading, writing
from plugin.inbox.store import delivery_row, insert_deliveries, replay
from plugin.installation import Installation
from plugin.notify.follow_up.due import counts, is_sampled
from plugin.notify.follow_up.links import LIFE, STOP, read, sign
from plugin.notify.registry import notifiers
from plugin.schedule import jobs
from plugin.web.survey import Surveys, survey_blueprint
from plugin.work import settle_inbox

ADDRESS = "ann.miller@customer.example"
SURVEY = '[surveys.after]\ntype = "csat"\ndelay = "1h"\nthrottle_days = 30\n'


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with smtp_server.running(tmp_path) as box:
        yield box


class Desk:
    """An installation whose help desk sends JSON, whose mail goes to a real server, and whose pages are asked by a client."""

    def __init__(self, engine: Engine, folder: Path, mailbox: Mailbox, policy: str = SURVEY) -> None:
        source = '[sources.desk]\nadapter = "generic"\n'
        opened = installed(engine, folder, source + policy)
        config = replace(opened.config, smtp_url=mailbox.url(), mail_from="desk@centre.example")
        self.opened = Installation(config=config, engine=engine)
        self.engine, self.at = engine, NOW
        self.app: Flask = app_for(engine)
        surveys = Surveys(
            engine=engine,
            secret=self.opened.customer_secret,
            now=lambda: self.at,
            accept=lambda row, adapter: insert_deliveries(engine, [row]) and None,
        )
        self.app.register_blueprint(survey_blueprint(surveys))
        self.client = self.app.test_client()

    def ticket(self, name: str, solved: datetime | None = None, email: str | None = ADDRESS, **more: str) -> None:
        solved = solved or self.at - timedelta(hours=2)
        place = {"subject": name, "queue": "Billing", "agent": "Bob", "channel": "email", **more}
        opening = {**place, "kind": "ticket.opened", "at": (solved - timedelta(hours=1)).isoformat()}
        solution = {**place, "kind": "ticket.solved", "at": solved.isoformat()}
        told = [{**opening, "data": {"email": email} if email else {}}, solution]
        request = WebhookRequest(
            method="POST", url="/hooks/desk", headers={}, body=json.dumps(told).encode(), received_at=self.at
        )
        insert_deliveries(self.engine, [delivery_row("desk", request, None)])
        self.work()

    def work(self) -> None:
        settle_inbox(self.opened)

    def turn(self) -> None:
        """One round of the jobs, as the scheduler runs them."""
        jobs.send_surveys(self.opened, self.at)
        jobs.deliver(self.opened, notifiers(self.opened.config), self.at)
        self.work()

    def decisions(self, survey: str = "after") -> dict[str, int]:
        with reading(self.engine) as connection:
            return counts(connection).get(survey, {})

    def dump(self) -> str:
        """Everything that is stored, but raw deliveries."""
        with reading(self.engine) as connection:
            tables = [name for name in _tables(self.engine) if name != "delivery"]
            return "\n".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def _tables(engine: Engine) -> list[str]:
    from sqlalchemy import inspect

    return inspect(engine).get_table_names()


@pytest.fixture
def desk(engine: Engine, tmp_path: Path, mailbox: Mailbox) -> Desk:
    return Desk(engine, tmp_path, mailbox)


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def links(mail: EmailMessage) -> dict[str, str]:
    """score --> path of its link."""
    found = re.findall(r"http://deskgauge\.example(/s/[0-9a-f]{32}\.([a-z0-9]+)\.[0-9.a-f]+)", plain(mail))
    return {score: path for path, score in found}


def measured(desk: Desk, *kpis: str, by: tuple[str, ...] = ()) -> list[Any]:
    day = ("2026-11-24T00:00:00+00:00", "2026-11-26T00:00:00+00:00", None)
    return list(asked(desk.opened, kpis, *day, by=by).rows)


def test_a_solved_ticket_is_asked_about_once_and_its_answer_counts(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("7")
    for _ in range(3):
        desk.turn()
    (mail,) = mailbox.mails
    assert mailbox.recipients == [[ADDRESS]]
    assert (mail["Subject"], mail["From"]) == ("How did we do?", "desk@centre.example")
    assert list(links(mail)) == ["1", "2", "3", "4", "5", "stop"]
    desk.at += timedelta(minutes=20)
    answered = desk.client.post(links(mail)["5"], data={"comment": "quick!"})
    assert answered.status_code == 200
    assert "Thank you" in answered.text
    desk.work()
    (row,) = measured(desk, "csat", "survey_response_rate", by=("queue", "agent", "channel"))
    assert row.group == {"queue": "Billing", "agent": "Bob", "channel": "email"}
    assert (row.values["csat"].value, row.values["survey_response_rate"].value) == (1.0, 1.0)


def test_a_look_at_a_link_changes_nothing_and_another_click_replaces(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("7")
    desk.turn()
    paths = links(mailbox.mails[0])
    for path in paths.values():
        assert desk.client.get(path).status_code == 200
        assert desk.client.head(path).status_code == 200
    desk.work()
    assert measured(desk, "survey_response_rate")[0].values["survey_response_rate"].value == 0
    for minutes, score in ((1, "5"), (2, "2")):
        desk.at = NOW + timedelta(minutes=minutes)
        desk.client.post(paths[score])
    desk.work()
    (row,) = measured(desk, "csat")
    assert (row.values["csat"].numerator, row.values["csat"].denominator) == (0, 1)


def test_replaying_the_deliveries_gives_the_answers_again(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("7")
    desk.turn()
    desk.client.post(links(mailbox.mails[0])["4"])
    desk.work()
    before = measured(desk, "csat", "survey_response_rate")
    with writing(desk.engine) as connection:
        for table in ("event", "survey", "survey_answer", "ticket", "ticket_span", "cell"):
            connection.execute(text(f"DELETE FROM {table}"))
    replay(desk.engine)
    desk.work()
    assert measured(desk, "csat", "survey_response_rate") == before


def test_the_address_is_sealed_until_the_mail_is_out_and_then_gone(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("7", solved=NOW - timedelta(minutes=10))
    assert ADDRESS not in desk.dump()
    desk.at += timedelta(hours=1)
    jobs.send_surveys(desk.opened, desk.at)
    assert ADDRESS not in desk.dump()
    assert "/s/" not in desk.dump()
    desk.turn()
    assert len(mailbox.mails) == 1
    with reading(desk.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM reach")).scalar() == 0
        assert connection.execute(text("SELECT COUNT(*) FROM survey_mail WHERE sealed IS NOT NULL")).scalar() == 0
    assert ADDRESS not in desk.dump()


def test_who_cannot_or_should_not_be_asked_is_counted(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("1", email=None)
    desk.ticket("2")
    desk.ticket("3", email=ADDRESS.upper())
    desk.turn()
    assert desk.decisions() == {"no_address": 1, "sent": 1, "throttled": 1}
    desk.at += timedelta(days=31)
    desk.ticket("4")
    desk.turn()
    assert desk.decisions() == {"no_address": 1, "sent": 2, "throttled": 1}
    assert len(mailbox.mails) == 2


def test_what_is_not_due_reopened_old_or_out_of_scope_is_not_asked_about(
    engine: Engine, tmp_path: Path, mailbox: Mailbox
) -> None:
    desk = Desk(engine, tmp_path, mailbox, SURVEY + 'scope = { queue = "Billing" }\nsource = "desk"\n')
    desk.ticket("soon", solved=NOW - timedelta(minutes=59))
    desk.ticket("old", solved=NOW - timedelta(hours=26), email="b@customer.example")
    desk.ticket("else", queue="Sales", email="c@customer.example")
    desk.turn()
    assert desk.decisions() == {}
    desk.at += timedelta(minutes=1)
    desk.turn()
    assert desk.decisions() == {"sent": 1}


@pytest.mark.parametrize("one_click", [True, False])
def test_who_opts_out_is_never_asked_again(desk: Desk, mailbox: Mailbox, one_click: bool) -> None:
    desk.ticket("7")
    desk.turn()
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://deskgauge.example")
    desk.at += timedelta(days=400)
    assert "no more surveys" in desk.client.get(path).text
    stopped = desk.client.post(path, data={"List-Unsubscribe": "One-Click"} if one_click else {})
    assert stopped.status_code == 200
    assert desk.client.post(path).status_code == 200
    desk.ticket("8")
    desk.turn()
    assert len(mailbox.mails) == 1
    assert desk.decisions() == {"sent": 1, "opted_out": 1}


def test_who_opts_out_while_the_next_mail_waits_does_not_get_it(
    engine: Engine, tmp_path: Path, mailbox: Mailbox
) -> None:
    desk = Desk(engine, tmp_path, mailbox, SURVEY.replace("= 30", "= 0"))
    desk.ticket("7")
    desk.turn()
    desk.ticket("8")
    jobs.send_surveys(desk.opened, desk.at)
    desk.client.post(links(mailbox.mails[0])[STOP])
    desk.turn()
    assert len(mailbox.mails) == 1
    assert desk.decisions() == {"sent": 1, "opted_out": 1}


def test_a_refused_address_breaks_nothing_and_is_dropped(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.refuse_recipients[ADDRESS] = f"550 <{ADDRESS}> is unknown"
    desk.ticket("7")
    desk.turn()
    assert desk.decisions() == {"failed": 1}
    with reading(desk.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM channel_state")).scalar() == 0
    assert ADDRESS not in desk.dump()


def test_a_server_that_is_busy_is_asked_again_and_the_mail_keeps_its_name(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.answers.append("451 try later")
    desk.ticket("7")
    desk.turn()
    assert (mailbox.mails, desk.decisions()) == ([], {"waiting": 1})
    desk.at += timedelta(minutes=5)
    desk.turn()
    assert (len(mailbox.mails), desk.decisions()) == (1, {"sent": 1})


def test_a_link_that_was_not_signed_here_or_is_too_old_is_no_answer(desk: Desk, mailbox: Mailbox) -> None:
    desk.ticket("7")
    desk.turn()
    path = links(mailbox.mails[0])["1"]
    for forged in (path.replace(".1.", ".5.", 1), path[:-1] + ("0" if path[-1] != "0" else "1"), "/s/x", path + "0"):
        assert desk.client.post(forged).status_code == 404
    desk.at += LIFE
    assert desk.client.post(path).status_code == 410
    with reading(desk.engine) as connection:
        kept = connection.execute(text("SELECT COUNT(*) FROM delivery WHERE source = 'survey'")).scalar()
    assert kept == 1  # that it was sent


def test_nobody_can_post_as_the_built_in_source(desk: Desk) -> None:
    assert desk.client.post("/hooks/survey", data="{}").status_code == 404
    assert "survey" not in desk.opened.sources


def test_a_token_holds_its_survey_its_answer_and_its_end() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    token = sign(b"key", "a" * 32, "10", at)
    pressed = read(b"key", token)
    assert pressed is not None
    assert (pressed.id, pressed.score, pressed.expires_at) == ("a" * 32, "10", at + LIFE)
    assert read(b"another key", token) is None
    assert read(b"key", token.replace(".10.", ".9.")) is None


def test_a_sample_is_a_share_and_always_the_same() -> None:
    drawn = [is_sampled("after", number, 0.25) for number in range(4000)]
    assert drawn == [is_sampled("after", number, 0.25) for number in range(4000)]
    assert 900 < sum(drawn) < 1100
    assert not any(is_sampled("after", number, 0) for number in range(100))
    assert all(is_sampled("after", number, 1) for number in range(100))
