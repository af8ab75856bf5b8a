"""Requests as vendors send them, signed by the vendors' own libraries from PyPI, and what those libraries say to a request.

A library that judges only is given requests that are signed by hand.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import distribution
from types import ModuleType

import jwt
from adapter_fixtures import find_adapters
from hubspot.utils.signature import Signature as HubSpot
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from nacl.signing import SigningKey
from signed_requests import BODY, FORM, SECRET, forms, unsigned
from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook
from twilio.request_validator import RequestValidator, get_signature_algorithm
from vonage_jwt import verify_signature
from werkzeug.wrappers import Request as WerkzeugRequest

from plugin.contract.request import WebhookRequest
from plugin.contract.signature import Rejected
from plugin.web.slack import blueprint as slack

ADAPTERS = find_adapters()
Sign = Callable[[WebhookRequest, str, datetime], WebhookRequest]
Judge = Callable[[WebhookRequest, str], object]


_BODIES, _FORMS = unsigned(), unsigned(forms(), FORM)
#: instead of a header's name
IN_THE_TOKEN = ""


# -- who judges


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """`proof` is the header of the signature, None where the body is one; `time` that of the signed time, None where none is.

    A judge refuses by an exception or by False.
    """

    sign: Sign
    theirs: Judge
    ours: Judge
    proof: str | None
    time: str | None = None
    unsigned: SearchStrategy[WebhookRequest] = _BODIES
    secret: SearchStrategy[str] = SECRET


def passes(judge: Judge, request: WebhookRequest, secret: str) -> bool:
    """A library may raise anything: text that is no UTF-8, a missing header, an exception of its own."""
    try:
        return judge(request, secret) is not False
    except Exception:
        return False


def our_judge(adapter: str, key: str, **more: str) -> Judge:
    def verify(request: WebhookRequest, secret: str) -> bool:
        try:
            ADAPTERS[adapter].verify(request, {key: secret, **more})
        except Rejected:
            return False
        return True

    return verify


def with_headers(request: WebhookRequest, headers: Mapping[str, str]) -> WebhookRequest:
    return replace(request, headers={**request.headers, **headers})


# -- Twilio


def _form(request: WebhookRequest) -> object:
    """As the library is used with Flask."""
    return WerkzeugRequest.from_values(method="POST", data=request.body, content_type=FORM["Content-Type"]).form


def _twilio_sign(algorithm: str | None = None) -> Sign:
    def sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
        given = RequestValidator(secret).compute_signature(request.url, _form(request), algorithm)
        told = {"X-Twilio-Webhooks-Signature-Settings": f"key=webhooks_1,algorithm={algorithm}"} if algorithm else {}
        return with_headers(request, {"X-Twilio-Signature": given, **told})

    return sign


def _twilio_json(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    """The hash of the body stands last in the query."""
    stated = RequestValidator(secret).compute_hash(request.body.decode())
    hashed = replace(request, url=f"{request.url}{'&' if '?' in request.url else '?'}bodySHA256={stated}")
    return with_headers(hashed, {"X-Twilio-Signature": RequestValidator(secret).compute_signature(hashed.url, {})})


def _twilio(request: WebhookRequest, secret: str) -> object:
    params = _form(request) if request.content_type == FORM["Content-Type"] else request.body.decode()
    algorithm = get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings"))
    return RequestValidator(secret).validate(request.url, params, request.headers["X-Twilio-Signature"], algorithm)


# -- HubSpot


def _hubspot_sign(version: str) -> Sign:
    def sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
        stamp = str(int(at.timestamp() * 1000))
        given = HubSpot.get_signature(secret, request.body.decode(), version, request.url, request.method, stamp)
        if version == "v3":
            return with_headers(request, {"X-HubSpot-Signature-v3": given, "X-HubSpot-Request-Timestamp": stamp})
        return with_headers(request, {"X-HubSpot-Signature": given, "X-HubSpot-Signature-Version": version})

    return sign


def _hubspot(version: str) -> Judge:
    name = "X-HubSpot-Signature-v3" if version == "v3" else "X-HubSpot-Signature"

    def judge(request: WebhookRequest, secret: str) -> object:
        headers, body = request.headers, request.body.decode()
        said = version if version == "v3" else headers.get("X-HubSpot-Signature-Version", "v1")
        stamp = headers.get("X-HubSpot-Request-Timestamp")
        return HubSpot.is_valid(headers[name], secret, body, request.url, request.method, said, stamp)

    return judge


# -- Slack


def _slack_sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    stamp = str(int(at.timestamp()))
    given = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=request.body)
    return with_headers(request, {"X-Slack-Signature": str(given), "X-Slack-Request-Timestamp": stamp})


def _slack(request: WebhookRequest, secret: str) -> object:
    return SignatureVerifier(secret).is_valid_request(request.body, dict(request.headers))


def _our_slack(request: WebhookRequest, secret: str) -> object:
    return slack.verify(request.headers, request.body, secret, request.received_at)  # type: ignore[arg-type]


# -- Standard Webhooks


def _standard_sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    given = Webhook(secret).sign("msg_1", at, request.body.decode())
    stamp = str(int(at.timestamp()))
    return with_headers(request, {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": given})


def _standard(request: WebhookRequest, secret: str) -> object:
    return Webhook(secret).verify(request.body, dict(request.headers), json_parse=False)


@st.composite
def standard_secrets(draw: st.DrawFn) -> str:
    encoded = base64.b64encode(draw(st.binary(min_size=1, max_size=64))).decode()
    return "whsec_" + (encoded.rstrip("=") if draw(st.booleans()) else encoded)


# -- Telnyx: the secret is the vendor's half of the key pair; signed by hand


def _only(package: str, path: str) -> ModuleType:
    """One module without the thousands that its package imports."""
    found = importlib.util.spec_from_file_location("only", str(distribution(package).locate_file(path)))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


_TELNYX = _only("telnyx", "telnyx/lib/webhook_verification.py")


def _public(secret: str) -> str:
    return base64.b64encode(bytes(SigningKey(base64.b64decode(secret)).verify_key)).decode()


def _telnyx_sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    stamp = str(int(at.timestamp()))
    given = SigningKey(base64.b64decode(secret)).sign(f"{stamp}|".encode() + request.body).signature
    told = {"telnyx-signature-ed25519": base64.b64encode(given).decode(), "telnyx-timestamp": stamp}
    return with_headers(request, told)


def _telnyx(request: WebhookRequest, secret: str) -> object:
    return _TELNYX.verify_webhook_signature(request.body, dict(request.headers), _public(secret))


def _our_telnyx(request: WebhookRequest, secret: str) -> object:
    return our_judge("telnyx", "public_key")(request, _public(secret))


# -- Vonage and Dialpad: tokens; signed by the library that Vonage's own rests on


def _vonage_sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    claims = {"iat": int(at.timestamp()), "jti": "1", "payload_hash": hashlib.sha256(request.body).hexdigest()}
    return with_headers(request, {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"})


def _vonage(request: WebhookRequest, secret: str) -> object:
    return verify_signature(request.headers["Authorization"].partition(" ")[2], secret)


def _dialpad_sign(request: WebhookRequest, secret: str, at: datetime) -> WebhookRequest:
    return request.with_body(jwt.encode({"call_id": request.body.decode()}, secret, "HS256").encode())


def _dialpad(request: WebhookRequest, secret: str) -> object:
    return jwt.decode(request.body, secret, ["HS256"])


def now() -> datetime:
    """The libraries look at the clock themselves."""
    return datetime.now(UTC)


_V3, _OLDER = "X-HubSpot-Signature-v3", "X-HubSpot-Signature"
VENDORS: Mapping[str, Vendor] = {
    "twilio": Vendor(
        sign=_twilio_sign(),
        theirs=_twilio,
        ours=our_judge("twilio", "auth_token"),
        unsigned=_FORMS,
        proof="X-Twilio-Signature",
    ),
    "twilio json": Vendor(
        sign=_twilio_json,
        theirs=_twilio,
        ours=our_judge("twilio", "auth_token"),
        proof="X-Twilio-Signature",
    ),
    "twilio shared key": Vendor(
        sign=_twilio_sign("HMAC_SHA256"),
        theirs=_twilio,
        ours=our_judge("twilio", "shared_key"),
        unsigned=_FORMS,
        proof="X-Twilio-Signature",
    ),
    "hubspot v1": Vendor(
        sign=_hubspot_sign("v1"), theirs=_hubspot("v1"), ours=our_judge("hubspot", "secret"), proof=_OLDER
    ),
    "hubspot v2": Vendor(
        sign=_hubspot_sign("v2"), theirs=_hubspot("v2"), ours=our_judge("hubspot", "secret"), proof=_OLDER
    ),
    "hubspot v3": Vendor(
        sign=_hubspot_sign("v3"),
        theirs=_hubspot("v3"),
        ours=our_judge("hubspot", "secret"),
        proof=_V3,
        time="X-HubSpot-Request-Timestamp",
    ),
    "slack": Vendor(
        sign=_slack_sign, theirs=_slack, ours=_our_slack, proof="X-Slack-Signature", time="X-Slack-Request-Timestamp"
    ),
    "standard webhooks": Vendor(
        sign=_standard_sign,
        theirs=_standard,
        ours=our_judge("generic", "secret", auth="standard_webhooks"),
        secret=standard_secrets(),
        proof="webhook-signature",
        time="webhook-timestamp",
    ),
    "telnyx": Vendor(
        sign=_telnyx_sign,
        theirs=_telnyx,
        ours=_our_telnyx,
        secret=st.binary(min_size=32, max_size=32).map(lambda raw: base64.b64encode(raw).decode()),
        proof="telnyx-signature-ed25519",
        time="telnyx-timestamp",
    ),
    "vonage": Vendor(
        sign=_vonage_sign,
        theirs=_vonage,
        ours=our_judge("vonage", "secret"),
        unsigned=unsigned(BODY.filter(bool)),
        proof="Authorization",
        time=IN_THE_TOKEN,
    ),
    "dialpad": Vendor(sign=_dialpad_sign, theirs=_dialpad, ours=our_judge("dialpad", "secret"), proof=None),
}
