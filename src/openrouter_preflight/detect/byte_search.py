"""Finding byte strings in large buffers as fast as plain CPython can.

Two ways with one answer: glibc's `strstr`, which needs no GIL, and `rfind`, which is faster than `find` because CPython
searches forwards with a two-way search and backwards with long jumps. In 20 MB of source code one short string costs
`strstr` 1 ms, `memmem` 6 and `rfind` 18. But `strstr` stops at a zero byte: it gets the stretches without any as they
lie, and of the others a copy with another byte in its place. What is searched for, and why, does not belong here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Search = Callable[[bytes | bytearray, Sequence[bytes], int, int], list[int]]
    Stretch = tuple[int, int]

_NATIVE_FROM = 256 * 1024
"""Bytes below which loading ctypes costs more than it saves."""

_CALL_FROM = 4 * 1024
"""Bytes below which calling into it does."""

_STRETCH = 16 * 1024
"""Bytes without a zero from which `strstr` is worth a call of its own for each needle. No needle is as long."""

_STAND_IN = b"\1"
"""For a zero byte: in no needle, and rare in text."""

_native: Search | None = None


def find_all(buffer: bytes | bytearray, needles: Sequence[bytes], start: int = 0, end: int | None = None) -> list[int]:
    """Return every offset of `needles` in `buffer`, in no order.

    It is fastest where `end` is the end of the buffer, or a zero byte stands there.
    """
    end = len(buffer) if end is None else end
    if end - start < (_NATIVE_FROM if _native is None else _CALL_FROM):
        return find_backwards(buffer, needles, start, end)
    return (_native or _choose_search())(buffer, needles, start, end)


def find_backwards(buffer: bytes | bytearray, needles: Sequence[bytes], start: int, end: int) -> list[int]:
    """`find_all` with nothing but `rfind`: the way everywhere but on glibc."""
    has_zero = buffer.find(0, start, end) >= 0
    found = []
    for needle in needles:
        if 0 in needle and not has_zero:
            continue
        offset = buffer.rfind(needle, start, end)
        while offset >= 0:
            found.append(offset)
            offset = buffer.rfind(needle, start, offset + len(needle) - 1)
    return found


def stretches(buffer: bytes | bytearray, start: int, end: int) -> tuple[list[Stretch], list[Stretch]]:
    """Yield stretches of `buffer` with few zero bytes, and the rest."""
    texts: list[Stretch] = []
    others: list[Stretch] = []
    place = start
    while place < end:
        near = min(place + _STRETCH, end)
        last = buffer.rfind(0, place, near)
        if last < 0:
            zero = buffer.find(0, near, end)
            zero = end if zero < 0 else zero
            texts.append((place, zero))
            place = zero
            continue
        begin = others.pop()[0] if others and others[-1][1] == place else place
        place = last + 1
        others.append((begin, place))
    return texts, others


def prepare() -> None:
    """Load what searching large buffers takes, before it is needed."""
    _choose_search()


def _choose_search() -> Search:
    global _native  # noqa: PLW0603 - decided once for the process, and the answer never changes
    try:
        _native = _Glibc().find_all
    except (ImportError, AttributeError, OSError, ValueError):
        _native = find_backwards
    return _native


class _Glibc:
    """The search by glibc. Raises where there is none."""

    def __init__(self) -> None:
        import os

        if not (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc"):
            raise OSError("no glibc")

        import ctypes

        self._ctypes = ctypes
        self._strstr = ctypes.CDLL(None).strstr
        self._strstr.restype = ctypes.c_void_p
        self._strstr.argtypes = [ctypes.c_void_p, ctypes.c_char_p]

    def find_all(self, buffer: bytes | bytearray, needles: Sequence[bytes], start: int, end: int) -> list[int]:
        base, _held = self._address(buffer)
        texts, others = stretches(buffer, start, end)
        plain = [needle for needle in needles if 0 not in needle]
        found: list[int] = []
        if texts and texts[-1][1] == end < len(buffer) and buffer[end]:
            low, _ = texts.pop()
            copy = bytes(buffer[low:end])  # behind which CPython puts a zero
            address, _held_too = self._address(copy)
            found += [low + offset for needle in plain for offset in self._find_each(address, needle)]
        for low, _ in texts:
            found += [low + offset for needle in plain for offset in self._find_each(base + low, needle)]
        for low, high in others:
            found += self._find_in_copy(buffer, needles, (low, high), (start, end))
        return found

    def _find_in_copy(
        self, buffer: bytes | bytearray, needles: Sequence[bytes], stretch: Stretch, bounds: Stretch
    ) -> Iterator[int]:
        """Return offsets in `stretch` where zero bytes are."""
        low, high = stretch
        reach = max(map(len, needles))
        first = max(bounds[0], low - reach)
        copy = bytes(buffer[first : min(bounds[1], high + reach)]).replace(b"\0", _STAND_IN)
        address, _held = self._address(copy)
        for needle in needles:
            has_zero = 0 in needle
            for each in self._find_each(address, needle.replace(b"\0", _STAND_IN)):
                offset = first + each
                if buffer.startswith(needle, offset) if has_zero else low <= offset < high:
                    yield offset

    def _address(self, buffer: bytes | bytearray) -> tuple[int, object]:
        """Return the address of `buffer`, and its keeper."""
        if isinstance(buffer, bytearray):
            held = (self._ctypes.c_char * len(buffer)).from_buffer(buffer)
            return self._ctypes.addressof(held), held
        return self._ctypes.cast(self._ctypes.c_char_p(buffer), self._ctypes.c_void_p).value or 0, buffer

    def _find_each(self, base: int, needle: bytes) -> Iterator[int]:
        """Yield offsets of `needle` behind `base`, up to the next zero byte."""
        address = self._strstr(base, needle)
        while address:
            yield address - base
            address = self._strstr(address + 1, needle)
