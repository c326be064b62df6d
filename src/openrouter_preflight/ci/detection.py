"""Detection of the CI, and of GitHub events that get no secrets. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.payload import dig

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ci(StrEnum):
    """A CI system whose log has conventions of its own, or none."""

    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE = "azure"
    CIRCLECI = "circleci"
    JENKINS = "jenkins"
    BITBUCKET = "bitbucket"
    GENERIC = "generic"
    """`CI` is set and nothing else is known."""
    NONE = "none"


class NoSecrets(StrEnum):
    """Why GitHub gives this run no secrets."""

    FORK = "fork"
    """A pull request from another repository: whoever wrote it could print the secrets."""
    DEPENDABOT = "dependabot"
    """GitHub gives Dependabot's runs the secrets of Dependabot, not those of Actions."""
    DEPENDABOT_PUSH = "dependabot_push"
    """The same where it pushed: a known reason, and no excuse, for what is pushed may be what is deployed."""


# The variable by which each system's documentation tells a program where it runs. Forgejo and Gitea set
# GITHUB_ACTIONS and understand the same commands.
_MARKERS: Final = (
    ("GITHUB_ACTIONS", Ci.GITHUB),
    ("GITLAB_CI", Ci.GITLAB),
    ("TF_BUILD", Ci.AZURE),
    ("CIRCLECI", Ci.CIRCLECI),
    ("JENKINS_URL", Ci.JENKINS),
    ("BITBUCKET_BUILD_NUMBER", Ci.BITBUCKET),
    ("CI", Ci.GENERIC),
)
_NO: Final = frozenset({"", "0", "false", "no"})
_DEPENDABOT: Final = "dependabot[bot]"
_FORK_EVENTS: Final = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
_DEPENDABOT_EVENTS: Final = _FORK_EVENTS | {"pull_request_target"}
_DEPENDABOT_PUSHES: Final = frozenset({"push", "create", "deployment", "deployment_status"})


def detect_ci(environ: Mapping[str, str]) -> Ci:
    """The CI that this environment belongs to."""
    for variable, ci in _MARKERS:
        if _is_set(environ, variable):
            return ci
    return Ci.NONE


def why_no_secrets(environ: Mapping[str, str], event: object = None) -> NoSecrets | None:
    """Why this run gets no secrets, or None where it should have them.

    `event` is GitHub's parsed event payload (the file GITHUB_EVENT_PATH).
    """
    if detect_ci(environ) is not Ci.GITHUB:
        return None
    name = environ.get("GITHUB_EVENT_NAME", "")
    # The actor, not the pull request's author: when a person pushes to Dependabot's branch, the secrets are there.
    if _DEPENDABOT in (environ.get("GITHUB_ACTOR"), dig(event, "sender", "login")):
        if name in _DEPENDABOT_PUSHES:
            return NoSecrets.DEPENDABOT_PUSH
        if name in _DEPENDABOT_EVENTS:
            return NoSecrets.DEPENDABOT
    if name not in _FORK_EVENTS or not isinstance(dig(event, "pull_request", "head"), dict):
        return None
    head = dig(event, "pull_request", "head", "repo", "full_name")  # None: the fork was deleted
    base = dig(event, "pull_request", "base", "repo", "full_name") or environ.get("GITHUB_REPOSITORY")
    return None if head is not None and head == base else NoSecrets.FORK


def _is_set(environ: Mapping[str, str], variable: str) -> bool:
    return environ.get(variable, "").strip().lower() not in _NO
