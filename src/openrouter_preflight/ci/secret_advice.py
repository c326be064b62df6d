"""Advice on how a secret reaches the step, by the place where the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.detection import Ci, detect_ci

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADVICE: Final = {
    Ci.GITHUB: "Set the secret under Settings > Secrets and variables > Actions and pass it through the step's `env:`; "
    "a pull request from a fork or from Dependabot gets no secrets (there, use --on-missing skip).",
    Ci.GITLAB: "Define the variable under Settings > CI/CD > Variables; a protected one reaches protected branches and "
    "tags only, and a reference to one that is not defined stays unexpanded.",
    Ci.CIRCLECI: "Add it under Project Settings > Environment Variables, or in a context that the job names; builds of "
    "forked pull requests get none unless the project passes secrets to them.",
    Ci.JENKINS: "Bind the credential in the pipeline: environment { NAME = credentials('ID') }, or withCredentials.",
    Ci.AZURE: "Map the secret variable in the step's `env:`, NAME: $(NAME): Azure passes no secret variable by itself.",
    Ci.BITBUCKET: "Add it under Repository settings > Repository variables, secured; a deployment's variables reach "
    "steps of that deployment only.",
    Ci.GENERIC: "Set it in the CI system's settings and pass it to this step as an environment variable.",
    Ci.NONE: "Export it in this shell, or name a file that holds it with --env-file FILE.",
}


def secret_advice(environ: Mapping[str, str]) -> str:
    """The next step where a secret is not there or was not expanded."""
    return _ADVICE[detect_ci(environ)]
