"""The quick ways' own git: what it prints is taken apart however it comes, and whatever is unusual is doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.git.pipeline import DoubtError
from openrouter_preflight.scan import quick_git
from openrouter_preflight.scan.quick_git import QuickReader, ask_git
from support.planted import KEY, gzipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.repos import Repo


def printed(objects: Iterable[tuple[str, bytes]]) -> bytes:
    """What `git cat-file --batch` prints of these."""
    return b"".join(b"%040d %b %d\n%b\n" % (1, kind.encode(), len(data), data) for kind, data in objects)


CLEAN = st.binary(max_size=300).filter(lambda data: not may_hold_key(data))
OBJECTS = st.lists(st.tuples(st.sampled_from(["blob", "tree", "commit", "tag"]), CLEAN), max_size=8)


@given(OBJECTS, st.lists(st.integers(1, 400), max_size=30))
def test_objects_are_counted_however_they_are_cut(objects: list[tuple[str, bytes]], lengths: list[int]) -> None:
    data = printed(objects)
    reader = QuickReader()
    for length in lengths:
        reader.feed(data[:length])
        data = data[length:]
    reader.feed(data)
    reader.finish()
    commits = sum(kind == "commit" for kind, _ in objects)
    assert reader.counts() == (len(objects), sum(len(data) for _, data in objects), commits)


@pytest.mark.parametrize("kind", ["blob", "tree", "commit", "tag"])
def test_a_key_in_any_object_is_doubt(kind: str) -> None:
    reader = QuickReader()
    reader.feed(printed([("blob", b"x"), (kind, b"x" + KEY.encode()), ("blob", b"y")]))
    with pytest.raises(DoubtError):
        reader.finish()


def test_a_key_is_doubt_as_soon_as_enough_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_git, "_BLOCK", 1000)
    reader = QuickReader()
    reader.feed(printed([("blob", KEY.encode())]))
    with pytest.raises(DoubtError):
        reader.feed(printed([("tree", b"x" * 1000)]))


@pytest.mark.parametrize(
    "output",
    [b"0000 missing\n", b"0000 blob 5\nhalf", b"no header", printed([("blob", gzipped(b"x"))]), b"x" * 1000],
    ids=["missing", "cut short", "no newline", "archive", "long"],
)
def test_what_is_unusual_is_doubt(output: bytes) -> None:
    reader = QuickReader()
    with pytest.raises(DoubtError):  # noqa: PT012 - in either of the two
        reader.feed(output)
        reader.finish()


def test_more_than_memory_should_hold_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_git, "_MOST_BYTES", 1000)
    QuickReader().feed(printed([("blob", b"x" * 900)]))
    for data in (printed([("blob", b"x" * 900), ("blob", b"x" * 900)]), b"00 blob 5000\n" + b"x" * 1500):
        with pytest.raises(DoubtError):
            QuickReader().feed(data)


def test_what_git_lists_is_searched_too(here: Repo) -> None:
    here.stage(KEY, "x")
    assert ask_git("ls-files") is None
    assert ask_git("ls-files", "--stage", "--", "nothing") == b""
    assert ask_git("no-such-command") is None


def test_no_git_on_the_path_is_doubt(here: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DoubtError):
        ask_git("ls-files")
