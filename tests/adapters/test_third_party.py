"""The package of docs/own-vendor.md, built and installed as it stands there: found, tried, connected, and its calls are counted."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests
from acme_adapter import acme
from running_server import Server, free_port

from plugin.contract.event import Event
from plugin.normalise.trial import faults

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "own-vendor.md").read_text()
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL))


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the package is installed, and an installation of Deskgauge that finds it there."""

    folder: Path
    environ: Mapping[str, str]

    def deskgauge(self, *arguments: str, code: int | None = 0) -> str:
        command = [sys.executable, "-m", "plugin.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120)
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Web and worker, as they are started."""
        port = free_port()
        command = [sys.executable, "-m", "plugin.cli", "serve", "--port", str(port)]
        with (self.folder / "serve.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        try:
            Server(port=port, process=process, log=self.folder / "serve.log").wait_ready(60)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)

    def measured(self, day: datetime, *kpis: str) -> Mapping[str, float | None]:
        start, end = (moment.date().isoformat() for moment in (day, day + timedelta(days=1)))
        asked = ("report", "--from", start, "--to", end, "--kpi", ",".join(kpis), "--format", "json")
        report = json.loads(self.deskgauge(*asked))
        return {kpi: report["rows"][0]["values"].get(kpi, {}).get("value") for kpi in kpis} if report["rows"] else {}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("deskgauge-parcelcall")
    for name, text in FILES.items():
        (source / name).write_text(text)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=source, check=True, capture_output=True
    )
    return next((source / "dist").glob("*.whl"))


@pytest.fixture
def place(wheel: Path, tmp_path: Path, database_url: str) -> Place:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "answered.json").write_text(FILES["answered.json"])
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DESKGAUGE_")}
    environ = {
        **ours,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)]),
        "DESKGAUGE_DATA_DIR": str(tmp_path / "data"),
        "DESKGAUGE_DATABASE_URL": database_url,
        "DESKGAUGE_SECRET_KEY": "a-key-of-these-tests-that-is-long-enough",
    }
    (tmp_path / "data").mkdir()
    return Place(folder=tmp_path, environ=environ)


def delivery(number: int, event: str, at: datetime, **call: str) -> bytes:
    told = {"id": "c-1", "queue": "Support", **call}
    return json.dumps({"event": event, "delivery": f"d-{number}", "at": at.isoformat(), "call": told}).encode()


def signed(secret: str, body: bytes) -> dict[str, str]:
    seconds = str(int(time.time()))
    signature = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Parcelcall-Time": seconds, "X-Parcelcall-Signature": signature}


def test_the_package_of_the_page_is_found_tried_and_reads_the_delivery_of_the_page(place: Place) -> None:
    (event,) = [
        json.loads(line)
        for line in place.deskgauge("parse", "parcelcall", str(place.folder / "answered.json")).splitlines()
    ]
    assert (event["kind"], event["subject"], event["agent"]) == ("contact.answered", "c-1", "Ann Example")
    told = re.sub(r"\s+", " ", place.deskgauge("doctor", code=None))
    shown = re.search(r"```text\n(ok .*?)\n```", PAGE, re.DOTALL)
    assert shown
    assert re.sub(r"\s+", " ", shown[1]) in told


def test_a_connected_source_of_the_package_receives_calls_over_http_and_they_are_counted(place: Place) -> None:
    told = place.deskgauge("connect", "parcelcall")
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", told)
    assert secret, told
    began = datetime.now(UTC) - timedelta(minutes=10)
    bodies = [
        delivery(1, "call.queued", began),
        delivery(2, "call.answered", began + timedelta(seconds=30), agent="Ann Example"),
        delivery(3, "call.ended", began + timedelta(seconds=90), agent="Ann Example"),
        delivery(4, "call.rated", began),
    ]
    with place.serving() as url:
        hook = f"{url}/hooks/parcelcall"
        assert requests.post(hook, bodies[0], headers=signed("another", bodies[0]), timeout=10).status_code == 401
        for body in reversed(bodies):
            assert requests.post(hook, body, headers=signed(secret[0], body), timeout=10).ok
        expected = {"answered": 1, "asa": 30, "talk_time": 60}
        end = time.monotonic() + 60
        while (found := place.measured(began, *expected)) != expected and time.monotonic() < end:
            time.sleep(0.5)
    assert found == expected


def test_what_a_foreign_adapter_breaks_is_said() -> None:
    def believes(request: object, settings: object) -> None:
        return None

    def crashes(request: object, settings: object) -> list[Event]:
        raise KeyError("event")

    assert faults(acme(facts=("wait",))) == []
    broken = replace(
        acme(), verify=believes, parse=crashes, facts=("talk", "mood"), channels=("pigeon",), connect="Paste {address}."
    )
    found = [fault.partition(":")[0] for fault in faults(broken)]
    assert found == ["facts", "channels", "connect", "verify", "verify", "parse"]
