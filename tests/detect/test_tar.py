"""tar: names in every form, sizes in both, and nothing that is none."""

from __future__ import annotations

import pytest

from openrouter_preflight.detect.archives.byte_source import DamagedError, Source, reader
from openrouter_preflight.detect.archives.tar import tar_members


def header(name: bytes, size: bytes, kind: bytes = b"0", *, prefix: bytes = b"", magic: bytes = b"ustar\0") -> bytes:
    head = bytearray(512)
    head[: len(name)] = name
    head[124 : 124 + len(size)] = size
    head[156:157] = kind
    head[257 : 257 + len(magic)] = magic
    head[345 : 345 + len(prefix)] = prefix
    head[148:156] = b"%06o\0 " % (sum(head) + 8 * 0x20)
    return bytes(head)


def member(name: bytes, content: bytes, kind: bytes = b"0", **more: bytes) -> bytes:
    return header(name, b"%011o\0" % len(content), kind, **more) + content + bytes(-len(content) % 512)


END = bytes(1024)


def read(data: bytes) -> list[tuple[bytes, bytes]]:
    members = tar_members(Source(reader(iter([data]))))
    return [(name, b"".join(content)) for name, content in members]


@pytest.mark.parametrize(
    ("archive", "name"),
    [
        (member(b"a", b"x"), b"a"),
        (member(b"n" * 100, b"x"), b"n" * 100),
        # The byte after a name of full length is the mode's.
        (header(b"n" * 100 + b"0000644", b"1") + b"x" + bytes(511), b"n" * 100),
        (member(b"a", b"x", prefix=b"folder/in"), b"folder/in/a"),
        (member(b"a", b"x", prefix=b"p" * 155), b"p" * 155 + b"/a"),
        (member(b"a", b"x", prefix=b"p" * 160), b"p" * 155 + b"/a"),
        # GNU's magic, after which that place holds times; a header of 1979 has none.
        (member(b"a", b"x", prefix=b"14", magic=b"ustar  \0"), b"a"),
        (member(b"a", b"x", prefix=b"14", magic=b""), b"a"),
        (member(b"././@LongLink", b"a long name\0", b"L") + member(b"cut", b"x"), b"a long name"),
        (member(b"././@LongLink", b"ending in X\0", b"L") + member(b"cut", b"x"), b"ending in X"),
        (member(b"pax", b"19 path=a long name\n", b"x") + member(b"cut", b"x"), b"a long name"),
        (member(b"pax", b"9 size=7\n19 path=a long name\n", b"x") + member(b"cut", b"x"), b"a long name"),
        (member(b"pax", b"13 linkpath=b\n", b"x") + member(b"a", b"x"), b"a"),
        # A long link comes beside a long name, and takes nothing of it; what is global names nothing.
        (member(b"l", b"name", b"L") + member(b"k", b"link", b"K") + member(b"cut", b"x"), b"name"),
        (member(b"g", b"10 path=b\n", b"g") + member(b"a", b"x"), b"a"),
    ],
)
def test_a_member_has_its_full_name(archive: bytes, name: bytes) -> None:
    assert read(archive + member(b"next", b"yz") + END) == [(name, b"x"), (b"next", b"yz")]


@pytest.mark.parametrize(
    "size", [b"00000000003\0", b"3\0", b"          3 ", b"000000000003", b"\x80" + bytes(10) + b"\3", b"\0\0 3 \0"]
)
def test_a_size_is_octal_with_blanks_about_it_or_binary(size: bytes) -> None:
    assert read(header(b"a", size) + b"xyz" + bytes(509) + member(b"b", b"w") + END) == [(b"a", b"xyz"), (b"b", b"w")]


def test_a_member_without_a_size_is_empty() -> None:
    assert read(header(b"a", b"") + member(b"b", b"w") + END) == [(b"a", b""), (b"b", b"w")]


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 1024])
def test_content_is_padded_to_whole_blocks(length: int) -> None:
    assert read(member(b"a", b"x" * length) + member(b"b", b"w") + END) == [(b"a", b"x" * length), (b"b", b"w")]


def test_a_name_beyond_all_measure_is_cut_and_passed_over() -> None:
    (first, _), (second, _) = read(member(b"l", b"n" * 70_000, b"L") + member(b"a", b"x") + member(b"b", b"w") + END)
    assert (first, second) == (b"n" * 65_536, b"b")


@pytest.mark.parametrize("end", [b"", bytes(100), bytes(512), END])
def test_an_archive_ends_with_zeros_or_with_the_file(end: bytes) -> None:
    assert read(member(b"a", b"x") + end) == [(b"a", b"x")]


@pytest.mark.parametrize(
    "data",
    [
        member(b"a", b"xyz")[:514],
        header(b"a", b"3") + b"xyz",
        b"b" + member(b"a", b"x")[1:],
        b"text" * 128,
        header(b"a", b"9") + bytes(512),
    ],
)
def test_what_is_cut_short_or_no_tar_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedError):
        read(data)
