"""Reading ordinary files of a working tree: quickly, without following links, without waiting for anything.

Small files are read one after another into one buffer and searched together.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import OVERLAP, candidate_offsets, is_archive
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.locations import Location
from openrouter_preflight.scan.readers.batches import Batch

if TYPE_CHECKING:
    from pathlib import Path

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.scan.scan_data import ScanData

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
"""Never through a link, and never waiting for the other end of a FIFO."""

_BATCH = 1024 * 1024
"""Bytes of small files that are searched together."""

_MOST_WAITING = 4
"""Batches that are kept in memory until they are searched."""

READABLE = "Make it readable to this user, or exclude it (scan.exclude), and scan again."


@dataclass(slots=True)
class FileReader:
    """Reads files and adds what it sees to a ScanData. `flush` ends it."""

    data_read: ScanData
    limits: Limits
    largest: int | None = None
    inside: str | None = None
    """What to call the files, where they are no part of the tree; followed by the name."""
    folders: list[str] = field(default_factory=list)
    """What was to be read and is a folder: in a listing of git's, another repository's."""
    _batch: Batch = field(default_factory=Batch)
    _searched: deque[Batch] = field(default_factory=deque)

    def read(self, path: str, name: str | None = None) -> None:
        """Read the file at `path`, shown as `name`. A link's target is text; what else is no file is passed over."""
        shown = path if name is None else name
        try:
            descriptor = os.open(path, _FLAGS)
        except (FileNotFoundError, NotADirectoryError):  # it is gone, or a file stands where its folder was
            return
        except OSError as error:
            self._read_what_does_not_open(path, shown, error)
            return
        try:
            self._read_open(descriptor, shown)
        except OSError as error:
            self._unreadable(shown, error)
        finally:
            os.close(descriptor)

    def flush(self) -> None:
        """Search what was read and not yet searched."""
        self._searched.append(self._batch)
        self._batch = Batch()
        while self._searched:
            self._finish_oldest()

    def _finish_oldest(self) -> None:
        for name, data in self._searched.popleft().suspects():
            self._examine(data, name)

    def _read_open(self, descriptor: int, shown: str) -> None:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            if stat.S_ISDIR(status.st_mode):
                self.folders.append(shown)
            return
        self.data_read.objects += 1
        if self.largest is not None and status.st_size > self.largest:
            message = f"not looked into: {status.st_size} bytes, more than --max-file-size"
            self.data_read.incomplete.append(
                Incomplete(message, "Raise --max-file-size, and scan again.", printable(shown))
            )
        elif status.st_size > _BATCH:
            self.data_read.size += status.st_size
            self._stream(descriptor, shown)
        else:
            self._gather(descriptor, status.st_size, shown)

    def _gather(self, descriptor: int, size: int, shown: str) -> None:
        """Add a small file to the batch. Asking for one byte more than it had shows whether it grew meanwhile."""
        blocks = [os.read(descriptor, size + 1)]
        if len(blocks[0]) > size:  # it grew, or it is one of a kind (/proc) that does not tell its size
            blocks += iter(lambda: os.read(descriptor, _BATCH), b"")
        self._batch.add(shown, blocks)
        self.data_read.size += sum(map(len, blocks))
        if len(self._batch) >= _BATCH:
            self._batch.search_meanwhile()
            self._searched.append(self._batch)
            self._batch = Batch()
            if len(self._searched) > _MOST_WAITING:
                self._finish_oldest()

    def _stream(self, descriptor: int, shown: str) -> None:
        """Search a large file in windows, and examine it as a stream only if there is a reason to."""
        window = os.read(descriptor, _BATCH)
        suspect = is_archive(window)
        while window and not suspect:
            suspect = next(candidate_offsets(window), None) is not None
            data = os.read(descriptor, _BATCH)
            window = window[-OVERLAP:] + data if data else b""
        if suspect:
            self._examine_stream(descriptor, shown)

    def _read_what_does_not_open(self, path: str, shown: str, error: OSError) -> None:
        """A link, whose target git would store as content; a socket, which it would not; or what is forbidden.

        A folder is what a submodule is in a listing of git's.
        """
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                target = os.fsencode(os.readlink(path))  # noqa: PTH115 - names stay the bytes that they are
                self.data_read.objects += 1
                self.data_read.size += len(target)
                self._examine(target, shown)
            elif stat.S_ISREG(mode) or stat.S_ISDIR(mode):
                self._unreadable(shown, error)
        except OSError as second:
            self._unreadable(shown, second)

    def _examine(self, data: bytes, shown: str) -> None:
        from openrouter_preflight.detect.detector import examine  # hits are rare, and its import is felt

        self.data_read.add_result(examine(data, self.limits), self._place(shown))

    def _examine_stream(self, descriptor: int, shown: str) -> None:
        from openrouter_preflight.detect.detector import examine_stream

        os.lseek(descriptor, 0, os.SEEK_SET)
        result = examine_stream(lambda size: os.read(descriptor, size), self.limits)
        self.data_read.add_result(result, self._place(shown))

    def _unreadable(self, shown: str, error: OSError) -> None:
        self.data_read.incomplete.append(
            Incomplete(f"could not be read: {error.strerror or 'no reason given'}", READABLE, printable(shown))
        )

    def _place(self, shown: str) -> Location:
        name = printable(shown)
        if self.inside is not None:
            return Location(inside=f"{self.inside} {name}")
        return Location(path=name, committed=None)


class Inside:
    """Whether a file's folders are folders, and not links that lead out of the tree."""

    def __init__(self, root: Path) -> None:
        """Paths are relative to `root`."""
        self._root = root
        self._known = {"": True}

    def holds(self, path: str) -> bool:
        """Whether every folder above `path` is one."""
        folder = path.rpartition("/")[0]
        known = self._known.get(folder)
        if known is None:
            known = self.holds(folder) and not os.path.islink(os.path.join(self._root, folder))  # noqa: PTH114, PTH118
            self._known[folder] = known
        return known
