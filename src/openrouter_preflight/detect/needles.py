"""Needles: rare byte strings in every spelling, derived from the formats.

A needle is short, so that a line that is wrapped or a string that is cut leaves one whole, and rare, so that clean text
has none. Where a short one is not rare, TAILS names what must follow it. Nothing is imported: a hook pays for it.
"""

from __future__ import annotations

from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from openrouter_preflight.keys.key_format import KeyFormat

    Tail = tuple[tuple[bytes, ...], int]

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

HYPHEN_MARKS = (b"%", b"\\", b"&", b"\xe2")
"""First bytes of an escaped hyphen: of URLs, of programs and LaTeX, of pages, and of its look-alikes in UTF-8."""

_QUOTES = (b'"', b"'")


def split_needles(prefix: bytes) -> tuple[bytes, bytes]:
    """Return two pieces, one of which is whole wherever the prefix is cut in two."""
    half = (len(prefix) + 1) // 2
    return prefix[:half], prefix[half - 1 :]


def base64_groups(text: bytes, before: int) -> list[bytes]:
    """Return base64's groups of four for `text` after `before` bytes."""
    start = (3 - before) % 3
    whole = text[start : start + (len(text) - start) // 3 * 3]
    return [_encode(whole[at : at + 3]) for at in range(0, len(whole), 3)]


def base64_core(text: bytes, before: int) -> bytes:
    """Return base64's characters for `text` alone, partial groups too."""
    ends = (bytes(3), b"\xff" * 3)
    one, other = (_encode(end[:before] + text + end[: -(before + len(text)) % 3]) for end in ends)
    alike = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left == right]
    return one[alike[0] : alike[-1] + 1]


