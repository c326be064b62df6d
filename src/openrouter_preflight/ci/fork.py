"""Pull requests from forks, by each CI's documented variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.payload import dig

if TYPE_CHECKING:
    from collections.abc import Mapping

_GITHUB_EVENTS: Final = frozenset(
    {
        "pull_request",
        "pull_request_target",
        "pull_request_review",
        "pull_request_review_comment",
        "workflow_run",
        "issue_comment",
    }
)
"""Events that somebody without write access can start, with contents of theirs."""
_LARGEST_PAYLOAD: Final = 32 * 1024 * 1024


def is_fork_pull_request(environ: Mapping[str, str]) -> bool:
    """Return True where outsiders may have written what is scanned."""
    if environ.get("GITHUB_EVENT_NAME"):
        return _is_github_fork(environ)
    if environ.get("CI_MERGE_REQUEST_IID"):
        return environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") != environ.get("CI_MERGE_REQUEST_PROJECT_ID")
    if environ.get("CI_EXTERNAL_PULL_REQUEST_IID"):
        source = environ.get("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY")
        return source != environ.get("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY")
    if environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID") or environ.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"):
        return environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() != "false"
    if environ.get("BUILDKITE_PULL_REQUEST", "false") != "false":
        return environ.get("BUILDKITE_PULL_REQUEST_REPO") != environ.get("BUILDKITE_REPO")
    if environ.get("CIRCLE_PR_NUMBER"):  # set for pull requests from forks only
        return True
    return bool(environ.get("CHANGE_FORK"))  # Jenkins: the fork's name


def _is_github_fork(environ: Mapping[str, str]) -> bool:
    if environ["GITHUB_EVENT_NAME"] not in _GITHUB_EVENTS:
        return False
    event = _payload(environ.get("GITHUB_EVENT_PATH", ""))
    base = environ.get("GITHUB_REPOSITORY")
    if environ["GITHUB_EVENT_NAME"] == "workflow_run":
        head = dig(event, "workflow_run", "head_repository", "full_name")
    else:
        head = dig(event, "pull_request", "head", "repo", "full_name")
    return head is None or head != (dig(event, "pull_request", "base", "repo", "full_name") or base)


def _payload(path: str) -> object:
    """The event's payload; None where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST_PAYLOAD + 1)
        return json.loads(content) if len(content) <= _LARGEST_PAYLOAD else None
    except (OSError, ValueError, RecursionError):
        return None
