"""Refs are listed as people know them: the current branch first, pull requests last; reports name a few and count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from openrouter_preflight.git.process import Git
from openrouter_preflight.git.refs import list_refs
from support.repos import HERMETIC, KEY, Repo, make_repo

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

_REFS = (
    *("refs/heads/main", "refs/heads/release/2.0", "refs/remotes/origin/main", "refs/heads/alpha"),
    *("refs/remotes/origin/zeta", "refs/tags/v1", "refs/notes/x", "refs/merge-requests/7/head", "refs/pull/1/head"),
)


def _with_refs(folder: Path) -> Repo:
    repo = make_repo(folder)
    tip = repo.commit({"a.env": KEY})
    repo.git("checkout", "--quiet", "-b", "topic")
    for name in reversed(_REFS):
        repo.git("update-ref", name, tip)
    return repo


def test_the_current_branch_comes_first_and_pull_requests_last(tmp_path: Path) -> None:
    repo = _with_refs(tmp_path)
    listed = [ref.name.decode() for ref in list_refs(Git(repo.path, HERMETIC)).whole]
    assert listed == ["refs/heads/topic", *_REFS, "HEAD"]


def test_a_detached_head_is_on_no_branch(tmp_path: Path) -> None:
    repo = _with_refs(tmp_path)
    repo.git("checkout", "--quiet", "--detach")
    assert list_refs(Git(repo.path, HERMETIC)).whole[0].name == b"refs/heads/main"


def test_reports_name_a_few_refs_and_count_them_all(preflight: CommandLine, here: Repo) -> None:
    tip = here.commit({"a.env": KEY})
    lines = "".join(f"create refs/pull/{number}/head {tip}\n" for number in range(300))
    here.git("update-ref", "--stdin", stdin=lines.encode())
    run = preflight("scan", "--history", "--format", "json", secrets=(KEY,))
    (found,) = run.report["findings"]
    assert (found["ref"], len(found["refs"]), found["refs_count"]) == ("refs/heads/main", 20, 301)
    refs = run.report["scan"]["refs"]
    assert (refs["count"], refs["head"], refs["tips"]["refs/heads/main"], len(refs["tips"])) == (301, tip, tip, 20)
    assert json.loads(preflight("scan", "--history", "--format", "json").out)["scan"] == run.report["scan"]
    assert "on refs/heads/main and 300 more refs" in " ".join(preflight("scan", "--history").out.split())
