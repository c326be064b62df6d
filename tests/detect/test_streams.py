"""Compressed streams outside of archives: what people keep in documents, pictures, saved arrays and git's own files."""

from __future__ import annotations

import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import BODY, HALF, KEY, PREFIX, REST, base64_of, gzipped

if TYPE_CHECKING:
    from pathlib import Path

TEXT = f"OPENROUTER_API_KEY={KEY}\n".encode()


def pdf(*streams: bytes) -> bytes:
    objects = [
        b"%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\r\n%b\nendstream\nendobj\n"
        % (number, len(each), each)
        for number, each in enumerate(map(zlib.compress, streams), 1)
    ]
    return b"%PDF-1.7\n" + b"".join(objects) + b"trailer\n<< /Size 3 >>\n%%EOF\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(*chunks: bytes) -> bytes:
    image = chunk(b"IDAT", zlib.compress(bytes(range(256)) * 40))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + b"".join(chunks) + image + chunk(b"IEND", b"")


PACKED = zlib.compress(TEXT)
FILES = {
    "a PDF": pdf(b"BT (page one) Tj ET" * 20, b"BT (" + TEXT + b") Tj ET"),
    "a PDF with moved letters": pdf(f"[({PREFIX}{HALF})-12.5({REST})] TJ".encode()),
    "a PDF with hexadecimal text": pdf(b"<" + TEXT.hex().encode() + b"> Tj"),
    "a PDF with many streams": pdf(*[b"0 0 m 1 1 l S " * 300] * 20, TEXT),
    "a PDF with a broken stream": pdf(b"x").replace(zlib.compress(b"x"), b"x\x9c\xff\xff\xff") + pdf(TEXT)[9:],
    "zTXt": png(chunk(b"zTXt", b"Comment\0\0" + PACKED)),
    "iTXt": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0title\0" + PACKED)),
    "iTXt that is not packed": png(chunk(b"iTXt", b"Comment\0\0\0\0\0" + TEXT)),
    "tEXt": png(chunk(b"tEXt", b"Comment\0" + TEXT)),
    "zlib": PACKED,
    "zlib at its best": zlib.compress(TEXT * 50, 9),
    "zlib at its fastest": zlib.compress(TEXT, 1),
    "a loose object of git": zlib.compress(b"blob %d\0" % len(TEXT) + TEXT),
    "a Flash film": b"CWS\x0a" + (8 + len(TEXT)).to_bytes(4, "little") + PACKED,
    "gzip in base64": f'user_data = "{base64_of(gzipped(TEXT))}"'.encode(),
    "gzip in base64, wrapped": b"  content: |\n    " + base64_of(gzipped(TEXT * 9)).encode().replace(b"=", b""),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_key_in_a_compressed_stream_is_seen(data: bytes) -> None:
    assert may_hold_key(data)
    result = examine(data)
    assert {match.key for match in result.matches} == {ApiKey(KEY)}
    assert (result.unread, result.not_opened) == ((), ())


def git(folder: Path, *arguments: str) -> bytes:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True).stdout


def test_packs_and_bundles_of_git_are_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".env").write_bytes(TEXT)
    (tmp_path / "notes").write_bytes(b"nothing\n" * 500)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "notes").write_bytes(b"nothing\n" * 500 + b"more\n")
    git(tmp_path, "commit", "-qam", "second")
    git(tmp_path, "gc", "-q")
    git(tmp_path, "bundle", "create", "-q", "all.bundle", "HEAD")
    (pack,) = (tmp_path / ".git/objects/pack").glob("*.pack")
    for path in (pack, tmp_path / "all.bundle"):
        result = examine(path.read_bytes())
        assert [match.key for match in result.matches] == [ApiKey(KEY)]
        assert result.unread == ()


NO_STREAMS = {
    "a formula": b"x^2 + y^2 = z^2\n" * 40,
    "a text that begins like zlib": b"x\x9cthis is a text\n" * 40,
    "a text about streams": b"%PDF-1.7\nstream\nx marks the spot\nendstream\n" * 40,
    "a picture that is cut": png(chunk(b"zTXt", b"Comment\0\0" + PACKED))[:50],
    "letters": b"CWShop sells x\n" * 40,
}


@pytest.mark.parametrize("data", NO_STREAMS.values(), ids=NO_STREAMS)
def test_what_only_begins_like_a_stream_is_nothing_to_speak_of(data: bytes) -> None:
    result = examine(data)
    assert (result.matches, result.unread) == ((), ())


NOT_OPENED = {
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z archive"),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(40), "rar archive"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(40), "lz4 archive"),
}


@pytest.mark.parametrize(("data", "what"), NOT_OPENED.values(), ids=NOT_OPENED)
def test_what_is_not_opened_is_said_and_no_reason_to_fail(data: bytes, what: str) -> None:
    result = examine(data + TEXT)
    assert (result.unread, result.not_opened) == ((), (what,))
    assert [match.key for match in result.matches] == [ApiKey(KEY)]
    assert may_hold_key(data)


ZSTD = bytes.fromhex("28b52ffd0458010000") + b"x" * 20


def test_zstd_that_python_cannot_read_or_that_is_damaged_is_said_so() -> None:
    result = examine(ZSTD)
    assert result.matches == ()
    if sys.version_info < (3, 14):  # a newer one sees that it is none
        assert result.not_opened == ("zstd file",)


def test_zstd_is_read_where_python_can() -> None:
    zstd = pytest.importorskip("compression.zstd", reason="Python has it from 3.14 on")
    assert len(examine(zstd.compress(b"KEY=" + KEY.encode())).matches) == 1


def test_the_digits_alone_are_no_key() -> None:
    assert examine(zlib.compress(BODY.encode())).matches == ()
