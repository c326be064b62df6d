"""GitHub's event payloads, as far as anything reads them, made from the commits of a test's repository."""

from __future__ import annotations

from typing import Any

NO_COMMIT = "0" * 40
HOME = "octo/app"


def push(before: str, after: str, *, ref: str = "refs/heads/main", forced: bool = False) -> dict[str, Any]:
    """A push to a repository whose default branch is main."""
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "forced": forced,
        "created": before == NO_COMMIT,
        "deleted": after == NO_COMMIT,
        "repository": {"full_name": HOME, "default_branch": "main"},
    }


def pull_request(base: str, head: str, *, head_repository: str = HOME) -> dict[str, Any]:
    """A pull request's opening; from a fork where `head_repository` is another."""
    return {
        "action": "opened",
        "number": 7,
        "pull_request": {
            "number": 7,
            "base": {"ref": "main", "sha": base, "repo": {"full_name": HOME}},
            "head": {"ref": "topic", "sha": head, "repo": {"full_name": head_repository}},
        },
        "repository": {"full_name": HOME, "default_branch": "main"},
    }


def merge_group(base: str, head: str) -> dict[str, Any]:
    """A merge queue's request for checks."""
    return {
        "action": "checks_requested",
        "merge_group": {
            "base_sha": base,
            "base_ref": "refs/heads/main",
            "head_sha": head,
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
        },
        "repository": {"full_name": HOME, "default_branch": "main"},
    }
