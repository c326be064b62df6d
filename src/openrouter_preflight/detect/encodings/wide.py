"""UTF-16 and UTF-32, marked or not: one byte for each character."""

from __future__ import annotations

from functools import partial

from openrouter_preflight.detect.encodings.layer import REACH, Decoded, Pieces, regions
from openrouter_preflight.detect.needles import WIDE_BASE64_NEEDLES, WIDE_CODE_NEEDLES, WIDE_NEEDLES
from openrouter_preflight.keys.key_format import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDLES = WIDE_NEEDLES + WIDE_BASE64_NEEDLES + WIDE_CODE_NEEDLES
_LENGTH = min(each.length for each in FORMATS)


def wide_layers(data: bytes, found: list[int]) -> Iterator[Decoded]:
    """Yield the wide texts around needles, one for each phase and byte order."""
    utf16, utf32 = WIDE_NEEDLES[::2], WIDE_NEEDLES[1::2]
    for needles, width in ((utf16 + WIDE_BASE64_NEEDLES + WIDE_CODE_NEEDLES, 2), (utf32, 4)):
        readings: dict[tuple[int, str], list[int]] = {}
        for offset in (each for each in found if data.startswith(needles, each)):
            order = _byte_order(data, offset, width)
            first = offset - (width - 1 if order == "be" else 0)
            readings.setdefault((first % width, order), []).append(max(first, 0))
        for (phase, order), offsets in readings.items():
            yield _wide_layer(data, offsets, phase, width, order)


def _byte_order(data: bytes, offset: int, width: int) -> str:
    """The byte order of the text whose first low byte stands at `offset`.

    ASCII looks the same in both but at its ends. Where both ends allow both, the place decides: characters begin at
    multiples of their width.
    """
    before = data[max(0, offset - width + 1) : offset]
    if before.strip(b"\0"):
        return "le"
    if offset % width == width - 1:
        return "be"
    last = offset + (_LENGTH - 1) * width
    return "be" if len(before) == width - 1 and data[last + 1 : last + width].strip(b"\0") else "le"


def _wide_layer(data: bytes, offsets: list[int], phase: int, width: int, order: str) -> Decoded:
    """Return the characters around `offsets`, one each `width` bytes."""
    object_fields = Pieces()
    for start, end in regions(offsets, REACH, REACH, len(data)):
        first = start + (phase - start) % width
        object_fields.add_apart(_narrow(data[first:end], width, order), partial(_stride, first, width))
    return Decoded(object_fields.join(), f"utf-{8 * width}-{order}", object_fields.origin)


def _stride(start: int, width: int, index: int) -> int:
    return start + index * width


def _narrow(data: bytes, width: int, order: str) -> bytes:
    """Return one byte for each character of wide text."""
    data += bytes(-len(data) % width)
    low, *high_bytes = (data[place::width] for place in range(width)[:: 1 if order == "le" else -1])
    if not any(high.strip(b"\0") for high in high_bytes):
        return low
    return bytes(0x1A if any(high) else byte for byte, *high in zip(low, *high_bytes, strict=True))
