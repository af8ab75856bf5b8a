"""The folder of the demo: made anew each time, and only where nothing but an earlier demo can be lost."""

from __future__ import annotations

import shutil
from pathlib import Path

MARK = ".deskgauge-demo"


class FolderTaken(Exception):
    """The folder holds something else; the text says what to do."""


def fresh_folder(folder: Path) -> Path:
    """The absolute path of an empty, marked folder. Raises `FolderTaken`."""
    path = folder.absolute()
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise FolderTaken(f"{folder} is not a folder. Give another one with --folder.")
    if path.exists() and any(path.iterdir()) and not (path / MARK).is_file():
        raise FolderTaken(
            f"{folder} holds files that no demo made. Give another one with --folder, or empty it yourself."
        )
    try:
        if path.exists():
            shutil.rmtree(path)
        path.mkdir(parents=True)
        (path / MARK).write_text("Made by `deskgauge demo`, which empties this folder when it runs again.\n")
    except OSError as error:
        raise FolderTaken(f"{folder} cannot be made anew: {error.strerror}. Give another one with --folder.") from None
    return path
