"""One pass over files: joined in a buffer, searched together.

Every scan of a working tree waits for this import, and two processes make passes side by side (`file_shares`).
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right

from openrouter_preflight.detect.glance import first_suspect, suspects
from openrouter_preflight.detect.prefilter import OVERLAP, is_archive
from openrouter_preflight.scan.readers.lfs_pointers import LFS_LINE, pointer_offsets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
"""Never through a link, and never waiting for the other end of a FIFO."""

_ROOM = 512 * 1024
"""Bytes that may be held of one file. A larger one is looked at in pieces."""
_BATCH = 512 * 1024
"""Bytes that are searched together: what a core's own cache holds."""
_PAGE = 4096
"""Bytes from which one read may not give all of a file: so /proc and FUSE hand it out."""
_NEEDLE_STARTS_BEFORE = 8
"""Bytes before a needle at which its key may begin, and so in the file before it."""


class PassResult:
    """The result of one pass, by name."""

    __slots__ = ("changed", "folders", "gone", "objects", "oversized", "pointers", "size", "suspects", "unreadable")

    def __init__(self) -> None:
        self.objects = 0
        self.size = 0
        self.gone = 0
        """Files that are not there."""
        self.pointers: list[tuple[bytes, str]] = []
        """Files that stand for contents of Git LFS, with their SHA-256."""
        self.suspects: list[bytes] = []
        """Files that need a second look."""
        self.folders: list[bytes] = []
        """Names that are folders: in git's listing, other repositories."""
        self.unreadable: list[tuple[bytes, int]] = []
        """Files that exist and could not be read, with the system's error number."""
        self.oversized: list[tuple[bytes, int]] = []
        """Files over the user's bound, with their sizes."""
        self.changed: list[bytes] = []
        """Files that are not, or not any more, copies of the blobs that they should be."""

    def add(self, other: PassResult) -> None:
        """Take in what another pass saw."""
        self.objects += other.objects
        self.size += other.size
        self.gone += other.gone
        for name in self.__slots__:
            mine = getattr(self, name)
            if isinstance(mine, list):
                mine += getattr(other, name)