def repeated(text: bytes) -> tuple[bytes, ...]:
    """Return the longest piece that `text` has twice, or its ends."""
    for size in range(len(text) // 2, 3, -1):
        for start in range(len(text) - size + 1):
            if text.count(text[start : start + size]) >= 2:
                return (text[start : start + size],)
    return text[:4], text[-4:]


def _encode(text: bytes) -> bytes:
    """Return `text`, a multiple of 3 bytes, in base64."""
    bits = int.from_bytes(text, "big")
    return bytes(_BASE64[bits >> shift & 63] for shift in range(8 * len(text) - 6, -1, -6))


def _of_all(derive: Callable[[bytes], Iterable[bytes]]) -> tuple[bytes, ...]:
    """Return what `derive` makes of the prefixes of all formats."""
    return tuple(needle for each in FORMATS for needle in derive(each.prefix.encode()))


def _base64_cores(prefix: bytes) -> list[bytes]:
    return [base64_core(prefix, before) for before in range(3)]


def _base64_twice_cores(prefix: bytes) -> list[bytes]:
    return [base64_core(core, before) for core in _base64_cores(prefix) for before in range(3)]


def _base64_of_wide_cores(prefix: bytes) -> list[bytes]:
    return [base64_core(widened(prefix, 2) + b"\0", before) for before in range(3)]


def _base64(prefix: bytes) -> Iterator[bytes]:
    for before in range(3):
        yield from base64_groups(prefix, before)[-2:]


def _base64_twice(prefix: bytes) -> Iterator[bytes]:
    for core in _base64_cores(prefix):
        for before in range(3):
            yield base64_groups(core, before)[1]


def _base64_of_wide(prefix: bytes) -> Iterator[bytes]:
    for core in _base64_of_wide_cores(prefix):
        yield from repeated(core)


def _wide_base64(prefix: bytes) -> Iterator[bytes]:
    for before in range(3):
        yield widened(b"".join(base64_groups(prefix, before)[:2]), 2)


def _neighbours(needles: tuple[bytes, ...], cores: tuple[bytes, ...]) -> dict[bytes, tuple[bytes, ...]]:
    """Return the neighbours of each needle in `cores`."""
    found: dict[bytes, tuple[bytes, ...]] = {}
    for needle in needles:
        for core in cores:
            at = core.find(needle)
            while at >= 0:
                end = at + len(needle)
                found[needle] = (*found.get(needle, ()), core[max(at - 3, 0) : at], core[end : end + 3])
                at = core.find(needle, at + 1)
    return found


def widened(text: bytes, width: int) -> bytes:
    """Return `text` with characters of so many bytes, without the zeros at its ends."""
    return bytes(width - 1).join(text[at : at + 1] for at in range(len(text)))


def parts_of(shape: KeyFormat) -> tuple[bytes, ...]:
    """Return the parts of a prefix between hyphens."""
    return tuple(part.encode() for part in shape.prefix[:-1].split("-")) if shape.prefix.endswith("-") else ()


def _escaped(shape: KeyFormat) -> dict[bytes, tuple[Tail, ...]]:
    """Return needles of prefixes with other hyphens, and their tails."""
    parts = parts_of(shape)
    return {parts[0] + mark: tuple(((part,), 24) for part in parts[1:]) for mark in HYPHEN_MARKS} if parts else {}


def _quoted(shape: KeyFormat) -> dict[bytes, tuple[Tail, ...]]:
    """Needles of prefixes in as many strings as they have parts."""
    first, *others = parts_of(shape) or (b"",)
    if not others:
        return {}
    return {mark + first + mark: ((tuple(each + others[0] for each in _QUOTES), 60),) for mark in _QUOTES}


def _coded(shape: KeyFormat) -> dict[bytes, tuple[Tail, ...]]:
    """Return needles of prefixes in codes, and the next code.

    Before the last character of a prefix, which most often is a hyphen, `before`, `first` and `second` are taken. One
    of the codes is in each needle; two are where the first two digits of a needle would be found in every table.
    """
    prefix = shape.prefix.encode()
    before, first, second = prefix[-4:-1]
    follow = ((b"%x" % second, b"%X" % second),)
    found: dict[bytes, tuple[Tail, ...]] = {
        b"%d" % first: (((b"%d" % second,), 40),),
        b"\\%o" % first: (((b"\\%o" % second, b"\\%03o" % second), 8),),
    }
    for form in (b"%x", b"%X"):
        left, right = form % before, form % first
        found[b"x" + right] = ((*follow, 40),)
        found[b"%" + right] = (((b"%%%x" % second, b"%%%X" % second), 4),)
        found[b"u00" + right] = (((b"00%x" % second, b"00%X" % second), 12),)
        found[left + right] = ((*follow, 8),)
        found[left + b" " + right] = ((*follow, 90),)
    after = tuple(b"%x" % prefix[at + 1] for at in range(len(prefix) - 1) if prefix[at] == before)
    found[b"%x,00," % before] = ((after, 16),)
    for form in (b"%x,%x", b"%x:%x", b"%X-%X"):
        found[form % (before, first)] = ((*follow, 12),)
    return found


def _merged(derive: Callable[[KeyFormat], dict[bytes, tuple[Tail, ...]]]) -> dict[bytes, tuple[Tail, ...]]:
    return {needle: tails for each in FORMATS for needle, tails in derive(each).items()}


LITERALS = _of_all(lambda prefix: (prefix,))
SPLIT_NEEDLES = _of_all(split_needles)

BASE64_NEEDLES = _of_all(_base64)
"""For each alignment two groups of four, of which a line that is wrapped anywhere cuts one at most."""

BASE64_TWICE_NEEDLES = _of_all(_base64_twice)
BASE64_OF_GZIP_NEEDLES = (b"H4sI",)

BASE64_OF_WIDE_NEEDLES = _of_all(_base64_of_wide)
"""base64 of UTF-16, as `powershell -EncodedCommand` takes it."""

WIDE_NEEDLES = _of_all(lambda prefix: (widened(prefix, 2), widened(prefix, 4)))
"""UTF-16 and UTF-32, of either byte order: the zero bytes at the ends are left out."""

WIDE_BASE64_NEEDLES = _of_all(_wide_base64)
"""UTF-16 of base64."""

REVERSED_NEEDLES = _of_all(lambda prefix: (prefix[-6:-1][::-1],))

_ESCAPES, _PIECES, _CODES = _merged(_escaped), _merged(_quoted), _merged(_coded)
ESCAPE_NEEDLES = tuple(_ESCAPES)
QUOTED_NEEDLES = tuple(_PIECES)
CODE_NEEDLES = tuple(_CODES)
WIDE_CODE_NEEDLES = tuple(widened(needle, 2) for needle in CODE_NEEDLES if needle.endswith(b",00,"))
"""Registry files in UTF-16 hold UTF-16 as codes."""

_ALL_TAILS = {**_ESCAPES, **_PIECES, **_CODES}
TAILS = {needle[:3]: tails for needle, tails in _ALL_TAILS.items() if tails}
"""For needles that are not rare, by their first three bytes: strings that follow one after another, and how near.

Numbers, where the needle is one, are whole numbers.
"""

NEIGHBOURS: dict[bytes, tuple[bytes, ...]] = {}
"""For needles in base64: pairs of what precedes and follows, one of which is there if nothing cuts the text."""


def neighbours(needle: bytes) -> tuple[bytes, ...] | None:
    """Return the entry of NEIGHBOURS for `needle`, made on first use."""
    if not NEIGHBOURS:
        NEIGHBOURS.update(_neighbours(BASE64_NEEDLES, _of_all(_base64_cores)))
        NEIGHBOURS.update(_neighbours(BASE64_TWICE_NEEDLES, _of_all(_base64_twice_cores)))
        NEIGHBOURS.update(_neighbours(BASE64_OF_WIDE_NEEDLES, _of_all(_base64_of_wide_cores)))
    return NEIGHBOURS.get(needle)


BASE64_CHARACTERS = _BASE64 + b"-_"

OVERLAP = 256
"""Bytes that windows of a stream must share so that no needle is cut from its tails."""

UNENCODED_NEEDLES = (*SPLIT_NEEDLES, *ESCAPE_NEEDLES, *QUOTED_NEEDLES, *REVERSED_NEEDLES)
"""Of the spellings in which the digits stand as they are, or reversed."""

NEEDLES = (
    *UNENCODED_NEEDLES,
    *CODE_NEEDLES,
    *BASE64_NEEDLES,
    *BASE64_OF_GZIP_NEEDLES,
    *BASE64_OF_WIDE_NEEDLES,
    *BASE64_TWICE_NEEDLES,
    *WIDE_NEEDLES,
    *WIDE_BASE64_NEEDLES,
    *WIDE_CODE_NEEDLES,
)

NAME_NEEDLES = LITERALS
"""All that the names in a tree can hold."""
