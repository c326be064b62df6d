"""`scan --staged`: the index as git would commit it, and nothing but that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.errors import UsageError
from support.repos import KEY, OTHER_KEY, Repo, clone, found, make_key, make_repo, rules

if TYPE_CHECKING:
    from pathlib import Path


def test_a_staged_key_is_an_error_before_the_first_commit(repo: Repo) -> None:
    repo.stage("a.env", f"x\nKEY={KEY}\n")
    result = repo.scan("staged")
    assert found(result) == {("a.env", 2, "error")}
    assert (result.summary.objects, result.summary.bytes, result.summary.complete) == (1, 7 + len(KEY), True)


def test_what_is_staged_counts_and_not_what_the_working_tree_holds(repo: Repo) -> None:
    repo.stage("staged.env", KEY)
    repo.write("staged.env", "cleaned, and not staged")
    repo.stage("clean.env", "clean")
    repo.write("clean.env", OTHER_KEY)
    assert found(repo.scan("staged")) == {("staged.env", 1, "error")}


@pytest.mark.parametrize("command", [("-a",), ("a.env",)], ids=["commit -a", "commit PATH"])
def test_the_index_that_a_hook_is_given_is_the_one_that_is_read(repo: Repo, command: tuple[str, ...]) -> None:
    repo.commit({"a.env": "clean"})
    repo.write("a.env", KEY)
    hook = repo.write(".git/hooks/pre-commit", '#!/bin/sh\necho "$GIT_INDEX_FILE" >index; cp "$GIT_INDEX_FILE" copy\n')
    hook.chmod(0o755)
    repo.git("commit", "--quiet", "-m", "x", *command)
    repo.git("reset", "--quiet", "--soft", "HEAD~1")
    repo.git("read-tree", "HEAD")
    assert found(repo.scan("staged")) == set()
    assert found(repo.scan("staged", environ={"GIT_INDEX_FILE": "copy"})) == {("a.env", 1, "error")}


def test_a_file_that_is_only_intended_to_be_added_is_not_committed_yet(repo: Repo) -> None:
    repo.commit({"b": "b"})
    repo.write("a.env", KEY)
    repo.git("add", "--intent-to-add", "a.env")
    assert found(repo.scan("staged")) == set()


def test_a_link_is_committed_as_the_text_of_its_target(repo: Repo) -> None:
    (repo.path / "link").symlink_to(KEY)
    repo.git("add", "link")
    assert found(repo.scan("staged")) == {("link", 1, "error")}


def test_a_submodule_is_another_repository(repo: Repo, tmp_path: Path) -> None:
    inner = make_repo(tmp_path / "inner")
    inner.commit({"a.env": KEY})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    result = repo.scan("staged")
    assert rules(result) == []
    assert result.summary.objects == 1  # .gitmodules


def test_a_key_in_a_file_name_is_found_and_masked(repo: Repo) -> None:
    repo.stage(f"keys/{KEY}.txt", "")
    result = repo.scan("staged")
    assert found(result) == {(f"keys/{KEY[:12]}...{KEY[-3:]}.txt", 1, "error")}
    assert KEY not in str(result)


class TestWhatHeadAlreadyHas:
    def test_is_a_warning_for_a_change_elsewhere_in_the_file(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.stage("a.env", f"{KEY}\nmore")
        assert found(repo.scan("staged")) == {("a.env", 1, "warning")}

    def test_is_an_error_under_strict(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.stage("a.env", f"{KEY}\nmore")
        assert found(repo.scan("staged", strict=True)) == {("a.env", 1, "error")}

    def test_does_not_excuse_a_second_key(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.stage("a.env", f"{KEY}\n{OTHER_KEY}")
        assert found(repo.scan("staged")) == {("a.env", 1, "warning"), ("a.env", 2, "error")}

    def test_does_not_excuse_the_key_in_another_file(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.stage("b.py", f"key = '{KEY}'")
        assert found(repo.scan("staged")) == {("b.py", 1, "error")}

    def test_follows_a_rename(self, repo: Repo) -> None:
        repo.commit({"a.env": f"{KEY}\nand\nmuch\nthat\nstays\n"})
        repo.git("mv", "a.env", "b.env")
        assert found(repo.scan("staged")) == {("b.env", 1, "warning")}

    def test_holds_when_only_the_mode_changes(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.git("update-index", "--chmod=+x", "a.env")
        assert found(repo.scan("staged")) == {("a.env", 1, "warning")}

    def test_is_no_excuse_when_the_working_tree_was_cleaned_but_not_staged(self, repo: Repo) -> None:
        repo.commit({"a.env": "clean"})
        repo.stage("a.env", KEY)
        assert found(repo.scan("staged")) == {("a.env", 1, "error")}

    def test_is_nothing_once_it_is_removed(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY, "b.env": KEY})
        repo.stage("a.env", "clean")
        repo.git("rm", "--quiet", "b.env")
        assert rules(repo.scan("staged")) == []


class TestNamedPaths:
    """As the pre-commit hook gives them."""

    def test_changed_files_are_judged_as_a_commit(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        repo.stage("a.env", f"{KEY}\nmore")
        repo.stage("b.env", OTHER_KEY)
        assert found(repo.scan("staged", "a.env", "b.env")) == {("a.env", 1, "warning"), ("b.env", 1, "error")}

    def test_only_what_is_named_is_read(self, repo: Repo) -> None:
        repo.stage("a.env", KEY)
        repo.stage("b.env", "clean")
        assert rules(repo.scan("staged", "b.env")) == []

    def test_an_unchanged_file_makes_it_an_inspection_in_which_head_excuses_nothing(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY, "b.env": "clean"})
        repo.stage("a.env", f"{KEY}\nmore")
        assert found(repo.scan("staged", "a.env", "b.env")) == {("a.env", 1, "error")}
        assert found(repo.scan("staged", "a.env")) == {("a.env", 1, "warning")}

    def test_a_key_that_head_has_is_to_be_revoked_and_a_new_one_taken_out(self, repo: Repo) -> None:
        repo.commit({"old.env": KEY})
        repo.stage("new.env", OTHER_KEY)
        advice = {each.path: (each.help, each.in_head) for each in repo.scan("staged", "old.env", "new.env").findings}
        assert advice["old.env"][0].startswith("Revoke it first")
        assert advice["new.env"][0].startswith("Take it out of the commit")
        assert (advice["old.env"][1], advice["new.env"][1]) == (True, None)

    def test_what_the_working_tree_holds_instead_is_read_too(self, repo: Repo) -> None:
        repo.commit({"a.env": "clean"})
        repo.write("a.env", KEY)
        repo.write("untracked.env", OTHER_KEY)
        assert found(repo.scan("staged", "a.env", "untracked.env")) == {
            ("a.env", 1, "error"),
            ("untracked.env", 1, "error"),
        }

    def test_but_not_what_a_filter_keeps_out_of_the_commit(self, repo: Repo) -> None:
        repo.git("config", "filter.crypt.clean", "sed 's/sk-or.*/ENCRYPTED/'")
        repo.commit({".gitattributes": "*.secret filter=crypt\n", "a.secret": KEY, "a.env": KEY})
        repo.stage("a.secret", f"{KEY}\nmore")
        repo.write("a.env", OTHER_KEY)
        assert found(repo.scan("staged", "a.secret")) == set()
        assert found(repo.scan("staged", "a.secret", "a.env")) == {("a.env", 1, "error")}

    def test_paths_are_seen_from_the_folder_they_are_named_in(self, repo: Repo) -> None:
        repo.stage("sub/a.env", KEY)
        sub = repo.path / "sub"
        for path in ("a.env", "./a.env", "../sub/a.env", "..", str(sub / "a.env")):
            assert found(repo.scan("staged", path, folder=sub)) == {("sub/a.env", 1, "error")}, path

    def test_names_are_no_patterns(self, repo: Repo) -> None:
        repo.stage("a.env", KEY)
        repo.stage("*.env", "clean")
        assert rules(repo.scan("staged", "*.env")) == []


def test_a_merge_in_conflict_shows_what_each_side_brings(repo: Repo) -> None:
    repo.commit({"a.env": "base"})
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"a.env": KEY})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.env": "other"})
    with pytest.raises(Exception, match="merge"):
        repo.git("merge", "side")
    assert ("a.env", 1, "error") in found(repo.scan("staged"))


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_every_hash_will_do(tmp_path: Path, options: tuple[str, ...]) -> None:
    repo = make_repo(tmp_path / "repo", *options)
    repo.stage("first.env", KEY)
    assert found(repo.scan("staged")) == {("first.env", 1, "error")}
    repo.commit()
    repo.stage("first.env", KEY + "\nmore")
    assert found(repo.scan("staged")) == {("first.env", 1, "warning")}


def test_a_linked_working_tree_has_an_index_of_its_own(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "a"})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.stage("a.env", KEY)
    assert found(linked.scan("staged")) == {("a.env", 1, "error")}
    assert found(repo.scan("staged")) == set()


def test_a_thousand_files_are_read_by_several_gits(repo: Repo) -> None:
    for number in range(200):
        repo.write(f"{number}.txt", f"file {number}")
    repo.write("150.txt", KEY)
    repo.git("add", ".")
    result = repo.scan("staged")
    assert found(result) == {("150.txt", 1, "error")}
    assert result.summary.objects == 200


def test_a_link_named_by_its_absolute_path_is_the_link_and_not_what_it_leads_to(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside.env").write_text(OTHER_KEY, encoding="ascii")
    for name, target in (("out", "../outside.env"), ("text", KEY)):
        (repo.path / name).symlink_to(target)
        repo.git("add", name)
    named = [str(repo.path / name) for name in ("out", "text")]
    assert found(repo.scan("staged", *named)) == {("text", 1, "error")}


@pytest.mark.parametrize("path", ["nowhere", "../outside", "/etc/passwd"])
def test_a_path_that_is_not_of_this_repository_is_a_usage_error(repo: Repo, path: str) -> None:
    repo.commit({"a": "a", "gone": "x"})
    repo.git("rm", "--quiet", "gone")
    assert repo.scan("staged", "gone").findings == ()
    with pytest.raises(UsageError, match=r"no file|outside"):
        repo.scan("staged", path)


def test_a_bare_repository_has_no_index(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "a"})
    with pytest.raises(UsageError, match="bare"):
        clone(repo, tmp_path / "bare", "--bare").scan("staged")


def test_no_repository_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository"):
        Repo(tmp_path).scan("staged", environ={"GIT_CEILING_DIRECTORIES": str(tmp_path)})


def test_many_keys_in_one_file_are_many_findings(repo: Repo) -> None:
    repo.stage("a.env", "\n".join(make_key(str(number)) for number in range(5)))
    assert len(found(repo.scan("staged"))) == 5