class FilePass:
    """Reads and searches files below a folder."""

    def __init__(
        self,
        root: bytes,
        *,
        largest: int | None = None,
        oids: Mapping[bytes, bytes] | None = None,
        as_named: bool = False,
    ) -> None:
        """Read below `root` (empty for here) what has at most `largest` bytes.

        `oids` are blobs of which files may be copies: then suspects count as changed, too. `as_named` follows links
        among the folders above a file.
        """
        self._prefix = os.path.join(root, b"")
        self._as_named = as_named
        self._largest = largest
        self._oids = oids
        self._buffer = bytearray(_BATCH + _ROOM + 1)
        self._view = memoryview(self._buffer)
        self._starts: list[int] = []
        self._names: list[bytes] = []
        self._used = 0
        self._archives: list[int] = []
        self._real_folders: dict[bytes, bool] = {b"": True}
        self._result = PassResult()

    def read(self, names: Iterable[bytes]) -> PassResult:
        """Read the files of these names, relative to the root."""
        for name in names:
            if self._used > _BATCH:
                self._search()
            if self._as_named or self._is_inside(name.rpartition(b"/")[0]):
                self._read(name)
            elif self._oids is not None:
                self._result.changed.append(name)
        self._search()
        return self._result

    def _read(self, name: bytes) -> None:
        result = self._result
        try:
            length = self._read_into(name, self._view[self._used : self._used + _ROOM])
        except OSError as error:
            length = None
            if self._oids is None:
                result.unreadable.append((name, error.errno or 0))
        if self._oids is not None and (length is None or not self._is_copy(name, length)):
            result.changed.append(name)
            return
        if length is None:
            return
        result.objects += 1
        result.size += length
        if length > _ROOM:
            return  # searched already
        self._starts.append(self._used)
        self._names.append(name)
        is_pointer = self._oids is not None and self._buffer.startswith(LFS_LINE, self._used, self._used + length)
        if is_pointer or is_archive(self._buffer, self._used, self._used + length):
            self._archives.append(len(self._names) - 1)
        self._used += length

    def _read_into(self, name: bytes, room: memoryview) -> int | None:
        """Read a file, or a link's target, into `room`; return its length.

        Of a file larger than `room` all is searched at once.
        """
        path = os.path.join(self._prefix, name) if self._as_named else self._prefix + name
        try:
            descriptor = os.open(path, FLAGS)
        except (FileNotFoundError, NotADirectoryError):  # it is gone, or a file took the place of its folder
            self._result.gone += 1
            return None
        except OSError as error:
            return self._read_link(path, room, error)
        try:
            if self._largest is not None and self._is_oversized(name, os.fstat(descriptor).st_size):
                return None
            length = _read_some(descriptor, room)
            while _PAGE <= length < _ROOM and (more := _read_some(descriptor, room[length:])):
                length += more
            if length in {0, _ROOM} and not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return length if length < _ROOM else self._search_large(name, descriptor, bytes(room))
        except IsADirectoryError:
            self._result.folders.append(name)
            return None
        finally:
            os.close(descriptor)

    @staticmethod
    def _read_link(path: bytes, room: memoryview, error: OSError) -> int | None:
        """Read a link's target, which git stores as content. Raises OSError."""
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            target = os.readlink(path)
            room[: len(target)] = target
            return len(target)
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            raise error
        return None  # a socket, which git would not store

    def _is_oversized(self, name: bytes, size: int) -> bool:
        if self._largest is None or size <= self._largest:
            return False
        self._result.objects += 1
        self._result.oversized.append((name, size))
        return True

    def _is_copy(self, name: bytes, length: int) -> bool:
        """Return True for a copy of the blob; hashing beats git's unpacking tenfold."""
        from hashlib import new

        oid = self._oids[name] if self._oids else b""
        if length > _ROOM:
            return False
        digest = new("sha1" if len(oid) == 40 else "sha256", b"blob %d\0" % length, usedforsecurity=False)
        digest.update(self._view[self._used : self._used + length])
        return digest.hexdigest().encode() == oid

    def _search_large(self, name: bytes, descriptor: int, beginning: bytes) -> int:
        """Search a large file in windows; return its length."""
        length = len(beginning)
        if self._oids is not None:
            return length + 1
        suspect = is_archive(beginning)
        window = beginning
        while piece := os.read(descriptor, _ROOM):
            suspect = suspect or first_suspect(window)
            window = window[-OVERLAP:] + piece
            length += len(piece)
        if suspect or first_suspect(window):
            self._result.suspects.append(name)
        return max(length, _ROOM + 1)

    def _search(self) -> None:
        """Search the files in the buffer."""
        self._buffer[self._used] = 0  # where searching ends fastest
        found = set(self._archives)
        for offset in suspects(self._buffer, 0, self._used):
            index = bisect_right(self._starts, offset) - 1
            found.add(index)
            if index > 0 and offset - self._starts[index] < _NEEDLE_STARTS_BEFORE:
                found.add(index - 1)
        for index in sorted(found):
            self._suspect(index)
        for offset, digest in pointer_offsets(self._buffer, 0, self._used) if self._oids is None else ():
            index = bisect_right(self._starts, offset) - 1
            if self._starts[index] == offset:
                self._result.pointers.append((self._names[index], digest))
        self._starts.clear()
        self._names.clear()
        self._archives.clear()
        self._used = 0

    def _suspect(self, index: int) -> None:
        """Name a file of the buffer that needs a second look."""
        if self._oids is None:
            self._result.suspects.append(self._names[index])
            return
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self._used
        self._result.objects -= 1
        self._result.size -= end - self._starts[index]
        self._result.changed.append(self._names[index])

    def _is_inside(self, folder: bytes) -> bool:
        """Return True where no folder above a file is a link."""
        known = self._real_folders.get(folder)
        if known is None:
            known = self._is_inside(folder.rpartition(b"/")[0]) and not os.path.islink(self._prefix + folder)
            self._real_folders[folder] = known
        return known


def _read_some(descriptor: int, room: memoryview) -> int:
    if hasattr(os, "readv"):
        return os.readv(descriptor, [room])
    data = os.read(descriptor, len(room))
    room[: len(data)] = data
    return len(data)
