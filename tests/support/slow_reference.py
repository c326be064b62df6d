"""The slow and obvious way to find keys: decode everything in every way, then one regular expression."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"sk-or-v1-[0-9A-Fa-f]{64}")
_NO_TEXT = re.compile(r"[\0\2-\x08\x0e-\x19\x1c-\x1f]")
_LONGER = re.compile(r"[0-9A-Fa-f]{9}")
_NEAR = 256
_BASE64 = re.compile(r"[0-9A-Za-z+/]+(?:\n[0-9A-Za-z+/]+)*")


def keys_in(data: bytes, *, fields: bool = True) -> set[str]:
    """Every key in `data`: as it stands, in wide text at each offset, and in each alignment of each run of base64.

    With `fields`, also those of binary formats, where the next field follows at once.
    """
    texts = [data.decode("latin-1")]
    texts += [data[shift:].decode("utf-16-le", "replace") for shift in range(2)]
    for text in list(texts):
        for run in _BASE64.findall(text):
            characters = run.replace("\n", "")
            for shift in range(4):
                group = characters[shift:]
                decoded = base64.b64decode(group[:-1] if len(group) % 4 == 1 else group + "=" * (-len(group) % 4))
                texts += [decoded.decode("latin-1"), decoded.decode("utf-16-le", "replace")]
    return {key for text in texts for key in _keys_in_text(text, fields=fields)}


def _keys_in_text(text: str, *, fields: bool) -> Iterator[str]:
    """Every 64 digits behind a prefix that at most 8 more follow, unless they are a field of a binary format."""
    for key in _KEY.finditer(text):
        is_longer = _LONGER.match(text, key.end())
        around = text[max(key.start() - _NEAR, 0) : key.start()] + text[key.end() : key.end() + _NEAR]
        is_field = _NO_TEXT.search(around) or text[: key.start()].endswith(("I", "73:"))
        if not is_longer or (fields and is_field):
            yield key[0]


def keys_in_file(data: bytes) -> set[str]:
    """Every key in a file, which may be an archive: in its bytes and in what they unpack to."""
    found = keys_in(data)
    with suppress(OSError, EOFError, zlib.error):
        found |= keys_in(gzip.decompress(data))
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
        found |= {key for name in archive.namelist() for key in keys_in(archive.read(name))}
    return found
