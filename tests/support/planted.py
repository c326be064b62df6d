"""Keys made for tests, and the encodings they are planted in. No key of full shape stands in any file here."""

from __future__ import annotations

import base64
import gzip
import io
import tarfile
import zipfile
from hashlib import sha256

PREFIX = "sk-or-" + "v1-"
BODY = sha256(b"a body for tests").hexdigest()
OTHER_BODY = sha256(b"another body for tests").hexdigest()
KEY = PREFIX + BODY
OTHER_KEY = PREFIX + OTHER_BODY
HALF, REST = BODY[:32], BODY[32:]


def base64_of(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def wrapped(text: str, width: int, separator: str = "\n") -> str:
    return separator.join(text[start : start + width] for start in range(0, len(text), width))


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], layout: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=layout) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


SPELLINGS = {
    "plain": KEY.encode(),
    "digits in two strings": f'{KEY[:41]}" + "{KEY[41:]}'.encode(),
    "percent": KEY.replace("-", "%2D").encode(),
    "percent, small": KEY.replace("-", "%2d").encode(),
    "percent, twice": KEY.replace("-", "%252D").encode(),
    "backslash": KEY.replace("-", "\\u002d").encode(),
    "backslash, large": KEY.replace("-", "\\\\u002D").encode(),
    "backslash and x": KEY.replace("-", "\\x2d").encode(),
    "entity": KEY.replace("-", "&#45;").encode(),
    "entity, hexadecimal": KEY.replace("-", "&#x2D;").encode(),
    "utf-16": KEY.encode("utf-16-le"),
    "utf-16-be": KEY.encode("utf-16-be"),
    "utf-32": KEY.encode("utf-32-le"),
    "base64": base64.b64encode(KEY.encode()),
    "base64, second": base64.b64encode(b"x" + KEY.encode()),
    "base64, third": base64.b64encode(b"xy" + KEY.encode()),
    "base64 of utf-16": base64.b64encode(KEY.encode("utf-16-le")),
    "base64 of utf-16, second": base64.b64encode(b"x" + KEY.encode("utf-16-le")),
    "base64 of utf-16, third": base64.b64encode(b"xy" + KEY.encode("utf-16-le")),
    "utf-16 of base64": base64.b64encode(KEY.encode()).decode().encode("utf-16-le"),
    "wrapped base64": b"\n".join(base64.b64encode(b"xy" + KEY.encode())[start:][:8] for start in range(0, 100, 8)),
}
"""A key as it may stand in files, by what that is called."""

ENCODED = frozenset(name for name in SPELLINGS if "base64" in name or "utf" in name)
"""Those in which its digits do not stand as they are."""
