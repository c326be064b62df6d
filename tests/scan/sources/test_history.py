"""`scan --history`: every object, reachable or not, and who brought what was found."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.scan.policy import ProjectPolicy
from openrouter_preflight.settings.model import ScanPolicy
from support.repos import KEY, OTHER_KEY, Repo, clone, fingerprint, found, make_key, make_repo, rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_finding_names_commit_date_refs_and_whether_head_has_it(repo: Repo) -> None:
    repo.commit({"b": "b"})
    guilty = repo.commit({"a.env": f"x\n  {KEY}\n"}, GIT_AUTHOR_DATE="2026-03-04T05:06:07+02:00")
    repo.git("tag", "v1")
    repo.git("branch", "other")
    repo.commit({"a.env": "clean"})
    (finding,) = repo.scan("history").findings
    assert (finding.path, finding.line, finding.column) == ("a.env", 2, 3)
    assert (finding.commit, finding.author_date) == (guilty, "2026-03-04T05:06:07+02:00")
    assert finding.refs == ("refs/heads/main", "refs/heads/other", "refs/tags/v1")
    assert finding.ref == "refs/heads/main"
    assert finding.in_head is False
    assert finding.fingerprint == fingerprint(KEY)
    assert fingerprint(KEY) in finding.help


def test_a_key_that_stays_through_many_versions_is_one_finding(repo: Repo) -> None:
    guilty = repo.commit({"a.env": KEY})
    for number in range(5):
        repo.commit({"a.env": f"{number}\n{KEY}"})
    (finding,) = repo.scan("history").findings
    assert (finding.commit, finding.line, finding.in_head) == (guilty, 1, True)


def test_each_path_is_a_place_and_keys_are_grouped(repo: Repo) -> None:
    repo.commit({"a.env": KEY, "b.env": OTHER_KEY, "c.env": "x" + KEY})
    result = repo.scan("history")
    assert [(each.path, each.fingerprint == fingerprint(KEY)) for each in result.findings] in (
        [("a.env", True), ("c.env", True), ("b.env", False)],
        [("c.env", True), ("a.env", True), ("b.env", False)],
        [("b.env", False), ("a.env", True), ("c.env", True)],
    )


def test_a_copy_in_head_is_a_place_of_its_own(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    repo.git("mv", "a.env", "b.env")
    repo.commit()
    places = {each.path: each.in_head for each in repo.scan("history").findings}
    assert places == {"a.env": False, "b.env": True}


def _message(repo: Repo) -> None:
    repo.commit(message=f"Use {KEY}")


def _author(repo: Repo) -> None:
    repo.commit(message="x", GIT_AUTHOR_NAME=KEY)


def _committer(repo: Repo) -> None:
    repo.commit(message="x", GIT_COMMITTER_EMAIL=f"{KEY}@example.org")


def _tag_message(repo: Repo) -> None:
    repo.commit()
    repo.git("tag", "-a", "v1", "-m", f"with {KEY}")


def _tag_name(repo: Repo) -> None:
    repo.commit()
    repo.git("tag", f"v-{KEY}")


def _branch_name(repo: Repo) -> None:
    repo.commit()
    repo.git("update-ref", f"refs/heads/{KEY}/x", "HEAD")


def _file_name(repo: Repo) -> None:
    repo.commit({f"deep/{KEY}": ""})


def _renamed_to(repo: Repo) -> None:
    repo.commit({"a": "content"})
    repo.git("mv", "a", KEY)
    repo.commit()


def _note(repo: Repo) -> None:
    repo.commit()
    repo.git("notes", "add", "-m", KEY)


def _stash(repo: Repo) -> None:
    repo.commit({"a": "a"})
    repo.write("a", KEY)
    repo.git("stash")


def _reset_away(repo: Repo) -> None:
    repo.commit({"a": "a"})
    repo.commit({"a.env": KEY})
    repo.git("reset", "--quiet", "--hard", "HEAD~1")


def _unreachable(repo: Repo) -> None:
    repo.commit()
    repo.git("hash-object", "-w", "--stdin", stdin=KEY.encode())


def _staged(repo: Repo) -> None:
    repo.commit()
    repo.stage("a.env", KEY)


def _reflog(repo: Repo) -> None:
    oid = repo.commit()
    repo.git("update-ref", "--create-reflog", "-m", f"because {KEY}", "refs/heads/x", oid)


def _merge_only(repo: Repo) -> None:
    repo.commit({"a": "a"})
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"b": "b"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c": "c"})
    repo.git("merge", "--quiet", "--no-commit", "side")
    repo.stage("evil.env", KEY)
    repo.commit(message="Merge")


def _packed(repo: Repo) -> None:
    repo.commit({"a.env": KEY})
    repo.commit({"a.env": "gone"})
    repo.git("gc", "--quiet")


def _hidden_by_attributes(repo: Repo) -> None:
    repo.commit({".gitattributes": "* -diff -text binary filter=none\n", "a.bin": b"\0\1\2" + KEY.encode()})


PLANTS = [value for name, value in sorted(globals().items()) if name.startswith("_") and not name.startswith("__")]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.strip("_"))
@pytest.mark.parametrize("bare", [False, True], ids=["", "bare"])
def test_a_key_is_found_wherever_a_repository_keeps_it(repo: Repo, plant: object, bare: bool) -> None:
    assert callable(plant)
    plant(repo)
    seen = Repo(repo.path / ".git") if bare else repo
    if bare:
        repo.git("config", "core.bare", "true")
    result = seen.scan("history")
    assert "committed-key" in rules(result)
    assert {each.fingerprint for each in result.findings} == {fingerprint(KEY)}
    assert result.summary.complete
    assert KEY not in str(result)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (_message, "in the message of commit"),
        (_author, "in the header (author, committer, tagger) of commit"),
        (_tag_message, "in the message of tag v1, line 1"),
        (_file_name, "in the name of deep/sk-or-v1-"),
        (_reset_away, "only in a reflog"),
        (_unreachable, "in no branch or tag: unreachable blob"),
        (_staged, "staged and not committed"),
        (_reflog, "in the reflog refs/heads/x"),
    ],
)
def test_a_message_says_where_it_is(repo: Repo, plant: object, words: str) -> None:
    assert callable(plant)
    plant(repo)
    assert any(words in each.message for each in repo.scan("history").findings)


def test_merge_content_is_the_merges(repo: Repo) -> None:
    _merge_only(repo)
    (finding,) = repo.scan("history").findings
    assert finding.commit == repo.git("rev-parse", "HEAD")


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_shards_together_read_everything_once(tmp_path: Path, options: tuple[str, ...]) -> None:
    repo = make_repo(tmp_path / "repo", *options)
    for number in range(12):
        repo.commit({f"{number}.env": make_key(str(number))})
    whole = repo.scan("history")
    parts = [repo.scan("history", shard=(part, 3)) for part in (1, 2, 3)]
    assert sum(each.summary.objects for each in parts) == whole.summary.objects
    assert set.union(*map(found, parts)) == found(whole)
    assert sum(len(each.findings) for each in parts) == len(whole.findings)


@pytest.mark.parametrize("kind", ["tag of a blob", "tag", "commit", "tree"])
def test_what_the_buffer_cannot_hold_is_searched_whatever_it_is(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("openrouter_preflight.scan.readers.objects.BUFFER", 256 * 1024)
    repo.commit({"a": "a"})
    filler = "x" * 79 + "\n"
    if kind == "tree":
        blob = repo.git("rev-parse", "HEAD:a")
        names = [*(f"{number:06}" for number in range(9000)), f"{KEY}.txt"]
        lines = "".join(f"100644 blob {blob}\t{name}\n" for name in names)
        tree = repo.git("mktree", stdin=lines.encode())
        repo.git("update-ref", "refs/heads/large", repo.git("commit-tree", tree, "-m", "large"))
    elif kind == "commit":
        repo.git("commit", "--quiet", "--allow-empty", "--file=-", stdin=(filler * 4000 + KEY).encode())
    else:
        target = repo.git("rev-parse", "HEAD:a" if kind == "tag of a blob" else "HEAD")
        head = f"object {target}\ntype {'blob' if kind == 'tag of a blob' else 'commit'}\ntag big\n"
        tag = f"{head}tagger A <a@example.org> 1700000000 +0000\n\n{filler * 4000}{KEY}\n"
        repo.git(
            "update-ref", "refs/tags/big", repo.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=tag.encode())
        )
    (finding,) = repo.scan("history").findings
    assert (finding.rule.name, finding.fingerprint) == ("committed-key", fingerprint(KEY))


@pytest.mark.parametrize("mode", ["0000100644", "0" * 40 + "100644", "9" * 70])
def test_a_tree_that_git_would_not_write_is_searched(repo: Repo, mode: str) -> None:
    repo.commit({"a": "a"})
    blob = bytes.fromhex(repo.git("rev-parse", "HEAD:a"))
    tree = f"{mode} {KEY}.txt\0".encode() + blob
    repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=tree)
    assert [each.fingerprint for each in repo.scan("history").findings if each.fingerprint] == [fingerprint(KEY)]


@pytest.mark.parametrize("name", ["i18n.logOutputEncoding", "i18n.commitEncoding"])
def test_the_encoding_of_logs_is_not_the_repositorys_to_choose(repo: Repo, name: str) -> None:
    commit = repo.commit({"a.env": KEY})
    repo.git("config", name, "UTF-16")
    (finding,) = repo.scan("history").findings
    assert (finding.commit, finding.refs, finding.author_date) == (commit, ("refs/heads/main",), finding.author_date)
    assert finding.author_date is not None
    assert finding.author_date.startswith("20")


def test_of_one_key_in_one_file_a_thousand_places_are_told(repo: Repo) -> None:
    repo.commit({"a.env": f"{KEY}\n" * 3000 + OTHER_KEY, "b.env": KEY})
    lines = [(each.path, each.line) for each in repo.scan("history").findings]
    assert len(lines) == 1002
    assert {("a.env", 1), ("a.env", 1000), ("a.env", 3001), ("b.env", 1)} <= set(lines)


def test_a_thousand_allowed_places_hide_none_that_is_not(repo: Repo) -> None:
    repo.commit({"a.env": f"{KEY} # openrouter-preflight: allow\n" * 3000 + KEY})
    policy = ProjectPolicy(ScanPolicy(), date(2026, 1, 1))
    assert found(repo.scan("history", policy=policy)) == {("a.env", 3001, "error")}


def test_an_empty_repository_is_clean(repo: Repo) -> None:
    result = repo.scan("history")
    assert result.findings == ()
    assert result.summary.objects == 0
    assert result.summary.complete


def test_counts_say_what_was_read(repo: Repo) -> None:
    repo.commit({"a": "12345"})
    repo.commit({"a": "123"})
    summary = repo.scan("history").summary
    assert (summary.mode, summary.objects, summary.commits) == ("history", 6, 2)


def test_every_path_at_which_a_commit_brings_a_key_is_a_place_whatever_its_name(repo: Repo) -> None:
    paths = ["a.env", "deep/b.env", "new\nline.env", "new\nfolder/c.env"]
    guilty = repo.commit(dict.fromkeys(paths, KEY))
    shown = {"a.env", "deep/b.env", "new\\nline.env", "new\\nfolder/c.env"}
    assert {each.path for each in repo.scan("history").findings} == shown
    repo.git("rm", "--quiet", "-r", ".")
    repo.commit()
    for result in (repo.scan("history"), repo.scan("range", range=f"{guilty}~0")):
        assert {each.path for each in result.findings} == shown
        assert {(each.commit, each.in_head) for each in result.findings} == {(guilty, False)}


def test_commits_are_compared_by_several_gits_as_by_one(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    guilty = [
        repo.commit({f"{number}.env": make_key(str(number)), f"copy{number}": make_key(str(number))})
        for number in range(9)
    ]
    whole = repo.scan("history")
    monkeypatch.setattr("openrouter_preflight.git.introducing_commits._WORTH_A_GIT", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    result = repo.scan("history")
    assert result.findings == whole.findings
    assert {(each.path, each.commit) for each in result.findings} == {
        (name, commit) for number, commit in enumerate(guilty) for name in (f"{number}.env", f"copy{number}")
    }


def test_a_key_in_a_file_name_below_a_folder_with_a_newline_is_placed_there(repo: Repo) -> None:
    repo.commit({f"new\nline/{KEY}": ""})
    (finding,) = repo.scan("history").findings
    assert finding.path == f"new\\nline/{KEY[:12]}...{KEY[-3:]}"


def test_a_cherry_picked_key_is_told_of_both_branches(repo: Repo) -> None:
    repo.commit({"a": "a"})
    repo.git("checkout", "--quiet", "-b", "feature")
    guilty = repo.commit({"k.env": KEY})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"b": "b"})
    repo.git("cherry-pick", "feature", GIT_COMMITTER_DATE="2026-01-03T00:00:00+00:00")
    (finding,) = repo.scan("history").findings
    assert (finding.commit, finding.in_head) == (guilty, True)
    assert finding.refs == ("refs/heads/feature", "refs/heads/main")


def test_reflogs_that_may_not_be_opened_are_incomplete(users_repo: Repo) -> None:
    users_repo.commit({"a": "a"})
    (users_repo.path / ".git/logs/refs").chmod(0)
    (finding,) = users_repo.scan("history").findings
    assert (finding.rule.name, finding.path) == ("scan-incomplete", os.path.join("logs", "refs"))  # noqa: PTH118


def test_of_a_tags_message_it_is_not_asked_whether_head_has_it(repo: Repo) -> None:
    _tag_message(repo)
    (finding,) = repo.scan("history").findings
    assert (finding.in_head, finding.refs) == (None, ("refs/tags/v1",))
    assert finding.help.startswith("Revoke it first")


@pytest.mark.parametrize("name", [_tag_name, _branch_name])
def test_a_branch_or_tag_with_a_key_in_its_name_is_to_be_renamed_or_deleted(
    repo: Repo, name: Callable[[Repo], object]
) -> None:
    name(repo)
    (finding,) = repo.scan("history").findings
    assert finding.help.startswith("Rename or delete the branch or tag")
    assert "filter-repo" not in finding.help


def test_what_only_a_tag_leads_to_is_no_commits(repo: Repo) -> None:
    repo.commit({"a": "a"})
    blob = repo.git("hash-object", "-w", "--stdin", stdin=KEY.encode())
    other = repo.git("hash-object", "-w", "--stdin", stdin=OTHER_KEY.encode())
    tree = repo.git("mktree", stdin=f"100644 blob {other}\tdeep.env\n".encode())
    repo.git("tag", "file", blob)
    repo.git("tag", "-a", "folder", "-m", "x", tree)
    places = {each.fingerprint: (each.path, each.commit, each.refs) for each in repo.scan("history").findings}
    assert places == {
        fingerprint(KEY): (None, None, ("refs/tags/file",)),
        fingerprint(OTHER_KEY): ("deep.env", None, ("refs/tags/folder",)),
    }


class TestWhatWasNotSeen:
    def test_a_shallow_clone(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit({"a.env": KEY})
        repo.commit({"a.env": "clean"})
        result = clone(repo, tmp_path / "clone", "--depth=1").scan("history")
        assert rules(result) == ["scan-incomplete"]
        assert "fetch-depth: 0" in result.findings[0].help
        assert not result.summary.complete

    def test_a_partial_clone(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit({"a.env": KEY})
        repo.commit({"a.env": "clean"})
        repo.git("config", "uploadpack.allowFilter", "true")
        partial = clone(repo, tmp_path / "clone", "--filter=blob:none", "--no-checkout")
        result = partial.scan("history")
        assert rules(result) == ["scan-incomplete"]
        assert "--filter" in result.findings[0].help

    def test_a_missing_object(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        oid = repo.git("rev-parse", "HEAD:a.env")
        (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
        result = repo.scan("history")
        assert rules(result) == ["scan-incomplete"]
        assert oid in result.findings[0].message

    def test_a_corrupt_object_does_not_hide_the_others(self, repo: Repo) -> None:
        for number in range(10):
            repo.commit({f"{number}": f"{number}" * 1000, f"{number}.env": make_key(str(number))})
        oid = repo.git("rev-parse", "HEAD:5")
        path = repo.path / ".git/objects" / oid[:2] / oid[2:]
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content[:-8] + b"\xff" * 8)
        result = repo.scan("history")
        assert len(found(result)) == 10
        assert "scan-incomplete" in rules(result)
        assert any(oid in each.message for each in result.findings)

    @pytest.mark.parametrize("byte", [b"\0", b"\xff"])
    def test_nothing_where_a_packs_reverse_index_is_damaged(self, repo: Repo, byte: bytes) -> None:
        for number in range(5):
            repo.commit({f"{number}.env": make_key(str(number))})
        repo.git("-c", "pack.writeReverseIndex=true", "repack", "-adfq")
        (path,) = (repo.path / ".git/objects/pack").glob("*.rev")
        path.chmod(0o644)
        content = path.read_bytes()
        path.write_bytes(content[:12] + byte * (len(content) - 52) + content[-40:])
        assert len(found(repo.scan("history"))) == 5

    def test_nothing_where_a_commit_graph_lies(self, repo: Repo) -> None:
        first = repo.commit({"a": "1"})
        trees = [repo.git("rev-parse", "HEAD^{tree}")]
        repo.commit({"a.env": KEY})
        trees.append(repo.git("rev-parse", "HEAD^{tree}"))
        repo.git("rm", "--quiet", "a.env")
        repo.commit({"a": "2"})
        repo.git("commit-graph", "write", "--reachable")
        path = repo.path / ".git/objects/info/commit-graph"
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(bytes.fromhex(trees[1]), bytes.fromhex(trees[0])))
        assert len(found(repo.scan("range", range=f"{first}..main"))) == 1
        assert len(found(repo.scan("history"))) == 1

    def test_a_ref_to_nothing(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        (repo.path / ".git/refs/heads/broken").write_text("1" * 40 + "\n", encoding="ascii")
        result = repo.scan("history")
        assert {"committed-key", "scan-incomplete"} == set(rules(result))
        assert {each.path: each.refs for each in result.findings} == {
            "a.env": ("refs/heads/main",),
            "refs/heads/broken": (),
        }

    def test_an_object_that_never_ends(self, repo: Repo) -> None:
        repo.commit({"a.env": KEY})
        (repo.path / ".git/objects/12").mkdir(exist_ok=True)
        os.mkfifo(repo.path / ".git/objects/12" / ("3" * 38))
        assert rules(repo.scan("history")) == ["scan-incomplete"]

    @pytest.mark.parametrize("content", [b"", b"garbage"])
    def test_a_loose_object_that_was_not_written_to_its_end(self, repo: Repo, content: bytes) -> None:
        repo.commit({"a.env": KEY})
        (repo.path / ".git/objects/12").mkdir(exist_ok=True)
        (repo.path / ".git/objects/12" / ("3" * 38)).write_bytes(content)
        assert set(rules(repo.scan("history"))) == {"committed-key", "scan-incomplete"}

    @pytest.mark.parametrize("name", ["logs", "logs/refs", "logs/refs/heads"])
    def test_reflogs_that_are_kept_elsewhere(self, repo: Repo, tmp_path: Path, name: str) -> None:
        repo.commit({"a": "a"})
        (tmp_path / "private").write_text(KEY, encoding="ascii")
        (repo.path / ".git" / name).rename(tmp_path / "logs")
        (repo.path / ".git" / name).symlink_to(tmp_path)
        assert rules(repo.scan("history")) == ["scan-incomplete"]

    def test_a_repository_of_somebody_else(self, repo: Repo) -> None:
        if os.getuid() != 0:
            pytest.skip("only root may give files away")
        repo.commit({"a.env": KEY})
        os.chown(repo.path, 12345, 12345)
        os.chown(repo.path / ".git", 12345, 12345)
        result = repo.scan("history")
        assert rules(result) == ["scan-incomplete"]
        assert f"safe.directory {repo.path}" in result.findings[0].help

    def test_a_file_over_the_bound(self, repo: Repo) -> None:
        repo.commit({"a.bin": b"x" * 5000})
        result = repo.scan("history", max_file_size=4000)
        assert rules(result) == ["scan-incomplete"]
        assert "--max-file-size" in result.findings[0].message
