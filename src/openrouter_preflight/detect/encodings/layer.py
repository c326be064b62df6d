"""Decoded: bytes that an encoding hid, and the way back to their places."""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


REACH = 4096
"""Bytes after a needle within which its key ends, however it is written."""


class Decoded:
    """Bytes that an encoding hid."""

    __slots__ = ("data", "encoding", "origin")

    def __init__(self, data: bytes, encoding: str, origin: Callable[[int], int]) -> None:
        """Hold bytes; `origin` gives the outer offset of an offset in `data`."""
        self.data = data
        self.encoding = encoding
        self.origin = origin


class Pieces:
    """Bytes gathered from several stretches of an outer layer, each with its way back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._starts: list[int] = []
        self._origins: list[Callable[[int], int]] = []
        self._length = 0

    def add(self, part: bytes, origin: Callable[[int], int]) -> None:
        """Append `part`; `origin` says for each index in it where that stood."""
        if part:
            self._parts.append(part)
            self._starts.append(self._length)
            self._origins.append(origin)
            self._length += len(part)

    def add_apart(self, part: bytes, origin: Callable[[int], int]) -> None:
        """Add a part that nothing reads across to, at a multiple of 4."""
        self.add(part + _APART[len(part) % 4 :], origin)

    def join(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def origin(self, index: int) -> int:
        """Return the place of the byte at `index` of the joined pieces."""
        piece = bisect_right(self._starts, index) - 1
        return self._origins[piece](index - self._starts[piece])


_APART = b"\x01" * 8


def traced(starts: Sequence[int], index: int) -> int:
    """Return the place of the byte at `index`, by the starts of bytes."""
    return starts[min(index, len(starts) - 1)]


def regions(offsets: list[int], before: int, after: int, size: int) -> Iterator[tuple[int, int]]:
    """Return stretches of `size` bytes around offsets, joined if they touch."""
    start = end = -1
    for offset in offsets:
        if end < 0 or offset - before > end:
            if end >= 0:
                yield start, end
            start = max(0, offset - before)
        end = min(size, offset + after)
    if end >= 0:
        yield start, end
