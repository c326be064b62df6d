"""Keys inside archives, and everything of an archive that could not be looked into."""

from __future__ import annotations

import bz2
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.archives.byte_source import CHUNK
from openrouter_preflight.detect.detector import Limits, examine
from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import KEY, OTHER_KEY, PREFIX, base64_of, gzipped, tarred, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = f"# settings\nkey = {KEY}\n".encode()
NOISE = random.Random(1).randbytes(200_000)

ARCHIVES = {
    "gzip": (gzipped(TEXT), "gzip", None),
    "gzip twice in one file": (gzipped(b"#") + gzipped(TEXT[1:]), "gzip", None),
    "bzip2": (bz2.compress(TEXT), "bzip2", None),
    "xz": (lzma.compress(TEXT), "xz", None),
    "lzma": (lzma.compress(TEXT, lzma.FORMAT_ALONE), "xz", None),
    "zip": (zipped({"a": b"", "b/c.env": TEXT}), "zip", "b/c.env"),
    "zip, stored": (zipped({"c.env": TEXT}, zipfile.ZIP_STORED), "zip", "c.env"),
    "zip that runs": (b"#!/usr/bin/env python3\n" + zipped({"c.env": TEXT}), "zip", "c.env"),
    "zip behind a long script": (
        b"#!/bin/bash\n" + b"exec java -jar $0\n" * 600 + zipped({"c.env": TEXT}),
        "zip",
        "c.env",
    ),
    "zip behind a signature": (b"Cr24\3\0\0\0" + bytes(1000) + zipped({"c.env": TEXT}), "zip", "c.env"),
    "tar, pax": (tarred({"x/" * 80 + "c.env": TEXT}), "tar", "x/" * 80 + "c.env"),
    "tar, GNU": (tarred({"x/" * 80 + "c.env": TEXT}, tarfile.GNU_FORMAT), "tar", "x/" * 80 + "c.env"),
    "tar, ustar": (tarred({"x/" * 60 + "c.env": TEXT}, tarfile.USTAR_FORMAT), "tar", "x/" * 60 + "c.env"),
    "tar.gz": (gzipped(tarred({"c.env": TEXT})), "gzip+tar", "c.env"),
    "tar.xz": (lzma.compress(tarred({"c.env": TEXT})), "xz+tar", "c.env"),
    "gzip in tar": (tarred({"c.gz": gzipped(TEXT)}), "tar+gzip", "c.gz"),
    "zip in zip": (zipped({"in.zip": zipped({"c.env": TEXT})}), "zip+zip", "in.zip!c.env"),
    "tar.gz in zip": (zipped({"in.tgz": gzipped(tarred({"c.env": TEXT}))}), "zip+gzip+tar", "in.tgz!c.env"),
}


@pytest.mark.parametrize(("data", "encoding", "member"), ARCHIVES.values(), ids=ARCHIVES)
def test_a_key_in_an_archive_is_seen_once_in_its_member(data: bytes, encoding: str, member: str | None) -> None:
    result = examine(data)
    (match,) = result.matches
    assert match.key == ApiKey(KEY)
    assert (match.encoding, match.member) == (encoding, member)
    assert (match.line, match.column) == (2, 7)
    assert result.unread == ()
    assert may_hold_key(data)


@pytest.mark.parametrize("line", [b"zq\n", b"0123456789\n"])
@pytest.mark.parametrize("pack", [gzipped, lambda data: zipped({"m": data})], ids=["gzip", "zip"])
def test_what_the_last_packed_bytes_still_hold_is_read(pack: Callable[[bytes], bytes], line: bytes) -> None:
    for more in range(60):
        assert (more, examine(pack((line * CHUNK)[: CHUNK + more])).unread) == (more, ())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zip_written_to_a_pipe_has_its_sizes_after_the_content(method: int) -> None:
    pipe = _Unseekable()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        archive.writestr("a", NOISE)
        archive.writestr("empty", b"")
        archive.writestr("c.env", TEXT)
    result = examine(pipe.getvalue())
    assert [match.member for match in result.matches] == ["c.env"]
    assert result.unread == ()


def test_a_header_of_1979_is_a_tar_too() -> None:
    header = bytearray(tarred({"c.env": TEXT}, tarfile.USTAR_FORMAT))
    header[257:345] = bytes(88)
    header[148:156] = b"%06o\0 " % (sum(header[:512]) - sum(header[148:156]) + 8 * 0x20)
    (match,) = examine(bytes(header)).matches
    assert (match.encoding, match.member) == ("tar", "c.env")


def test_encodings_are_undone_inside_archives() -> None:
    data = zipped({"secret.yml": f"k: {base64_of(KEY)}".encode(), "wide.txt": KEY.encode("utf-16")})
    assert [match.encoding for match in examine(data).matches] == ["zip+base64", "zip+utf-16-le"]


