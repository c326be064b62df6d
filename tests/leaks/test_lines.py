"""The lines before what was seen in large objects are counted for those that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.leaks.detection.shapes import SightingKind
from openrouter_preflight.leaks.detection.sightings import Sighting
from openrouter_preflight.leaks.git import Git, GitError
from openrouter_preflight.leaks.lines import count_lines
from repos import HERMETIC

if TYPE_CHECKING:
    from repos import Repo


def sighting(line: int, uncounted: int) -> Sighting:
    return Sighting(SightingKind.SUSPICIOUS, None, offset=500, line=line, column=7, uncounted=uncounted)


def test_lines_before_are_added_where_they_were_not_counted(repo: Repo) -> None:
    repo.commit({"a": "1\n2\n3\n4\n", "b": "\n" * 50})
    a, b = (repo.git("rev-parse", f"HEAD:{name}") for name in "ab")
    seen = [(a, sighting(1, 4)), (b, sighting(3, 20)), (b, sighting(9, 0)), (a, sighting(2, 6)), (b, sighting(1, 50))]
    assert count_lines(Git(repo.path, HERMETIC), seen) == [
        sighting(3, 0), sighting(23, 0), sighting(9, 0), sighting(5, 0), sighting(51, 0)
    ]  # fmt: skip


def test_git_is_not_asked_where_all_are_counted(repo: Repo) -> None:
    assert count_lines(Git(repo.path, HERMETIC), []) == []
    assert count_lines(Git(repo.path, HERMETIC), [("no object", sighting(3, 0))]) == [sighting(3, 0)]


def test_an_object_that_is_gone_by_then_is_an_error(repo: Repo) -> None:
    with pytest.raises(GitError, match="could not read an object again"):
        count_lines(Git(repo.path, HERMETIC), [("0" * 40, sighting(1, 9))])
