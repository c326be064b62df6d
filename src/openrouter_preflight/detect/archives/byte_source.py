"""Source: bytes in order with a look ahead, for readers of archives."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[int], bytes]

CHUNK = 64 * 1024


class DamagedError(Exception):
    """The archive does not go on as its format demands."""


class UnreadableError(Exception):
    """The archive may be sound, and cannot be read here; the message says why."""


class Source:
    """Bytes in order, with a look ahead."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._ahead = b""
        self.position = 0
        """Bytes that were taken."""

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes, none at the end."""
        if self._ahead:
            taken, self._ahead = self._ahead[:count], self._ahead[count:]
        else:
            taken = self._read(count)
        self.position += len(taken)
        return taken

    def peek(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer at the end, and leave them where they are."""
        while len(self._ahead) < count:
            more = self._read(max(count - len(self._ahead), 512))
            if not more:
                break
            self._ahead += more
        return self._ahead[:count]

    def take(self, count: int) -> bytes:
        """Return exactly `count` bytes. Raises DamagedError."""
        taken = self.peek(count)
        if len(taken) < count:
            raise DamagedError
        self._ahead = self._ahead[count:]
        self.position += count
        return taken

    def put_back(self, data: bytes) -> None:
        """Make `data` the next bytes again."""
        self._ahead = data + self._ahead
        self.position -= len(data)

    def part(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes in chunks. Raises DamagedError where they end early."""
        while size > 0:
            chunk = self.read(min(size, CHUNK))
            if not chunk:
                raise DamagedError
            size -= len(chunk)
            yield chunk

    def skip(self, size: int) -> None:
        """Pass over the next `size` bytes."""
        for _ in self.part(size):
            pass


def reader(chunks: Iterator[bytes]) -> Read:
    """`read(n)` over `chunks`."""
    ahead = b""

    def read(count: int) -> bytes:
        nonlocal ahead
        while not ahead:
            chunk = next(chunks, None)
            if chunk is None:
                return b""
            ahead = chunk
        taken, ahead = ahead[:count], ahead[count:]
        return taken

    return read
