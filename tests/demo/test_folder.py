"""The demo empties its own folder and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.demo.folder import FolderTaken, fresh_folder


def test_makes_the_folder(tmp_path: Path) -> None:
    path = fresh_folder(tmp_path / "new" / "demo")
    assert path.is_dir()


def test_empties_the_folder_of_an_earlier_demo(tmp_path: Path) -> None:
    first = fresh_folder(tmp_path / "demo")
    (first / "deskgauge.db").write_text("old")
    again = fresh_folder(tmp_path / "demo")
    assert not (again / "deskgauge.db").exists()


def test_takes_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert fresh_folder(tmp_path / "empty") == tmp_path / "empty"


def test_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FolderTaken, match="no demo made"):
        fresh_folder(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_does_not_follow_a_link(tmp_path: Path) -> None:
    fresh_folder(tmp_path / "demo")
    (tmp_path / "link").symlink_to(tmp_path / "demo")
    with pytest.raises(FolderTaken, match="not a folder"):
        fresh_folder(tmp_path / "link")


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(FolderTaken, match="not a folder"):
        fresh_folder(tmp_path / "demo")
