"""The first look: places in a big buffer where a key may be.

It knows needles and nothing of keys: every place that it names is for `detector.examine` to judge. It imports nothing
heavy, because a hook pays for this import on every commit.
"""

from __future__ import annotations

from openrouter_preflight.detect.byte_search import find_all
from openrouter_preflight.detect.file_kinds import (
    ARCHIVE_FIRST_BYTES,
    CARRIERS,
    HEAD_LENGTH,
    LONGEST_LEAD,
    archive_kind,
    is_archive,
)
from openrouter_preflight.detect.needles import (
    BASE64_CHARACTERS,
    BASE64_OF_GZIP_NEEDLES,
    LITERALS,
    NAME_NEEDLES,
    NEEDLES,
    OVERLAP,
    TAILS,
    UNENCODED_NEEDLES,
    neighbours,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openrouter_preflight.detect.needles import Tail

__all__ = [
    "ARCHIVE_FIRST_BYTES",
    "CARRIERS",
    "HEAD_LENGTH",
    "LONGEST_LEAD",
    "NAME_NEEDLES",
    "NEEDLES",
    "OVERLAP",
    "UNENCODED_NEEDLES",
    "archive_kind",
    "candidate_offsets",
    "is_archive",
    "may_hold_key",
    "may_name_key",
]

_BEFORE_NUMBERS = b"123456789."
_HEX_MARK = ord("x")
"""Of `0x76`, `\\x76` and `&#x76;`."""


def candidate_offsets(
    buffer: bytes | bytearray, start: int = 0, end: int | None = None, *, needles: Sequence[bytes] = NEEDLES
) -> Iterator[int]:
    """Yield the offsets, ascending, at or near which a key may be.

    `buffer` may hold many objects one after another. Fewer `needles` are for where it is known that no others occur.
    """
    found = sorted(find_all(buffer, needles, start, end))
    return (each for each in found if _is_in_place(buffer, each))


def _is_in_place(buffer: bytes | bytearray, offset: int) -> bool:
    """Return True if what is around the needle at `offset` is as it is in a key."""
    head = bytes(buffer[offset : offset + 4])
    tails = TAILS.get(head[:3])
    if tails is None:
        beside = neighbours(head)
        if head in BASE64_OF_GZIP_NEEDLES:
            return not offset or buffer[offset - 1] not in BASE64_CHARACTERS
        return beside is None or _has_neighbour(buffer, offset, beside)
    is_number = head[:3].isdigit()
    if (is_number or head[0] == _HEX_MARK) and _goes_on(bytes(buffer[offset + 3 : offset + 5])):
        return False
    if is_number and offset and buffer[offset - 1] in _BEFORE_NUMBERS:
        return False
    return _has_tails(buffer, offset + 3, tails, is_number=is_number)


def _goes_on(after: bytes) -> bool:
    """Return True if a number or a word goes on with `after`."""
    return after[1:].isdigit() if after[:1] == b"." else after[:1].isalnum() and after not in (b"u8", b"L,")


def _has_neighbour(buffer: bytes | bytearray, offset: int, beside: Sequence[bytes]) -> bool:
    """Return True where a needle of base64 has a neighbour, or a cut."""
    before, after = bytes(buffer[max(offset - 3, 0) : offset]), bytes(buffer[offset + 4 : offset + 7])
    if len(before) < 3 or len(after) < 3 or (before + after).translate(None, BASE64_CHARACTERS):
        return True
    pairs = zip(beside[::2], beside[1::2], strict=True)
    return any((len(left) == 3 and left == before) or (len(right) == 3 and right == after) for left, right in pairs)


def _has_tails(buffer: bytes | bytearray, place: int, tails: Sequence[Tail], *, is_number: bool) -> bool:
    """Return True where `tails` follow from `place` on."""
    for options, reach in tails:
        found = [(at, each) for each in options if (at := buffer.find(each, place, place + reach)) >= 0]
        if not found:
            return False
        place, tail = min(found)
        end = place + len(tail)
        if is_number and (buffer[place - 1] in _BEFORE_NUMBERS or buffer[end : end + 1].isdigit()):
            return False
    return True


def may_hold_key(data: bytes | bytearray) -> bool:
    """Return True if `data` has a candidate, or must be unpacked."""
    return is_archive(data) or next(candidate_offsets(data), None) is not None


def may_name_key(names: bytes) -> bool:
    """Return True if a key of any format may be in `names`, of files or refs."""
    folded = names.lower()
    return any(literal.lower() in folded for literal in LITERALS)
