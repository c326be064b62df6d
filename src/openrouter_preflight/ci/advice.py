"""Remedies in the words and menus of a laptop or of one of the CI systems.

Menus are named as they are labelled there, so that a reader can follow them without a search.
"""

from __future__ import annotations

from typing import Final

from openrouter_preflight.ci.detection import Ci

_SECRETS: Final = {
    Ci.NONE: "Put `{name}=` and the key into an ignored .env file and run this with `--env-file .env`, or export it in "
    "this shell.",
    Ci.GITHUB: "Store the key as {name} under Settings → Secrets and variables → Actions, and put "
    "`{name}: ${{{{ secrets.{name} }}}}` under `env:` of this step. A pull request from a fork or from Dependabot gets "
    "no secrets: there, use `--on-missing skip`.",
    Ci.GITLAB: "Store the key as {name} under Settings → CI/CD → Variables, masked. A protected variable reaches only "
    "protected branches and tags, and a reference to one that is not defined stays unexpanded.",
    Ci.CIRCLECI: "Store the key as {name} under Project Settings → Environment Variables, or in a context that the "
    "workflow names for this job. Builds of forked pull requests get neither unless the project passes them on.",
    Ci.JENKINS: "Store the key under Manage Jenkins → Credentials as secret text, and give it to this stage: "
    "`environment {{ {name} = credentials('{id}') }}`.",
    Ci.AZURE: "Store the key as {name} under Pipelines → Edit → Variables with `Keep this value secret`, and put "
    "`{name}: $({name})` under `env:` of this step. A secret variable reaches no script that does not map it.",
    Ci.BITBUCKET: "Store the key as {name} under Repository settings → Pipelines → Repository variables, secured. "
    "A deployment's variable reaches only steps with that `deployment:`.",
    Ci.GENERIC: "Store the key as {name} among the secret variables of the CI, and give it to this step.",
}
_WHOLE_HISTORY: Final = {
    Ci.NONE: "Fetch the whole history, and scan again: `git fetch --unshallow`.",
    Ci.GITHUB: """Give the checkout step these lines, and run again:
    with:
      fetch-depth: 0""",
    Ci.GITLAB: 'Fetch the whole history, and scan again: `GIT_DEPTH: "0"` under `variables:` of this job.',
    Ci.CIRCLECI: "Fetch the whole history, and scan again: `git fetch --unshallow` before this step.",
    Ci.JENKINS: "Fetch the whole history, and scan again: without `Shallow clone` under Advanced clone behaviours "
    "(`cloneOption(shallow: false)`).",
    Ci.AZURE: "Fetch the whole history, and scan again: `fetchDepth: 0` below `- checkout: self`.",
    Ci.BITBUCKET: "Fetch the whole history, and scan again: `clone: {depth: full}` in this step.",
    Ci.GENERIC: "Fetch the whole history, and scan again: a clone without `--depth`, or `git fetch --unshallow`.",
}
_ALL_OBJECTS: Final = {
    Ci.NONE: "Fetch what a partial clone left out, and scan again: `git fetch --refetch --no-filter`.",
    Ci.GITHUB: "Fetch what a partial clone left out, and scan again: without `filter` and `sparse-checkout` in the "
    "checkout step.",
    Ci.GITLAB: "Fetch what a partial clone left out, and scan again: without `--filter` in GIT_FETCH_EXTRA_FLAGS and "
    "GIT_CLONE_EXTRA_FLAGS.",
    Ci.CIRCLECI: "Fetch what a partial clone left out, and scan again: `- checkout: {method: full}` in place of "
    "`- checkout`, which is blobless.",
    Ci.AZURE: "Fetch what a partial clone left out, and scan again: without `fetchFilter` below `- checkout: self`.",
}
_ALL_OBJECTS_ANYWHERE: Final = (
    "Fetch what a partial clone left out, and scan again: a clone without `--filter`, or "
    "`git fetch --refetch --no-filter`."
)


def store_secret(ci: Ci, name: str) -> str:
    """The way to give this program a key as the variable `name`."""
    return _SECRETS[ci].format(name=name, id=name.lower().replace("_", "-"))


def fetch_history(ci: Ci) -> str:
    """The way out of a shallow clone."""
    return _WHOLE_HISTORY[ci]


def fetch_objects(ci: Ci) -> str:
    """The way out of a partial clone."""
    return _ALL_OBJECTS.get(ci, _ALL_OBJECTS_ANYWHERE)


def secrets_menu(ci: Ci) -> str:
    """The menu that holds secrets, as a sentence; empty on a laptop."""
    return f"Secrets are under {_MENUS[ci]}." if ci in _MENUS else ""


_MENUS: Final = {
    Ci.GITHUB: "Settings → Secrets and variables → Actions",
    Ci.GITLAB: "Settings → CI/CD → Variables",
    Ci.CIRCLECI: "Project Settings → Environment Variables, or Organization Settings → Contexts",
    Ci.JENKINS: "Manage Jenkins → Credentials",
    Ci.AZURE: "Pipelines → Edit → Variables, or Pipelines → Library",
    Ci.BITBUCKET: "Repository settings → Pipelines → Repository variables",
}
