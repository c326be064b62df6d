"""`scan --range` and `scan --push`: everything that is added, and nothing that was there before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.errors import UsageError
from support.repos import KEY, OTHER_KEY, Repo, clone, found, rules

if TYPE_CHECKING:
    from pathlib import Path

ZERO = "0" * 40


def test_every_commit_of_the_range_counts_and_not_only_its_end(repo: Repo) -> None:
    repo.commit({"old.env": OTHER_KEY})
    guilty = repo.commit({"a.env": KEY})
    repo.commit({"a.env": "clean"})
    (finding,) = repo.scan("range", range="HEAD~2..HEAD").findings
    assert (finding.path, finding.commit, finding.in_head) == ("a.env", guilty, False)


@pytest.mark.parametrize("separator", ["..", "..."])
def test_what_was_there_before_is_not_new(repo: Repo, separator: str) -> None:
    repo.commit({"old.env": KEY, f"{KEY}.txt": ""}, message=KEY)
    repo.git("mv", "old.env", "new.env")
    repo.commit({"b": "b"})
    result = repo.scan("range", range=f"HEAD~1{separator}HEAD")
    assert rules(result) == []
    assert result.summary.commits == 1


def test_merges_own_content_messages_authors_and_names_are_read(repo: Repo) -> None:
    base = repo.commit({"a": "a"})
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"b": "b"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c": "c"}, message=f"With {KEY}")
    repo.git("merge", "--quiet", "--no-commit", "side")
    repo.stage("evil.env", KEY)
    repo.stage(f"{KEY}.txt", "")
    repo.commit(GIT_COMMITTER_NAME=KEY)
    assert len(repo.scan("range", range=f"{base}..HEAD").findings) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("main", {"a.env", "b.env"}),
        (f"{ZERO}..main", {"a.env", "b.env"}),
        (f"main..{ZERO}", set()),
        ("v1..main", {"b.env"}),
        ("main..main", set()),
    ],
)
def test_ends_may_be_zero_or_tags(repo: Repo, text: str, expected: set[str]) -> None:
    repo.commit({"a.env": KEY})
    repo.git("tag", "-a", "v1", "-m", "one")
    repo.commit({"b.env": OTHER_KEY})
    assert {each.path for each in repo.scan("range", range=text).findings} == expected


@pytest.mark.parametrize("text", ["", "-x", "--all", "a..-b", "^main", "a..b..c", "a\0b"])
def test_what_is_no_range_is_a_usage_error(repo: Repo, text: str) -> None:
    repo.commit()
    with pytest.raises(UsageError, match="no range"):
        repo.scan("range", range=text)


@pytest.mark.parametrize("text", ["..HEAD", "...HEAD", "HEAD..", "HEAD...", "..", "..."])
def test_an_end_that_a_variable_left_empty_is_a_usage_error(repo: Repo, text: str) -> None:
    repo.commit({"a.env": KEY})
    with pytest.raises(UsageError, match=r"has nothing (before|after) its dots") as error:
        repo.scan("range", range=text)
    assert "variable it stands for is set" in error.value.hint


@pytest.mark.parametrize("text", ["nowhere..main", "main..nowhere", "1" * 40 + "..main"])
def test_an_unknown_revision_is_incomplete_and_says_how_to_fetch(repo: Repo, text: str) -> None:
    repo.commit()
    result = repo.scan("range", range=text)
    assert rules(result) == ["scan-incomplete"]
    assert "fetch-depth: 0" in result.findings[0].help


@pytest.mark.parametrize("end", ["origin/main~1..HEAD", "HEAD~1..origin/main"])
def test_a_name_that_a_tag_shares_with_a_branch_is_incomplete(repo: Repo, end: str) -> None:
    """Git takes the tag, which anyone may have pushed to hide what a range adds."""
    repo.commit({"a": "a"})
    repo.commit({"a.env": KEY})
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
    repo.git("update-ref", "refs/tags/origin/main", "HEAD")
    result = repo.scan("range", range=end)
    assert rules(result) == ["scan-incomplete"]
    assert "refs/remotes/origin/main and refs/tags/origin/main" in result.findings[0].message
    assert rules(repo.scan("range", range="refs/remotes/origin/main..HEAD")) == ["committed-key"]
    repo.git("update-ref", "refs/tags/origin/main", "HEAD~1")
    assert rules(repo.scan("range", range="origin/main..HEAD")) == ["committed-key"]


@pytest.mark.parametrize("mode", ["range", "push", "staged", "history"])
def test_an_object_that_never_ends_is_named(repo: Repo, mode: str) -> None:
    repo.commit({"a": "a"})
    head = repo.commit({"a.env": KEY})
    repo.stage("b.env", OTHER_KEY)
    oid = repo.git("rev-parse", ":b.env" if mode == "staged" else "HEAD:a.env")
    path = repo.path / ".git/objects" / oid[:2] / oid[2:]
    path.unlink()
    os.mkfifo(path)
    stdin = f"refs/heads/main {head} refs/heads/main {ZERO}\n".encode()
    result = repo.scan(mode, range="HEAD~1..HEAD" if mode == "range" else None, stdin=stdin)
    assert rules(result) == ["scan-incomplete"]
    assert oid[2:] in result.findings[0].message


def test_a_linked_folder_with_what_never_ends_is_named(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.env": KEY})
    (tmp_path / "elsewhere").mkdir()
    os.mkfifo(tmp_path / "elsewhere" / ("3" * 38))
    (repo.path / ".git/objects/12").symlink_to(tmp_path / "elsewhere")
    assert rules(repo.scan("history")) == ["scan-incomplete"]


def test_a_range_cut_by_a_shallow_clone_is_incomplete(repo: Repo, tmp_path: Path) -> None:
    for number in range(4):
        repo.commit({"a": str(number)})
    shallow = clone(repo, tmp_path / "clone", "--depth=2")
    assert rules(shallow.scan("range", range="HEAD~1..HEAD")) == []
    assert rules(shallow.scan("range", range="HEAD")) == ["scan-incomplete"]


class TestPush:
    @pytest.fixture
    def pushed(self, repo: Repo, tmp_path: Path) -> Repo:
        """A clone whose remote has one commit with a key, and which has another of its own."""
        repo.commit({"old.env": OTHER_KEY})
        local = clone(repo, tmp_path / "local")
        local.commit({"new.env": KEY})
        return local

    def line(self, local: Repo, remote_ref: str, old: str, new: str = "HEAD") -> bytes:
        return f"refs/heads/main {local.git('rev-parse', new)} {remote_ref} {old}\n".encode()

    def test_an_update_sends_what_the_remote_has_not(self, pushed: Repo) -> None:
        lines = self.line(pushed, "refs/heads/main", pushed.git("rev-parse", "origin/main"))
        assert found(pushed.scan("push", "origin", "url", stdin=lines)) == {("new.env", 1, "error")}

    def test_a_new_branch_sends_what_no_branch_of_the_remote_has(self, pushed: Repo) -> None:
        lines = self.line(pushed, "refs/heads/new", ZERO)
        assert found(pushed.scan("push", "origin", stdin=lines)) == {("new.env", 1, "error")}

    def test_another_remote_gets_everything(self, pushed: Repo) -> None:
        lines = self.line(pushed, "refs/heads/new", ZERO)
        assert {path for path, _, _ in found(pushed.scan("push", "fork", stdin=lines))} == {"new.env", "old.env"}

    def test_a_remote_whose_name_begins_like_anothers(self, pushed: Repo) -> None:
        pushed.git("config", "remote.origin/private.url", "/nowhere")  # `git remote add` refuses it since 2.54
        pushed.git("config", "remote.origin/private.fetch", "+refs/heads/*:refs/remotes/origin/private/*")
        pushed.git("update-ref", "refs/remotes/origin/private/main", "HEAD")
        lines = self.line(pushed, "refs/heads/main", ZERO)
        assert found(pushed.scan("push", "origin", stdin=lines)) == {("new.env", 1, "error")}
        assert pushed.scan("push", "origin/private", stdin=lines).summary.objects == 0

    def test_an_old_id_that_is_not_here_is_no_obstacle(self, pushed: Repo) -> None:
        lines = self.line(pushed, "refs/heads/main", "1" * 40)
        assert found(pushed.scan("push", "origin", stdin=lines)) == {("new.env", 1, "error")}

    def test_the_first_push_of_a_root_commit(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        assert found(repo.scan("push", "origin", stdin=self.line(repo, "refs/heads/main", ZERO))) == {
            ("a.env", 1, "error")
        }

    def test_several_refs_deletions_and_tags(self, pushed: Repo) -> None:
        pushed.git("tag", "-a", "v1", "-m", f"say {OTHER_KEY}", "origin/main")
        lines = (
            f"(delete) {ZERO} refs/heads/gone {pushed.git('rev-parse', 'origin/main')}\n".encode()
            + self.line(pushed, "refs/tags/v1", ZERO, "v1")
            + self.line(pushed, "refs/heads/main", ZERO)
        )
        result = pushed.scan("push", "origin", stdin=lines)
        assert sorted(str(each.path) for each in result.findings) == ["None", "new.env"]

    def test_a_deletion_alone_sends_nothing(self, pushed: Repo) -> None:
        lines = f"(delete) {ZERO} refs/heads/gone {pushed.git('rev-parse', 'HEAD')}\n".encode()
        assert pushed.scan("push", "origin", stdin=lines).summary.objects == 0

    def test_the_name_of_the_branch_is_sent_too(self, pushed: Repo) -> None:
        lines = self.line(pushed, f"refs/heads/{KEY}", ZERO, "origin/main")
        result = pushed.scan("push", "origin", stdin=lines)
        assert rules(result) == ["committed-key"]
        assert result.findings[0].help.startswith("Rename or delete the branch or tag")
        assert KEY not in str(result)

    def test_only_newlines_part_the_lines(self, pushed: Repo) -> None:
        lines = self.line(pushed, "refs/heads/odd\u2028\x85name", ZERO)
        assert {each.path for each in pushed.scan("push", "fork", stdin=lines).findings} == {"old.env", "new.env"}

    @pytest.mark.parametrize("depth", [[], ["--depth=1"]])
    def test_an_id_that_is_not_here_is_to_be_fetched(self, pushed: Repo, tmp_path: Path, depth: list[str]) -> None:
        copy = clone(pushed, tmp_path / "copy", *depth)
        lines = f"refs/heads/x {'1' * 40} refs/heads/x {ZERO}\n".encode()
        (finding,) = copy.scan("push", "origin", stdin=lines).findings
        assert finding.rule.name == "scan-incomplete"
        assert f"the repository has no {'1' * 40}" in finding.message
        assert ("--unshallow" in finding.help) is bool(depth)
        assert "git fetch" in finding.help

    def test_nothing_on_standard_input_is_nothing_to_push(self, pushed: Repo) -> None:
        assert pushed.scan("push", "origin").findings == ()

    @pytest.mark.parametrize("lines", [b"x\n", b"a b c d\n", b"refs/heads/main --all refs/heads/main --all\n"])
    def test_other_words_are_a_usage_error(self, pushed: Repo, lines: bytes) -> None:
        with pytest.raises(UsageError, match="standard input"):
            pushed.scan("push", "origin", stdin=lines)

    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({"PRE_COMMIT_FROM_REF": "origin/main", "PRE_COMMIT_TO_REF": "HEAD"}, {"new.env"}),
            ({"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main"}, {"new.env"}),
            ({"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main", "PRE_COMMIT_REMOTE_NAME": "x"}, {"new.env", "old.env"}),
            ({"PRE_COMMIT_LOCAL_BRANCH": "HEAD", "PRE_COMMIT_REMOTE_BRANCH": KEY}, {"new.env", "sk-or-v1-"}),
            ({"PRE_COMMIT": "1"}, {"new.env"}),  # run by hand, with no word of a push
        ],
    )
    def test_pre_commit_says_it_in_variables(self, pushed: Repo, variables: dict[str, str], expected: set[str]) -> None:
        environ = {"PRE_COMMIT_REMOTE_NAME": "origin", **variables}
        result = pushed.scan("push", environ=environ, stdin=b"not read")
        assert {str(each.path)[:9] for each in result.findings} == {path[:9] for path in expected}
