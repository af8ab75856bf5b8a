"""Requests of every shape that a vendor may sign: hypothesis strategies of addresses, forms, bodies and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlencode

from adapter_fixtures import build_request
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from plugin.contract.request import WebhookRequest

JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SECRET = st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=40)
NAME = st.sampled_from(["CallSid", "Digits", "a", "A", "ä", "", "a b", "+", "%2B"]) | TEXT
FIELDS = st.lists(
    st.tuples(NAME, TEXT | st.sampled_from(["+371", "a+b", "100%", "&=", "\u00e9", "\n"])), min_size=1, max_size=6
)
ODD = st.sampled_from(["", " {} ", "\n", "a=1\r\n", "\ufeff{}", "\0"])
OBJECT = st.dictionaries(TEXT, TEXT, max_size=3).map(lambda value: json.dumps(value, ensure_ascii=False))
BODY = TEXT | ODD | OBJECT
SEGMENT = TEXT.map(lambda text: quote(text, safe="~:@!$'()*,+")) | st.sampled_from(
    ["", "hooks", "%2F", "%3a", "a+b", "%"]
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    """Ports, trailing slashes, escapes of either kind, parameters twice and in any order."""
    host = draw(st.sampled_from(["kpi.example.com", "192.0.2.1"]))
    port = draw(st.sampled_from(["", "", ":443", ":80"]) | st.integers(1, 65535).map(":{}".format))
    path = "/".join(["", *draw(st.lists(SEGMENT, max_size=3))])
    encode = draw(st.sampled_from([quote, quote_plus]))
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in draw(st.just([]) | FIELDS))
    return f"{draw(st.sampled_from(['https', 'http']))}://{host}{port}{path}" + (f"?{query}" if query else "")


@st.composite
def unsigned(draw: st.DrawFn, body: SearchStrategy[str] = BODY, headers: Mapping[str, str] = JSON) -> WebhookRequest:
    return build_request(url=draw(urls()), body=draw(body), headers=headers)


@st.composite
def forms(draw: st.DrawFn) -> str:
    return urlencode(draw(FIELDS), quote_via=draw(st.sampled_from([quote, quote_plus])))
