"""The history of each vendor: the facts of one clean run, whatever interrupted it, and the same when it is read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import api_cloudtalk
import api_freescout
import api_freshcaller
import api_freshdesk
import api_freshservice
import api_front
import api_genesys_cloud
import api_glpi
import api_gorgias
import api_help_scout
import api_hubspot
import api_intercom
import api_jira
import api_justcall
import api_liveagent
import api_pylon
import api_refiner
import api_request_tracker
import api_salesforce
import api_servicenow
import api_zammad
import api_zendesk
import api_zendesk_talk
import api_znuny
import pytest
from histories import History, clean_facts, facts, interrupted_facts, read_once
from installed import installed
from sqlalchemy import Engine
from vendor_api import serving

from plugin.database import open_engine
from plugin.installation import Installation
from plugin.work import settle_inbox

HISTORIES = {
    "cloudtalk": api_cloudtalk.HISTORY,
    "freescout": api_freescout.HISTORY,
    "freshcaller": api_freshcaller.HISTORY,
    "freshdesk": api_freshdesk.HISTORY,
    "freshservice": api_freshservice.HISTORY,
    "front": api_front.HISTORY,
    "genesys cloud": api_genesys_cloud.HISTORY,
    "glpi": api_glpi.HISTORY,
    "gorgias": api_gorgias.HISTORY,
    "help scout": api_help_scout.HISTORY,
    "hubspot": api_hubspot.HISTORY,
    "intercom": api_intercom.HISTORY,
    "jira cloud": api_jira.CLOUD,
    "jira data center": api_jira.DATA_CENTER,
    "justcall": api_justcall.HISTORY,
    "liveagent": api_liveagent.HISTORY,
    "pylon": api_pylon.HISTORY,
    "refiner": api_refiner.HISTORY,
    "request tracker": api_request_tracker.HISTORY,
    "salesforce": api_salesforce.HISTORY,
    "servicenow": api_servicenow.HISTORY,
    "zammad": api_zammad.HISTORY,
    "zendesk": api_zendesk.HISTORY,
    "znuny": api_znuny.HISTORY,
    "zendesk talk": api_zendesk_talk.HISTORY,
}


@pytest.fixture(params=HISTORIES.values(), ids=list(HISTORIES))
def history(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> History:
    found: History = request.param
    for name, value in found.variables().items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def opened(engine: Engine, tmp_path: Path, history: History) -> Installation:
    return installed(engine, tmp_path, history.policy)


def test_a_history_becomes_facts_and_twice_the_same(opened: Installation, history: History) -> None:
    found = clean_facts(opened, history)
    assert {table: len(found[table]) for table in history.expected} == dict(history.expected)
    with serving(history.routes) as api:
        again = read_once(opened, history, api)
    settle_inbox(opened)
    assert (again.read > 0, again.fresh) == (True, 0)
    assert facts(opened.engine) == found


def test_interrupted_over_and_over_it_gives_the_facts_of_a_clean_run(
    opened: Installation, history: History, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    found, interruptions = interrupted_facts(opened, history)
    assert interruptions >= 10
    other = open_engine(new_database(opened.engine.dialect.name))
    assert found == clean_facts(installed(other, tmp_path, history.policy), history)
    other.dispose()
