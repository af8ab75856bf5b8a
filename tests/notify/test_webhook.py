"""Signed webhooks, judged by the official package of Standard Webhooks; and Apprise against a real HTTP server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import hook_receiver
import pytest
from alert_desk import Desk, policy
from fake_slack import START
from hook_receiver import SECRET, HookReceiver
from sqlalchemy import Engine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from plugin.alert.answer import Press, answer
from plugin.alert.board import ACKNOWLEDGE
from plugin.config import load
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.notify.apprise import AppriseNotifier
from plugin.notify.deliver import deliver_due
from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope
from plugin.notify.webhook import WebhookNotifier, signature
from plugin.policy.document import NamedTarget

MESSAGE = Message(title="Firing", summary="34 % of 50 calls", data={"type": "alert.firing", "state": "firing"})
ENVELOPE = Envelope(id="a" * 32, target="on-call", created_at=START)
OTHER = "whsec_" + "A" * 32


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with hook_receiver.running() as found:
        yield found


def notifier(receiver: HookReceiver, **values: str) -> WebhookNotifier:
    usual = {"ON_CALL_URL": receiver.url, "ON_CALL_SECRET": SECRET, "ON_CALL_PRIVATE": "yes"}
    return WebhookNotifier(values={**usual, **values})


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the official libraries."""
    at = datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    expected = Webhook(SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body.decode())
    key = Webhook(SECRET)._whsecret
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body) == expected
    assert expected == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_receiver_reads_state_text_and_time(receiver: HookReceiver) -> None:
    receipt = notifier(receiver).send(MESSAGE, ENVELOPE)
    (body,) = receiver.bodies
    assert receipt.reference == ENVELOPE.id
    assert body["type"] == "alert.firing"
    assert body["timestamp"] == START.isoformat()
    assert body["data"]["state"] == "firing"
    assert "34 % of 50 calls" in body["data"]["text"]
    assert body["data"]["message"]["title"] == "Firing"
    assert "type" not in body["data"]


def test_a_changed_body_another_secret_and_an_old_time_are_refused(receiver: HookReceiver) -> None:
    notifier(receiver).send(MESSAGE, ENVELOPE)
    ((headers, body),) = receiver.asked
    for secret, changed in ((SECRET, body.replace(b"34 %", b"14 %")), (OTHER, body)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, headers)
    old = replace(notifier(receiver), clock=lambda: datetime.now(UTC) - timedelta(hours=1))
    receiver.answers.append(500)
    with pytest.raises(DeliveryFailed):
        old.send(MESSAGE, ENVELOPE)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(receiver.asked[-1][1], receiver.asked[-1][0])


def test_while_a_secret_is_changed_both_sign(receiver: HookReceiver) -> None:
    notifier(receiver, ON_CALL_SECRET=f"{OTHER} {SECRET}").send(MESSAGE, ENVELOPE)
    ((headers, body),) = receiver.asked
    assert Webhook(OTHER).verify(body, headers) == Webhook(SECRET).verify(body, headers)


@pytest.mark.parametrize(
    ("status", "permanent", "broken"),
    [
        (400, True, False),
        (401, True, True),
        (404, True, True),
        (408, False, False),
        (410, True, True),
        (422, True, False),
        (429, False, False),
        (302, True, True),
        (500, False, False),
        (503, False, False),
    ],
)
def test_what_the_receiver_answers_decides(receiver: HookReceiver, status: int, permanent: bool, broken: bool) -> None:
    receiver.answers.append(status)
    with pytest.raises(DeliveryFailed, match=str(status)) as failure:
        notifier(receiver).send(MESSAGE, ENVELOPE)
    assert (failure.value.permanent, failure.value.broken) == (permanent, broken)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120.0), ("Mon, 23 Nov 2026 07:01:30 GMT", 90.0), ("Mon, 23 Nov 2026 06:00:00 GMT", 0.0), ("soon", None)],
)
def test_it_comes_back_when_the_receiver_says(receiver: HookReceiver, text: str, seconds: float | None) -> None:
    receiver.answers.append(429)
    receiver.headers["Retry-After"] = text
    with pytest.raises(DeliveryFailed) as failure:
        replace(notifier(receiver), clock=lambda: START).send(MESSAGE, ENVELOPE)
    assert failure.value.retry_after_s == seconds


def test_a_redirect_is_not_followed(receiver: HookReceiver) -> None:
    receiver.answers.append(307)
    receiver.headers["Location"] = receiver.url
    with pytest.raises(DeliveryFailed, match="elsewhere"):
        notifier(receiver).send(MESSAGE, ENVELOPE)
    assert receiver.bodies == []


