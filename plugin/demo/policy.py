"""The centre's policy for the fortnight that ends on a day: the packaged document, completed."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from plugin.demo.centre import DAYS
from plugin.demo.staff import DESKS, QUIET_FROM, SALES_LEAD
from plugin.demo.vendors.zendesk import group_id, user_id
from plugin.policy.document import Document
from plugin.policy.text import from_data

DIGEST, RULE = "daily", "support-abandonment"


def policy_for(end_date: date, days: int = DAYS) -> Document:
    """Raises `PolicyError`, which a test sees before anybody else."""
    data = tomllib.loads(_text("policy.toml"))
    data["sources"]["chat"]["settings"]["mapping"] = _text("chat.toml")
    data["sources"]["zendesk"].setdefault("settings", {})["names"] = _names()
    data["teams"] = {desk: _team(desk) for desk in DESKS}
    first = end_date - timedelta(days=days - 1)
    months = dict.fromkeys(f"{day:%Y-%m}" for day in (first, end_date))
    data["costs"] = [{**cost, "month": month} for month in months for cost in data["costs"]]
    if end_date.weekday() >= QUIET_FROM:
        data["calendars"]["centre"]["exceptions"] = {end_date.isoformat(): ["08:00-20:00"]}
    return from_data(data)


def _people(desk: str) -> list[str]:
    return [*DESKS[desk].agents, *([SALES_LEAD] if desk == "Sales" else [])]


def _team(name: str) -> dict[str, Any]:
    return {"agents": _people(name), "queues": [name]}


def _names() -> str:
    """Zendesk tells of its people and groups by their ids."""
    groups = [f"{group_id(name)} = {name}" for name in DESKS]
    people = [f"{user_id(person)} = {person}" for name in DESKS for person in _people(name)]
    return "\n".join([*groups, *people])


def _text(name: str) -> str:
    return files("plugin.demo").joinpath(name).read_text(encoding="utf-8")
