"""The first look: where in a big buffer a key may stand, whatever its encoding, as cheaply as CPython can say.

It knows literals ("needles") and nothing of keys: every place it names is for `detector.examine` to judge. It imports
nothing heavy, because a hook pays for this import on every commit.

A needle is the longest text that survives where a prefix is cut. Those of base64 begin with a group of four characters.
"""

from __future__ import annotations

from openrouter_preflight.detect.byte_search import find_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LITERAL = b"sk-or-v1-"

SPLIT_NEEDLES = (b"sk-or", b"r-v1-")
"""Whatever cuts `sk-or-v1-` in two leaves one of them whole; so does no cut at all."""

BASE64_NEEDLES = (b"b3It", b"djEt", b"LW9y", b"LXYx", b"ay1v", b"ci12")
"""base64 of `or-` and `v1-`, `-or` and `-v1`, `k-o` and `r-v`: for each alignment two groups of four, of which a line
that is wrapped anywhere cuts one at most."""

ESCAPE_NEEDLES = (b"sk%2", b"sk\\", b"sk&#")
"""How the prefix begins where its hyphens are escaped. Escapes around a plain prefix need no needle."""

_CODES = (b"-", b"u002d", b"u002D", b"x2d", b"x2D", b"u{2d}", b"u{2D}", b"055")
_BACKSLASHED = (b"\\" * times + code for times in range(1, 5) for code in _CODES)
_ENTITIES = (b"&#45;", b"&#045;", b"&#x2d;", b"&#x2D;", b"&#X2d;", b"&#X2D;")
_HYPHENS = (b"%2D", b"%2d", b"%252D", b"%252d", *_ENTITIES, *_BACKSLASHED)
ESCAPED_PREFIXES = tuple(b"sk%bor%bv1%b" % ((hyphen,) * 3) for hyphen in _HYPHENS)
"""As URLs, JSON, programs and pages may have it, the former two also inside another text of their kind."""

_ESCAPES = frozenset(needle[2] for needle in ESCAPE_NEEDLES)

WIDE_NEEDLES = (b"s\0k\0-\0o\0r\0-\0v\0001\0-", b"s\0\0\0k\0\0\0-\0\0\0o\0\0\0r\0\0\0-\0\0\0v\0\0\0001\0\0\0-")
"""UTF-16 and UTF-32, of either byte order: the zero bytes at the ends are left out."""

BASE64_OF_WIDE_NEEDLES = (b"cwBrAC0AbwByAC0AdgAxAC0A", b"awAtAG8AcgAtAHYAMQAtA", b"AGsALQBvAHIALQB2ADEALQ")
"""base64 of UTF-16, as `powershell -EncodedCommand` takes it, one for each alignment. It stands in one line."""

WIDE_BASE64_NEEDLES = (b"c\0002\0s\0t\0b\0003\0I\0t", b"L\0W\0009\0y\0L\0X\0Y\0x", b"a\0y\0001\0v\0c\0i\0001\0002")
"""UTF-16 of base64."""

OVERLAP = 64
"""Bytes that windows of a stream must share so that no needle is cut: longer than any of them."""

UNENCODED_NEEDLES = (*SPLIT_NEEDLES, *ESCAPE_NEEDLES)
"""Of the spellings in which the digits stand as they are."""

NEEDLES = (
    *UNENCODED_NEEDLES,
    *BASE64_NEEDLES,
    *BASE64_OF_WIDE_NEEDLES,
    *WIDE_NEEDLES,
    *WIDE_BASE64_NEEDLES,
)

NAME_NEEDLES = (LITERAL,)
"""All that the names in a tree can hold."""


def candidate_offsets(
    buffer: bytes | bytearray, start: int = 0, end: int | None = None, *, needles: Sequence[bytes] = NEEDLES
) -> Iterator[int]:
    """The offsets, ascending, at or near which a key may stand in `buffer` from `start` to `end`.

    `buffer` may hold many objects one after another. Fewer `needles` are for where it is known that no others stand.
    """
    found = sorted(find_all(buffer, needles, start, end))
    return (each for each in found if buffer[each + 2] not in _ESCAPES or buffer.startswith(ESCAPED_PREFIXES, each))


def may_hold_key(data: bytes | bytearray) -> bool:
    """Whether `data` is worth `detector.examine`: it has a candidate, or must be unpacked first."""
    return is_archive(data) or next(candidate_offsets(data), None) is not None


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
