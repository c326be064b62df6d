"""`gh:NAME[@ENVIRONMENT]`: a secret of GitHub Actions, set through `gh`.

GitHub takes an environment's secret before the repository's, and that before the organization's. The secret is
replaced where it is now, with the visibility that it has; one that is nowhere is made in the repository.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from openrouter_preflight.manage.destinations.interface import Destination, HandOver
from openrouter_preflight.manage.destinations.programs import PATIENCE, Ended, find_program, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.keys import ApiKey

_NAME: Final = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*", re.IGNORECASE)
_NO_GH: Final = "the program gh was not found on PATH; install GitHub's command line, or use exec:"


class _GhError(Exception):
    """`gh` did not do what it was to do; the message says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The place of the secret: options of `gh secret set`, and its name."""

    options: tuple[str, ...]
    title: str


class GitHubDestination(Destination):
    """One secret in the repository that `gh` finds."""

    def __init__(
        self, name: str, environment: str | None, environ: Mapping[str, str], *, patience: float = PATIENCE
    ) -> None:
        """Name the secret; raises ValueError for a name that GitHub does not take."""
        if not _NAME.fullmatch(name):
            raise ValueError("a secret's name has letters, digits and _, and does not begin with GITHUB_ or a digit")
        self._name = name.upper()
        self._environment = environment
        self._environ = environ
        self._patience = patience
        self.label = f"gh:{name}" if environment is None else f"gh:{name}@{environment}"
        self._place: _Place | None = None

    def problem(self) -> str:
        """`gh` must be there, signed in, and able to see the secrets that it is to change."""
        if find_program("gh", self._environ) is None:
            return _NO_GH
        try:
            self._place = self._find_place()
        except _GhError as error:
            return str(error)
        return ""

    def hand_over(self, key: ApiKey) -> HandOver:
        """Set the secret where it was found."""
        if self._place is None and (problem := self.problem()):
            return HandOver(problem=problem, may_hold=False)
        options = self._place.options if self._place is not None else ()
        ended = self._gh("secret", "set", self._name, *options, key=key)
        if ended.code == 0:
            return HandOver()
        return HandOver(problem=f"gh could not set the secret: {_reason(ended)}", may_hold=ended.was_started)

    def notes(self) -> tuple[str, ...]:
        """Other secrets of that name, which some workflow may read instead."""
        found = []
        if self._place is not None:
            found.append(f"{self.label} is set in {self._place.title}")
        if self._environment is None:
            found += [
                f"the environment {name} has a secret {self._name} of its own, which wins there: "
                f"hand over to gh:{self._name}@{name} too"
                for name in self._environments_with_it()
            ]
        if self._lists("--app", "dependabot"):
            found.append(
                f"Dependabot's store has a secret {self._name} of its own, which is not changed: "
                f"`exec:gh secret set {self._name} --app dependabot` hands over to it"
            )
        return tuple(found)

    def _find_place(self) -> _Place:
        if self._environment is not None:
            self._listed("--env", self._environment)  # fails where the environment is not there
            return _Place(options=("--env", self._environment), title=f"the environment {self._environment}")
        repository = _Place(options=(), title="the repository")
        if self._name in self._listed():
            return repository
        owner = self._json("repo", "view", "--json", "owner,isInOrganization")
        organization = str((owner.get("owner") or {}).get("login", "")) if owner.get("isInOrganization") else ""
        if not organization:
            return repository
        try:
            shared = self._listed("--org", organization).get(self._name)
        except _GhError:
            return repository  # who may not see the organization's secrets may not change them either
        return repository if shared is None else self._shared_place(organization, shared)

    def _shared_place(self, organization: str, shared: Mapping[str, Any]) -> _Place:
        """Return the organization's secret with its visibility, which `gh` would reset."""
        visibility = str(shared.get("visibility", "")).lower()
        options: tuple[str, ...] = ("--org", organization, "--visibility", visibility)
        if visibility not in {"all", "private", "selected"}:
            raise _GhError(f"gh does not say who may read the organization's secret {self._name}")
        if visibility == "selected":
            path = f"orgs/{quote(organization)}/actions/secrets/{self._name}/repositories"
            ended = self._gh("api", "--paginate", path, "--jq", ".repositories[].name")
            names = ended.output.decode("utf-8", "replace").split()
            if ended.code != 0 or not names:
                raise _GhError(f"the repositories that may read the organization's secret {self._name} are not known")
            options = ("--org", organization, "--visibility", "selected", "--repos", ",".join(names))
        return _Place(options=options, title=f"the organization {organization}, visible to: {visibility}")

    def _environments_with_it(self) -> list[str]:
        ended = self._gh("api", "--paginate", "repos/{owner}/{repo}/environments", "--jq", ".environments[].name")
        if ended.code != 0:
            return []
        names = [name for name in ended.output.decode("utf-8", "replace").splitlines() if name]
        return [name for name in names if self._lists("--env", name)]

    def _lists(self, *where: str) -> bool:
        try:
            return self._name in self._listed(*where)
        except _GhError:
            return False

    def _listed(self, *where: str) -> dict[str, Mapping[str, Any]]:
        """The secrets of one place, by name."""
        columns = "name,visibility" if "--org" in where else "name"
        rows = self._json("secret", "list", *where, "--json", columns)
        if not isinstance(rows, list):
            raise _GhError("gh did not answer with a list of secrets")
        return {str(row["name"]).upper(): row for row in rows if isinstance(row, dict) and "name" in row}

    def _json(self, *arguments: str) -> Any:
        ended = self._gh(*arguments)
        if ended.code != 0:
            raise _GhError(f"`gh {' '.join(arguments[:2])}` failed: {_reason(ended)}")
        try:
            return json.loads(ended.output)
        except ValueError:
            raise _GhError(f"`gh {' '.join(arguments[:2])}` did not answer in JSON") from None

    def _gh(self, *arguments: str, key: ApiKey | None = None) -> Ended:
        quiet = {**self._environ, "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"}
        return run_program(("gh", *arguments), quiet, key=key, patience=self._patience)


def _reason(ended: Ended) -> str:
    return ended.said or (f"exit code {ended.code}" if ended.code is not None else "it was not started")
