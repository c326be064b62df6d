"""Pointers of Git LFS: small texts in place of large files."""

from __future__ import annotations

from openrouter_preflight.detect.byte_search import find_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LFS_LINE = b"version https://git-lfs.github.com/spec/v1\n"
_DIGEST = b"oid sha256:"
_DIGEST_LENGTH = 64
_LONGEST = 1024
"""Bytes, by the specification."""


def pointer_offsets(buffer: bytes | bytearray, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield offsets of likely pointers, each with its content's SHA-256."""
    for offset in find_all(buffer, (LFS_LINE,), start, end):
        digest = buffer.find(_DIGEST, offset, min(end, offset + _LONGEST))
        if digest >= 0:
            place = digest + len(_DIGEST)
            text = bytes(buffer[place : place + _DIGEST_LENGTH]).decode("ascii", "replace")
            if len(text) == _DIGEST_LENGTH and set(text) <= set("0123456789abcdef"):
                yield offset, text
