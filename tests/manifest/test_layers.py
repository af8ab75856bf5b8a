"""What import-linter cannot say: that no module is forgotten, and that adapters know the standard library and the contract only."""

from __future__ import annotations

import ast
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import plugin

ROOT = Path(__file__).parents[2]
ADAPTERS = sorted((ROOT / "adapters").glob("*.py"))
#: products of one maker share modules that are named after it, and so does one that copies another's shapes
MAKERS = {"freescout": "help_scout", "freshdesk": "freshworks", "freshservice": "freshworks"}
CONTRACT = sorted((ROOT / "plugin" / "contract").glob("*.py"))


def imported(file: Path, *, at_top: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_part_of_the_program_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    named = {part.strip() for layer in layers for part in layer.split("|")}
    assert named == {f"plugin.{module.name}" for module in pkgutil.iter_modules(plugin.__path__)} | {"adapters"}


@pytest.mark.parametrize("file", ADAPTERS, ids=lambda file: file.stem)
def test_an_adapter_imports_the_contract_its_own_files_and_the_standard_library(file: Path) -> None:
    vendor = file.stem.removeprefix("_").partition("_")[0]
    for name in imported(file):
        own = name.startswith(("plugin.contract.", f"adapters._{vendor}_", f"adapters._{MAKERS.get(vendor, vendor)}_"))
        assert own or name.partition(".")[0] in sys.stdlib_module_names, name


@pytest.mark.parametrize("file", CONTRACT, ids=lambda file: file.stem)
def test_the_contract_needs_nothing_but_the_standard_library_when_it_is_imported(file: Path) -> None:
    for name in imported(file, at_top=True):
        assert name.startswith("plugin.contract.") or name.partition(".")[0] in sys.stdlib_module_names, name
    assert not [name for name in imported(file) if name.startswith(("plugin.", "adapters")) and "contract" not in name]
