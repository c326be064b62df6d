"""Kinds of files that hold other bytes than they show, by their beginning."""

from __future__ import annotations

HEAD_LENGTH = 300
"""Bytes that `is_archive` needs, unless a file begins like one of CARRIERS."""

_PNG = b"\x89PNG\r\n\x1a\n"
CARRIERS = (b"#!", b"Cr24", _PNG)
"""First bytes of a script and of a browser's extension, behind which a zip may be, and of a picture with texts."""

LONGEST_LEAD = 64 * 1024
"""Bytes within which the zip or the text then begins: Spring Boot's script has ten thousand."""

_PACKED_TEXTS = (b"zTXt", b"iTXt")
"""Chunks of a picture. Most pictures have none, and are no more than bytes."""

_MEMBER = b"PK\x03\x04"
_MAGICS = (
    (b"\x1f\x8b\x08", "gzip"),
    (_MEMBER, "zip"),
    (b"PK\x07\x08" + _MEMBER, "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"]\0\0", "xz"),
    (b"(\xb5/\xfd", "zstd"),
    (b"%PDF-", "pdf"),
    (b"PACK\0\0\0\2", "git pack"),
    (b"# v2 git bundle\n", "git bundle"),
    (b"# v3 git bundle\n", "git bundle"),
    (b"CWS", "swf"),
    (b"x\x01", "zlib"),
    (b"x\x5e", "zlib"),
    (b"x\x9c", "zlib"),
    (b"x\xda", "zlib"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"LZIP\1", "lzip"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
ARCHIVE_FIRST_BYTES = b"\x1fPB\xfd](%x7R\x04"
"""First bytes of what a change may make an archive; bundles, films and pictures are not changed but replaced."""

_STARTS = frozenset(ARCHIVE_FIRST_BYTES + b"#CL\x89")


def is_archive(buffer: bytes | bytearray, start: int = 0, end: int | None = None) -> bool:
    """Return True for a file in `buffer` that holds compressed streams."""
    end = len(buffer) if end is None else end
    if start >= end or (buffer[start] not in _STARTS and buffer.find(0, start, min(end, start + HEAD_LENGTH)) < 0):
        return False  # as most files; a tar's name ends with a zero
    return archive_kind(buffer, start, end) is not None


def archive_kind(buffer: bytes | bytearray, start: int = 0, end: int | None = None) -> str | None:
    """Return `gzip`, `zip`, `tar`, `pdf` and so on, or None."""
    end = len(buffer) if end is None else end
    if start < end and buffer[start] in _STARTS:
        for magic, kind in _MAGICS:
            if buffer.startswith(magic, start, end):
                return kind
    if buffer.startswith(CARRIERS, start, end):
        lead = min(end, start + LONGEST_LEAD)
        if buffer.startswith(_PNG, start, end):
            return "png" if any(buffer.find(each, start, lead) >= 0 for each in _PACKED_TEXTS) else None
        if buffer.find(_MEMBER, start, lead) >= 0:
            return "zip"
    head = buffer[start : min(end, start + HEAD_LENGTH)]
    return "tar" if head[257:262] == b"ustar" or _is_old_tar(head) else None


def _is_old_tar(head: bytes | bytearray) -> bool:
    """Return True for a header of 1979, which has no magic."""
    if len(head) < 257 or head[99] != 0 or head[0] == 0:
        return False
    numbers = (head[100:108], head[108:116], head[116:124], head[124:136], head[136:148], head[148:156])
    return all(number.strip(b" \0").isdigit() for number in numbers)