def test_names_and_comments_of_an_archive_are_looked_at() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", b"")
        archive.comment = KEY.encode()
    assert [match.key for match in examine(buffer.getvalue()).matches] == [ApiKey(KEY)]
    assert examine(tarred({f"{OTHER_KEY}.txt": b""})).matches[0].key == ApiKey(OTHER_KEY)


def test_a_key_in_a_members_name_is_seen_once_though_a_zip_tells_names_twice() -> None:
    matches = examine(zipped({f"{KEY}.txt": b"", "other": b"", f"{OTHER_KEY}.txt": b""})).matches
    assert [match.key for match in matches] == [ApiKey(KEY), ApiKey(OTHER_KEY)]
    assert [match.offset for match in matches] == sorted(match.offset for match in matches)
    assert matches[0].offset == 30


def encrypted(data: bytes) -> bytes:
    """The zip with its first member marked as encrypted."""
    at = data.index(b"PK\1\2")
    return data[:6] + bytes([data[6] | 1]) + data[7 : at + 8] + bytes([data[at + 8] | 1]) + data[at + 9 :]


HUNGRY = b"]" + struct.pack("<I", 512 << 20) + b"\xff" * 8 + bytes(13)
INSIDE = {
    "a hungry lzma": (HUNGRY, "a.xz", ["xz that needs more than 72 MiB to read (a.xz)"]),
    "a tar cut in a member": (
        tarred({"a": NOISE})[:10_000],
        "in.tar",
        ["damaged tar (in.tar!a)", "damaged tar (in.tar)"],
    ),
    "a tar cut in a header": (tarred({"a": b"x", "b": b"y"})[:1024] + b"#" * 512, "in.tar", ["damaged tar (in.tar)"]),
    "a zip cut in a member": (
        zipped({"a": NOISE})[:10_000],
        "in.zip",
        ["damaged zip (in.zip!a)", "damaged zip (in.zip)"],
    ),
    "a zip without an end": (zipped({"a": b"x"})[:36], "in.zip", ["damaged zip (in.zip)"]),
    "a small gzip with a wrong checksum": (gzipped(TEXT)[:-8] + bytes(8), "a.gz", ["damaged gzip (a.gz)"]),
    "a small bzip2 cut short": (bz2.compress(NOISE)[:-1], "a.bz2", ["damaged bzip2 (a.bz2)"]),
    "a small xz cut short": (lzma.compress(b"clean")[:-1], "a.xz", ["damaged xz (a.xz)"]),
    "a gzip cut short": (gzipped(NOISE)[:100_000], "a.gz", ["damaged gzip (a.gz)"]),
}


@pytest.mark.parametrize(("inner", "name", "unread"), INSIDE.values(), ids=INSIDE)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_cannot_be_read_inside_an_archive_is_said_with_its_way_there(
    pack: Callable[[dict[str, bytes]], bytes], inner: bytes, name: str, unread: list[str]
) -> None:
    result = examine(pack({name: inner, "next": TEXT}))
    assert list(result.unread) == unread
    assert [match.member for match in result.matches] == ["next"]


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"])
def test_a_member_that_only_begins_like_a_stream_is_no_damage(magic: bytes) -> None:
    result = examine(zipped({"a": magic + b"and so on\n" + TEXT}))
    assert [match.member for match in result.matches] == ["a"]
    assert result.unread == ()


def test_a_name_that_is_no_text_is_said_with_its_bytes_escaped() -> None:
    data = tarred({"c.env": TEXT}, tarfile.USTAR_FORMAT)
    header = bytearray(data[:512])
    header[:5] = b"\xffX.gz"
    header[148:156] = b"%06o\0 " % (sum(header) - sum(header[148:156]) + 8 * 0x20)
    (match,) = examine(bytes(header) + data[512:]).matches
    assert match.member == "\\xffX.gz"


def test_a_third_level_is_left_unread_and_said_so() -> None:
    result = examine(zipped({"a.zip": zipped({"b.zip": zipped({"c.env": TEXT})})}))
    assert result.matches == ()
    assert result.unread == ("archive bound: an archive inside 2 others (a.zip!b.zip)",)


def test_a_bomb_is_left_where_its_ratio_shows() -> None:
    limits = Limits(archive_free_bytes=1 << 20)
    result = examine(gzipped(bytes(8 << 20) + TEXT), limits)
    assert result.unread == ("archive bound: unpacks to more than 250 times its size",)


def test_a_bomb_of_many_parts_shares_one_budget() -> None:
    limits = Limits(archive_bytes=1 << 20)
    result = examine(zipped({str(number): NOISE for number in range(20)}, zipfile.ZIP_STORED), limits)
    assert result.unread == ("archive bound: more than 1 MiB unpacked",)


