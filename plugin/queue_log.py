"""A queue_log that grows and is rotated in, by renaming or by copying and truncating; its complete lines, each once, out."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)

CHUNK = 1 << 20
_FIRST_LINE = re.compile(rb"([0-9]{1,12}(?:\.[0-9]{1,9})?)\|")
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where reading goes on. `first` stands for the file's first line: it tells the file from others under any name."""

    first: str | None = None
    offset: int = 0


def start_of(path: Path) -> Place:
    """The beginning; it names the file, so that a rotation before the first line was sent loses none."""
    if not path.exists():
        return Place()
    with path.open("rb") as stream:
        return Place(first=_first_line(stream))


def end_of(path: Path) -> Place:
    """Behind the last complete line; the beginning of a file that is not there."""
    if not path.exists():
        return Place()
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.seek(max(size - CHUNK, 0))
        tail = stream.read()
        return Place(first=_first_line(stream), offset=size - len(tail) + tail.rfind(b"\n") + 1)


class QueueLog:
    """Holds the file open, so that nothing is lost when it is renamed or deleted while it is being read."""

    def __init__(self, path: Path, place: Place) -> None:
        self._path = path
        self._stream: BinaryIO | None = None
        self.place = place

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def read(self, limit: int, until: int | None = None) -> tuple[list[str], Place]:
        """Up to `limit` complete lines (before the offset `until`), and the place behind them; does not move itself."""
        stream = self._opened()
        if stream is None:
            return [], self.place
        stream.seek(self.place.offset)
        size = CHUNK if until is None else max(until - self.place.offset, 0)
        data = stream.read(size)
        lines = data.split(b"\n")[:-1][:limit]
        length = sum(len(line) + 1 for line in lines)
        if not lines and len(data) >= CHUNK:
            length = len(data)  # no line of queue_log is that long
        place = Place(first=self.place.first, offset=self.place.offset + length)
        return [line.decode("utf-8", "replace") for line in lines], place

    def move_on(self) -> bool:
        """Goes to the next file when this one was rotated away and is at its end. True when there is more to read now."""
        if self._stream is None:
            return False
        following = self._following(self._stream)
        if following is None:
            return False
        # Asterisk writes to the next file only after it has closed this one: what is here now is all there will be.
        if self.read(1)[0]:
            return True
        self._open(following, 0)
        return True

    def _opened(self) -> BinaryIO | None:
        if self._stream is None or not self._is_same(self._stream):
            self._find()
        if self._stream is not None and self.place.first is None:
            self.place = Place(first=_first_line(self._stream), offset=self.place.offset)
        return self._stream

    def _is_same(self, stream: BinaryIO) -> bool:
        if os.fstat(stream.fileno()).st_size < self.place.offset:
            return False
        return self.place.first is None or _first_line(stream) == self.place.first

    def _find(self) -> None:
        """Opens the file of the place under the name that it has now; the log from its beginning when it is nowhere."""
        self.close()
        names = [self._path, *self._rotated()]
        found = next((name for name in names if self.place.first and self._holds_place(name)), None)
        if found is not None:
            self._open(found, self.place.offset)
        elif self._path.exists():
            if self.place.offset:
                logger.warning(
                    "The file read so far is gone (compressed or deleted); reading %s from its beginning", self._path
                )
            self._open(self._path, 0)

    def _holds_place(self, name: Path) -> bool:
        try:
            with name.open("rb") as stream:
                return self._is_same(stream)
        except OSError:
            return False

    def _open(self, name: Path, offset: int) -> None:
        self.close()
        self._stream = name.open("rb")
        self.place = Place(first=_first_line(self._stream), offset=offset)

    def _rotated(self) -> Iterator[Path]:
        for name in sorted(self._path.parent.glob(f"{self._path.name}[.-]*")):
            if name.suffix not in _COMPRESSED and name.is_file():
                yield name

    def _following(self, stream: BinaryIO) -> Path | None:
        """The oldest rotated file that is younger than the current one, else the log itself once it has content."""
        log = self._path.stat() if self._path.exists() else None
        if log is not None and os.path.samestat(log, os.fstat(stream.fileno())):
            return None
        now = _age(stream)
        younger = [(age, name) for name in self._rotated() if now and (age := _age_of(name)) and age > now]
        if younger:
            return min(younger)[1]
        return self._path if log is not None and log.st_size else None


def _first_line(stream: BinaryIO) -> str | None:
    """A fingerprint of the first line; None while it is not complete."""
    stream.seek(0)
    line = stream.readline(CHUNK)
    return hashlib.sha256(line).hexdigest()[:16] if line.endswith(b"\n") else None


def _age_of(name: Path) -> tuple[float, int] | None:
    try:
        with name.open("rb") as stream:
            return _age(stream)
    except OSError:
        return None


def _age(stream: BinaryIO) -> tuple[float, int] | None:
    """The time of the first line, then that of the last writing; None for a file that does not begin like a queue_log."""
    stream.seek(0)
    match = _FIRST_LINE.match(stream.readline(64))
    return (float(match[1]), os.fstat(stream.fileno()).st_mtime_ns) if match else None
