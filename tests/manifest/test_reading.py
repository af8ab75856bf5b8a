from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from plugin.manifest.reading import ManifestError, manifest, parse, path

Change = Callable[[dict[str, Any]], object]


def refused(text: str) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        parse(text)
    return [str(problem) for problem in caught.value.problems]


def test_the_manifest_of_this_release_is_read() -> None:
    assert manifest().id == "deskgauge"
    assert path().name == "manifest.json"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.update(logo="x.png"), "logo: unknown key; "),
        (
            lambda data: data["settings"][0].update(defualt="x"),
            "settings[0].defualt: unknown key; did you mean default?",
        ),
        (lambda data: data["kpis"][2].pop("unit"), "kpis[2].unit: is missing; add it"),
        (lambda data: data["adapters"][0].update(delivery=["fax"]), "adapters[0].delivery[0]: must be "),
        (lambda data: data["adapters"][0].update(events=["contact.lost"]), "adapters[0].events[0]: must be "),
        (
            lambda data: data["notifiers"][0].update(settings=["slack_token"]),
            'notifiers[0].settings[0]: "slack_token" is not a setting; write one of data_dir, ',
        ),
        (
            lambda data: data["pages"][0].update(permission="boss"),
            'pages[0].permission: "boss" is not a role; write public, signature, viewer, supervisor, manager, admin or scope:SCOPE',
        ),
        (
            lambda data: data["jobs"].insert(1, data["jobs"][0]),
            'jobs[1].id: "drain" is there twice; remove one of them',
        ),
        (
            lambda data: data["settings"][1].update(env="DESKGAUGE_DATA_DIR"),
            'settings[1].env: "DESKGAUGE_DATA_DIR" is there twice; remove one of them',
        ),
        (lambda data: data["slack_app"].update(actions="/x"), 'slack_app.actions: "/x" is not one of the pages'),
        (lambda data: data["slack_app"].update(events_to="/x"), 'slack_app.events_to: "/x" is not one of the pages'),
        (lambda data: data["slack_app"].update(name="D" * 36), "slack_app.name: must have at most 35 characters"),
    ],
)
def test_a_refusal_names_the_path_of_the_bad_key(data: dict[str, Any], change: Change, told: str) -> None:
    change(data)
    problems = refused(json.dumps(data))
    assert len(problems) == 1
    assert problems[0].startswith(told)


def test_a_secret_with_a_default_is_refused_without_repeating_it(data: dict[str, Any]) -> None:
    place = next(number for number, each in enumerate(data["settings"]) if each["secret"])
    data["settings"][place]["default"] = "hunter22"
    (problem,) = refused(json.dumps(data))
    assert problem.startswith(f"settings[{place}].default: a secret has no default")
    assert "hunter22" not in problem


def test_a_key_that_is_written_twice_is_refused_at_its_place(data: dict[str, Any]) -> None:
    text = json.dumps(data)
    assert refused(text.replace('"id": "deskgauge"', '"id": "deskgauge", "id": "other"')) == [
        "id: is written twice; remove one of them"
    ]
    assert refused(text.replace('"every": "as they arrive"', '"every": "as they arrive", "every": "day"')) == [
        "jobs[0].every: is written twice; remove one of them"
    ]


def test_what_is_not_json_is_refused_with_its_line() -> None:
    assert refused("{") == [
        "this is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
    ]
