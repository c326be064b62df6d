"""A policy from a revision is that revision's alone: what is being scanned cannot add to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.errors import GitError, NotARepositoryError
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.revision_policy import RevisionPolicy
from support.repos import HERMETIC, KEY, OTHER_KEY, Repo, fingerprint, make_repo

CONFIG = f"scan:\n  allow:\n    - fingerprint: {fingerprint(KEY)}\n      reason: demo\n"
EMPTY = "scan:\n  exclude: []\n"
COMMENT = "openrouter-preflight: allow"


def policy_of(repo: Repo, revision: str = "main", folder: str = "") -> RevisionPolicy:
    return RevisionPolicy(Git(repo.path / folder, HERMETIC), revision)


def allowed(repo: Repo, folder: str = "", named: Path | None = None) -> list[str]:
    return [entry.reason for entry in policy_of(repo, folder=folder).config(named).scan.allow]


@pytest.mark.parametrize("name", [".openrouter-preflight.yml", ".openrouter-preflight.yaml"])
def test_the_config_file_is_the_revisions(repo: Repo, name: str) -> None:
    repo.commit({name: CONFIG})
    repo.stage(name, EMPTY)
    assert allowed(repo) == ["demo"]


def test_a_config_file_that_only_the_working_tree_has_permits_nothing(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.stage(".openrouter-preflight.yml", CONFIG)
    assert allowed(repo) == []


def test_from_a_folder_its_own_file_comes_first_and_then_the_roots(repo: Repo) -> None:
    repo.commit({".openrouter-preflight.yml": CONFIG, "own/.openrouter-preflight.yml": EMPTY, "none/a": "1"})
    assert (allowed(repo, "own"), allowed(repo, "none")) == ([], ["demo"])


def test_the_file_that_is_named_is_read_from_the_revision(repo: Repo) -> None:
    repo.commit({"ci/scan.yml": CONFIG, ".openrouter-preflight.yml": EMPTY})
    repo.stage("ci/scan.yml", EMPTY)
    named = [allowed(repo, "ci", Path("scan.yml")), allowed(repo, "", repo.path / "ci" / "scan.yml")]
    assert named == [["demo"], ["demo"]]
    assert allowed(repo, "", Path("missing.yml")) == []


@pytest.mark.parametrize("outside", [Path("../scan.yml"), Path("/etc/scan.yml")])
def test_a_file_outside_of_the_repository_is_in_no_revision(repo: Repo, outside: Path) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(UsageError, match="outside"):
        policy_of(repo).config(outside)


def test_a_faulty_file_is_told_of_with_its_revision_and_line(repo: Repo) -> None:
    repo.commit({".openrouter-preflight.yml": "scan:\n  alow: []\n"})
    with pytest.raises(UsageError, match=r"main:\.openrouter-preflight\.yml:2:3: "):
        policy_of(repo).config(None)


def test_two_files_are_one_too_many(repo: Repo) -> None:
    repo.commit({".openrouter-preflight.yml": CONFIG, ".openrouter-preflight.yaml": EMPTY})
    with pytest.raises(UsageError, match="both exist in main"):
        policy_of(repo).config(None)


def test_a_link_is_not_followed(repo: Repo) -> None:
    repo.write("real.yml", CONFIG)
    (repo.path / ".openrouter-preflight.yml").symlink_to("real.yml")
    repo.git("add", "--all")
    repo.commit()
    with pytest.raises(UsageError, match="not a regular file"):
        policy_of(repo).config(None)


@pytest.mark.parametrize("revision", ["nowhere", "0123456789" * 4, "--help", "main:a"])
def test_an_unknown_revision_says_how_to_get_it(repo: Repo, revision: str) -> None:
    repo.commit({"a": "1"})
    with pytest.raises(GitError) as refusal:
        policy_of(repo, revision)
    assert "not in this repository" in str(refusal.value)
    assert "fetch-depth: 0" in refusal.value.hint


def test_a_folder_that_is_in_no_repository_has_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError):
        RevisionPolicy(Git(tmp_path, {**HERMETIC, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}), "main")


def test_a_comment_counts_only_for_a_key_that_the_revision_has_with_a_comment(repo: Repo) -> None:
    repo.commit({"a.env": f"{KEY} # {COMMENT}\n", "b.env": f"{OTHER_KEY}\n"})
    repo.stage("b.env", f"{OTHER_KEY} # {COMMENT}\n")
    policy = policy_of(repo)
    assert policy.comment_counts(fingerprint(KEY))
    assert not policy.comment_counts(fingerprint(OTHER_KEY))


def test_a_bare_repository_has_revisions_too(tmp_path: Path) -> None:
    source = make_repo(tmp_path / "source")
    source.commit({".openrouter-preflight.yml": CONFIG})
    source.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert allowed(Repo(tmp_path / "bare")) == ["demo"]
