from __future__ import annotations

import json

from plugin.inbox.redact import kept_headers, kept_url, needles, redacted


def test_a_secret_in_a_json_body_is_replaced_and_the_body_stays_json() -> None:
    body = json.dumps({"token": 'a"b/c+dé', "data": {"id": 1}}).encode()
    kept = json.loads(redacted(body, needles(('a"b/c+dé',))))
    assert kept == {"token": "[redacted]", "data": {"id": 1}}


def test_an_escaped_slash_does_not_hide_a_secret() -> None:
    assert redacted(b'{"token":"abc\\/def"}', needles(("abc/def",))) == b'{"token":"[redacted]"}'


def test_a_secret_in_a_form_body_is_replaced() -> None:
    assert redacted(b"auth_token=p%2Bq+rst&id=7", needles(("p+q rst",))) == b"auth_token=[redacted]&id=7"


def test_a_secret_that_contains_another_leaves_nothing_behind() -> None:
    assert redacted(b"abcdefgh", needles(("abcdef", "abcdefgh"))) == b"[redacted]"


def test_a_short_secret_does_not_tear_innocent_text() -> None:
    assert redacted(b'{"id":1}', needles(("id",))) == b'{"id":1}'


def test_only_headers_that_say_what_happened_are_kept() -> None:
    headers = {
        "Content-Type": "application/json",
        "X-HelpScout-Event": "convo.created",
        "webhook-id": "msg_1",
        "ce-type": "call.ended",
        "Authorization": "Basic abc",
        "X-Webhook-Token": "t",
        "X-Twilio-Signature": "s",
        "Cookie": "c",
        "X-Forwarded-For": "203.0.113.9",
    }
    assert kept_headers(headers, ()) == {
        "Content-Type": "application/json",
        "X-HelpScout-Event": "convo.created",
        "webhook-id": "msg_1",
        "ce-type": "call.ended",
    }


def test_a_secret_inside_a_kept_header_is_replaced() -> None:
    assert kept_headers({"X-Event": "ended sesame-1"}, needles(("sesame-1",))) == {"X-Event": "ended [redacted]"}


def test_a_url_keeps_its_query_but_no_credentials() -> None:
    url = "https://desk.example.org/hooks/acme/sesame-1?a=1&access_token=zzz&b=%20x"
    assert kept_url(url, needles(("sesame-1",))) == (
        "https://desk.example.org/hooks/acme/[redacted]?a=1&access_token=[redacted]&b=%20x"
    )
