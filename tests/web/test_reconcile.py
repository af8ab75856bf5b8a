"""The API's reconciliation sheet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from busy_centre import NOW, fill
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web_site import app_for

from plugin.web.tables import Scope
from plugin.web.tokens import create_token

ADDRESS = "/api/v1/reconcile?source=asterisk&from=2026-11-16&to=2026-11-17"
Asked = tuple[FlaskClient, Mapping[str, str]]


@pytest.fixture
def asked(engine: Engine) -> Asked:
    fill(engine)
    token = create_token(engine, "api", [Scope.READ], NOW)
    return app_for(engine).test_client(), {"Authorization": f"Bearer {token}"}


def test_it_is_the_same_sheet_with_and_without_the_vendors_figures(asked: Asked) -> None:
    client, headers = asked
    found = client.get(ADDRESS, headers=headers).get_json()
    assert (found["vendor"], found["attribution"]) == ("wazo", {"ours": "entry", "vendor": "entry"})
    level = next(line for line in found["lines"] if line["kpi"] == "service_level")
    figures = f"date,kpi,value\n2026-11-16,service_level,{level['by_rule']['value'] * 100:.2f}%\n"
    told = client.post(ADDRESS, headers=headers, data=figures, content_type="text/csv").get_json()
    again = next(line for line in told["lines"] if line["kpi"] == "service_level")
    assert again["by_rule"] == level["by_rule"]
    assert again["reason"] == "agrees by its rule: other sums"
    report = client.get("/api/v1/report?from=2026-11-16&to=2026-11-17&kpi=service_level&by=source", headers=headers)
    (row,) = [row for row in report.get_json()["rows"] if row["group"]["source"] == "asterisk"]
    assert row["values"]["service_level"]["value"] == level["ours"]["value"]
    sheet = client.get(f"{ADDRESS}&format=csv&vendor=genesys_cloud", headers=headers)
    assert sheet.mimetype == "text/csv"
    assert "flow-outs" in sheet.get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "body", "field", "status"),
    [
        (ADDRESS.replace("asterisk", "nobody"), "", "source", 404),
        ("/api/v1/reconcile?from=2026-11-16&to=2026-11-17", "", "source", 400),
        (ADDRESS.replace("&to=2026-11-17", ""), "", "to", 400),
        (ADDRESS.replace("to=2026-11-17", "to=2026-11-15"), "", "to", 400),
        (f"{ADDRESS}&vendor=acme", "", "vendor", 400),
        (ADDRESS, "date,kpi,value\n2026-11-16,asa,soon\n", "body", 400),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(asked: Asked, address: str, body: str, field: str, status: int) -> None:
    client, headers = asked
    answer = client.post(address, headers=headers, data=body)
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (status, field)
    assert not body or "line 2, value" in answer.get_json()["error"]["message"]


def test_the_vendors_own_limits_and_filters_are_asked_for(asked: Asked) -> None:
    client, headers = asked
    told = client.get(f"{ADDRESS}&vendor_threshold=60&vendor_only=channel=voice", headers=headers).get_json()
    assert told["vendor_settings"] == {"threshold_s": 60, "short_abandon_s": None, "only": {"channel": "voice"}}
    for words, field in (("vendor_only=hours", "vendor_only"), ("vendor_short=-1", "vendor_short")):
        refused = client.get(f"{ADDRESS}&{words}", headers=headers)
        assert (refused.status_code, refused.get_json()["error"]["field"]) == (400, field)
