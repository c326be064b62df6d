"""Text that is written backwards, and turned round by a program."""

from __future__ import annotations

from functools import partial

from openrouter_preflight.detect.encodings.layer import REACH, Decoded, regions
from openrouter_preflight.detect.needles import REVERSED_NEEDLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDLES = REVERSED_NEEDLES


def reversed_layers(data: bytes, offsets: list[int]) -> Iterator[Decoded]:
    """Yield the text around needles, turned round."""
    for start, end in regions(offsets, REACH, 64, len(data)):
        yield Decoded(data[start:end][::-1], "reversed", partial(_mirrored, end))


def _mirrored(end: int, index: int) -> int:
    return end - index
