"""The first look: which offsets of a big buffer it names, and what it calls an archive."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from openrouter_preflight.detect import byte_search as bytesearch
from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.needles import BASE64_NEEDLES, WIDE_BASE64_NEEDLES, WIDE_NEEDLES
from openrouter_preflight.detect.prefilter import (
    NAME_NEEDLES,
    OVERLAP,
    archive_kind,
    candidate_offsets,
    is_archive,
    may_hold_key,
)
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import KEY, PREFIX, base64_of, gzipped, tarred, wrapped, zipped

FILLER = bytes(range(32, 127)) * 3000

WRITTEN = {
    "plain": KEY.encode(),
    "cut after sk-": f'"sk-" + "or-v1-{KEY[9:]}"'.encode(),
    "cut after sk-or-": f'"sk-or-" + "v1-{KEY[9:]}"'.encode(),
    "utf-16-le": KEY.encode("utf-16-le"),
    "utf-16-be": KEY.encode("utf-16-be"),
    "utf-32-le": KEY.encode("utf-32-le"),
    "utf-32-be": KEY.encode("utf-32-be"),
    "base64 of utf-16": base64_of(KEY.encode("utf-16-le")).encode(),
    "utf-16 of base64": base64_of(KEY).encode("utf-16-le"),
    "percent": KEY.replace("-", "%2D").encode(),
    "percent, twice": KEY.replace("-", "%252d").encode(),
    "backslashes": KEY.replace("-", "\\\\\\\\u002D").encode(),
    "hex escape": KEY.replace("-", "\\x2d").encode(),
    "entity": KEY.replace("-", "&#45;").encode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_a_key_among_megabytes_is_named_where_it_stands(written: bytes, kind: type[bytes | bytearray]) -> None:
    buffer = kind(FILLER + written + FILLER)
    offsets = list(candidate_offsets(buffer))
    assert offsets
    assert all(len(FILLER) <= offset < len(FILLER) + len(written) for offset in offsets)


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_what_stands_outside_the_asked_part_is_not_named(written: bytes) -> None:
    buffer = written + b"x\0" * 50 + written
    assert list(candidate_offsets(buffer, len(written), len(buffer) - len(written))) == []
    assert list(candidate_offsets(buffer, 0, len(written)))
    assert list(candidate_offsets(buffer, len(buffer) - len(written)))


@pytest.mark.parametrize("needle", [*WIDE_NEEDLES, *WIDE_BASE64_NEEDLES])
def test_wide_text_is_named_at_the_very_ends_of_a_buffer(needle: bytes) -> None:
    assert list(candidate_offsets(needle)) == [0]
    assert list(candidate_offsets(b"ab" + needle + b"cd")) == [2]


@pytest.mark.parametrize("position", range(57))
def test_base64_is_named_wherever_its_lines_are_wrapped(position: int) -> None:
    lines = base64_of("x" * position + KEY)
    data = "\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
    assert may_hold_key(data.encode())


def test_base64_needles_are_groups_of_the_prefix() -> None:
    groups = {group for before in ("", "x", "xy") for group in wrapped(base64_of(before + PREFIX), 4).encode().split()}
    assert groups.issuperset(BASE64_NEEDLES)


@pytest.mark.parametrize("width", [20, 50, 57, 70, 76, 79])
def test_so_it_is_in_lines_of_any_length(width: int) -> None:
    for before in range(width + 4):
        data = wrapped(base64_of("x" * before + KEY), width).encode()
        assert may_hold_key(data)
        assert [match.key for match in examine(data).matches] == [ApiKey(KEY)]


def test_offsets_ascend() -> None:
    offsets = list(candidate_offsets(f"{KEY} {base64_of(KEY)} {KEY}".encode()))
    assert offsets == sorted(offsets)


def test_names_are_searched_for_the_literal_alone() -> None:
    buffer = base64_of(KEY).encode() + b" " + KEY.encode()
    assert list(candidate_offsets(buffer, needles=NAME_NEEDLES)) == [buffer.index(PREFIX.encode())]


def test_a_window_that_overlaps_the_last_cuts_no_needle() -> None:
    for written in WRITTEN.values():
        for cut in range(len(written)):
            windows = (written[: cut + OVERLAP], written[cut:])
            assert any(may_hold_key(window) for window in windows)


@pytest.mark.parametrize(
    "text",
    [
        "task%20and%20v1%20",
        "disk%2Fmask",
        '"task\\n"',
        "sk\\u002for",
        "disk&#39;s",
        "sk%2Dor%2Fv2%2D",
        "sk%2",
        "sk\\",
        "sk&#",
    ],
)
def test_other_escapes_than_the_prefixs_are_no_candidates(text: str) -> None:
    assert not may_hold_key(text.encode())


def test_ordinary_text_has_no_candidate() -> None:
    assert not may_hold_key(FILLER)
    assert not may_hold_key(b"")


SCRIPT = b"#!/bin/bash\n" + b"exec java -jar $0\n" * 600

HEADS = {
    "gzip": (gzipped(b"x"), "gzip"),
    "zip": (zipped({"a": b"x"}), "zip"),
    "stored zip": (zipped({"a": b"x"}, zipfile.ZIP_STORED), "zip"),
    "tar": (tarred({"a": b"x"}), "tar"),
    "empty": (b"", None),
    "text": (b"all:\n\tmake\n" * 60, None),
    "digits": (b"0" * 600, None),
    "zeros": (bytes(600), None),
    "a script with a zip": (SCRIPT + zipped({"a": b"x"}), "zip"),
    "a script with a zip far below": (SCRIPT * 7 + zipped({"a": b"x"}), None),
    "a script": (SCRIPT, None),
    "a browser's extension": (b"Cr24\3\0\0\0" + bytes(600) + zipped({"a": b"x"}), "zip"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3, None),
}


@pytest.mark.parametrize(("data", "kind"), HEADS.values(), ids=HEADS)
def test_an_archive_is_known_by_its_head(data: bytes, kind: str | None) -> None:
    assert archive_kind(data) == kind
    assert is_archive(data) is (kind is not None)


@pytest.mark.parametrize(("data", "kind"), HEADS.values(), ids=HEADS)
def test_an_archive_is_known_between_others(data: bytes, kind: str | None) -> None:
    for other in (b"PK", b"\x1f\x8b\x08", b"PK\3\4", bytes(300)):
        assert is_archive(bytearray(other + data + other), len(other), len(other) + len(data)) is (kind is not None)


def test_the_native_search_and_its_fallback_agree() -> None:
    buffer = b"aaaa-b" * 100_000
    expected = sorted(bytesearch.find_backwards(buffer, [b"aa"], 0, len(buffer)))
    assert sorted(bytesearch.find_all(buffer, [b"aa"])) == expected
    assert sorted(bytesearch.find_all(bytearray(buffer), [b"aa"])) == expected
    assert expected[:4] == [0, 1, 2, 6]


def test_without_glibc_the_search_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("no glibc")

    monkeypatch.setattr(bytesearch, "_native", None)
    monkeypatch.setattr(bytesearch, "_Glibc", refuse)
    assert sorted(bytesearch.find_all(FILLER + b"sk-or", [b"sk-or"])) == [len(FILLER)]


def test_the_first_look_imports_nothing_that_a_hook_would_feel() -> None:
    code = (
        "import sys; before = set(sys.modules); import openrouter_preflight.detect.prefilter;"
        "print(*sorted(name for name in set(sys.modules) - before if 'openrouter' not in name))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() in ([], ["__future__"])


FIELDS = {
    "mode": (100, 108),
    "uid": (108, 116),
    "gid": (116, 124),
    "size": (124, 136),
    "time": (136, 148),
    "sum": (148, 156),
}


def old_header() -> bytearray:
    """The head of a tar of 1979: a name, and numbers in octal."""
    header = bytearray(257)
    header[:5] = b"a.txt"
    for start, end in FIELDS.values():
        header[start:end] = b"7" * (end - start - 1) + b"\0"
    return header


def test_a_tar_without_a_magic_is_known_by_its_numbers() -> None:
    assert archive_kind(old_header()) == "tar"
    assert archive_kind(old_header()[:256]) is None


@pytest.mark.parametrize("name", FIELDS)
def test_a_number_that_is_none_makes_it_no_tar(name: str) -> None:
    start, end = FIELDS[name]
    for place in (start, end - 2):
        header = old_header()
        header[place] = ord("x")
        assert archive_kind(header) is None
    header = old_header()
    header[start:end] = b" " * (end - start)
    assert archive_kind(header) is None


def test_neither_is_what_has_no_name_or_one_that_does_not_end() -> None:
    for place, byte in ((0, 0), (99, ord("x"))):
        header = old_header()
        header[place] = byte
        assert archive_kind(header) is None
    header = old_header()
    header[1] = 0
    assert archive_kind(header) == "tar"
    header[0] = 1
    assert archive_kind(header) == "tar"


def test_a_zip_behind_other_bytes_is_one_only_in_a_program() -> None:
    assert archive_kind(b"#!/usr/bin/env python3\nPK\x03\x04") == "zip"
    assert archive_kind(b"text PK\x03\x04") is None
    assert archive_kind(b"#!/bin/sh\necho") is None


def test_names_are_not_wide() -> None:
    assert list(candidate_offsets(KEY.encode("utf-16-le"), needles=NAME_NEEDLES)) == []


def test_chance_needles_in_recorded_images_are_no_candidates() -> None:
    """Any four letters are somewhere in some megabytes of base64; what stands beside them in a key is not."""
    image = b'"data:image/png;base64,' + b"iVBORw0KGgoAAAANSUhEUgAA" * 50
    for needle in (b"b3It", b"LXYx", b"ay1v", b"dGIz", b"Vzl5", b"AC0A", b"ALQB", b"H4sI", b"118", b"x76"):
        data = image + needle + image.replace(b'"', b"A") + b"49314549" + b'"'
        assert list(candidate_offsets(data)) == []
