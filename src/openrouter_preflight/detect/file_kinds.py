"""Kinds of files that hold other bytes than they show: archives and compressed streams, by how they begin."""

from __future__ import annotations

HEAD_LENGTH = 300
"""Bytes that `is_archive` needs, unless a file begins like one of CARRIERS."""

CARRIERS = (b"#!", b"Cr24")
"""How a script and a browser's extension begin, behind which a zip may stand."""

LONGEST_LEAD = 64 * 1024
"""Bytes within which it then begins: Spring Boot's script has ten thousand."""

_MEMBER = b"PK\x03\x04"
_MAGICS = (
    (b"\x1f\x8b\x08", "gzip"),
    (_MEMBER, "zip"),
    (b"PK\x07\x08" + _MEMBER, "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"]\0\0", "xz"),
)
ARCHIVE_FIRST_BYTES = b"\x1fPB\xfd]"
_STARTS = frozenset(ARCHIVE_FIRST_BYTES + b"#C")


def is_archive(buffer: bytes | bytearray, start: int = 0, end: int | None = None) -> bool:
    """Whether the file in `buffer` from `start` to `end` is one of gzip, zip, bzip2, xz, lzma or tar."""
    end = len(buffer) if end is None else end
    if start >= end or (buffer[start] not in _STARTS and buffer.find(0, start, min(end, start + HEAD_LENGTH)) < 0):
        return False  # as most files; a tar's name ends with a zero
    return archive_kind(buffer, start, end) is not None


def archive_kind(buffer: bytes | bytearray, start: int = 0, end: int | None = None) -> str | None:
    """`gzip`, `zip`, `bzip2`, `xz` (or lzma) or `tar`, by how a file begins; None for others."""
    end = len(buffer) if end is None else end
    if buffer[start : start + 1] in ARCHIVE_FIRST_BYTES:
        for magic, kind in _MAGICS:
            if buffer.startswith(magic, start, end):
                return kind
    if buffer.startswith(CARRIERS, start, end) and buffer.find(_MEMBER, start, min(end, start + LONGEST_LEAD)) >= 0:
        return "zip"
    head = buffer[start : min(end, start + HEAD_LENGTH)]
    return "tar" if head[257:262] == b"ustar" or _is_old_tar(head) else None


def _is_old_tar(head: bytes | bytearray) -> bool:
    """Whether it is a header of 1979, which has no magic: a name, and octal numbers where a tar has them."""
    if len(head) < 257 or head[99] != 0 or head[0] == 0:
        return False
    numbers = (head[100:108], head[108:116], head[116:124], head[124:136], head[136:148], head[148:156])
    return all(number.strip(b" \0").isdigit() for number in numbers)
