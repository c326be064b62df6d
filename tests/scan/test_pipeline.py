"""Gits that run for the quick ways: side by side or one after the other, and none is left behind."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.git.pipeline import DoubtError, Pipeline, widen
from openrouter_preflight.scan.quick_git import READ_OBJECTS, read_printed

if TYPE_CHECKING:
    from support.repos import Repo


def test_gits_run_side_by_side_and_one_after_the_other(here: Repo) -> None:
    here.commit({"a.txt": "one"})
    here.commit({"a.txt": "three"})
    oids = [here.git("rev-parse", f"HEAD{which}:a.txt").encode() + b"\n" for which in ("", "~1")]
    with Pipeline(READ_OBJECTS, stdin=oids[0]) as one, Pipeline(READ_OBJECTS, stdin=oids[1]) as other:
        assert read_printed(one, other) == (2, 8, 0)
    with Pipeline(("rev-list", "--objects", "--no-object-names", "HEAD"), READ_OBJECTS) as both:
        objects, _, commits = read_printed(both)
    assert (objects, commits) == (6, 2)


def test_a_git_that_fails_is_doubt_wherever_it_stands(here: Repo) -> None:
    for commands in ((("no-such-command",), READ_OBJECTS), (("rev-list", "HEAD"), ("no-such-command",))):
        with Pipeline(*commands) as pipeline, pytest.raises(DoubtError):
            read_printed(pipeline)


def test_a_git_that_complains_is_doubt_though_it_does_not_fail(here: Repo) -> None:
    here.commit()
    here.git("tag", "main")  # so that the name is ambiguous
    for commands in ((("rev-list", "main"),), (("rev-list", "main"), READ_OBJECTS)):
        with Pipeline(*commands) as pipeline:
            while os.read(pipeline.output, 1000):
                pass
            with pytest.raises(DoubtError):
                pipeline.end()


def test_no_git_is_left_behind(here: Repo) -> None:
    here.commit({"a.txt": "x"})
    with pytest.raises(DoubtError):
        Pipeline(READ_OBJECTS, stdin=b"x" * 2_000_000)
    with Pipeline(READ_OBJECTS, READ_OBJECTS):
        pass
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_pipe_that_cannot_be_widened_is_told_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    narrow = fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, 8192)
    real = fcntl.fcntl

    def refuse(pipe: int, command: int, *value: int) -> int:
        if command == fcntl.F_SETPIPE_SZ:
            raise PermissionError
        return real(pipe, command, *value)

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    assert widen(ours) == narrow == 8192
    os.close(ours)
    os.close(theirs)
