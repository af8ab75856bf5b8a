"""The table of what the field measures names every KPI, and no KPI, command or test that is not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import NamedTuple

import pytest
from doc_pages import KPI_PAGES, ROOT

from plugin.cli import main
from plugin.cli.terminal import subcommands
from plugin.kpi.catalogue import METRICS, PLAN_ATTAINMENT, known_kpis
from plugin.kpi.formula import base_of

#: entries of each chapter: accessibility, handling and workforce, tickets, outcome, cost, plan and trend, what else
ENTRIES = {3: 13, 4: 15, 5: 10, 6: 5, 7: 4, 8: 2, 9: 4}
NUMBERS = [f"{chapter}.{number}" for chapter, last in ENTRIES.items() for number in range(1, last + 1)]
REASONS = ("Not built: ", "Not available: ")


class Row(NamedTuple):
    number: str
    name: str
    answers: list[str]
    tests: list[str]
    remark: str


def rows() -> list[Row]:
    lines = re.findall(r"^\|( \d+\.\d+ \|.*)\|$", (KPI_PAGES / "coverage.md").read_text(), re.MULTILINE)
    return [row(*(cell.strip() for cell in line.split("|"))) for line in lines]


def row(number: str, name: str, answers: str, tests: str, remark: str) -> Row:
    coded = [re.findall(r"`([^`]+)`", cell) for cell in (answers, tests)]
    return Row(number=number, name=name, answers=coded[0], tests=coded[1], remark=remark)


ROWS = rows()
KEYS = {answer for row in ROWS for answer in row.answers if not answer.startswith("deskgauge ")}
COMMANDS = {answer for row in ROWS for answer in row.answers} - KEYS
TESTS = sorted({test for row in ROWS for test in row.tests})


@cache
def functions(path: str) -> frozenset[str]:
    """What pytest collects from a file below `tests`."""
    tree = ast.parse((ROOT / "tests" / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_entry_has_one_row_in_its_order() -> None:
    assert [row.number for row in ROWS] == NUMBERS


def test_every_kpi_answers_an_entry() -> None:
    covered = KEYS | {base_of(key) for key in KEYS}
    assert [key for key in (*METRICS, PLAN_ATTAINMENT.key) if not {key, base_of(key)} & covered] == []


def test_every_key_is_one_that_a_report_takes() -> None:
    assert KEYS - known_kpis() == set()


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_every_command_is_one_that_the_program_takes(line: str) -> None:
    _, name, *options = line.split()
    taken = {option for parameter in subcommands(main)[name].params for option in parameter.opts}
    assert set(options) <= taken


@pytest.mark.parametrize("test", TESTS)
def test_every_test_that_is_named_is_there(test: str) -> None:
    path, _, function = test.partition("::")
    assert function.startswith("test_")
    assert function in functions(path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_what_is_answered_is_tested_and_what_is_not_says_why(row: Row) -> None:
    if row.answers:
        assert row.tests
    else:
        assert row.remark.startswith(REASONS)
