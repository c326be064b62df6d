"""Which CI this is, read from its environment, and whether its event may see secrets. Nothing is printed here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

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


def detect_ci(environ: Mapping[str, str]) -> Ci:
    """The CI that this environment belongs to."""
    for variable, ci in _MARKERS:
        if environ.get(variable, "").strip().lower() not in _NO:
            return ci
    return Ci.NONE