def test_a_private_address_is_refused_unless_it_is_meant(receiver: HookReceiver) -> None:
    with pytest.raises(DeliveryFailed, match="DESKGAUGE_WEBHOOK_ON_CALL_PRIVATE=yes") as failure:
        notifier(receiver, ON_CALL_PRIVATE="").send(MESSAGE, ENVELOPE)
    assert failure.value.broken
    outside = replace(
        notifier(receiver, ON_CALL_PRIVATE="", ON_CALL_URL="https://oncall.example.org/x"),
        look_up=lambda host: ["10.0.0.7"],
    )
    with pytest.raises(DeliveryFailed, match="private address"):
        outside.send(MESSAGE, ENVELOPE)
    assert receiver.asked == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"ON_CALL_URL": "pager.example.org"}, "DESKGAUGE_WEBHOOK_ON_CALL_URL is not an address"),
        ({"ON_CALL_SECRET": "secret"}, "DESKGAUGE_WEBHOOK_ON_CALL_SECRET is not whsec_"),
        ({"ON_CALL_SECRET": "whsec_c2hvcnQ="}, "24 to 64 bytes"),
    ],
)
def test_a_wrong_setting_is_named_and_not_repeated(receiver: HookReceiver, values: dict[str, str], told: str) -> None:
    with pytest.raises(DeliveryFailed, match=told) as failure:
        notifier(receiver, **values).send(MESSAGE, ENVELOPE)
    assert failure.value.broken
    assert not any(value in failure.value.reason for value in values.values())


def test_what_is_not_set_up_says_which_variable() -> None:
    with pytest.raises(DeliveryFailed, match="set DESKGAUGE_WEBHOOK_ON_CALL_URL"):
        WebhookNotifier(values={}).send(MESSAGE, ENVELOPE)
    with pytest.raises(DeliveryFailed, match="set DESKGAUGE_APPRISE_ON_CALL"):
        AppriseNotifier(values={}).send(MESSAGE, ENVELOPE)


def test_the_environment_names_as_many_as_there_are() -> None:
    config = load(
        {
            "DESKGAUGE_WEBHOOK_ON_CALL_URL": "https://oncall.example.org/x",
            "DESKGAUGE_WEBHOOK_ON_CALL_SECRET": SECRET,
            "DESKGAUGE_APPRISE_BOSS": "json://localhost",
        }
    )
    assert dict(config.webhooks) == {"ON_CALL_URL": "https://oncall.example.org/x", "ON_CALL_SECRET": SECRET}
    assert dict(config.apprise) == {"BOSS": "json://localhost"}
    assert SECRET not in repr(config)


def test_an_incident_reaches_the_on_call_tool_with_one_key_from_beginning_to_end(
    engine: Engine, receiver: HookReceiver
) -> None:
    document = policy(targets=["oncall"])
    oncall = NamedTarget(kind="webhook", name="on-call")
    desk = Desk(engine, document.model_copy(update={"channels": {**document.channels, "oncall": oncall}}))
    ways = {"webhook": notifier(receiver)}

    def minute(number: int, part: float) -> None:
        desk.minute(number, Measurement(numerator=part, denominator=50))
        deliver_due(engine, ways, desk_now(number))

    def desk_now(number: int) -> datetime:
        return desk.outbox()[-1].created_at + timedelta(seconds=1) if desk.outbox() else START

    minute(0, 4)
    minute(1, 21)
    with session_scope(engine) as session:
        press = Press(button=ACKNOWLEDGE, incident=desk.incidents()[0].id or 0, who="Ann")
        answer(session, desk.document, press, desk_now(1))
    deliver_due(engine, ways, desk_now(1) + timedelta(minutes=1))
    for number in (3, 4, 5):
        minute(number, 4)
    told = [body["data"] for body in receiver.bodies]
    assert [body["type"] for body in receiver.bodies] == ["alert.firing", "alert.acknowledged", "alert.recovered"]
    assert len({each["dedup_key"] for each in told}) == 1
    (incident,) = told[0]["incidents"]
    assert (incident["rule"], incident["kpi"]) == ("support-abandonment", "abandonment_rate")
    assert (incident["value"], incident["n"], incident["limit"]) == (0.42, 50, 0.15)
    assert incident["scope"] == {"queue": "Support", "channel": "voice"}
    assert told[1]["incidents"][0]["acknowledged_by"] == "Ann"
    assert told[2]["incidents"][0]["recovered_at"] is not None


def test_apprise_says_no_and_is_asked_again(receiver: HookReceiver) -> None:
    service = AppriseNotifier(values={"ON_CALL": receiver.url.replace("http://", "json://")})
    receiver.answers.append(500)
    with pytest.raises(DeliveryFailed, match="on-call") as failure:
        service.send(MESSAGE, ENVELOPE)
    assert not failure.value.permanent
    service.send(MESSAGE, ENVELOPE)
    (body,) = receiver.bodies
    assert (body["title"], body["message"], body["type"]) == ("Firing", "34 % of 50 calls", "warning")


def test_an_address_that_apprise_does_not_know_is_broken() -> None:
    with pytest.raises(DeliveryFailed, match="DESKGAUGE_APPRISE_ON_CALL is not an address") as failure:
        AppriseNotifier(values={"ON_CALL": "nonsense-without-scheme"}).send(MESSAGE, ENVELOPE)
    assert failure.value.broken


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(DeliveryFailed, match=r"install `deskgauge\[apprise\]`") as failure:
        AppriseNotifier(values={"ON_CALL": "json://localhost"}).send(MESSAGE, ENVELOPE)
    assert failure.value.broken
