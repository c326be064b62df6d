"""SECURITY.md names what a scan does not see, and so it is. A case that is seen belongs there no longer."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path

import pytest

from openrouter_preflight.detect.detector import examine
from support.planted import BODY, HALF, KEY, PREFIX, REST, base64_of, gzipped, zipped

SECURITY = " ".join((Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8").split())


def od(data: bytes) -> str:
    """A dump in words of 16 bits of the other byte order, as hexdump has it by default."""
    words = [data[at : at + 2][::-1].hex() for at in range(0, len(data), 2)]
    return "\n".join(f"{at * 2:07x} " + " ".join(words[at : at + 8]) for at in range(0, len(words), 8))


def late_text() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    packed = zlib.compress(KEY.encode())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", bytes(70_000)) + chunk(b"zTXt", b"Comment\0\0" + packed)


OUT: dict[str, tuple[str, str | bytes]] = {
    "separate variables": ("put together from separate variables", f'a = "{PREFIX}"\n\nb = "{BODY}"\nkey = a + b'),
    "base64, three times": ("more than one step away", base64_of(base64_of(base64_of(KEY)))),
    "base64 backwards": ("more than one step away", base64_of(KEY)[::-1]),
    "hex of base64": ("more than one step away", base64_of(KEY).encode().hex()),
    "a letter escaped": ("some characters escaped beside its hyphens and others not", KEY.replace("v", "%76")),
    "words without quotes": ("joins without quotes", f"join '-', qw(sk or v1 {BODY})"),
    "a YAML sequence": ("joins without quotes", f"!Join\n- '-'\n- - sk\n  - or\n  - v1\n  - {BODY}\n"),
    "another order": (
        "in another order than they stand",
        json.dumps([BODY, "v1", "or", "sk"]) + '.reverse().join("-")',
    ),
    "octal without backslashes": ("without a backslash", " ".join(f"{byte:03o}" for byte in KEY.encode())),
    "words of 16 bits": ("16-bit words of the other byte order", od(KEY.encode())),
    "a prefix cut twice": ("whose prefix is cut more than once", f'"s" + "k-o" + "r-" + "v1-{BODY}"'),
    "a prefix cut in UTF-16": ("in UTF-16 at all", f'"sk-o" + "r-v1-{BODY}"'.encode("utf-16-le")),
    "an installer": ("a zip that begins behind something else", b"MZ" + bytes(500) + zipped({"a": KEY.encode()})),
    "another archive": ("a second archive in the same file", zipped({"a": b""}) + zipped({"a": KEY.encode()})),
    "a late text": ("a text of a PNG that begins after 64 kB", late_text()),
    "much gzip in base64": ("beyond 1 MB", base64_of(gzipped(bytes(1 << 20) + KEY.encode()))),
    "wrapped often": ("whose prefix is cut more than once", "\n".join(("sk", "-or-", "v1", f"-{HALF}", REST))),
}


@pytest.mark.parametrize(("words", "text"), OUT.values(), ids=OUT)
def test_what_stays_out_is_written_down(words: str, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    assert words in SECURITY
    assert [match for match in examine(data).matches if match.key] == []


def test_a_member_of_a_method_that_is_known_is_none_of_them() -> None:
    assert examine(zipped({"a": KEY.encode()}, zipfile.ZIP_LZMA)).matches
