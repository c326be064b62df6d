"""The lines before what was seen in large objects are counted for those that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.classify import MatchKind
from openrouter_preflight.detect.matches import Match
from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.lines import count_lines
from support.repos import HERMETIC

if TYPE_CHECKING:
    from support.repos import Repo


def match(line: int, uncounted: int) -> Match:
    return Match(kind=MatchKind.SUSPICIOUS, key=None, offset=500, line=line, column=7, uncounted=uncounted)


def test_lines_before_are_added_where_they_were_not_counted(repo: Repo) -> None:
    repo.commit({"a": "1\n2\n3\n4\n", "b": "\n" * 50})
    a, b = (repo.git("rev-parse", f"HEAD:{name}") for name in "ab")
    seen = [(a, match(1, 4)), (b, match(3, 20)), (b, match(9, 0)), (a, match(2, 6)), (b, match(1, 50))]
    assert count_lines(Git(repo.path, HERMETIC), seen) == [
        match(3, 0), match(23, 0), match(9, 0), match(5, 0), match(51, 0)
    ]  # fmt: skip


def test_git_is_not_asked_where_all_are_counted(repo: Repo) -> None:
    assert count_lines(Git(repo.path, HERMETIC), []) == []
    assert count_lines(Git(repo.path, HERMETIC), [("no object", match(3, 0))]) == [match(3, 0)]


def test_an_object_that_is_gone_by_then_is_an_error(repo: Repo) -> None:
    with pytest.raises(GitError, match="could not read an object again"):
        count_lines(Git(repo.path, HERMETIC), [("0" * 40, match(1, 9))])
