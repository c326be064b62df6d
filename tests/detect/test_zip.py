"""zip: its members by their local headers, one after another."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.archives.byte_source import DamagedError, Source, reader
from openrouter_preflight.detect.archives.zip import _real_size, zip_members
from openrouter_preflight.detect.detector import examine
from support.planted import KEY, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

HUGE = 0xFFFFFFFF


def extra(identifier: int, content: bytes) -> bytes:
    return struct.pack("<HH", identifier, len(content)) + content


def size(number: int) -> bytes:
    return struct.pack("<Q", number)


@pytest.mark.parametrize(
    ("packed", "unpacked", "field", "expected"),
    [
        (7, 9, b"", 7),
        (7, 9, extra(1, size(3)), 7),
        (HUGE, 9, extra(1, size(3)), 3),
        (HUGE, HUGE, extra(1, size(9) + size(3)), 3),
        (HUGE, HUGE, extra(1, size(9)), HUGE),
        (HUGE, 9, extra(9, b"abc") + extra(1, size(1 << 40)), 1 << 40),
        (HUGE, 9, extra(9, b"") + extra(10, b"") + extra(1, size(3)), 3),
        (HUGE, 9, extra(1, b"short") + extra(1, size(3)), 3),
        (HUGE, 9, extra(9, size(3)), HUGE),
        (HUGE, 9, extra(1, size(3))[:-1], HUGE),
        (HUGE, 9, b"\1\0\x08", HUGE),
        (HUGE, 9, b"", HUGE),
    ],
)
def test_a_size_that_does_not_fit_stands_in_the_zip64_field(
    packed: int, unpacked: int, field: bytes, expected: int
) -> None:
    assert _real_size(packed, unpacked, field) == expected


def deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush()


def local(
    name: bytes, packed: bytes, *, method: int = 0, flags: int = 0, told: int | None = None, field: bytes = b""
) -> bytes:
    """A member: its header and its content."""
    told = len(packed) if told is None else told
    header = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, flags, method, 0, 0, 0, told, len(packed), len(name), len(field)
    )
    return header + name + field + packed


END = b"PK\5\6" + bytes(18)


def read(data: bytes, most: int = 1 << 20) -> tuple[list[tuple[bytes, bytes]], list[tuple[str, bytes]]]:
    """The members with their contents, and what was noted; `most` bytes come at a time."""
    chunks = iter([data[place : place + most] for place in range(0, len(data), most)])
    notes: list[tuple[str, bytes]] = []

    def note(what: str, name: bytes) -> None:
        notes.append((what, name))

    members = zip_members(Source(reader(chunks)), note, note)
    return [(name, b"".join(content)) for name, content in members], notes


@pytest.mark.parametrize("most", [1, 7, 1 << 20])
@pytest.mark.parametrize("ending", [END, b"PK\1\2" + bytes(42), b"PK\6\6" + bytes(52)])
def test_members_of_every_kind_stand_one_after_another(most: int, ending: bytes) -> None:
    data = (
        local(b"stored", b"abc")
        + local(b"empty", b"")
        + local(b"packed", deflated(b"defg"), method=8)
        + local(b"told later", deflated(b"hij"), method=8, flags=8, told=0)
        + b"PK\7\x08"
        + bytes(12)
        + local(b"large", b"klm", told=HUGE, field=extra(1, size(3)))
        + local(b"locked", b"nop", flags=1)
        + local(b"odd", b"qrs", method=97)
        + local(b"told, and after it too", deflated(b"tuv"), method=8, flags=8)
        + local(b"last", b"wxy")
        + ending
        + local(b"beyond the directory", b"z")
    )
    members, notes = read(data, most)
    assert members == [
        (b"stored", b"abc"),
        (b"empty", b""),
        (b"packed", b"defg"),
        (b"told later", b"hij"),
        (b"large", b"klm"),
        (b"told, and after it too", b"tuv"),
        (b"last", b"wxy"),
    ]
    assert notes == [("encrypted zip member", b"locked"), ("zip member of compression method 97", b"odd")]


def test_what_stands_in_a_member_beyond_its_stream_is_passed_over() -> None:
    padded = deflated(b"abc") + local(b"no member", b"x")
    assert read(local(b"a", padded, method=8) + local(b"b", b"y") + END)[0] == [(b"a", b"abc"), (b"b", b"y")]


def descriptor(length: int, *, signed: bool, large: bool) -> bytes:
    return (b"PK\7\x08" if signed else b"") + struct.pack("<IQQ" if large else "<III", 7, length, length)


@pytest.mark.parametrize("most", [1, 1 << 20])
@pytest.mark.parametrize(("signed", "large"), [(True, False), (True, True), (False, False)])
@pytest.mark.parametrize("content", [b"", b"x", b"PK\7\x08PK\3\4" * 3, b"PK\1\2", bytes(300), b"x" * 65_530])
def test_a_stored_member_whose_size_comes_later_ends_before_it(
    most: int, content: bytes, *, signed: bool, large: bool
) -> None:
    told = local(b"a", b"", flags=8, told=0) + content + descriptor(len(content), signed=signed, large=large)
    for ending in (local(b"b", b"y") + END, b"PK\1\2" + bytes(42) + END):
        members, notes = read(told + ending, most)
        assert (members[0], notes) == ((b"a", content), [])
        assert members[1:] == ([(b"b", b"y")] if ending.startswith(b"PK\3") else [])


def test_a_stored_member_that_does_not_end_is_damaged() -> None:
    with pytest.raises(DamagedError):
        read(local(b"a", b"x" * 100, flags=8, told=0) + local(b"b", b"y") + END)


@pytest.mark.parametrize("data", [local(b"a", b"x"), local(b"a", b"xyz")[:-1], local(b"a", b"x") + bytes(200_000)])
def test_an_archive_without_an_end_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedError):
        read(data)


@pytest.mark.parametrize("gap", [1, 65_533, 65_535, 65_536, 65_537, 131_070])
def test_a_member_is_found_beyond_any_padding(gap: int) -> None:
    assert read(local(b"a", b"x") + bytes(gap) + local(b"b", b"y") + END)[0] == [(b"a", b"x"), (b"b", b"y")]


CONTRADICTIONS = {
    "another method": lambda data, at: data[: at + 10] + b"\x08\0" + data[at + 12 :],
    "not encrypted after all": lambda data, at: data[:6] + b"\1" + data[7:],
    "a member that no header is at": lambda data, at: data[: at + 42] + b"\x09\0\0\0" + data[at + 46 :],
}


@pytest.mark.parametrize("change", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_members_are_held_against_the_directory(change: Callable[[bytes, int], bytes]) -> None:
    data = zipped({"first": b"x", "second": b"y"}, zipfile.ZIP_STORED)
    at = data.rindex(b"PK\1\2")
    assert examine(data).unread == ()
    (unread,) = examine(change(data, at)).unread
    assert unread.startswith("zip member that its directory tells otherwise than its header (")


@pytest.mark.parametrize("lead", [b"", b"#!/bin/sh\nexit\n"])
def test_a_zip_behind_something_else_agrees_with_its_directory(lead: bytes) -> None:
    result = examine(lead + zipped({"first": KEY.encode(), "second": b"y"}))
    assert (len(result.matches), result.unread) == (1, ())
