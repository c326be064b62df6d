"""tar: its members in one pass, without trusting a size."""

from __future__ import annotations

from openrouter_preflight.detect.archives.byte_source import DamagedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.detect.archives.byte_source import Source

BLOCK = 512
_LONGEST_NAME = 64 * 1024


def tar_members(source: Source) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Yield name and content of each member, to be used in order.

    Raises DamagedError, also in a content, where the archive is cut short or no tar.
    """
    long_name = b""
    while len(header := source.peek(BLOCK)) == BLOCK and header.strip(b"\0"):
        source.take(BLOCK)
        if not _checksum_holds(header):
            raise DamagedError
        size = _number(header[124:136])
        padding = -size % BLOCK
        if header[156:157] in b"xLKg":
            described = source.take(min(size, _LONGEST_NAME))
            source.skip(size - len(described) + padding)
            long_name = _described_name(header[156:157], described) or long_name
            continue
        yield long_name or _short_name(header), source.part(size)
        source.skip(padding)
        long_name = b""


def _checksum_holds(header: bytes) -> bool:
    return sum(header) - sum(header[148:156]) + 8 * 0x20 == _number(header[148:156])


def _number(number: bytes) -> int:
    """Return an octal or binary number. Raises DamagedError."""
    if number[0] & 0x80:
        return int.from_bytes(number[1:], "big")
    try:
        return int(number.strip(b" \0") or b"0", 8)
    except ValueError:
        raise DamagedError from None


def _short_name(header: bytes) -> bytes:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _described_name(kind: bytes, described: bytes) -> bytes:
    if kind == b"L":
        return described.rstrip(b"\0")
    if kind == b"x":
        for record in described.split(b"\n")[:-1]:
            length, word, path = record.partition(b" path=")
            if word and length.isdigit():
                return path
    return b""