def test_members_are_counted() -> None:
    result = examine(tarred({str(number): TEXT for number in range(5)}), Limits(archive_members=3))
    assert len(result.matches) == 3
    assert result.unread == ("archive bound: more than 3 members",)


def test_an_encrypted_member_is_not_opened_and_the_next_is_read() -> None:
    result = examine(encrypted(zipped({"secret": TEXT, "open": TEXT})))
    assert (result.unread, result.not_opened) == ((), ("encrypted zip member (secret)",))
    assert [match.member for match in result.matches] == ["open"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_of_other_methods_are_read(method: int) -> None:
    result = examine(zipped({"a": TEXT, "b": NOISE, "c": TEXT}, method))
    assert [match.member for match in result.matches] == ["a", "c"]
    assert (result.unread, result.not_opened) == ((), ())


def test_a_method_that_is_not_known_is_not_opened() -> None:
    data = zipped({"a": TEXT}, zipfile.ZIP_STORED).replace(KEY.encode(), KEY[::-1].encode()[:73])
    at = data.index(b"PK\1\2")
    odd = data[:8] + b"\x61" + data[9 : at + 10] + b"\x61" + data[at + 11 :]
    assert examine(odd).not_opened == ("zip member of compression method 97 (a)",)


DAMAGED = {
    "gzip": gzipped(TEXT + NOISE)[:100_000],
    "bzip2": bz2.compress(TEXT + NOISE * 10)[:-1000],
    "xz": lzma.compress(TEXT + NOISE)[:150_000],
    "tar": tarred({"a": TEXT, "b": NOISE})[:100_000],
    "zip": zipped({"a": TEXT, "b": NOISE})[:100_000],
}


@pytest.mark.parametrize(("kind", "data"), DAMAGED.items(), ids=DAMAGED)
def test_what_is_cut_short_is_read_as_far_as_it_goes_and_said_so(kind: str, data: bytes) -> None:
    result = examine(data)
    assert [match.key for match in result.matches] == [ApiKey(KEY)]
    assert any(words.startswith(f"damaged {kind}") for words in result.unread)


def test_a_tar_of_endless_size_is_cut_short() -> None:
    header = bytearray(tarred({"a": TEXT})[:512])
    header[124:136] = b"\x80" + struct.pack(">QHB", 1 << 62, 0, 0)
    header[148:156] = b"%06o\0 " % (sum(header) - sum(header[148:156]) + 8 * 0x20)
    result = examine(bytes(header) + TEXT)
    assert [match.member for match in result.matches] == ["a"]
    assert "damaged tar (a)" in result.unread


def test_an_xz_that_wants_too_much_memory_is_unread() -> None:
    packed = lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 512 << 20}])
    assert examine(packed).unread == ("xz that needs more than 72 MiB to read",)


@pytest.mark.parametrize(
    ("dictionary", "unread"), [(512 << 20, ("xz that needs more than 72 MiB to read",)), (64 << 20, ())]
)
def test_an_lzma_whose_head_asks_for_too_much_memory_is_unread(dictionary: int, unread: tuple[str, ...]) -> None:
    head = b"]" + struct.pack("<I", dictionary) + b"\xff" * 8
    assert examine(head + bytes(13) + TEXT).unread == unread


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0", b"]\0\0"])
def test_what_only_begins_like_an_archive_is_a_file(magic: bytes) -> None:
    result = examine(magic + b"and so on\n" + TEXT)
    assert [match.key for match in result.matches] == [ApiKey(KEY)]
    assert result.unread == ()


@given(data=st.data(), name=st.sampled_from(sorted(ARCHIVES)))
def test_no_damage_raises(data: st.DataObject, name: str) -> None:
    archive = bytearray(ARCHIVES[name][0])
    for _ in range(data.draw(st.integers(1, 8))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    examine(bytes(archive[: data.draw(st.integers(0, len(archive)))]))


def test_a_placeholder_in_an_archive_is_nothing() -> None:
    assert examine(zipped({"README": f"{PREFIX}YOUR-KEY".encode()})).matches == ()


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_a_pack_of_a_large_empty_file_spends_nothing_of_what_is_around_it() -> None:
    blob = bytes(4 << 20)
    header = bytes([0x30 | len(blob) & 15 | 0x80]) + bytes([len(blob) >> 4 & 127 | 128, len(blob) >> 11 & 127 | 128])
    pack = b"PACK\0\0\0\2\0\0\0\1" + header + bytes([len(blob) >> 18]) + zlib.compress(blob) + bytes(20)
    result = examine(zipped({"big.pack": pack, "key.env": TEXT}), Limits(archive_free_bytes=1 << 20))
    assert [match.member for match in result.matches] == ["key.env"]
    assert (result.unread, len(result.not_opened)) == ((), 1)
    assert "git pack" in result.not_opened[0]
