"""Layer: bytes that an encoding hid, and the way back to where each of them stood. The decoders make them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Layer:
    """What an encoding hid."""

    data: bytes
    encoding: str
    origin: Callable[[int], int]
    """The offset in the outer layer of the byte at an offset in `data`."""


class Pieces:
    """Bytes gathered from several stretches of an outer layer."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._starts: list[int] = []
        self._origins: list[int] = []
        self.length = 0

    def add(self, part: bytes, origin: int) -> None:
        """Append `part`, whose first byte stood at `origin`."""
        if part:
            self._parts.append(part)
            self._starts.append(self.length)
            self._origins.append(origin)
            self.length += len(part)

    def join(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def origin(self, index: int) -> int:
        """Where the byte at `index` of the joined pieces stood."""
        piece = bisect_right(self._starts, index) - 1
        return self._origins[piece] + min(index - self._starts[piece], len(self._parts[piece]) - 1)

    def index(self, origin: int) -> int:
        """Where the byte that stood at `origin`, or the first after it, is in the joined pieces."""
        piece = bisect_right(self._origins, origin) - 1
        if piece < 0:
            return 0
        return self._starts[piece] + min(origin - self._origins[piece], len(self._parts[piece]))


def regions(offsets: list[int], before: int, after: int, size: int) -> Iterator[tuple[int, int]]:
    """The stretches of `size` bytes around ascending `offsets`, those that touch being one."""
    start = end = -1
    for offset in offsets:
        if end < 0 or offset - before > end:
            if end >= 0:
                yield start, end
            start = max(0, offset - before)
        end = min(size, offset + after)
    if end >= 0:
        yield start, end
