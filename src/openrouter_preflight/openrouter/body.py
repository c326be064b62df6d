"""The body of an answer: a JSON object, or the fault in its place."""

from __future__ import annotations

import json
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from openrouter_preflight.openrouter.reply import TransportFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def inflated(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield the pieces of a body, inflated, none much larger than `limit`.

    Raises:
        zlib.error: it is not what its Content-Encoding says, or it ends early.
    """
    name = encoding.strip().lower()
    if name in ("identity", ""):
        yield from pieces
        return
    if name not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error("an encoding that was not asked for")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    for piece in pieces:
        yield inflater.decompress(piece, limit + 1)
    if not inflater.eof:
        raise zlib.error("it ends early")


def parsed_object(content: bytes) -> Mapping[str, object] | TransportFault:
    """Return the JSON object in a body with exact numbers, or the fault."""
    if not content.strip():
        return TransportFault.EMPTY
    if content.lstrip()[:1] == b"<":
        return TransportFault.HTML
    try:
        parsed = json.loads(content.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return TransportFault.ENCODING
    except (ValueError, ArithmeticError, RecursionError):
        return TransportFault.NOT_JSON
    return parsed if isinstance(parsed, dict) else TransportFault.NOT_OBJECT


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)
