from __future__ import annotations

from plugin.policy.changes import diff
from plugin.policy.text import parse, to_data


def changes(old: str, new: str) -> list[str]:
    return diff(to_data(parse(old)), to_data(parse(new)))


def test_a_changed_value_is_shown_with_its_path() -> None:
    rule = '[rules."night shift"]\nkpi = "asa"\nfire_above = {}\n'
    assert changes(rule.format(60), rule.format(90)) == [
        '- rules."night shift".fire_above = 60.0',
        '+ rules."night shift".fire_above = 90.0',
    ]


def test_an_entry_in_front_of_others_is_one_line() -> None:
    aht = '[[targets]]\nkpi = "aht"\nvalue = 300\n'
    asa = '[[targets]]\nkpi = "asa"\nvalue = 30\n'
    assert changes(aht, asa + aht) == ['+ targets = {"kpi": "asa", "value": 30.0}']
    assert changes(asa + aht, aht) == ['- targets = {"kpi": "asa", "value": 30.0}']


def test_one_of_two_equal_entries_can_be_seen_to_go() -> None:
    cost = '[[costs]]\ncategory = "it"\namount = 5\nmonth = "2026-10"\n'
    assert changes(cost * 2, cost) == ['- costs = {"category": "it", "amount": "5", "month": "2026-10"}']


def test_an_empty_table_is_a_change() -> None:
    assert changes("", "[teams.night]") == ["+ teams.night = {}"]


def test_a_document_does_not_differ_from_itself() -> None:
    text = '[teams.night]\nagents = ["Ann"]\n[[targets]]\nkpi = "aht"\nvalue = 300\n'
    assert changes(text, text) == []
