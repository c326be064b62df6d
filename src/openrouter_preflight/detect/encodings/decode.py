"""All decoders in one row: the inner layers of a text around needles."""

from __future__ import annotations

from openrouter_preflight.detect.encodings import (
    base64_text,
    char_codes,
    escapes,
    joined_pieces,
    reversed_text,
    wide,
)
from openrouter_preflight.detect.needles import SPLIT_NEEDLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openrouter_preflight.detect.encodings.layer import Decoded

_DECODERS: tuple[tuple[Callable[[bytes, list[int]], Iterator[Decoded]], tuple[bytes, ...]], ...] = (
    (wide.wide_layers, wide.NEEDLES),
    (base64_text.base64_layers, base64_text.NEEDLES),
    (base64_text.gzip_layers, base64_text.GZIP_NEEDLES),
    (base64_text.encoded_body_layers, SPLIT_NEEDLES[::2]),
    (escapes.escaped_layers, escapes.NEEDLES),
    (char_codes.code_layers, char_codes.NEEDLES),
    (char_codes.dump_layers, SPLIT_NEEDLES),
    (reversed_text.reversed_layers, reversed_text.NEEDLES),
    (joined_pieces.joined_layers, joined_pieces.NEEDLES),
)
"""Decoders, each with the needles of its encoding."""


def decode_all(data: bytes, candidates: Sequence[int]) -> Iterator[Decoded]:
    """Yield every inner layer of `data` in which a needle says that a key may be.

    `candidates` are the places of needles in `data`, ascending (`prefilter.candidate_offsets`).
    """
    for decode, needles in _DECODERS:
        offsets = [offset for offset in candidates if data.startswith(needles, offset)]
        if offsets:
            yield from decode(data, offsets)
