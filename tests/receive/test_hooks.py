from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from acme_adapter import acme, sign
from flask.testing import FlaskClient
from hooks_app import SECRET, app_for, sources
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from plugin.contract.adapter import Answer
from plugin.contract.signature import Rejected
from plugin.database import writing
from plugin.inbox.intake import Intake
from plugin.inbox.store import Pending, counts, pending
from plugin.inbox.tally import NO_SOURCE, refusals
from plugin.normalise.sources import SourceConfig

BODY = b'{"call":"c1","number":1}'


class Desk:
    """One application over one database, with a client that signs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sources: dict[str, SourceConfig] = sources()
        self.proxies: tuple[str, ...] = ()
        self.stops: list[Intake] = []
        self._client: FlaskClient | None = None

    @property
    def client(self) -> FlaskClient:
        if self._client is None:
            app, intake = app_for(self.engine, self.sources, self.proxies)
            self.stops.append(intake)
            self._client = app.test_client()
        return self._client

    def post(
        self,
        path: str = "/hooks/acme",
        body: bytes = BODY,
        headers: Mapping[str, str] | None = None,
        secret: str = SECRET,
    ) -> TestResponse:
        signed = {"X-Acme-Signature": sign(secret, body), "Content-Type": "application/json", **(headers or {})}
        return self.client.post(path, data=body, headers=signed)

    def stored(self) -> list[Pending]:
        with writing(self.engine) as connection:
            return pending(connection, 100)

    def refused(self, source: str = "acme") -> list[tuple[int, str, str]]:
        for intake in self.stops:
            intake.stop()
        return [(item.status, item.reason, item.url) for item in refusals(self.engine, source)]


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    desk = Desk(engine)
    yield desk
    for intake in desk.stops:
        intake.stop()


def test_a_signed_delivery_is_stored_before_it_is_acknowledged(desk: Desk) -> None:
    answer = desk.post("/hooks/acme?a=%20b", headers={"X-Acme-Event": "call.offered"})
    assert (answer.status_code, answer.data) == (204, b"")
    [stored] = desk.stored()
    assert (stored.source, stored.request.body) == ("acme", BODY)
    assert stored.request.url == "https://desk.example.org/hooks/acme?a=%20b"
    assert stored.request.headers["x-acme-event"] == "call.offered"


def test_a_second_copy_is_acknowledged_and_stored_once(desk: Desk) -> None:
    first = desk.post(headers={"X-Acme-Delivery": "d1"})
    second = desk.post(body=b'{"call":"c1","attempt":2}', headers={"X-Acme-Delivery": "d1"})
    assert (first.status_code, second.status_code, len(desk.stored())) == (204, 204, 1)


def test_an_unproven_request_leaves_nothing_but_a_reason_to_act_on(desk: Desk) -> None:
    answer = desk.post(secret="another secret")
    assert answer.status_code == 401
    assert b"signature" not in answer.data.lower()
    assert desk.stored() == []
    [(status, reason, url)] = desk.refused()
    assert (status, url) == (401, "https://desk.example.org/hooks/acme")
    assert "The signature does not match. Compare the signing secret on both sides." in reason


def test_a_request_for_another_host_is_told_which_setting_to_look_at(desk: Desk) -> None:
    desk.post(secret="another secret", headers={"Host": "proxy.example.org"})
    [(_, reason, _)] = desk.refused()
    assert "for the host proxy.example.org, DESKGAUGE_BASE_URL says desk.example.org" in reason


def test_forwarded_headers_do_not_change_the_signed_url(desk: Desk) -> None:
    seen: list[str] = []
    adapter = acme(verify=lambda request, settings: seen.append(request.url))
    desk.sources["acme"] = replace(desk.sources["acme"], adapter=adapter)
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    assert desk.post("/hooks/acme?x=1", headers=forged).status_code == 204
    assert seen == ["https://desk.example.org/hooks/acme?x=1"]


def test_an_unknown_source_is_not_found_and_kept_apart(desk: Desk) -> None:
    answer = desk.post("/hooks/acmee")
    assert answer.status_code == 404
    assert b"no such source" in answer.data
    assert desk.refused(NO_SOURCE)[0][0] == 404
    assert desk.stored() == []


def test_a_source_that_appears_is_known_without_a_restart(desk: Desk) -> None:
    assert desk.post("/hooks/berlin").status_code == 404
    desk.sources["berlin"] = replace(desk.sources["acme"], name="berlin")
    assert desk.post("/hooks/berlin").status_code == 204


def test_an_incomplete_source_asks_to_come_again_and_says_why_to_the_administrator(desk: Desk) -> None:
    problem = "Signing secret is missing: set DESKGAUGE_SOURCE_ACME_SECRET."
    desk.sources["acme"] = replace(desk.sources["acme"], problem=problem)
    answer = desk.post()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert b"DESKGAUGE" not in answer.data
    assert problem in desk.refused()[0][1]


def test_a_handshake_is_answered_as_text_and_stores_nothing(desk: Desk) -> None:
    answer = desk.client.get("/hooks/acme?echo=<script>")
    assert (answer.status_code, answer.data) == (200, b"<script>")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert desk.stored() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_is_neither_a_delivery_nor_a_handshake_is_told_to_post(desk: Desk, method: str) -> None:
    answer = desk.client.open("/hooks/acme", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_the_acknowledgement_is_the_vendors(desk: Desk) -> None:
    adapter = acme(
        acknowledge=lambda request, settings: Answer(status=200, headers={"Content-Type": "text/xml"}, body=b"<R/>")
    )
    desk.sources["acme"] = replace(desk.sources["acme"], adapter=adapter)
    answer = desk.post()
    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, b"<R/>", "text/xml")


def test_a_body_that_is_too_long_is_refused_before_any_adapter_sees_it(desk: Desk) -> None:
    assert desk.post(body=b"x" * (1024 * 1024 + 1)).status_code == 413
    assert desk.stored() == []


def test_the_longest_body_is_accepted(desk: Desk) -> None:
    body = b'{"call":"' + b"x" * (1024 * 1024 - 11) + b'"}'
    assert len(body) == 1024 * 1024
    assert desk.post(body=body).status_code == 204


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", "multipart/form-data; boundary=x"),
        ("Content-Type", "image/png"),
        ("Content-Encoding", "gzip"),
    ],
)
def test_what_no_adapter_can_read_is_refused_with_what_to_send(desk: Desk, name: str, value: str) -> None:
    answer = desk.post(headers={name: value})
    assert answer.status_code == 415
    assert b"Send " in answer.data


@pytest.mark.parametrize("value", ["application/cloudevents+json", "text/plain", "application/x-www-form-urlencoded"])
def test_text_of_any_kind_is_accepted(desk: Desk, value: str) -> None:
    assert desk.post(headers={"Content-Type": value}).status_code == 204


def test_a_proven_body_that_cannot_be_read_is_kept(desk: Desk) -> None:
    assert desk.post(body=b"not json").status_code == 204
    assert desk.stored()[0].request.body == b"not json"


def test_the_secret_part_of_the_address_is_required_and_not_kept(desk: Desk) -> None:
    desk.sources.update(sources(path_secret=("new-path", "old-path")))
    assert desk.post("/hooks/acme/new-path").status_code == 204
    assert desk.post("/hooks/acme/old-path", body=b"{}").status_code == 204
    assert desk.post("/hooks/acme/wrong-path").status_code == 401
    assert desk.post("/hooks/acme").status_code == 401
    assert {item.request.url for item in desk.stored()} == {"https://desk.example.org/hooks/acme/[redacted]"}
    missing, wrong = desk.refused()
    assert missing[1].startswith("The secret part of the address is missing")
    assert wrong[1].startswith("The secret part of the address is wrong")
    assert wrong[2] == "https://desk.example.org/hooks/acme/[redacted]"


def test_what_a_vendor_puts_behind_the_address_is_part_of_the_url_and_needs_the_secret_part(desk: Desk) -> None:
    desk.sources.update(sources(path_secret=("new-path",)))
    assert desk.post("/hooks/acme/new-path/events/call").status_code == 204
    assert desk.post("/hooks/acme/wrong-path/events/call").status_code == 401
    assert desk.post("/hooks/acme/events/call").status_code == 401
    [stored] = desk.stored()
    assert stored.request.url == "https://desk.example.org/hooks/acme/[redacted]/events/call"
    assert {url for _, _, url in desk.refused()} == {
        "https://desk.example.org/hooks/acme/[redacted]/events/call",
        "https://desk.example.org/hooks/acme/[redacted]/call",
    }


def test_an_address_with_a_secret_part_that_nobody_configured_is_refused(desk: Desk) -> None:
    assert desk.post("/hooks/acme/secret").status_code == 401


def test_a_token_in_the_body_is_checked_but_not_kept(desk: Desk) -> None:
    def verify(request: object, settings: object) -> None:
        if b"body-token-1" not in request.body:  # type: ignore[attr-defined]
            raise Rejected("no token")

    desk.sources["acme"] = SourceConfig(
        name="acme", adapter=acme(verify=verify), settings={"secret": ("body-token-1",)}
    )
    assert desk.post(body=b'{"token":"body-token-1","call":"c1"}').status_code == 204
    assert desk.stored()[0].request.body == b'{"token":"[redacted]","call":"c1"}'


def test_only_named_addresses_may_call(desk: Desk) -> None:
    desk.sources.update(sources(allowed_ips="192.0.2.0/24, 198.51.100.7"))
    assert desk.post().status_code == 401
    assert "127.0.0.1, which `allowed_ips` does not name" in desk.refused()[0][1]


@pytest.mark.parametrize(
    ("trusted", "status"),
    [((), 401), (("127.0.0.1",), 204), (("127.0.0.0/8", "10.0.0.1"), 204), (("10.0.0.1",), 401)],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    desk: Desk, trusted: tuple[str, ...], status: int
) -> None:
    desk.sources.update(sources(allowed_ips="192.0.2.0/24"))
    desk.proxies = trusted
    assert desk.post(headers={"X-Forwarded-For": "192.0.2.9"}).status_code == status


def test_a_forged_first_hop_does_not_count(desk: Desk) -> None:
    desk.sources.update(sources(allowed_ips="192.0.2.9"))
    desk.proxies = ("127.0.0.1",)
    assert desk.post(headers={"X-Forwarded-For": "192.0.2.9, 203.0.113.5"}).status_code == 401


def test_overload_answers_with_when_to_come_again(desk: Desk) -> None:
    desk.post()
    desk.stops[0].stop()
    answer = desk.post(body=b'{"call":"c2"}')
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert counts(desk.engine).pending == 1


def test_credentials_in_a_refused_url_are_masked(desk: Desk) -> None:
    desk.post(f"/hooks/acme?token=guess&x=1&y={SECRET}", secret="wrong")
    assert desk.refused()[0][2] == "https://desk.example.org/hooks/acme?token=[redacted]&x=1&y=[redacted]"
