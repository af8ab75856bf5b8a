"""A desk whose rule has fired, the application beside it, and the Slack to which its alert went."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import fake_slack
import slack_requests
from alert_desk import START, Desk
from fake_slack import FakeSlack
from flask import Flask
from flask.testing import FlaskClient
from slack_requests import SECRET, signature
from sqlalchemy import Engine
from sqlmodel import Session, select
from web_site import Clock, site_for
from werkzeug.test import TestResponse

from plugin.alert.tables import Incident, RuleState
from plugin.kpi.metric import Measurement
from plugin.notify.deliver import deliver_due
from plugin.notify.notifier import Notifiers
from plugin.notify.slack import SlackNotifier
from plugin.policy.document import Document
from plugin.web.register import register_pages
from plugin.web.slack.blueprint import slack_blueprint
from plugin.web.slack.desk import SlackApp

BAD = Measurement(numerator=17, denominator=50)
GOOD = Measurement(numerator=4, denominator=50)
#: START is 10:40 in Riga
PRESSED_AT = START + timedelta(minutes=10)


@dataclass
class Floor:
    """A desk whose rule has fired at START, the application beside it, and the Slack to which its alert went."""

    engine: Engine
    slack: FakeSlack
    document: Document
    clock: Clock = field(default_factory=lambda: Clock(PRESSED_AT))
    secret: str | None = SECRET

    def __post_init__(self) -> None:
        self.slack.channels.add("C0FLOOR")
        self.desk = Desk(self.engine, self.document)
        self.app = self._app()
        self.client = self.app.test_client()

    def _app(self) -> Flask:
        app = Flask("buttons", static_folder=None)
        register_pages(app, site_for(self.engine, now=self.clock))
        app.register_blueprint(slack_blueprint(self.slack_app()))
        app.testing = True
        return app

    def slack_app(self) -> SlackApp:
        return SlackApp(
            engine=self.engine,
            signing_secret=self.secret,
            document=lambda: self.document,
            now=self.clock,
            api_url=self.slack.url,
            notifier=SlackNotifier(token=fake_slack.TOKEN, api_url=self.slack.url),
        )

    def fire(self) -> int:
        self.desk.at(START, BAD)
        self.deliver(START)
        return self.desk.incidents()[0].id or 0

    def deliver(self, now: datetime) -> None:
        notifiers: Notifiers = {"slack": SlackNotifier(token=fake_slack.TOKEN, api_url=self.slack.url)}
        while deliver_due(self.engine, notifiers, now):
            continue

    def press(self, button: str, incident: int | str, **changes: Any) -> TestResponse:
        return post(self.client, body_of(button, incident, **changes), self.clock.at)

    @property
    def alert(self) -> dict[str, Any]:
        return self.slack.messages["C0FLOOR"][0]

    def incident(self) -> Incident:
        return self.desk.incidents()[0]

    def snoozed_until(self) -> datetime | None:
        with Session(self.engine) as session:
            return session.exec(select(RuleState)).one().snoozed_until


def body_of(button: str, incident: int | str, **changes: Any) -> bytes:
    return urlencode({"payload": json.dumps(slack_requests.press(button, incident, **changes))}).encode()


def post(client: FlaskClient, body: bytes, at: datetime, **headers: str | None) -> TestResponse:
    timestamp = headers.get("timestamp", str(int(at.timestamp())))
    given = headers.get("signature", signature(body, timestamp or ""))
    sent = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": given}
    return client.post(
        "/slack/actions",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={name: value for name, value in sent.items() if value is not None},
    )


def buttons(message: dict[str, Any]) -> list[str]:
    blocks = message["blocks"]
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    return [button["action_id"] for block in blocks if block["type"] == "actions" for button in block["elements"]]
